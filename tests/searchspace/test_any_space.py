"""What holds for any space, any choices, any candidate: spaces are drawn at random."""

import math
from random import Random

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from searchspace import (
    Candidate,
    Choice,
    InfeasibleError,
    Integer,
    Limits,
    Real,
    SearchSpace,
    analyse,
    cardinality,
    decode,
    dimensions,
    from_values,
    violations,
)
from searchspace.shapes import output_shape

steady = settings(deadline=None, derandomize=True, max_examples=100)
few = settings(steady, max_examples=40)


def one_or_more(values):
    """A fixed value or a choice among several."""
    return values | st.lists(values, min_size=1, max_size=3)


def whole(low, high):
    def as_range(ends, step):
        return {"low": min(ends), "high": max(ends), "step": step}

    numbers = st.integers(low, high)
    return one_or_more(numbers) | st.builds(as_range, st.tuples(numbers, numbers), st.integers(1, 4))


def share(high):
    def as_range(ends, step):
        return {"low": min(ends), "high": max(ends), "step": step}

    numbers = st.floats(0, high, allow_subnormal=False)
    steps = st.none() | st.floats(0.01, 1)
    return one_or_more(numbers) | st.builds(as_range, st.tuples(numbers, numbers), steps)


def extent(high):
    numbers = st.integers(1, high)
    return whole(1, high) | st.lists(numbers | st.lists(numbers, min_size=2, max_size=2), min_size=1, max_size=3)


flag = one_or_more(st.booleans())
progression = st.fixed_dictionaries({"start": whole(1, 64), "growth": one_or_more(st.floats(0.1, 3))})
filters = whole(1, 64) | progression
activation = one_or_more(st.sampled_from(["relu", "leaky_relu", "elu", "gelu", "silu", "hard_silu"]))
ending = {
    "strides": extent(3),
    "activation": activation,
    "normalization": one_or_more(st.sampled_from(["none", "batch", "layer"])),
    "pooling": one_or_more(st.sampled_from(["none", "max", "average"])),
    "pool_size": extent(3),
    "early_pooling": flag,
    "spatial_dropout": share(0.9),
    "repeat": whole(1, 3),
}
conv_block = st.fixed_dictionaries(
    {"kind": st.just("conv"), "filters": filters},
    optional=ending | {"kernel_size": extent(7), "padding": one_or_more(st.sampled_from(["same", "valid"]))},
)
residual_block = st.fixed_dictionaries(
    {"kind": st.just("residual"), "filters": filters},
    optional=ending | {"kernel_size": extent(5), "preactivation": flag},
)
separable_block = st.fixed_dictionaries(
    {"kind": st.just("separable"), "filters": filters},
    optional=ending
    | {
        "kernel_size": extent(5),
        "strides": whole(1, 3),
        "padding": one_or_more(st.sampled_from(["same", "valid"])),
        "shortcut": flag,
    },
)
inverted_residual_block = st.fixed_dictionaries(
    {"kind": st.just("inverted_residual"), "filters": filters},
    optional=ending | {"kernel_size": extent(5), "strides": whole(1, 3), "expansion": whole(1, 6), "squeeze": share(1)},
)
multi_kernel_block = st.fixed_dictionaries(
    {"kind": st.just("multi_kernel"), "filters": filters},
    optional=ending
    | {
        "kernel_sizes": st.lists(
            st.lists(st.integers(1, 7), min_size=1, max_size=4, unique=True), min_size=1, max_size=3
        )
    },
)
kinds = (conv_block, residual_block, separable_block, inverted_residual_block, multi_kernel_block)
block = st.one_of(*kinds)
several = st.permutations(kinds).flatmap(lambda order: st.tuples(*order[:3]).map(list))
spaces = st.fixed_dictionaries(
    {"stages": st.fixed_dictionaries({"block": block | several}, optional={"count": whole(1, 4)})},
    optional={
        "stem": block,
        "head": st.fixed_dictionaries(
            {},
            optional={
                "pooling": one_or_more(st.sampled_from(["global_average", "flatten"])),
                "units": whole(0, 64) | st.lists(st.lists(st.integers(0, 64), max_size=2), min_size=1, max_size=3),
                "activation": activation,
                "dropout": share(0.9),
            },
        ),
        "augmentation": st.fixed_dictionaries({}, optional={"horizontal_flip": flag, "rotation": share(180)}),
        "training": st.fixed_dictionaries(
            {},
            optional={
                "optimizer": one_or_more(st.sampled_from(["adam", "adamw", "sgd"])),
                "schedule": one_or_more(st.sampled_from(["constant", "reduce_on_plateau"])),
                "learning_rate": st.just({"low": 1e-5, "high": 0.1, "log": True}) | st.floats(1e-5, 1),
                "weight_decay": share(0.1),
                "momentum": share(0.99),
            },
        ),
        "input": st.builds(
            lambda height, width, channels: {"height": height, "width": width, "channels": channels},
            st.integers(1, 40),
            st.integers(1, 40),
            st.sampled_from([1, 3]),
        ),
    },
).map(SearchSpace.model_validate)
candidates = st.builds(lambda space, seed: space.sample(Random(seed)), spaces, st.integers(0, 2**32))


def _ends(numbers):
    return st.tuples(numbers, numbers).map(sorted)


whole_ranges = st.builds(
    lambda ends, step, log: Integer(low=ends[0], high=ends[1], step=1 if log else step, log=log),
    _ends(st.integers(1, 5000)),
    st.integers(1, 100),
    st.booleans(),
)
real_ranges = st.builds(
    lambda ends, steps, log: Real(
        low=ends[0], high=ends[1], log=log, step=None if log or steps is None else ends[1] / steps
    ),
    _ends(st.floats(1e-6, 1e6)),
    st.none() | st.floats(0.5, 9e4),
    st.booleans(),
)
grids = st.builds(
    lambda ends, steps: Real(low=ends[0], high=ends[1], step=ends[1] / steps),
    _ends(st.floats(1e-6, 1e6)),
    st.floats(0.5, 1000),
)
choices = st.lists(st.integers() | st.text(max_size=3), min_size=1, max_size=5, unique=True).map(
    lambda values: Choice(tuple(values))
)
shares = st.floats(0, 1, exclude_max=True)


@steady
@given(whole_ranges | choices, shares)
def test_at_draws_one_of_the_values(domain, share):
    assert domain.at(share) in domain.values


@steady
@given(real_ranges | grids, shares)
def test_at_draws_within_a_real_range_and_on_its_grid(domain, share):
    value = domain.at(share)
    assert domain.low <= value <= domain.high
    assert domain.canonical(value) == value
    if domain.step is not None and domain.size < 5000:
        assert value in domain.values


@steady
@given(real_ranges | grids, st.floats(-1e7, 1e7))
def test_canonical_values_lie_in_the_domain_and_stay_as_they_are(domain, value):
    canonical = domain.canonical(value)
    assert domain.low <= canonical <= domain.high
    assert domain.canonical(canonical) == canonical
    if domain.step is not None and domain.size < 5000:
        assert canonical in domain.values


@few
@given(grids)
def test_a_grid_ascends_from_low_without_repeats(grid):
    values = grid.values
    assert len(values) == len(set(values)) == grid.size
    assert list(values) == sorted(values)
    assert values[0] == grid.low


@steady
@given(spaces, st.integers(0, 2**32))
def test_a_space_survives_yaml_and_json_and_samples_the_same(space, seed):
    digest = space.sample(Random(seed)).digest
    for back in (
        SearchSpace.model_validate(yaml.safe_load(yaml.safe_dump(space.model_dump(mode="json")))),
        SearchSpace.model_validate_json(space.model_dump_json()),
        SearchSpace.model_validate(space.model_dump()),
    ):
        assert back == space
        assert back.sample(Random(seed)).digest == digest


@steady
@given(candidates)
def test_a_candidate_survives_json_under_its_name(candidate):
    back = Candidate.model_validate_json(candidate.model_dump_json())
    assert back == candidate
    assert back.digest == candidate.digest


@steady
@given(candidates)
def test_any_candidate_is_analysed_or_infeasible_and_nothing_else(candidate):
    try:
        found = analyse(candidate.architecture)
    except InfeasibleError as error:
        assert error.what.split(":")[0] in dict(candidate.architecture.sections())  # noqa: PT017  # the only error
        return
    classes = candidate.architecture.input.classes
    assert found.rows[-1].after == (classes,)
    assert found.memory >= 4 * math.prod(candidate.architecture.input.shape)
    assert 0 < found.macs < found.flops
    assert 0 < found.int8_bytes <= found.float32_bytes


@steady
@given(candidates)
def test_rows_chain_from_image_to_logits(candidate):
    try:
        rows = analyse(candidate.architecture).rows
    except InfeasibleError:
        return
    shape = candidate.architecture.input.shape
    for row in rows:
        assert row.after == output_shape(row.layer, row.before)
        if not row.branch:
            assert row.before == shape
            shape = row.after


@steady
@given(spaces, st.integers(0, 2**32))
def test_what_was_chosen_gives_the_candidate_again(space, seed):
    rng = Random(seed)
    chosen = {}

    def choose(dimension):
        chosen[dimension.name] = dimension.domain.at(rng.random())
        return chosen[dimension.name]

    candidate = decode(space, choose)
    assert from_values(space, chosen) == candidate
    assert set(chosen) <= {dimension.name for dimension in dimensions(space)}
    assert len(chosen) == 0 or cardinality(space) > 1


@few
@given(residual_block | inverted_residual_block | multi_kernel_block, st.integers(1, 4), st.integers(0, 2**32))
def test_blocks_that_pad_can_always_be_built(block, count, seed):
    space = SearchSpace.model_validate({"stages": {"count": count, "block": block}, "stem": block})
    assert analyse(space.sample(Random(seed)).architecture).parameters > 0


@few
@given(candidates)
def test_limits_of_what_a_network_has_are_kept_and_of_one_less_broken(candidate):
    try:
        found = analyse(candidate.architecture)
    except InfeasibleError:
        return
    names = tuple(Limits.model_fields)
    kept = Limits(**{name: getattr(found, name) for name in names})
    assert violations(found, kept) == ()
    broken = Limits(**{name: max(1, getattr(found, name) - 1) for name in names})
    assert {violation.limit for violation in violations(found, broken)} == {n for n in names if getattr(found, n) > 1}
