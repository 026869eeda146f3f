"""A study goes on under another limit, or to another final stage. The clock is a stub that jumps."""

import math
import shutil
from pathlib import Path

import pytest
from stubs import ManualClock, TimedExecutor, search, told
from timed import LONG, finals, seconds, study

from fmsearch.errors import InputError
from fmsearch.pace import Hurried
from fmsearch.store import Store
from fmsearch.study import Budget, Final


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
