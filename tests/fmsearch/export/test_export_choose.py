"""Which model a selection means, and what is said where there is none."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from fmsearch.errors import InputError
from fmsearch.export.choose import Selection, choose, kept_model, unfinished
from fmsearch.pareto import Point, knee
from fmsearch.reports.rows import rows
from fmsearch.store import Store

SEEDS = 2


def read(folder):
    with Store(folder.store, writable=False) as store:
        return rows(store)


def forget(folder, keys):
    """As if those evaluations had not been done yet."""
    with closing(sqlite3.connect(folder.store)) as connection, connection:
        connection.executemany("DELETE FROM uses WHERE key = ?", [(key,) for key in keys])


@pytest.fixture
def table(finished_run):
    return read(finished_run)


@pytest.fixture
def front(table):
    members = [row for row in table if row.on_front]
    assert len(members) > 1
    return members


def finals(rows):
    return [used.key for row in rows for used in row.uses if used.evaluation.purpose == "final"]


def test_best_is_the_most_accurate_on_the_front(table, front):
    assert choose(table, Selection(), SEEDS) is max(front, key=lambda row: row.accuracy)


def test_knee(table, front):
    expected = front[knee([Point(row.size, row.accuracy) for row in front])]

    assert choose(table, Selection(knee=True), SEEDS) is expected


def test_max_parameters_is_the_most_accurate_within(table, front):
    for member in front:
        assert choose(table, Selection(max_parameters=member.parameters), SEEDS) is member
    assert choose(table, Selection(max_parameters=front[1].parameters - 1), SEEDS) is front[0]


def test_max_parameters_below_the_smallest(table, front):
    with pytest.raises(InputError, match=f"The smallest is {front[0].id} with {front[0].parameters:,}."):
        choose(table, Selection(max_parameters=front[0].parameters - 1), SEEDS)


def test_an_id_in_full_in_part_and_in_capitals(table, front):
    for text in (front[0].candidate.digest, front[0].id, front[0].id[:4].upper()):
        assert choose(table, Selection(id=text), SEEDS) is front[0]


def test_no_such_id(table):
    with pytest.raises(InputError, match="No model's id begins with 'zz'"):
        choose(table, Selection(id="zz"), SEEDS)


def test_a_model_that_was_only_searched_has_no_weights(table, front):
    searched = next(row for row in table if row.status == "searched")

    with pytest.raises(InputError, match="only the front keeps them") as raised:
        choose(table, Selection(id=searched.id), SEEDS)

    assert str(raised.value).startswith(f"{searched.id} has no weights: ")
    assert all(f"{row.id} ({row.parameters:,} parameters)" in raised.value.fix for row in front)


def test_weights_on_the_front(finished_run, table, front):
    assert [kept_model(finished_run, row, table) for row in front] == [finished_run.model(row.key) for row in front]


def test_weights_off_the_front(own_run, table, front):
    dominated = replace(front[0], on_front=False)
    own_run.model(dominated.key).unlink()

    with pytest.raises(InputError, match=f"^{dominated.id} has no weights: only the front keeps them"):
        kept_model(own_run, dominated, table)


def test_weights_that_somebody_removed(own_run, table, front):
    own_run.model(front[0].key).unlink()

    with pytest.raises(InputError, match=f"{front[0].id} is on the front, but its weights are not in .* any more"):
        kept_model(own_run, front[0], table)


def test_a_run_before_its_last_stage(own_run, table):
    forget(own_run, finals(table))
    early = read(own_run)

    for selection in (Selection(), Selection(knee=True), Selection(id=early[0].id)):
        with pytest.raises(InputError, match="No model of this run is trained to the end"):
            choose(early, selection, SEEDS)


def test_a_run_within_its_last_stage_knows_no_best_but_ids(own_run, front):
    forget(own_run, finals([front[-1]])[:1])
    early = read(own_run)

    assert [row.id for row in unfinished(early, SEEDS)] == [front[-1].id]
    with pytest.raises(InputError, match=f"yet to train {front[-1].id}, so its front is not known"):
        choose(early, Selection(), SEEDS)
    assert choose(early, Selection(id=front[0].id), SEEDS).id == front[0].id


def test_a_finished_run_has_nothing_left(table):
    assert unfinished(table, SEEDS) == []
