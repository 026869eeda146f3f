"""A study with a limit of compute spends it on any machine alike, so its leaderboard is the same on all."""

import pytest
from stubs import IMAGES_AN_EPOCH, StubExecutor, search, stub_study, told

from fmsearch.engine import Engine
from fmsearch.errors import InputError
from fmsearch.export.choose import Selection, choose, unfinished
from fmsearch.pareto import Point, front
from fmsearch.reports.rows import rows
from fmsearch.store import Store
from fmsearch.study import Budget, Final, load_study
from searchspace import analyse

LIMIT = 1.5e11
PLAYED = 3.5e11  # enough for a play-off


def study(macs=LIMIT, share=0.5, seeds=1, **budget):
    return stub_study(
        engine=Engine(sampler="random"),  # whose proposals take no time
        budget=Budget(**{"macs": macs, "rungs": (0.1, 0.3, 1), "cohort": 12, **budget}),
        final=Final(epochs=1_000, share=share, seeds=seeds),
    )


def spent(table, purpose):
    return sum(
        analyse(use.evaluation.candidate.architecture).macs * use.evaluation.epochs * IMAGES_AN_EPOCH
        for row in table
        for use in row.uses
        if use.evaluation.purpose == purpose
    )


@pytest.mark.parametrize("limit", [1e11, 2e11, PLAYED])
def test_it_is_spent_and_not_exceeded(limit, tmp_path):
    table = search(study(limit), tmp_path / "store", StubExecutor())
    assert 0.9 * limit < spent(table, "search") + spent(table, "final") <= 1.001 * limit


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_the_share_of_the_final_stage_is_kept_for_it(share, tmp_path):
    table = search(study(2e11, share), tmp_path / "store", StubExecutor())
    assert spent(table, "final") / (spent(table, "final") + spent(table, "search")) == pytest.approx(share, abs=0.1)


@pytest.mark.parametrize(("limit", "seeds"), [(LIMIT, 2), (PLAYED, 1)])
def test_it_says_the_same_for_any_number_of_workers_and_in_whatever_order_they_end(limit, seeds, tmp_path):
    tables = [
        told(search(study(limit, seeds=seeds), tmp_path / f"{workers} {order}", StubExecutor(workers, order)))
        for workers, order in [(1, 0), (2, 1), (3, 2), (5, 3)]
    ]
    assert all(table == tables[0] for table in tables)


def test_interrupted_it_goes_on_to_the_same_end(tmp_path):
    expected = told(search(study(), tmp_path / "whole", StubExecutor()))
    for calls in (5, 40, 40):
        with pytest.raises(KeyboardInterrupt):
            search(study(), tmp_path / "store", StubExecutor(2, die_after=calls))
    assert told(search(study(), tmp_path / "store", StubExecutor(3))) == expected


def test_more_of_it_goes_on_with_the_same_candidates(tmp_path):
    few = search(study(), tmp_path / "store", StubExecutor())
    more = search(study(2 * LIMIT), tmp_path / "store", StubExecutor())
    digests = [[row.candidate.digest for row in sorted(table, key=lambda row: row.number)] for table in (few, more)]
    assert len(digests[1]) > len(digests[0])
    assert digests[1][: len(digests[0])] == digests[0]


def test_when_it_has_ended_its_best_is_known_though_the_final_stage_left_some_of_the_searchs_front_out(tmp_path):
    table = search(study(5e10), tmp_path / "store", StubExecutor())
    searched = front([Point(row.counted, row.searched or 0.0) for row in table])
    assert any(table[index].status == "searched" for index in searched)
    assert unfinished(table, seeds=1) == []
    assert choose(table, Selection(), seeds=1) is max(
        (row for row in table if row.on_front), key=lambda row: row.accuracy
    )


def test_before_it_has_ended_what_is_left_of_the_final_stage_is_known(tmp_path):
    whole = search(study(5e10), tmp_path / "whole", StubExecutor())
    finals = sum(use.evaluation.purpose == "final" for row in whole for use in row.uses)
    total = sum(len(row.uses) for row in whole)
    with pytest.raises(KeyboardInterrupt):
        search(study(5e10), tmp_path / "store", StubExecutor(die_after=total - finals + 1))
    with Store(tmp_path / "store", writable=False) as store:
        assert len(unfinished(rows(store), seeds=1)) == finals - 1


def test_of_time_and_compute_one_is_limited(tmp_path):
    path = tmp_path / "both.yaml"
    path.write_text(
        "name: both\nspace: {stages: {count: 1, block: {kind: conv, filters: [4, 8]}}}\n"
        "budget: {time: 1m, macs: 1e12}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"both.yaml:3:26: budget.time is given, too"):
        load_study(path)


@pytest.mark.parametrize("limit", [1e9, 2e11])
def test_a_final_training_counts_however_short_it_is(limit, tmp_path):
    """Cheap networks search for longer than nine epochs; and so little compute leaves less than the search had."""
    short = study(limit).model_copy(
        update={"budget": Budget(macs=limit, rungs=(1, 3, 9), cohort=12), "final": Final(epochs=9)}
    )
    table = search(short, tmp_path / "store", StubExecutor())
    trained = {row.number for row in table for use in row.uses if use.evaluation.purpose == "final"}
    final = {row.number: row for row in table if row.status == "final"}
    assert final.keys() == trained
    assert all(row.key and row.test_accuracy and row.epochs <= 9 for row in final.values())
    assert all(row.status == "final" for row in table if row.on_front)
