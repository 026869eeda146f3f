"""Fronts, order, knee and area: examples by hand, and what holds for all points."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmsearch.pareto import Point, front, front_score, hypervolume, knee

SIZES, ACCURACIES = st.integers(1, 10**7), st.integers(0, 100).map(lambda percent: percent / 100)
CLOUDS = st.lists(st.builds(Point, SIZES, ACCURACIES), max_size=30)
HAND = [Point(100, 0.5), Point(1_000, 0.8), Point(1_000, 0.7), Point(500, 0.5), Point(10_000, 0.9), Point(5_000, 0.6)]


def dominates(a, b):
    """Whether `a` is no worse in both, and better in one."""
    return a.size <= b.size and a.accuracy >= b.accuracy and a != b


def test_front_by_hand():
    assert front([]) == []
    assert front(HAND) == [0, 1, 4]
    assert front([Point(5, 0.5), Point(5, 0.5)]) == [0]
    assert front([Point(5, 0.0)]) == [0]


@given(CLOUDS)
def test_the_front_is_what_none_dominates_once_and_smallest_first(points):
    chosen = front(points)

    undominated = {point for point in points if not any(dominates(other, point) for other in points)}
    assert {points[i] for i in chosen} == undominated
    assert len(chosen) == len(undominated)
    assert all(points[a].size < points[b].size for a, b in pairwise(chosen))
    assert all(points[a].accuracy < points[b].accuracy for a, b in pairwise(chosen))
    assert all(i == points.index(points[i]) for i in chosen)


@given(CLOUDS, st.randoms())
def test_the_order_of_points_matters_to_equal_ones_alone(points, order):
    shuffled = list(points)
    order.shuffle(shuffled)

    assert [points[i] for i in front(points)] == [shuffled[i] for i in front(shuffled)]


@pytest.mark.parametrize(
    ("points", "at"),
    [
        ([Point(100, 0.5)], 0),
        ([Point(100, 0.5), Point(1_000, 0.9)], 0),
        ([Point(100, 0.5), Point(1_000, 0.85), Point(10_000, 0.9)], 1),
        ([Point(100, 0.5), Point(1_000, 0.55), Point(5_000, 0.88), Point(10_000, 0.9)], 2),
        ([Point(10_000, 0.9), Point(100, 0.5), Point(1_000, 0.85)], 2),
        ([Point(0, 0.5), Point(0, 0.6)], 1),
    ],
)
def test_knee_by_hand(points, at):
    assert knee(points) == at


def test_no_points_have_no_knee():
    with pytest.raises(ValueError, match="empty front"):
        knee([])


@given(CLOUDS.filter(bool))
def test_the_knee_of_a_front_is_on_or_above_the_line_between_its_ends(points):
    members = [points[i] for i in front(points)]
    low, high, chosen = members[0], members[-1], members[knee(members)]

    width = math.log10(high.size) - math.log10(low.size) or 1.0
    share = (math.log10(chosen.size) - math.log10(low.size)) / width
    assert chosen.accuracy >= low.accuracy + share * (high.accuracy - low.accuracy) - 1e-9


def test_hypervolume_by_hand():
    assert hypervolume([], 10_000) == 0
    assert hypervolume([Point(100, 0.5)], 10_000) == pytest.approx(2 * 0.5)
    assert hypervolume([Point(100, 0.5), Point(1_000, 0.8)], 10_000) == pytest.approx(2 * 0.5 + 1 * 0.3)
    assert hypervolume([Point(100_000, 0.99), Point(10_000, 0.9)], 10_000) == 0
    assert hypervolume([Point(0, 1.0)], 10) == 1
    assert hypervolume([Point(100, 0.5), Point(1_000, 0.8)], 10_000, worst=0.4) == pytest.approx(2 * 0.1 + 1 * 0.3)
    assert hypervolume([Point(100, 0.5)], 10_000, worst=0.6) == 0


@given(CLOUDS, CLOUDS)
def test_more_points_never_take_away_area(points, more):
    before, after = hypervolume(points, 10**7), hypervolume([*points, *more], 10**7)

    assert 0 <= before <= after + 1e-9
    assert after <= 7 + 1e-9


@given(CLOUDS)
def test_the_front_has_all_the_area(points):
    assert hypervolume([points[i] for i in front(points)], 10**7) == pytest.approx(hypervolume(points, 10**7))


def test_front_score_by_hand():
    models = [(100, 0.5, 0.4), (1_000, 0.9, 0.8), (3_000, 0.7, 1.0)]
    assert front_score(models, 100, 10_000) == pytest.approx((0.4 + 0.8) / 2)
    assert front_score(models, 10, 1_000, chance=0.1) == pytest.approx((0.1 + 0.4) / 2)
    assert front_score(models, 2_000, 20_000) == pytest.approx(0.8)
    assert front_score(models, 10, 50, chance=0.1) == front_score([], 10, 50, chance=0.1) == pytest.approx(0.1)
    assert front_score(models, 100, 100) == pytest.approx(0.4)


@given(CLOUDS)
def test_front_score_is_the_mean_over_budgets(points):
    budgets = [10 ** (1 + 4 * (place + 0.5) / 2_000) for place in range(2_000)]
    best = [max((point.accuracy for point in points if point.size <= budget), default=0.1) for budget in budgets]
    score = front_score([(size, accuracy, accuracy) for size, accuracy in points], 10, 10**5, chance=0.1)
    assert score == pytest.approx(sum(best) / len(best), abs=0.01)
