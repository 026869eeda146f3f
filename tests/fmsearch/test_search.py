"""A study is a pure function over a cache of evaluations: nothing that happens on the way changes what comes out."""

import itertools
import time

import pytest
from handmade_run import evaluation
from stubs import StubExecutor, learned, search, stub_study, told

from fmsearch.engine import Engine
from fmsearch.errors import FmsearchError, InputError
from fmsearch.evaluation import Result
from fmsearch.evaluator import Evaluator
from fmsearch.events import FinalStage, Started
from fmsearch.executors import Call, Outcome
from fmsearch.pace import Frugal, Unhurried
from fmsearch.pareto import Point, front
from fmsearch.reports.views import QuietView
from fmsearch.store import Store
from fmsearch.study import Budget, Final, Objectives
from searchspace import ConvBlock, Limits, NetworkSpace, Stages, Training

BUDGET = Budget(candidates=30, rungs=(1, 3, 9), cohort=8)
FINAL = Final(epochs=9, seeds=2)
SAMPLERS = ("front", "random", "tpe", "nsga2")


def study(sampler="nsga2", **changes):
    return stub_study(**{"engine": Engine(sampler=sampler), "budget": BUDGET, "final": FINAL, **changes})


@pytest.fixture(autouse=True)
def _early(monkeypatch):
    """Samplers learn from fewer results than they do for users, so that they learn at all in so few proposals."""
    monkeypatch.setattr("fmsearch.proposers.samplers.POPULATION", 8)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The leaderboard with a sampler, and how many trainings it takes; each made once."""
    known = {}

    def run(sampler):
        if sampler not in known:
            executor = StubExecutor()
            path = tmp_path_factory.mktemp("undisturbed") / "store"
            known[sampler] = told(search(study(sampler), path, executor)), executor.calls
        return known[sampler]

    return run


class Overheard:
    """What begins, by the stage that it begins in."""

    def __init__(self):
        self.stage, self.begun = "search", []

    def notice(self, event):
        if isinstance(event, FinalStage):
            self.stage = "final"
        elif isinstance(event, Started):
            self.begun.append((self.stage, event.evaluation))


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("workers", [2, 3, 5])
def test_any_number_of_workers_and_any_order_give_the_same_leaderboard(sampler, workers, tmp_path, undisturbed):
    expected, _ = undisturbed(sampler)
    for order_seed in range(3):
        executor = StubExecutor(workers, order_seed)
        assert told(search(study(sampler), tmp_path / f"{order_seed}", executor)) == expected


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_run_interrupted_again_and_again_ends_the_same_and_repeats_nothing(sampler, tmp_path, undisturbed):
    (expected, trainings), calls = undisturbed(sampler), 0
    for order_seed in range(100):
        executor = StubExecutor(workers=2, order_seed=order_seed, die_after=5)
        try:
            table = search(study(sampler), tmp_path / "store", executor)
        except KeyboardInterrupt:
            calls += executor.calls
        else:
            break
    assert told(table) == expected
    assert calls + executor.calls == trainings


def test_a_finished_run_runs_nothing_again(tmp_path):
    first = search(study(), tmp_path / "store", StubExecutor())
    again = StubExecutor()
    assert told(search(study(), tmp_path / "store", again)) == told(first)
    assert again.calls == 0


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_more_candidates_begin_with_the_same_ones_and_equal_a_run_that_had_as_many_at_once(sampler, tmp_path):
    few, many = BUDGET.model_copy(update={"candidates": 20}), BUDGET.model_copy(update={"candidates": 40})
    first = search(study(sampler, budget=few), tmp_path / "store", StubExecutor())
    more = search(study(sampler, budget=many), tmp_path / "store", StubExecutor(workers=2))
    at_once = search(study(sampler, budget=many), tmp_path / "other", StubExecutor())

    def digests(table):
        return [row.candidate.digest for row in sorted(table, key=lambda row: row.number)]

    assert digests(more)[:20] == digests(first)
    assert told(more) == told(at_once)


def test_another_seed_gives_other_candidates(tmp_path):
    first = search(study(), tmp_path / "first", StubExecutor())
    other = search(study(seed=1), tmp_path / "other", StubExecutor())
    assert not {row.candidate.digest for row in first} & {row.candidate.digest for row in other}


def test_a_part_of_each_cohort_climbs_and_the_front_is_trained_again(tmp_path):
    table = search(study(), tmp_path / "store", StubExecutor())
    with Store(tmp_path / "store") as store:
        uses = list(store.uses())
    at = {
        (purpose, epochs): sum(use.evaluation.purpose == purpose and use.evaluation.epochs == epochs for use in uses)
        for purpose, epochs in [("search", 1), ("search", 3), ("search", 9), ("final", 9)]
    }
    # Cohorts of 8, 8, 8 and 6: a third of each, rounded up, goes on.
    assert (at["search", 1], at["search", 3], at["search", 9]) == (30, 3 + 3 + 3 + 2, 4)
    final = [row for row in table if row.status == "final"]
    assert at["final", 9] == 2 * len(final)
    assert all(row.test_accuracy is not None and row.test_accuracy_std > 0 for row in final)
    assert [row.on_front for row in table] == sorted((row.on_front for row in table), reverse=True)


def test_all_that_an_engine_trained_for_longest_are_proven_whatever_they_cost(tmp_path, monkeypatch):
    """Hyperband says itself how long each trains; where compute is limited, rungs of ours would hang on its price."""
    seen = []

    def finals(_, search):
        seen.append((search.proven, search.trained))
        return Unhurried(study()).finals(search)

    monkeypatch.setattr(Frugal, "finals", finals)
    hyperband = Engine(name="keras_tuner", tuner="hyperband")
    search(
        study(engine=hyperband, budget=Budget(macs=1e13, candidates=120, rungs=(1, 3, 9))),
        tmp_path / "store",
        StubExecutor(),
    )
    [(proven, trained)] = seen
    longest = {one.number for one in trained if one.trained == 9}
    assert len(longest) > 1
    assert longest <= {one.number for one in proven}


def test_the_final_stage_alone_may_read_the_test_set_and_has_seeds_of_its_own(tmp_path):
    heard = Overheard()
    search(study(), tmp_path / "store", StubExecutor(), observer=heard)

    assert {(stage, one.purpose) for stage, one in heard.begun} == {("search", "search"), ("final", "final")}
    seeds = {
        at: {(one.candidate.digest, one.seed) for stage, one in heard.begun if stage == at}
        for at in ("search", "final")
    }
    assert not seeds["search"] & seeds["final"]
    assert len(seeds["final"]) == FINAL.seeds * len({digest for digest, _ in seeds["final"]})


@pytest.mark.parametrize("size", ["macs", "memory"])
def test_the_size_that_the_study_minimises_decides_who_is_trained_again(size, tmp_path):
    table = search(study(objectives=Objectives(minimize=size)), tmp_path / "store", StubExecutor())

    contest = [row for row in table if row.searched is not None]
    best = front([Point(getattr(row.analysis, size), row.searched) for row in contest])
    assert {contest[i].number for i in best} == {row.number for row in table if row.status == "final"}


def test_limits_reject_before_training(tmp_path):
    limits = Limits(parameters=2_000)
    table = search(study(limits=limits), tmp_path / "store", StubExecutor())
    assert len(table) == BUDGET.candidates
    assert max(row.parameters for row in table) <= 2_000


def test_limits_that_nothing_can_meet_are_told_with_the_nearest_miss(tmp_path):
    with pytest.raises(InputError, match=r"None of 2,200 proposals can be trained; the nearest miss: parameters \d+"):
        search(study("random", limits=Limits(parameters=10)), tmp_path / "store", StubExecutor())


def test_a_space_of_which_nothing_can_be_built_is_told_with_the_reason(tmp_path):
    space = NetworkSpace(stages=Stages(count=1, block=ConvBlock(filters=4, kernel_size=17, padding="valid")))
    told = r"the nearest miss: stage 1: kernel 17 with valid padding on 16x16\. Allow `padding: same`"
    with pytest.raises(InputError, match=told):
        search(study("random", space=space), tmp_path / "store", StubExecutor())


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_finite_space_is_exhausted_cleanly(sampler, tmp_path):
    space = NetworkSpace(stages=Stages(count=[1, 2], block=ConvBlock(filters=[4, 8], kernel_size=[3, 5])))
    table = search(study(sampler, space=space, training=Training()), tmp_path / "store", StubExecutor())
    assert len(table) == 4 + 4 * 4


def test_a_failed_training_is_told_and_stops_nothing(tmp_path):
    def train(evaluation):
        if evaluation.candidate.digest < "4":
            return Result(status="failed", reason="the loss became nan in epoch 1")
        return learned(evaluation)

    table = search(study(), tmp_path / "store", StubExecutor(train=train))
    failed = [row for row in table if row.status == "failed"]
    assert failed
    assert {row.reason for row in failed} == {"the loss became nan in epoch 1"}
    assert any(row.on_front for row in table)


def test_failures_without_end_stop_the_study_and_say_the_cause(tmp_path):
    def train(evaluation):
        return Result(status="failed", reason=f"the loss became nan in epoch {evaluation.seed}")

    told = set()
    for workers in (1, 2, 5):
        with pytest.raises(FmsearchError) as raised:
            search(study(), tmp_path / f"store{workers}", StubExecutor(workers, order_seed=workers, train=train))
        told.add(str(raised.value))
    assert len(told) == 1  # whatever failed first
    assert told.pop().startswith("10 candidates in a row failed for the same reason, the last one with: the loss bec")


def test_failures_of_several_causes_are_bad_luck(tmp_path):
    def train(evaluation):
        return Result(status="failed", reason=("no memory", "the loss became nan")[int(evaluation.key[-1], 16) % 2])

    with pytest.raises(FmsearchError, match="No candidate was trained successfully"):
        search(study(seed=3), tmp_path / "store", StubExecutor(train=train))


def test_a_final_stage_without_one_success_is_no_result(tmp_path):
    def train(evaluation):
        if evaluation.purpose == "final":
            return Outcome(error="OSError: No space left on device.\n\nMake some.")
        return learned(evaluation)

    told = (
        r"All trainings of the final stage failed; the last one: OSError: No space left on device. Make some\. Fix the"
    )
    with pytest.raises(FmsearchError, match=told):
        search(study(), tmp_path / "store", StubExecutor(train=train))


def test_a_lost_worker_costs_nothing_but_another_try(tmp_path, undisturbed):
    lost = set()

    def train(evaluation):
        if evaluation.key not in lost and evaluation.key < "4":
            lost.add(evaluation.key)
            return Outcome(error="the worker process was ended by signal 9", external=True)
        return learned(evaluation)

    assert told(search(study(), tmp_path / "store", StubExecutor(train=train))) == undisturbed("nsga2")[0]
    assert lost


def test_a_lost_worker_is_not_replaced_once_nothing_is_to_begin_any_more(tmp_path):
    executor = StubExecutor(train=lambda _: Outcome(error="the worker is gone", external=True))
    candidate = search(study(), tmp_path / "store", StubExecutor())[0].candidate
    with Store(tmp_path / "other") as store:
        evaluator = Evaluator(store, executor, lambda one: Call("stub", one.model_dump_json()), QuietView())
        evaluator.want(0, evaluation(candidate), ())
        evaluator.begin()
        evaluator.drop_waiting()
        assert evaluator.next() is None
    assert executor.calls == 1


def test_a_worker_that_is_lost_while_a_model_is_restored_is_replaced_all_the_same(tmp_path):
    candidate = search(study(), tmp_path / "store", StubExecutor())[0].candidate
    answers = [Outcome(error="the worker is gone", external=True)]
    executor = StubExecutor(train=lambda one: answers.pop() if answers else learned(one))
    with Store(tmp_path / "other") as store:
        evaluator = Evaluator(store, executor, lambda one: Call("stub", one.model_dump_json()), QuietView())
        evaluator.drop_waiting()  # as a search does whose time is over
        evaluator.renew(0, evaluation(candidate), 60.0)
        assert evaluator.next().result == learned(evaluation(candidate))
    assert executor.calls == 2


def test_what_keeps_failing_from_outside_is_given_up_but_not_remembered(tmp_path, undisturbed):
    def train(evaluation):
        if evaluation.candidate.digest < "2":
            return Outcome(error="the worker process was ended by signal 9", external=True)
        return learned(evaluation)

    table = search(study(), tmp_path / "store", StubExecutor(train=train))
    given_up = [row for row in table if row.status == "failed"]
    assert given_up
    assert {row.reason for row in given_up} == {"the worker process was ended by signal 9"}
    assert told(search(study(), tmp_path / "store", StubExecutor())) == undisturbed("nsga2")[0]


def test_a_clock_that_jumps_back_and_forth_is_not_even_read(tmp_path, monkeypatch, undisturbed):
    expected, _ = undisturbed("front")
    jumps = itertools.cycle([4e9, 0.0, 1.7e9, -1.0])
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    monkeypatch.setattr(time, "time_ns", lambda: int(1e9 * next(jumps)))
    assert told(search(study("front"), tmp_path / "store", StubExecutor(workers=2))) == expected


def test_an_answer_that_is_no_result_is_a_failure(tmp_path, undisturbed):
    def train(evaluation):
        return Outcome(value='{"status": "well done"}') if evaluation.key < "2" else learned(evaluation)

    table = search(study(), tmp_path / "store", StubExecutor(train=train))
    reasons = {row.reason for row in table if row.reason}
    assert reasons == {"the answer is no result: Input should be 'done' or 'failed'"}
    assert told(search(study(), tmp_path / "store", StubExecutor())) == undisturbed("nsga2")[0]


def test_rungs_are_as_they_were_written(tmp_path):
    budget = Budget(candidates=2, rungs=(12.25, 1024))
    table = search(study(budget=budget, final=Final(epochs=2_000)), tmp_path / "store", StubExecutor())
    assert {use.evaluation.epochs for row in table for use in row.uses} == {12.25, 1024, 2_000}
