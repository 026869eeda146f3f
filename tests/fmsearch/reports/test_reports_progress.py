"""Events folded into counts, time left and means."""

import pytest
from handmade_run import done, failed
from story import STUDY, TIMED, Clock, finished, started

from fmsearch.events import Began, FinalStage
from fmsearch.reports.progress import Progress


def test_time_left_follows_the_pace():
    clock = Clock()
    progress = Progress(STUDY, clock)
    assert progress.left() is None
    progress.notice(FinalStage((1, 2)))  # 36 epochs
    progress.notice(finished(1, done(0.5), epochs=9, purpose="final", stored=True))
    assert progress.left() is None
    progress.notice(started(1, 9, "final", 1))
    clock.now += 18
    progress.notice(finished(1, done(0.5, seconds=18), epochs=9, purpose="final", seed=1))
    assert progress.left() == 36  # 18 epochs are left, of 2 s each
    progress.notice(started(2, 9, "final", 1))
    clock.now += 10
    assert progress.left() == pytest.approx(36 - 10)
    assert progress.done() == pytest.approx(18 + 5)


def test_seeds_of_the_final_stage_are_averaged():
    progress = Progress(STUDY)
    for event in (
        finished(1, done(0.7)),
        FinalStage((1,)),
        finished(1, done(0.8), 9, "final", 1),
        finished(1, failed("x"), 9, "final", 2),
        finished(1, done(0.9), 9, "final", 3),
    ):
        progress.notice(event)

    assert progress.known[1].accuracy == pytest.approx(0.85)


def test_under_a_limit_of_compute_what_was_spent_says_how_far_it_is():
    event = finished(1, done(0.5))
    macs = event.analysis.macs * event.evaluation.epochs * 1_000
    budget = TIMED.budget.model_copy(update={"time": None, "macs": 4.0 * macs})
    clock = Clock()
    progress = Progress(TIMED.model_copy(update={"budget": budget}), clock)
    progress.notice(Began(0.0, images=1_000))
    assert (progress.left(), progress.share(), progress.total) == (None, 0, None)
    clock.now += 90
    progress.notice(event)
    assert (progress.left(), progress.share()) == (270, 0.25)


def test_under_a_time_limit_the_clock_says_how_far_it_is():
    clock = Clock()
    progress = Progress(TIMED, clock)
    progress.notice(Began(60.0))  # an earlier sitting took a minute
    clock.now += 90
    progress.notice(finished(1, done(0.5)))
    assert (progress.elapsed(), progress.left(), progress.share()) == (150, 450, 0.25)
    assert (progress.planned, progress.total) == (None, None)
    progress.notice(FinalStage((1, 2)))
    assert progress.total == 4
    clock.now += 1_000
    assert (progress.left(), progress.share()) == (0, 1)
