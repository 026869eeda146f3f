"""A study with a time limit ends when it should. The clock is a stub that jumps."""

import itertools
import math

import pytest
from stubs import ManualClock, StubExecutor, TimedExecutor, search
from timed import LIMIT, LONG, finals, searching, seconds, study

from fmsearch.errors import FmsearchError
from fmsearch.evaluation import Epoch, Result
from fmsearch.events import Note
from fmsearch.pace import Hurried

PLAYOFF = 2.0  # epochs: more than any network trains in its cohort, and fewer than in a play-off


class NoFacts:
    """A store that knows of no decisions."""

    cohorts = 0

    def fact(self, name):
        del name

    def note(self, name, value):
        del name, value


@pytest.mark.parametrize(
    ("limit", "busy", "workers"),
    [
        (60.0, 0.75, 1),
        (60.0, 0.75, 4),
        (600.0, 0.95, 2),
        (600.0, 0.95, 4),
        *(pytest.param(1_200.0, 0.95, workers, marks=pytest.mark.nightly) for workers in (1, 2, 4)),
    ],
)
def test_it_ends_within_five_percent_of_its_limit_and_the_workers_are_busy(limit, busy, workers, tmp_path):
    # A minute has room for a few trainings of ten seconds on each of four workers: they don't all end together.
    executor = TimedExecutor(workers, seconds)
    table = search(study(limit), tmp_path / "store", executor)
    assert executor.clock.now == pytest.approx(limit, rel=0.05)
    assert executor.busy / (workers * limit) > busy
    assert any(row.status == "final" for row in table)


@pytest.mark.parametrize("epochs", [0.15, 0.5, 3.0])
def test_what_an_epoch_costs_is_known_from_any_part_of_one(epochs):
    setup, training, check = 2.0, 10.0, 0.03
    took = setup + epochs * training + math.ceil(epochs) * check * training
    curve = (Epoch(loss=1.0, accuracy=0.5, validation_loss=1.0, validation_accuracy=0.5, learning_rate=0.1),)
    result = Result(status="done", seconds=took, setup=setup, curve=math.ceil(epochs) * curve)
    timing = Hurried(study(), LIMIT, ManualClock(), NoFacts(), workers=2, check=check)
    price = timing.price(None, result, epochs)
    assert price.epoch == pytest.approx((1 + check) * training)
    assert price.setup + epochs * price.epoch == pytest.approx(took)


@pytest.mark.parametrize("share", [pytest.param(0.2, marks=pytest.mark.nightly), 0.7])
def test_the_share_of_the_final_stage_is_kept_for_it(share, tmp_path):
    table = search(study(share=share), tmp_path / "store", TimedExecutor(2, seconds))
    spent = {"search": 0.0, "final": 0.0}
    for use in itertools.chain.from_iterable(row.uses for row in table):
        spent[use.evaluation.purpose] += use.result.seconds
    assert spent["final"] / sum(spent.values()) == pytest.approx(share, abs=0.08)


def test_time_that_the_front_cannot_use_is_searched(tmp_path):
    executor = TimedExecutor(2, seconds)
    search(study(epochs=2), tmp_path / "store", executor)
    # What is left is too short for one more cohort.
    assert 0.9 * LIMIT < executor.clock.now < 1.05 * LIMIT


def test_a_limit_with_candidates_ends_with_whichever_comes_first(tmp_path):
    table = search(study(candidates=24, epochs=3), tmp_path / "store", TimedExecutor(2, seconds))
    assert len(table) == 24


def test_with_time_to_spare_the_best_of_all_cohorts_train_longer_and_most_of_the_front_is_theirs(long_run):
    _, table, _ = long_run
    played = {number for number, epochs in searching(table) if epochs > PLAYOFF}
    assert 8 <= len(played) <= len(table) / 6  # a third came to the last rung, and half of those at the most
    final = {row.number for row in table if row.status == "final"}
    assert len(final & played) > 0.7 * len(final)


def test_where_all_candidates_are_proposed_before_a_cost_is_known_there_is_a_play_off_too(tmp_path):
    few = study(LONG, candidates=24, rungs=(0.3, 1), keep=1.0)
    table = search(few, tmp_path / "store", TimedExecutor(2, seconds))
    assert len({number for number, epochs in searching(table) if epochs > PLAYOFF}) >= 8


def test_a_training_that_hangs_costs_the_final_stage_little(tmp_path):
    begun = []

    def hanging(evaluation):
        if evaluation.key not in begun:
            begun.append(evaluation.key)
        return (math.inf, 0.0) if begun.index(evaluation.key) == 20 else seconds(evaluation)

    executor = TimedExecutor(2, hanging)
    table = search(study(), tmp_path / "store", executor)
    assert executor.clock.now == pytest.approx(LIMIT, rel=0.05)
    assert len(finals(table)) > 3


@pytest.mark.parametrize(
    ("workers", "seeds"), [(2, 3), *(pytest.param(*more, marks=pytest.mark.nightly) for more in [(3, 2), (4, 3)])]
)
def test_with_several_seeds_it_ends_in_time_too(workers, seeds, tmp_path):
    executor = TimedExecutor(workers, seconds)
    search(study(seeds=seeds), tmp_path / "store", executor)
    assert executor.clock.now == pytest.approx(LIMIT, rel=0.05)


def test_where_all_trainings_fail_it_is_not_said_that_time_was_short(tmp_path):
    def failing(_):
        return Result(status="failed", reason="no", seconds=1.0)

    with pytest.raises(FmsearchError, match=r"No candidate was trained successfully"):
        search(study(candidates=4), tmp_path / "store", StubExecutor(train=failing))


class Notes:
    """What a run tells a person."""

    text = ""

    def notice(self, event):
        if isinstance(event, Note):
            self.text += event.text


@pytest.mark.parametrize(("first", "is_told"), [(40.0, True), (1.0, False)])
def test_where_the_search_leaves_no_time_for_the_final_stage_it_is_said_once(first, is_told, tmp_path):
    def slow(evaluation):
        return (first / 2, first / 2) if evaluation.purpose == "search" else (1.0, 1.0)

    notes, again = Notes(), Notes()
    executor = TimedExecutor(1, slow)
    search(study(30.0, candidates=2), tmp_path / "store", executor, notes)
    assert ("used up the time" in notes.text) is is_told
    search(study(30.0, candidates=2), tmp_path / "store", TimedExecutor(1, slow, executor.clock), again)
    assert "used up the time" not in again.text


def test_a_limit_in_which_nothing_can_be_trained_says_so(tmp_path):
    def endless(_):
        return 0.8, 1e6

    executor = TimedExecutor(1, endless, ManualClock(10_000.0))
    with pytest.raises(FmsearchError, match=r"budget\.time"):
        search(study(5.0), tmp_path / "store", executor)
