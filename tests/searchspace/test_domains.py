"""What a field may vary over: shorthands, values, and how an engine's numbers become values."""

import math
from collections import Counter
from random import Random

import pytest
import yaml

from searchspace import Choice, ConvBlock, DomainError, Head, Integer, Real, SearchSpace, Training
from searchspace.domains import as_domain

ALMOST_ONE = math.nextafter(1.0, 0.0)


@pytest.mark.parametrize(
    ("field", "domain"),
    [
        (8, Choice((8,))),
        ("same", Choice(("same",))),
        (False, Choice((False,))),
        ([8, 16], Choice((8, 16))),
        ((8, 16), Choice((8, 16))),
        ([(2, 2)], Choice(((2, 2),))),
        (Integer(low=1, high=3), Integer(low=1, high=3)),
        (Real(low=0, high=1), Real(low=0.0, high=1.0)),
    ],
)
def test_a_shorthand_stands_for_one_domain(field, domain):
    assert as_domain(field) == domain


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (8, 8),
        ([8, 16], (8, 16)),
        ([16, 8], (16, 8)),
        ([8, 8, 16, 8], (8, 16)),
        ({"low": 8, "high": 16}, Integer(low=8, high=16)),
        ((8, 16), (8, 16)),
    ],
)
def test_a_field_keeps_its_shorthand_each_choice_once_in_order(written, kept):
    assert ConvBlock(filters=written).filters == kept


def test_a_pair_inside_a_list_is_one_value_and_a_list_alone_a_choice():
    block = ConvBlock(filters=8, strides=[1, 2], kernel_size=[[1, 2]])
    assert as_domain(block.strides).values == (1, 2)
    assert as_domain(block.kernel_size).values == ((1, 2),)


def test_whole_numbers_serve_as_real_ones_and_become_them():
    values = as_domain(ConvBlock(filters=8, spatial_dropout=[0, 0.25]).spatial_dropout).values
    assert [type(value) for value in values] == [float, float]


@pytest.mark.parametrize(
    ("domain", "values"),
    [
        (Integer(low=1, high=4), (1, 2, 3, 4)),
        (Integer(low=8, high=30, step=8), (8, 16, 24)),
        (Integer(low=-1, high=1), (-1, 0, 1)),
        (Integer(low=5, high=5), (5,)),
        (Integer(low=1, high=3, log=True), (1, 2, 3)),
        (Choice((3, 1)), (3, 1)),
        (Real(low=0.0, high=0.3, step=0.05), (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)),
        (Real(low=0.1, high=0.7, step=0.2), (0.1, 0.3, 0.5, 0.7)),
        (Real(low=0.0, high=0.14, step=0.05), (0.0, 0.05, 0.1)),
        (Real(low=-0.1, high=0.1, step=0.1), (-0.1, 0.0, 0.1)),
        (Real(low=0.0, high=0.1, step=0.5), (0.0,)),
        (Real(low=0.2, high=0.2, step=0.1), (0.2,)),
    ],
    ids=repr,
)
def test_values_print_as_a_person_would_write_them(domain, values):
    assert repr(domain.values) == repr(values)
    assert domain.size == len(values)


def test_a_continuum_has_no_list_of_values():
    continuum = Real(low=0.0, high=1.0)
    assert continuum.size == math.inf
    with pytest.raises(DomainError, match=r"cannot be enumerated\. Give it a `step`\. \(in Real\(low=0\.0"):
        _ = continuum.values


@pytest.mark.parametrize("domain", [Real(low=0.5, high=0.5), Real(low=0.5, high=0.5, log=True)], ids=repr)
def test_a_continuum_of_one_number_is_fixed(domain):
    assert domain.size == 1
    assert domain.at(0) == 0.5


def test_an_astronomical_range_has_a_size_and_draws_without_being_listed():
    domain = Integer(low=1, high=10**30)
    assert domain.size == 10**30
    assert 1 <= domain.at(0.5) <= 10**30


@pytest.mark.parametrize(
    ("domain", "share", "value"),
    [
        (Integer(low=1, high=4), 0.0, 1),
        (Integer(low=1, high=4), 0.25, 2),
        (Integer(low=1, high=4), ALMOST_ONE, 4),
        (Integer(low=8, high=30, step=8), ALMOST_ONE, 24),
        (Integer(low=1, high=1024, log=True), 0.0, 1),
        (Integer(low=1, high=1024, log=True), ALMOST_ONE, 1024),
        (Choice(("a", "b", "c")), 0.0, "a"),
        (Choice(("a", "b", "c")), 0.5, "b"),
        (Choice(("a", "b", "c")), ALMOST_ONE, "c"),
        (Real(low=0.0, high=0.3, step=0.05), 0.5, 0.15),
        (Real(low=0.0, high=0.3, step=0.05), ALMOST_ONE, 0.3),
        (Real(low=0.0, high=10.0), 0.25, 2.5),
        (Real(low=1e-4, high=1e-2, log=True), 0.0, 1e-4),
        (Real(low=1e-4, high=1e-2, log=True), 0.5, 1e-3),
        (Real(low=1e-4, high=1e-2, log=True), ALMOST_ONE, 1e-2),
    ],
    ids=repr,
)
def test_at_goes_from_low_to_high(domain, share, value):
    assert domain.at(share) == value


@pytest.mark.parametrize(
    "domain", [Integer(low=1, high=4), Choice((1, 2, 3, 4)), Real(low=1, high=4, step=1)], ids=repr
)
def test_at_draws_each_value_evenly(domain):
    drawn = Counter(domain.at(k / 400) for k in range(400))
    assert drawn == {1: 100, 2: 100, 3: 100, 4: 100}


def test_a_logarithmic_range_draws_as_often_from_each_octave():
    domain = Integer(low=1, high=1023, log=True)
    below_32 = sum(domain.at(k / 1000) < 32 for k in range(1000))
    assert below_32 == pytest.approx(545, abs=2)  # log(31.5 / 0.5) / log(1023.5 / 0.5)


@pytest.mark.parametrize(
    ("domain", "given", "value"),
    [
        (Real(low=0.0, high=0.3, step=0.05), 0.15000000000000002, 0.15),
        (Real(low=0.0, high=0.3, step=0.05), 0.16, 0.15),
        (Real(low=0.0, high=0.3, step=0.05), 0.31, 0.3),
        (Real(low=0.0, high=0.14, step=0.05), 0.14, 0.1),
        (Real(low=0.0, high=1.0), 0.123456789, 0.123457),
        (Real(low=0.0, high=1.0), 1.0000001, 1.0),
        (Real(low=0.0, high=1.0), -1e-9, 0.0),
        (Real(low=0.0, high=0.9999999), 0.9999999, 0.9999999),
        (Real(low=0.0, high=0.9999999), 0.9999998, 0.9999999),
        (Real(low=0.1234564, high=0.2), 0.1234564, 0.1234564),
        (Real(low=100001.5, high=100002.0), 100001.5, 100001.5),
        (Real(low=0.0, high=1.0), 1, 1.0),
        (Integer(low=1, high=9), 8.0, 8),
        (Choice((0.0, 0.25)), 0, 0.0),
        (Choice((8, 16)), 16.0, 16),
        (Choice((True, False)), 1, True),
        (Choice(((2, 2), (1, 2))), [1, 2], (1, 2)),
    ],
    ids=repr,
)
def test_canonical_writes_an_engines_value_as_the_domain_does(domain, given, value):
    assert repr(domain.canonical(given)) == repr(value)


@pytest.mark.parametrize(
    ("domain", "value"),
    [
        (Choice((8, 16)), 7),
        (Choice((8, 16)), "8"),
        (Choice((8, 16)), [8]),
        (Integer(low=8, high=32), 33),
        (Integer(low=8, high=32), 8.5),
        (Integer(low=8, high=32), "8"),
        (Integer(low=8, high=32, step=8), 12),
    ],
    ids=repr,
)
def test_a_value_outside_a_domain_is_an_error_that_shows_the_domain(domain, value):
    with pytest.raises(DomainError) as caught:
        domain.canonical(value)
    assert caught.value.culprit is domain
    assert repr(domain) in str(caught.value)


SPACES = {
    "scalars": {"stages": {"count": 2, "block": {"kind": "conv", "filters": 8}}},
    "choices": {
        "stages": {
            "count": [1, 2, 3],
            "block": {
                "kind": "conv",
                "filters": [4, 8],
                "kernel_size": [3, [1, 5]],
                "strides": [[2, 2]],
                "padding": ["same", "valid"],
                "spatial_dropout": [0.0, 0.1],
            },
        },
        "head": {"units": [0, 16, [32, 16]]},
        "augmentation": {"horizontal_flip": [True, False]},
    },
    "ranges": {
        "stem": {"kind": "conv", "filters": {"low": 4, "high": 16, "log": True}},
        "stages": {
            "count": {"low": 1, "high": 3},
            "block": [
                {"kind": "conv", "filters": 8, "spatial_dropout": {"low": 0.0, "high": 0.3, "step": 0.05}},
                {"kind": "residual", "filters": {"low": 8, "high": 32, "step": 8}},
                {"kind": "multi_kernel", "filters": 8, "kernel_sizes": [[1, 3], [1, 3, 5]]},
                {"kind": "separable", "filters": {"start": [4, 8], "growth": {"low": 1.0, "high": 2.0}}},
            ],
        },
        "training": {"learning_rate": {"low": 3.0e-4, "high": 1.0e-2, "log": True}},
        "limits": {"parameters": 200_000},
    },
}


def _as_dict(space):
    return SearchSpace.model_validate(space.model_dump(mode="json"))


def _as_yaml(space):
    return SearchSpace.model_validate(yaml.safe_load(yaml.safe_dump(space.model_dump(mode="json"))))


def _as_json(space):
    return SearchSpace.model_validate_json(space.model_dump_json())


def _as_python(space):
    return SearchSpace.model_validate(space.model_dump())


@pytest.mark.parametrize("way", [_as_dict, _as_yaml, _as_json, _as_python])
@pytest.mark.parametrize("name", SPACES)
def test_a_space_goes_out_and_comes_back_without_loss(name, way):
    space = SearchSpace.model_validate(SPACES[name])
    back = way(space)
    assert back == space
    assert [back.sample(Random(seed)).digest for seed in range(20)] == [
        space.sample(Random(seed)).digest for seed in range(20)
    ]


def test_a_space_written_in_python_equals_the_one_written_in_yaml():
    text = """
        filters: [8, 16]
        kernel_size: {low: 1, high: 5, step: 2}
        spatial_dropout: {low: 0, high: 0.3, step: 0.15}
        strides: [[2, 1]]
    """
    assert ConvBlock.model_validate(yaml.safe_load(text)) == ConvBlock(
        filters=(8, 16),
        kernel_size=Integer(low=1, high=5, step=2),
        spatial_dropout=Real(low=0.0, high=0.3, step=0.15),
        strides=[(2, 1)],
    )


@pytest.mark.parametrize("text", ["learning_rate: .nan", "learning_rate: {low: 1.0e-4, high: .inf}"])
def test_what_yaml_writes_for_no_number_is_refused(text):
    with pytest.raises(ValueError, match="Input should be a finite number"):
        Training.model_validate(yaml.safe_load(text))


def test_unset_fields_are_left_to_their_defaults():
    assert Head().model_dump(mode="json", exclude_defaults=True) == {}
