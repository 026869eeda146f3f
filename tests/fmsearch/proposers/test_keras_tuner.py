"""KerasTuner's oracles as engines: conditional spaces, brackets as rungs, and proposals that are remembered."""

from collections import Counter
from random import Random

import keras_tuner
import pytest
from proposer_checks import FINITE, Ground, points, toy
from stubs import IMAGES, StubExecutor, TimedExecutor, search, stub_study

from fmsearch.engine import Engine
from fmsearch.proposers import Failed, make
from fmsearch.proposers.hyperparameters import register, understood_by
from fmsearch.schedule import Brackets, bracket_trainings, brackets_of, planned
from fmsearch.store import Store
from fmsearch.study import Budget, Final, Objectives
from searchspace import ConvBlock, Integer, Limits, NetworkSpace, Real, Stages, Training, analyse

BAYESIAN = Engine(name="keras_tuner", tuner="bayesian", scalarize={"log_parameters": -0.05})


class Memory(dict):
    """What is noted stays, and is counted."""

    noted = 0

    def note(self, name, value):
        self.noted += 1
        self[name] = value

    def fact(self, name):
        return self.get(name)


def test_what_keras_tuner_draws_are_points_of_the_space():
    space = Ground().search_space()
    parameters = keras_tuner.HyperParameters()
    register(space, parameters)
    dice, found = Random(0), set()
    for _ in range(500):
        values = {}
        for one in parameters.space:
            parameters.values = values
            if parameters.is_active(one):
                values[one.name] = one.random_sample(dice.randrange(10**9))
        found.add(understood_by(space, values).digest)
    assert found <= points(space)
    assert len(found) > 300


def test_its_first_values_are_a_point_of_the_space():
    space = Ground().search_space()
    assert understood_by(space, register(space, keras_tuner.HyperParameters())).digest in points(space)


def test_ranges_are_ranges_there():
    block = ConvBlock(filters=Integer(low=4, high=32, log=True), spatial_dropout=Real(low=0.0, high=0.3, step=0.1))
    space = stub_study(space=NetworkSpace(stages=Stages(count=1, block=block))).search_space(IMAGES)
    parameters = keras_tuner.HyperParameters()
    register(space, parameters)
    kinds = {one.name: (type(one).__name__, one.get_config()) for one in parameters.space}
    kind, filters = kinds["stages.0.filters"]
    assert (kind, filters["min_value"], filters["max_value"], filters["sampling"]) == ("Int", 4, 32, "log")
    assert any(kind == "Float" and config["step"] == 0.1 for kind, config in kinds.values())


def test_both_ends_of_a_range_are_values_there_and_nothing_beyond_them():
    block = ConvBlock(filters=Integer(low=4, high=64, log=True), spatial_dropout=Real(low=0.0, high=0.3, step=0.1))
    space = stub_study(space=NetworkSpace(stages=Stages(count=1, block=block))).search_space(IMAGES)
    parameters = keras_tuner.HyperParameters()
    usual = register(space, parameters)
    ranges = {one.name: one for one in parameters.space}
    for share, filters, rate in ((0.0, 4, None), (1.0, 64, 0.3)):
        values = {name: ranges[name].prob_to_value(share) for name in ("stages.0.filters", "stages.0.spatial_dropout")}
        (convolution, *_, last), *_ = understood_by(space, {**usual, **values}).architecture.stages
        assert convolution.filters == filters
        assert getattr(last, "rate", None) == rate


def ask_and_tell(memory, seed=0, judge=toy, count=16):
    proposer = make(BAYESIAN, Ground().search_space(), Objectives(), seed, memory=memory)
    found = []
    for _ in range(count // 4):
        proposals = [proposer.ask() for _ in range(4)]
        for proposal in proposals:
            found.append(proposal.candidate.digest)
            proposer.tell(proposal.number, judge(proposal.candidate))
    return found


def test_a_run_that_goes_on_finds_its_proposals_again_and_computes_none(monkeypatch):
    memory = Memory()
    first = ask_and_tell(memory)
    assert memory.noted == 16
    monkeypatch.setattr("fmsearch.proposers.oracles.BayesianOracle._make_gpr", lambda _: None)
    assert ask_and_tell(memory) == first
    assert memory.noted == 16


def test_the_best_point_that_is_known_is_not_proposed_again():
    """However good it was, and in whatever sitting."""
    memory = Memory()
    found = ask_and_tell(memory, count=40)
    assert len(set(found)) > 0.9 * len(found)  # two sets of values may be one candidate
    assert ask_and_tell(memory, count=40) == found


def test_what_went_otherwise_is_proposed_anew():
    memory = Memory()
    ask_and_tell(memory, count=4)
    ask_and_tell(memory, count=8)
    assert memory.noted == 8
    ask_and_tell(memory, count=8, judge=lambda _: Failed())
    assert memory.noted == 12


@pytest.mark.parametrize(
    ("brackets", "counts"),
    [
        (Brackets(candidates=17, unit=1.0, longest=9, factor=3), {1: 9, 3: 3 + 5, 9: 1 + 2 + 3}),
        (Brackets(candidates=22, unit=1.0, longest=9, factor=3), {1: 9 + 5, 3: 3 + 5, 9: 1 + 2 + 3}),
        (Brackets(candidates=10, unit=0.5, longest=9, factor=3), {0.5: 9, 1.5: 3 + 1, 4.5: 1}),
        (Brackets(candidates=4, unit=1.0, longest=9, factor=3), {1: 4}),
        (Brackets(candidates=4, unit=2.0, longest=1, factor=2), {2: 4}),
    ],
)
def test_brackets(brackets, counts):
    assert bracket_trainings(brackets) == counts


def test_a_study_trains_what_its_plan_says(tmp_path):
    study = stub_study(
        space=FINITE,
        engine=Engine(name="keras_tuner"),
        budget=Budget(candidates=60, rungs=(1, 3, 9), cohort=12),
        final=Final(epochs=9),
        limits=Limits(parameters=20_000),
    )
    proposer = make(
        study.engine, study.search_space(IMAGES), study.objectives, study.seed, brackets=brackets_of(study.budget)
    )
    table = search(study, tmp_path / "store", StubExecutor(3), proposer=proposer)
    trained = Counter(
        used.evaluation.epochs for row in table for used in row.uses if used.evaluation.purpose == "search"
    )
    expected = planned(study)
    # A candidate that two brackets draw trains once for each length.
    assert 0.8 * sum(expected.values()) <= trained.total() <= sum(expected.values())
    assert set(trained) == set(expected) == {1, 3, 9}
    assert all(analyse(row.candidate.architecture).parameters <= 20_000 for row in table)
    assert {row.epochs for row in table} == {1, 3, 9}


def test_it_says_nothing(tmp_path, capfd):
    study = stub_study(
        engine=Engine(name="keras_tuner", tuner="random"), budget=Budget(candidates=8, cohort=4), final=Final(epochs=9)
    )
    proposer = make(study.engine, study.search_space(IMAGES), study.objectives, 0)
    search(study, tmp_path / "store", StubExecutor(2), proposer=proposer)
    with Store(tmp_path / "store", writable=False) as store:
        assert len(store.candidates()) == 8
    assert capfd.readouterr() == ("", "")


def test_brackets_end_in_time(tmp_path):
    budget = Budget(time=600.0, rungs=(1, 9), cohort=12)
    study = stub_study(engine=Engine(name="keras_tuner"), budget=budget, final=Final(epochs=50))
    executor = TimedExecutor(2, lambda evaluation: (1.0, 2.0 * evaluation.epochs))
    proposer = make(
        study.engine, study.search_space(IMAGES), study.objectives, study.seed, brackets=brackets_of(study.budget)
    )
    table = search(study, tmp_path / "store", executor, proposer=proposer)
    assert 0.95 * 600 <= executor.clock.now <= 1.05 * 600
    assert sum(row.status == "final" for row in table) > 1


HYPERBAND = Engine(name="keras_tuner", tuner="hyperband")


@pytest.mark.parametrize("seed", [7, 9])
def test_brackets_that_run_into_the_same_candidates_come_to_an_end(seed, tmp_path):
    """One candidate may be wanted for two lengths at once, again and again, where a space has few."""
    block = ConvBlock(filters=[4, 8, 16, 32], kernel_size=[1, 3, 5], pooling=["none", "max"])
    space = NetworkSpace(stages=Stages(count=1, block=block))
    study = stub_study(
        space=space,
        training=Training(),
        engine=HYPERBAND,
        seed=seed,
        budget=Budget(candidates=60, rungs=(1, 3, 9)),
        final=Final(epochs=9),
    )
    table = search(study, tmp_path / "store", StubExecutor())
    assert {row.status for row in table} <= {"final", "searched"}


def test_more_candidates_begin_with_the_same_ones(tmp_path):
    tables = [
        search(
            stub_study(engine=HYPERBAND, budget=Budget(candidates=count, rungs=(1, 3, 9)), final=Final(epochs=9)),
            tmp_path / str(count),
            StubExecutor(),
        )
        for count in (33, 60)
    ]
    few, many = ([row.candidate.digest for row in sorted(table, key=lambda row: row.number)] for table in tables)
    assert len(few) < len(many)
    assert many[: len(few)] == few
