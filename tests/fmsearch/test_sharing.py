"""Sharing out what time is left among the members of the final stage."""

import pytest

from fmsearch.finalists import Finalist
from fmsearch.learning_curves import LearningCurve
from fmsearch.pace.planned import whole
from fmsearch.pace.sharing import Sharing
from fmsearch.pareto import Point


@pytest.mark.parametrize(
    ("epochs", "most", "planned"),
    [
        (7.39, 30, 7.3),
        (12.7, 12.7, 12.7),
        (0.3, 30, 0.3),
        (50.0, 30, 30),
        (0.01, 30, 0.1),
        (-4.0, 30, 0.1),
        (3.0, 0.75, 0.75),
        (0.01, 0.04, 0.04),
    ],
)
def test_epochs_are_planned_in_tenths_one_at_the_least_and_never_more_than_the_most(epochs, most, planned):
    assert whole(epochs, most) == planned


def finalist(number, size, accuracy, pace=1.0):
    curve = LearningCurve(floor=0.8 * (1.0 - accuracy))
    return Finalist(number, Point(float(size), accuracy), trained=1.0, setup=0.5, pace=pace, curve=curve)


FRONT = [finalist(0, 1_000, 0.8), finalist(1, 10_000, 0.9), finalist(2, 20_000, 0.95)]


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


def test_one_training_that_was_quicker_than_guessed_does_not_make_the_others_too_long():
    clock = [0.0]
    shared = sharing(FRONT, clock)
    first, _, epochs = shared.begin()
    shared.begin()
    clock[0] = 0.6 * FRONT[first].cost(epochs)
    shared.end(first, stored=False)
    last, _, epochs = shared.begin()
    assert clock[0] + FRONT[last].cost(epochs) < 1.2 * 100.0


def test_all_seeds_of_a_model_train_equally_long():
    clock = [0.0]
    _, trained = play(sharing(FRONT, clock, seeds=3), clock, FRONT)
    assert len(trained) == 9
    assert all(len({trained[number, replica] for replica in range(3)}) == 1 for number in range(3))


@pytest.mark.parametrize(("workers", "members", "seeds"), [(2, 1, 3), (3, 2, 2), (4, 2, 3), (4, 3, 3), (2, 3, 5)])
def test_all_seeds_of_a_model_end_in_time(workers, members, seeds):
    clock = [0.0]
    end, trained = play(sharing(FRONT[:members], clock, workers=workers, seeds=seeds), clock, FRONT, workers)
    assert len(trained) == members * seeds
    assert 70.0 < end < 105.0


def test_what_was_decided_before_is_kept_and_every_decision_told():
    clock, told = [0.0], []
    shared = sharing(FRONT, clock, decided={0: 12.5}, keep=told.append)
    _, trained = play(shared, clock, FRONT)
    assert trained[0, 0] == 12.5
    assert told[-1] == {number: epochs for (number, _), epochs in trained.items()}


def test_however_little_time_is_left_a_training_is_begun():
    clock = [99.9]
    assert sharing(FRONT, clock).begin()[2] == 0.1
