"""What may be expected of a network before it is trained."""

import math
from random import Random

import pytest
from stubs import IMAGES, stub_study

from fmsearch.proposers.expectation import ENOUGH, USUAL, Traits, expectation, traits
from fmsearch.proposers.growth import draw
from searchspace import ConvBlock, Head, NetworkSpace, SeparableBlock, Stages, Training

PLAIN = Traits(parameters=8.0, macs=13.0, depth=3.0, area=3.0, seen=3.0, narrowest=2.0, learning_rate=-2.0)
OTHERS = [field for field in Traits._fields if field != "narrowest"]


def candidate_of(block, head, count=2):
    study = stub_study(
        space=NetworkSpace(stages=Stages(count=count, block=block), head=head), training=Training(learning_rate=0.01)
    )
    return draw(study.search_space(IMAGES), Random(0)).candidate


def test_the_traits_of_a_network_that_averages_its_feature_maps():
    candidate = candidate_of(ConvBlock(filters=4, kernel_size=3, pooling="max"), Head(pooling="global_average"))
    known = traits(candidate)
    height, width, channels = IMAGES.shape
    area = (height // 4) * (width // 4)
    first, second = 9 * channels * 4, 9 * 4 * 4
    assert math.exp(known.parameters) == pytest.approx(first + second + 2 * 16 + 5 * IMAGES.classes)
    assert math.exp(known.area) == pytest.approx(area)
    assert math.exp(known.seen) == pytest.approx(4)
    assert known.depth == 2
    assert math.exp(known.narrowest) == pytest.approx(4)
    assert math.exp(known.learning_rate) == pytest.approx(0.01)


def test_the_traits_of_a_network_that_flattens_them():
    candidate = candidate_of(SeparableBlock(filters=8, pooling="max"), Head(pooling="flatten", units=16), count=1)
    known = traits(candidate)
    height, width, channels = IMAGES.shape
    area = (height // 2) * (width // 2)
    assert math.exp(known.area) == pytest.approx(area)
    assert math.exp(known.seen) == pytest.approx(min(ENOUGH, 8 * area))
    assert known.depth == 2  # depthwise and pointwise
    assert math.exp(known.narrowest) == pytest.approx(channels)


def test_before_anything_is_trained_small_feature_maps_and_many_numbers_for_the_head_promise_most():
    expected = expectation([])
    assert expected(PLAIN._replace(area=2.0)) > expected(PLAIN) > expected(PLAIN._replace(area=4.0))
    assert expected(PLAIN._replace(seen=4.0)) > expected(PLAIN) > expected(PLAIN._replace(seen=2.0))
    assert expected(PLAIN._replace(depth=9.0)) == expected(PLAIN)


def trained_where_wide_is_good(count):
    """Networks whose errors fall by two fifths with each unit of the narrowest layer's logarithm, whatever else."""
    dice = Random(0)
    for _ in range(count):
        known = Traits(*(value + dice.uniform(-1.0, 1.0) for value in PLAIN))
        yield known, 1.0 - 0.5 * math.exp(-0.4 * known.narrowest)


def test_what_was_trained_teaches_what_counts():
    expected = expectation(list(trained_where_wide_is_good(40)))
    slopes = {
        field: expected(PLAIN._replace(**{field: getattr(PLAIN, field) + 1.0})) - expected(PLAIN)
        for field in Traits._fields
    }
    assert slopes["narrowest"] == pytest.approx(0.4, abs=0.05)
    assert max(abs(slopes[field]) for field in OTHERS) < 0.03


def test_a_few_trained_networks_teach_less_than_many():
    few, many = (expectation(list(trained_where_wide_is_good(count))) for count in (4, 40))
    wider = PLAIN._replace(narrowest=3.0)
    assert 0.0 < few(wider) - few(PLAIN) < many(wider) - many(PLAIN)


def test_of_what_all_networks_share_nothing_is_learnt():
    trained = [(PLAIN, 0.8), (PLAIN._replace(narrowest=3.0), 0.9), (PLAIN._replace(narrowest=1.0), 0.7)]
    expected = expectation(trained)
    assert expected(PLAIN._replace(area=4.0)) - expected(PLAIN) == pytest.approx(-USUAL.area)
    assert expected(PLAIN._replace(macs=20.0)) == pytest.approx(expected(PLAIN))


def test_a_network_without_errors_can_be_learnt_from():
    assert math.isfinite(expectation([(PLAIN, 1.0), (PLAIN._replace(depth=4.0), 0.5)])(PLAIN))
