"""Who goes on from rung to rung, and how many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmsearch.pareto import Point
from fmsearch.schedule import Cohort, survivors, trainings

RESULTS = st.dictionaries(
    st.integers(0, 99), st.builds(Point, st.integers(1, 10**6).map(float), st.floats(0, 1)), max_size=20
)


def test_neighbours_in_size_compete_and_of_each_group_one_goes_on():
    results = {
        0: Point(100, 0.3),
        1: Point(200, 0.5),
        2: Point(300, 0.4),
        3: Point(90_000, 0.35),  # behind all the small ones so early, and still the best of its size
        4: Point(80_000, 0.2),
        5: Point(70_000, 0.1),
    }
    assert survivors(results, 1 / 3) == [1, 3]


def test_of_equals_the_first_goes_on():
    assert survivors({7: Point(10, 0.5), 3: Point(10, 0.5), 5: Point(10, 0.5)}, 1 / 3) == [3]


@given(RESULTS, st.floats(0.01, 1))
def test_the_share_goes_on_and_one_at_least(results, keep):
    chosen = survivors(results, keep)
    assert set(chosen) <= set(results)
    assert chosen == sorted(set(chosen))
    assert (len(chosen) >= 1) == bool(results)
    assert keep * len(results) - 1e-6 <= len(chosen) < keep * len(results) + 1


def test_what_is_better_than_its_size_leads_one_to_expect_goes_on():
    results = {number: Point(10.0 ** (3 + number / 4), 0.6 + 0.05 * number) for number in range(6)}
    assert (
        survivors({**results, 1: Point(results[1].size, 0.68)}, 1 / 2)[0] == 1
    )  # though 2 is larger and more accurate


def test_a_cohort_climbs_until_its_last_rung():
    cohort = Cohort(members=[4, 5, 6], rungs=(0.5, 2), keep=0.3)
    assert (cohort.epochs, cohort.pending()) == (0.5, [4, 5, 6])
    for number, accuracy in ((6, 0.9), (4, None), (5, 0.8)):
        cohort.record(number, None if accuracy is None else Point(10.0, accuracy))
    assert (cohort.epochs, cohort.pending(), cohort.is_complete) == (2, [6], False)
    cohort.record(6, None)
    assert cohort.is_complete
    assert cohort.pending() == []


@pytest.mark.parametrize(
    ("candidates", "cohort", "counts"),
    [(12, 12, {1: 12, 3: 4, 9: 2}), (14, 12, {1: 14, 3: 5, 9: 3}), (1, 12, {1: 1, 3: 1, 9: 1})],
)
def test_trainings_at_each_rung(candidates, cohort, counts):
    assert trainings(candidates, cohort, (1, 3, 9), 1 / 3) == counts
