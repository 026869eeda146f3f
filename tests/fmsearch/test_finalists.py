"""Who trains in the final stage, and how much of its time each gets."""

import itertools
import math
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmsearch import finalists as module
from fmsearch.finalists import Finalist, allot, choose, spans
from fmsearch.learning_curves import LearningCurve
from fmsearch.pareto import Point, hypervolume


def finalist(number, size, floor, pace=1.0, fall=0.42):
    curve = LearningCurve(floor, fall)
    return Finalist(number, Point(float(size), curve.accuracy(1)), trained=1.0, setup=0.5, pace=pace, curve=curve)


FRONT = [finalist(0, 1_000, 0.2), finalist(1, 10_000, 0.1), finalist(2, 20_000, 0.05)]
FINALISTS = st.lists(
    st.builds(finalist, st.just(0), st.integers(1, 10**6), st.floats(1e-4, 1), st.floats(0.01, 10), st.floats(0.05, 1)),
    min_size=1,
    max_size=8,
)
EDGE = 1e7


def numbers(finalists):
    return [one.number for one in finalists]


def area(members, total, most=1_000):
    shares = allot(members, total, most)
    return hypervolume([one.promise(one.epochs(part)) for one, part in zip(members, shares, strict=True)], EDGE)


def test_a_model_is_the_best_from_its_own_size_to_the_next_and_the_largest_for_a_decade():
    assert spans([one.point for one in FRONT]) == pytest.approx([1, math.log10(2), 1])


def test_the_seconds_of_epochs_and_back():
    one = finalist(0, 10, 0.5, pace=2.0)
    assert one.cost(3) == pytest.approx(6 + 0.5)
    assert one.epochs(one.cost(3)) == pytest.approx(3)


def test_one_more_second_is_worth_the_same_for_each():
    """Late on the curves, where they fall by the law's leading term."""
    total = 50_000

    def worth(moved_from, moved_to):
        shares = allot(FRONT, total, most=1e9)
        shares[moved_from] -= 50
        shares[moved_to] += 50
        return hypervolume([one.promise(one.epochs(part)) for one, part in zip(FRONT, shares, strict=True)], 2e5)

    for moved_from, moved_to in itertools.permutations(range(3), 2):
        assert worth(moved_from, moved_to) <= worth(0, 0) + 1e-9


def test_one_that_serves_more_sizes_or_has_more_errors_to_lose_gets_more():
    sizes = allot([finalist(0, 1_000, 0.1), finalist(1, 8_000, 0.1), finalist(2, 10_000, 0.1)], 300, most=1_000)
    assert sizes[0] > 2 * sizes[1]
    errors = allot([finalist(0, 1_000, 0.2), finalist(1, 10_000, 0.1)], 300, most=1_000)
    assert errors[0] == pytest.approx(2 ** (2 / 3) * errors[1])


def test_one_close_below_another_is_trained_as_if_it_served_a_tenth_of_a_decade():
    small, large = finalist(0, 1_000, 0.2), finalist(1, 10_000, 0.1)
    close, apart = (finalist(2, size, 0.15) for size in (1_001, 1_000 * 10**0.1))
    first, second = (allot([small, other, large], 1_000, most=1_000)[0] for other in (close, apart))
    assert first == pytest.approx(second, rel=0.1)


def test_what_one_cannot_use_goes_to_the_others():
    quick = [finalist(0, 1_000, 0.2, pace=0.01), *FRONT[1:]]
    seconds = allot(quick, 230, most=150)
    assert seconds[0] == pytest.approx(quick[0].cost(150))
    assert sum(seconds) == pytest.approx(230)


def test_nobody_gets_more_than_the_most():
    assert allot(FRONT, 10_000, most=7) == pytest.approx([one.cost(7) for one in FRONT])


@given(FINALISTS, st.floats(1, 10_000), st.floats(1, 200))
def test_all_time_is_given_or_all_have_the_most(finalists, total, most):
    finalists.sort(key=lambda one: one.point.size)
    seconds = allot(finalists, total, most)
    caps = [one.cost(most) for one in finalists]
    assert all(part <= cap + 1e-6 for part, cap in zip(seconds, caps, strict=True))
    assert sum(seconds) == pytest.approx(min(total, sum(caps)))


def test_with_time_enough_all_of_the_front_is_trained_and_nothing_else():
    worse = finalist(3, 15_000, 0.15)
    assert choose([*FRONT, worse], 5_000, most=300) == FRONT


def test_what_is_hardly_better_than_the_next_smaller_one_is_trained_if_there_is_time_for_it():
    hardly = finalist(4, 15_000, 0.0995)
    assert choose([*FRONT, hardly], 20, most=300) == FRONT
    assert choose([*FRONT, hardly], 500_000, most=3_000) == [FRONT[0], FRONT[1], hardly, FRONT[2]]


def test_one_whose_time_is_worth_more_to_the_others_is_left_out():
    slow = finalist(1, 10_000, 0.1, pace=200.0)
    assert choose([FRONT[0], slow, FRONT[2]], 100, most=30) == [FRONT[0], FRONT[2]]


def test_one_that_is_about_to_overtake_takes_the_place_of_one_that_learns_no_more():
    stuck, learning = finalist(3, 30_000, 0.06, fall=0.1), finalist(4, 30_000, 0.045, fall=0.4)
    assert stuck.point.accuracy > learning.point.accuracy
    assert choose([*FRONT[:2], stuck, learning], 500, most=300) == [*FRONT[:2], learning]


def test_one_joins_that_costs_next_to_nothing_as_it_may_turn_out_better():
    """As in a run that trained the first and the last alone: up to 13,854 parameters there was 0.871, and no more."""
    early, middle, late = (
        finalist(number, size, floor, pace)
        for number, size, floor, pace in [(0, 1_000, 0.0931, 21), (1, 2_170, 0.0891, 18), (2, 13_854, 0.0703, 37)]
    )
    assert area([early, late], 700) > area([early, middle, late], 700) > 0.9995 * area([early, late], 700)
    assert choose([early, middle, late], 700, most=300) == [early, middle, late]


def test_where_time_is_for_one_alone_the_one_that_adds_most_stays():
    assert choose(FRONT, 1.5, most=30) == [FRONT[0]]


def test_where_there_is_no_time_at_all_one_is_chosen_all_the_same():
    assert len(choose(FRONT, 0.0, most=30)) == 1
    assert len(choose(FRONT, 0.3, most=30)) == 1


@given(FINALISTS, st.floats(1, 300))
def test_no_single_change_of_a_choice_would_make_more_of_the_time(finalists, total):
    edge = 10 * max(one.point.size for one in finalists)

    def worth(members):
        shares = allot(members, total, 1_000)
        return hypervolume([one.promise(one.epochs(part)) for one, part in zip(members, shares, strict=True)], edge)

    finalists = [
        finalist(i, one.point.size, one.curve.floor, one.pace, one.curve.fall) for i, one in enumerate(finalists)
    ]
    with patch.object(module, "CHANCE", 0.0):
        chosen = choose(finalists, total, 1_000)
    assert chosen == sorted(chosen, key=lambda one: one.point.size)
    others = [one for one in module._contenders(finalists, total) if one not in chosen]  # noqa: SLF001  # who may join
    rests = [[one for one in chosen if one is not leaving] for leaving in chosen]
    changed = [*filter(None, rests), *([*rest, joining] for rest in [chosen, *rests] for joining in others)]
    for members in changed:
        assert worth(sorted(members, key=lambda one: (one.point.size, one.number))) <= worth(chosen) + 1e-12
