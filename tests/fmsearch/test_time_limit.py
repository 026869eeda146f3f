"""A study with a time limit ends when it should, and goes on as it was. The clock is a stub that jumps."""

import itertools
import math
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from stubs import ManualClock, StubExecutor, TimedExecutor, search, stub_study, told

from fmsearch.engine import Engine
from fmsearch.errors import FmsearchError, InputError
from fmsearch.evaluation import Epoch, Result
from fmsearch.hurry import FACT, Hurried
from fmsearch.store import Store
from fmsearch.study import Budget, Final
from searchspace import analyse

LIMIT = 600.0


def study(time=LIMIT, share=0.5, seeds=1, epochs=1_000, **budget):
    return stub_study(
        engine=Engine(sampler="random"),  # whose proposals take no time
        budget=Budget(**{"time": time, "rungs": (0.1, 0.3, 1), "cohort": 12, **budget}),
        final=Final(epochs=epochs, share=share, seeds=seeds),
    )


class NoFacts:
    """A store that knows of no decisions."""

    cohorts = 0

    def fact(self, name):
        del name

    def note(self, name, value):
        del name, value


def seconds(evaluation):
    """Setup, and epochs by size."""
    return 1.5, evaluation.epochs * (4 + analyse(evaluation.candidate.architecture).parameters / 2_000)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The store of a finished run, its leaderboard, and when it ended."""
    path, executor = tmp_path_factory.mktemp("whole") / "store", TimedExecutor(2, seconds)
    return path, search(study(), path, executor), executor.clock.now


@pytest.fixture
def finished(whole, tmp_path):
    """The same, to be gone on with."""
    return Path(shutil.copy(whole[0], tmp_path / "store")), whole[1], whole[2]


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


def test_run_again_it_does_nothing_and_says_the_same(finished):
    path, first, end = finished
    again = TimedExecutor(2, seconds, ManualClock(end))
    assert told(search(study(), path, again)) == told(first)
    assert again.calls == 0


@pytest.mark.parametrize("calls", [pytest.param(3, marks=pytest.mark.nightly), 40, 130])
def test_interrupted_it_goes_on_and_ends_in_time(calls, tmp_path):
    cut = TimedExecutor(2, seconds, die_after=calls)
    with pytest.raises(KeyboardInterrupt):
        search(study(), tmp_path / "store", cut)
    rest = TimedExecutor(2, seconds, ManualClock(cut.clock.now))
    table = search(study(), tmp_path / "store", rest)
    assert rest.clock.now == pytest.approx(LIMIT, rel=0.05)
    again = TimedExecutor(2, seconds, ManualClock(rest.clock.now))
    assert told(search(study(), tmp_path / "store", again)) == told(table)
    assert again.calls == 0


def searching(table):
    """Epochs of each training of the search, by candidate."""
    return [
        (row.number, use.evaluation.epochs) for row in table for use in row.uses if use.evaluation.purpose == "search"
    ]


@pytest.mark.parametrize("left", [1, pytest.param(3, marks=pytest.mark.nightly)])
def test_killed_as_the_searchs_last_trainings_run_it_loses_none_of_its_candidates(left, whole, tmp_path):
    """Its time may be up, and nothing of the final stage is decided."""
    cut = TimedExecutor(2, seconds, die_after=len(searching(whole[1])) - left)
    with pytest.raises(KeyboardInterrupt):
        search(study(), tmp_path / "store", cut)
    rest = TimedExecutor(2, seconds, ManualClock(cut.clock.now + 10))
    assert len(search(study(), tmp_path / "store", rest)) == len(whole[1])


LONG = 1_200.0
PLAYOFF = 2.0  # epochs: more than any network trains in its cohort, and fewer than in a play-off


@pytest.fixture(scope="module")
def long_run(tmp_path_factory):
    """The same of a run with a play-off."""
    path, executor = tmp_path_factory.mktemp("long") / "store", TimedExecutor(2, seconds)
    return path, search(study(LONG), path, executor), executor.clock.now


def test_with_time_to_spare_the_best_of_all_cohorts_train_longer_and_most_of_the_front_is_theirs(long_run):
    _, table, _ = long_run
    played = {number for number, epochs in searching(table) if epochs > PLAYOFF}
    assert 8 <= len(played) <= len(table) / 6  # a third came to the last rung, and half of those at the most
    final = {row.number for row in table if row.status == "final"}
    assert len(final & played) > 0.7 * len(final)


@pytest.mark.parametrize("left", [pytest.param(1, marks=pytest.mark.nightly), 10])
def test_interrupted_in_a_play_off_it_goes_on_with_the_same_candidates(left, long_run, tmp_path):
    cut = TimedExecutor(2, seconds, die_after=len(searching(long_run[1])) - left)
    with pytest.raises(KeyboardInterrupt):
        search(study(LONG), tmp_path / "store", cut)
    rest = TimedExecutor(2, seconds, ManualClock(cut.clock.now))
    table = search(study(LONG), tmp_path / "store", rest)
    assert rest.clock.now == pytest.approx(LONG, rel=0.05)
    assert searching(table) == searching(long_run[1])
    again = TimedExecutor(2, seconds, ManualClock(rest.clock.now))
    assert told(search(study(LONG), tmp_path / "store", again)) == told(table)
    assert again.calls == 0


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


def test_two_limits_agree_on_what_both_searched(whole, tmp_path):
    short, long = search(study(300.0), tmp_path / "short", TimedExecutor(2, seconds)), whole[1]
    digests = [[row.candidate.digest for row in sorted(t, key=lambda row: row.number)] for t in (short, long)]
    assert len(digests[1]) > len(digests[0])
    assert digests[1][: len(digests[0])] == digests[0]


@pytest.mark.nightly
def test_a_longer_limit_goes_on_from_a_shorter_one(tmp_path):
    short = TimedExecutor(2, seconds)
    before = search(study(300.0), tmp_path / "store", short)
    longer = TimedExecutor(2, seconds, ManualClock(short.clock.now))
    table = search(study(1_200.0), tmp_path / "store", longer)
    assert longer.clock.now == pytest.approx(1_200, rel=0.05)
    assert len(table) > len(before)


def finals(table):
    return {(row.candidate.digest, row.epochs) for row in table if row.status == "final"}


@pytest.mark.parametrize("limit", [910.0, pytest.param(1_000.0, marks=pytest.mark.nightly)])
def test_a_limit_that_is_a_little_longer_keeps_all_that_was_searched(limit, finished):
    path, before, end = finished
    longer = TimedExecutor(2, seconds, ManualClock(end))
    table = search(study(limit), path, longer)
    assert longer.clock.now == pytest.approx(limit, rel=0.05)
    assert {row.candidate.digest for row in before} <= {row.candidate.digest for row in table}


def test_a_limit_that_would_leave_a_finished_run_less_than_it_has_is_refused(finished):
    path, table, end = finished
    for limit in (500.0, 601.0, 850.0):
        with pytest.raises(InputError, match=r"this run has taken \d+ s.* Expected more than \d+ s"):
            search(study(limit), path, TimedExecutor(2, seconds, ManualClock(end)))
    again = TimedExecutor(2, seconds, ManualClock(end))
    assert told(search(study(), path, again)) == told(table)
    assert again.calls == 0


@pytest.mark.parametrize("changed", [{"seeds": 2}, {"share": 0.4}, {"epochs": 5}])
def test_another_final_stage_takes_more_time(changed, finished):
    path, table, end = finished
    with pytest.raises(InputError, match=r"With another `final` the final stage begins anew: budget.time is 600 s"):
        search(study(**changed), path, TimedExecutor(2, seconds, ManualClock(end)))
    longer = TimedExecutor(2, seconds, ManualClock(end))
    more = search(study(1_000.0, **changed), path, longer)
    assert longer.clock.now < 1_050
    assert {row.candidate.digest for row in table} <= {row.candidate.digest for row in more}
    assert all(row.epochs <= changed.get("epochs", math.inf) for row in more if row.status == "final")


def test_killed_as_it_goes_on_under_another_limit_it_loses_no_candidates(finished):
    path, table, end = finished
    limit = end + 310.0
    with Store(path) as store:  # which notes what was decided for the new limit, and was to be written anew
        Hurried(study(limit), limit, ManualClock(end), store, workers=2, check=0.0)
        store.forget_trail()
    rest = TimedExecutor(2, seconds, ManualClock(end))
    again = search(study(limit), path, rest)
    assert {row.candidate.digest for row in table} <= {row.candidate.digest for row in again}


def test_a_run_that_ended_early_is_not_given_less_time_for_its_final_stage_either(tmp_path):
    short = {"candidates": 24, "epochs": 3}
    executor = TimedExecutor(2, seconds)
    search(study(LONG, **short), tmp_path / "store", executor)
    assert executor.clock.now < LONG / 2
    limit = executor.clock.now + 60.0
    with pytest.raises(InputError, match=r"less time than it had"):
        search(study(limit, **short), tmp_path / "store", TimedExecutor(2, seconds, ManualClock(executor.clock.now)))


def test_a_shorter_limit_ends_a_search_that_was_interrupted(tmp_path):
    cut = TimedExecutor(2, seconds, die_after=60)
    with pytest.raises(KeyboardInterrupt):
        search(study(3_600.0), tmp_path / "store", cut)
    rest = TimedExecutor(2, seconds, ManualClock(cut.clock.now))
    limit = cut.clock.now + 100.0
    table = search(study(limit), tmp_path / "store", rest)
    assert rest.clock.now == pytest.approx(limit, rel=0.05)
    assert sum(len(row.uses) for row in table if row.status != "waiting") >= 60


def test_a_run_that_had_no_limit_goes_on_under_one(tmp_path):
    unlimited = study(600.0).model_copy(update={"budget": Budget(candidates=24, rungs=(0.1, 0.3, 1), cohort=12)})
    first = TimedExecutor(2, seconds)
    before = search(unlimited.model_copy(update={"final": Final(epochs=2)}), tmp_path / "store", first)
    limit = first.clock.now + 400.0
    rest = TimedExecutor(2, seconds, ManualClock(first.clock.now))
    table = search(study(limit), tmp_path / "store", rest)
    assert rest.clock.now == pytest.approx(limit, rel=0.05)
    assert {row.candidate.digest for row in before} <= {row.candidate.digest for row in table}


def test_with_fewer_candidates_those_of_the_final_stage_that_are_left_stay_as_they_were(long_run, tmp_path):
    path, table, end = long_run
    again = TimedExecutor(2, seconds, ManualClock(end))
    fewer = search(study(LONG, candidates=60), Path(shutil.copy(path, tmp_path / "store")), again)
    kept = {row.candidate.digest for row in fewer}
    assert len(kept) == 60 < len(table)
    assert finals(fewer) == {(digest, epochs) for digest, epochs in finals(table) if digest in kept} != set()
    assert again.calls == 0


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

    with pytest.raises(FmsearchError, match=r"No candidate was trained with success"):
        search(study(candidates=4), tmp_path / "store", StubExecutor(train=failing))


def test_the_clocks_decisions_are_in_the_store(finished):
    path, table, _ = finished
    with Store(path) as store:
        fact = store.fact(FACT)
    final = [row for row in table if row.status == "final"]
    assert fact["time"] == LIMIT
    assert fact["epochs"] == {row.candidate.digest: row.epochs for row in final}
    assert sorted(fact["members"]) == sorted(row.candidate.digest for row in final)
    assert fact["cohorts"] == math.ceil(len(table) / 12)


def test_a_limit_in_which_nothing_can_be_trained_says_so(tmp_path):
    def endless(_):
        return 0.8, 1e6

    executor = TimedExecutor(1, endless, ManualClock(10_000.0))
    with pytest.raises(FmsearchError, match=r"budget\.time"):
        search(study(5.0), tmp_path / "store", executor)


@pytest.mark.parametrize("lost", ["key IN (SELECT key FROM evaluations LIMIT 1 OFFSET 20)", "true"])
def test_what_is_lost_of_a_finished_run_is_trained_again(lost, finished):
    """As by a damage that was mended, or when another version of a backend finds no evaluation of its own."""
    path, table, end = finished
    with closing(sqlite3.connect(path)) as connection, connection:
        missing = connection.execute(f"DELETE FROM evaluations WHERE {lost}").rowcount
    again = TimedExecutor(2, seconds, ManualClock(end))
    assert told(search(study(), path, again)) == told(table)
    assert again.calls == missing
