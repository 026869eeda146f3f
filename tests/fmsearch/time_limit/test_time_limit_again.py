"""A study with a time limit goes on as it was. The clock is a stub that jumps."""

import math
import sqlite3
from contextlib import closing

import pytest
from stubs import ManualClock, TimedExecutor, search, told
from timed import LIMIT, LONG, searching, seconds, study

from fmsearch.pace.timetable import FACT
from fmsearch.store import Store


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


@pytest.mark.parametrize("left", [1, pytest.param(3, marks=pytest.mark.nightly)])
def test_killed_as_the_searchs_last_trainings_run_it_loses_none_of_its_candidates(left, whole, tmp_path):
    """Its time may be up, and nothing of the final stage is decided."""
    cut = TimedExecutor(2, seconds, die_after=len(searching(whole[1])) - left)
    with pytest.raises(KeyboardInterrupt):
        search(study(), tmp_path / "store", cut)
    rest = TimedExecutor(2, seconds, ManualClock(cut.clock.now + 10))
    assert len(search(study(), tmp_path / "store", rest)) == len(whole[1])


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


@pytest.mark.parametrize("lost", ["key IN (SELECT key FROM evaluations LIMIT 1 OFFSET 20)", "true"])
def test_what_is_lost_of_a_finished_run_is_trained_again(lost, finished):
    """As by a damage that was mended, or when another version of a backend finds no evaluation of its own."""
    path, table, end = finished
    with closing(sqlite3.connect(path)) as connection, connection:
        missing = connection.execute(f"DELETE FROM evaluations WHERE {lost}").rowcount
    again = TimedExecutor(2, seconds, ManualClock(end))
    assert told(search(study(), path, again)) == told(table)
    assert again.calls == missing


def test_the_clocks_decisions_are_in_the_store(finished):
    path, table, _ = finished
    with Store(path) as store:
        fact = store.fact(FACT)
    final = [row for row in table if row.status == "final"]
    assert fact["time"] == LIMIT
    assert fact["epochs"] == {row.candidate.digest: row.epochs for row in final}
    assert sorted(fact["members"]) == sorted(row.candidate.digest for row in final)
    assert fact["cohorts"] == math.ceil(len(table) / 12)
