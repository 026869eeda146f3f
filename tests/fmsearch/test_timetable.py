"""Sharing out what time is left among the front."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmsearch.pareto import Point
from fmsearch.timetable import Finalist, Sharing, allot, choose, furthest, spans


def finalist(number, size, accuracy, pace=1.0, shrinkage=1.0):
    point = Point(float(size), accuracy)
    return Finalist(number, point, trained=1.0, setup=0.5, pace=pace, shrinkage=shrinkage)


FRONT = [finalist(0, 1_000, 0.8), finalist(1, 10_000, 0.9), finalist(2, 20_000, 0.95)]
FRONTS = st.lists(
    st.tuples(st.integers(1, 10**6), st.floats(0.01, 10)), min_size=1, max_size=12, unique_by=lambda p: p[0]
)


def test_a_model_is_the_best_from_its_own_size_to_the_next_and_the_largest_for_a_decade():
    assert spans([one.point for one in FRONT]) == pytest.approx([1, math.log10(2), 1])


def test_time_goes_by_the_sizes_that_each_serves():
    seconds = allot(FRONT, 230, most=1_000)
    assert seconds == pytest.approx([230 / (2 + math.log10(2)) * span for span in (1, math.log10(2), 1)])


def test_what_one_cannot_use_goes_to_the_others():
    quick = [finalist(0, 1_000, 0.8, pace=0.01), *FRONT[1:]]
    seconds = allot(quick, 230, most=150)
    assert seconds[0] == pytest.approx(quick[0].cost(150))
    assert sum(seconds) == pytest.approx(230)


def test_nobody_gets_more_than_the_most():
    assert allot(FRONT, 10_000, most=7) == pytest.approx([one.cost(7) for one in FRONT])


@given(FRONTS, st.floats(1, 10_000), st.floats(1, 200))
def test_all_time_is_given_or_all_have_the_most(front, total, most):
    finalists = [finalist(i, size, 0.5, pace) for i, (size, pace) in enumerate(sorted(front))]
    seconds = allot(finalists, total, most)
    caps = [one.cost(most) for one in finalists]
    assert all(part <= cap + 1e-6 for part, cap in zip(seconds, caps, strict=True))
    assert sum(seconds) == pytest.approx(min(total, sum(caps)))


def test_with_time_enough_all_of_the_front_is_trained_and_nothing_else():
    worse = finalist(3, 15_000, 0.7)
    assert choose([*FRONT, worse], 500, most=30) == FRONT


def test_one_hardly_better_than_the_next_smaller_is_left_out_but_for_the_largest():
    hardly, largest = finalist(4, 15_000, 0.905), finalist(5, 30_000, 0.951)
    assert choose([*FRONT, hardly, largest], 500, most=30) == [*FRONT, largest]


def test_one_that_would_not_train_twice_as_long_as_before_is_left_out():
    slow = finalist(1, 10_000, 0.9, pace=60.0)
    assert choose([FRONT[0], slow, FRONT[2]], 100, most=30) == [FRONT[0], FRONT[2]]


def test_what_share_of_the_errors_remains_when_one_trains_twice_as_long():
    def after(epochs, accuracy):
        return Finalist(0, Point(1_000, accuracy), trained=epochs, setup=0.5, pace=1.0)

    before = after(1, 0.6)
    assert furthest([before, after(2, 0.8)]).shrinkage == pytest.approx(0.5)
    assert furthest([before, after(4, 0.9)]).shrinkage == pytest.approx(0.5)
    assert furthest([before, after(4, 0.5)]).shrinkage == 1.0
    assert furthest([after(4, 0.9)]) == after(4, 0.9)
    assert furthest([after(4, 0.9), before]) == furthest([before, after(4, 0.9)])


def test_one_that_is_about_to_overtake_is_trained_again_in_place_of_one_that_learns_no_more():
    stuck, learning = finalist(3, 30_000, 0.96), finalist(4, 60_000, 0.955, shrinkage=0.7)
    assert choose([*FRONT, stuck, learning], 500, most=30) == [*FRONT, stuck, learning]
    ahead = finalist(4, 29_000, 0.955, shrinkage=0.7)
    assert choose([*FRONT, stuck, ahead], 500, most=30) == [*FRONT, ahead]


def test_where_time_is_for_one_alone_the_one_that_adds_most_stays():
    assert choose(FRONT, 4.0, most=30) == [FRONT[0]]


def sharing(finalists, clock, *, workers=2, seeds=1, decided=(), keep=lambda _: None):
    return Sharing(
        finalists,
        seeds=seeds,
        workers=workers,
        deadline=100.0,
        most=1_000.0,
        clock=lambda: clock[0],
        decided=dict(decided),
        keep=keep,
    )


def play(shared, clock, finalists, workers=2, slower=1.0):
    """Train as it says, all being `slower` than it thinks; when the workers end, and how long each model trained."""
    ends, trained = [], {}
    while shared.waiting or ends:
        while shared.waiting and len(ends) < workers:
            number, replica, epochs = shared.begin()
            trained[number, replica] = epochs
            ends.append((clock[0] + slower * finalists[number].cost(epochs), number))
        end = min(ends)
        ends.remove(end)
        clock[0] = end[0]
        shared.end(end[1], stored=False)
    return clock[0], trained


@pytest.mark.parametrize("slower", [0.8, 1.0, 1.25])
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_all_end_at_the_deadline_even_where_guesses_are_wrong(workers, slower):
    clock = [0.0]
    finalists = [finalist(i, 1_000 * 1.7**i, 0.5 + i / 50, pace=0.05 * 1.3**i) for i in range(9)]
    end, _ = play(sharing(finalists, clock, workers=workers), clock, finalists, workers, slower)
    assert end == pytest.approx(100, rel=0.08)


def test_all_seeds_of_a_model_train_equally_long():
    clock = [0.0]
    _, trained = play(sharing(FRONT, clock, seeds=3), clock, FRONT)
    assert len(trained) == 9
    assert all(len({trained[number, replica] for replica in range(3)}) == 1 for number in range(3))


def test_what_was_decided_before_is_kept_and_every_decision_told():
    clock, told = [0.0], []
    shared = sharing(FRONT, clock, decided={0: 12.5}, keep=told.append)
    _, trained = play(shared, clock, FRONT)
    assert trained[0, 0] == 12.5
    assert told[-1] == {number: epochs for (number, _), epochs in trained.items()}


def test_however_little_time_is_left_a_training_is_begun():
    clock = [99.9]
    assert sharing(FRONT, clock).begin()[2] == 0.1


def test_the_seconds_of_epochs_and_back():
    one = finalist(0, 10, 0.5, pace=2.0)
    assert one.cost(3) == pytest.approx(6 + 0.5)
    assert one.epochs(one.cost(3)) == pytest.approx(3)
