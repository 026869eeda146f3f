"""What every proposer does, whatever engine stands behind it; and that one which does not is found out."""

import itertools
import random
from dataclasses import replace
from importlib.util import find_spec

import pytest
from proposer_checks import (
    CHECKS,
    LEARNING_RATE,
    RANGES,
    TINY_RANGES,
    Ground,
    differs_for_another_seed,
    is_unmoved_by_order_and_kills,
    learns,
    points,
)
from stubs import IMAGES, stub_study

from fmsearch.engine import Engine
from fmsearch.proposers import Failed, Proposal, make
from fmsearch.study import Objectives
from searchspace import ConvBlock, InfeasibleError, NetworkSpace, Stages, analyse, cardinality

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="gp needs PyTorch: pip install -e '.[gp]'")
ON_RANGES = Ground(space=RANGES, tiny=TINY_RANGES, rate=LEARNING_RATE)
SLOW = Ground(count=12, batch=3)
BRIEF = Ground(count=16, batch=4)

ENGINES = {
    "front": (Engine(sampler="front"), Ground()),
    "random": (Engine(sampler="random"), Ground()),
    "tpe": (Engine(sampler="tpe"), Ground()),
    "nsga2": (Engine(sampler="nsga2"), Ground()),
    "nsga3": (Engine(sampler="nsga3"), Ground()),
    "qmc": (Engine(sampler="qmc"), Ground()),
    "grid": (Engine(sampler="grid"), Ground()),
    "gp": (Engine(sampler="gp"), SLOW),
    "cmaes": (Engine(sampler="cmaes"), ON_RANGES),
    "cmaes, one number": (Engine(sampler="cmaes", scalarize={"log_parameters": -0.05}), ON_RANGES),
}
for tuner, ground in {"random": Ground(), "grid": Ground(), "hyperband": Ground(), "bayesian": BRIEF}.items():
    ENGINES[f"KerasTuner {tuner}"] = Engine(name="keras_tuner", tuner=tuner), ground
ENGINES["KerasTuner bayesian, one number"] = (
    Engine(name="keras_tuner", tuner="bayesian", scalarize={"log_parameters": -0.05}),
    BRIEF,
)
LEARN = ["front", "tpe", "nsga2", "nsga3", "gp", "cmaes", "cmaes, one number", "KerasTuner bayesian, one number"]
TARDY = ["gp", "KerasTuner bayesian, one number"]


SEEDLESS = ["KerasTuner grid"]  # it has one order
ORDERLY = ["cmaes", "cmaes, one number", "KerasTuner hyperband"]  # propose what can be built, or know ranges alone
MARKS = {"gp": [needs_torch], "KerasTuner bayesian": [pytest.mark.nightly]}  # which takes a second a proposal


def parameters(names):
    return [pytest.param(*ENGINES[name], id=name, marks=MARKS.get(name, ())) for name in names]


def maker(engine):
    return lambda space, seed: make(engine, space, Objectives(), seed)


@pytest.fixture
def early(monkeypatch):
    """Engines learn from fewer results than they do for users, so that they learn at all in so few proposals."""
    monkeypatch.setattr("fmsearch.proposers.samplers.POPULATION", 6)
    monkeypatch.setattr("fmsearch.proposers.oracles.INITIAL_POINTS", 8)


def examinations():
    """Every engine by every check; one that fits a Gaussian process for each proposal has no time for six searches."""
    for name, check in itertools.product(ENGINES, CHECKS):
        slow = [pytest.mark.nightly] if name == "gp" and check is is_unmoved_by_order_and_kills else []
        yield pytest.param(*ENGINES[name], check, id=f"{name}-{check.__name__}", marks=[*MARKS.get(name, ()), *slow])


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize(("engine", "ground", "check"), [*examinations()])
def test_every_engine(engine, ground, check, tmp_path):
    ground = replace(ground, engine=engine)
    if check is differs_for_another_seed and engine in [ENGINES[name][0] for name in SEEDLESS]:
        with pytest.raises(AssertionError):
            check(maker(engine), ground, tmp_path)
    else:
        check(maker(engine), ground, tmp_path)


@pytest.mark.parametrize(("engine", "ground"), parameters(name for name in LEARN if name not in TARDY))
def test_a_landscape_is_learnt_better_than_at_random(engine, ground):
    learns(maker(engine), ground, maker(Engine(sampler="random")))


@pytest.mark.nightly
@pytest.mark.parametrize(("engine", "ground"), parameters(TARDY))
def test_one_that_takes_its_time_learns_it_too(engine, ground):
    learns(maker(engine), ground, maker(Engine(sampler="random")), rounds=2)


@pytest.mark.parametrize(("engine", "ground"), parameters(["front", "random", "tpe", "nsga2", "nsga3", "qmc", "grid"]))
def test_every_value_of_every_dimension_is_proposed(engine, ground):
    proposer = maker(engine)(ground.search_space(), 0)
    sketches = {str(proposer.ask().candidate.architecture) for _ in range(200)}
    for needle in ("kernel_size=(3, 5)", "pool_size=(3, 3)", "kind='residual'", "units=16"):
        assert any(needle in sketch for sketch in sketches)


@pytest.mark.parametrize(("engine", "ground"), parameters(name for name in ENGINES if name not in ORDERLY))
def test_an_infeasible_point_may_be_proposed_and_is_left_to_the_search(engine, ground):
    del ground
    space = NetworkSpace(stages=Stages(count=8, block=ConvBlock(filters=4, kernel_size=[3, 5], padding="valid")))
    proposer = maker(engine)(stub_study(space=space).search_space(IMAGES), 0)
    with pytest.raises(InfeasibleError):
        analyse(proposer.ask().candidate.architecture)


def test_all_points_of_the_space_are_known_to_the_checks():
    space = Ground().search_space()
    assert len(points(space)) <= cardinality(space)
    assert {space.sample(random.Random(seed)).digest for seed in range(300)} <= points(space)


class AtRandom:
    """A proposer as it should be; those below differ from it in one thing each."""

    def __init__(self, space, seed):
        self.space = space
        self.dice = random.Random(seed)
        self.count = 0

    def ask(self):
        self.count += 1
        return Proposal(self.count, self.space.sample(self.dice))

    def tell(self, number, verdict):
        pass


class FromElsewhere(AtRandom):
    """Now and then proposes what the space does not hold."""

    def ask(self):
        proposal = super().ask()
        if self.count % 20:
            return proposal
        elsewhere = stub_study().search_space(IMAGES)
        return Proposal(self.count, elsewhere.sample(self.dice))


class Unseeded(AtRandom):
    """Draws from the randomness of the system."""

    def __init__(self, space, _seed):
        super().__init__(space, random.SystemRandom().random())


class DeafToItsSeed(AtRandom):
    """Proposes the same for any seed."""

    def __init__(self, space, _seed):
        super().__init__(space, 0)


class Restless(AtRandom):
    """Is moved by a new start, as one is that keeps what a kill makes it forget."""

    starts = 0

    def __init__(self, space, seed):
        super().__init__(space, f"{seed} {Restless.starts // 4}")
        Restless.starts += 1


class Frail(AtRandom):
    """Cannot bear a failure."""

    def tell(self, _number, verdict):
        assert verdict != Failed()


class GivingUp(AtRandom):
    """Raises when it has nothing new."""

    def ask(self):
        if self.count == 100:
            raise LookupError
        return super().ask()


class Confused(AtRandom):
    """Gives two proposals one number."""

    def ask(self):
        proposal = super().ask()
        return Proposal(self.count // 2, proposal.candidate)


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        (FromElsewhere, "proposes_points_of_the_space"),
        (Unseeded, "repeats_for_one_seed"),
        (DeafToItsSeed, "differs_for_another_seed"),
        (Restless, "is_unmoved_by_order_and_kills"),
        (Frail, "survives_whatever_it_is_told"),
        (GivingUp, "ends_when_a_finite_space_is_exhausted"),
        (Confused, "begins_as_a_shorter_study"),
    ],
)
def test_a_broken_proposer_is_found_out(broken, check, tmp_path):
    checks = {check.__name__: check for check in CHECKS}
    with pytest.raises((AssertionError, LookupError)):
        checks[check](broken, Ground(), tmp_path)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_what_they_are_made_of_is_as_it_should_be(check, tmp_path):
    check(AtRandom, Ground(), tmp_path)


def test_one_that_only_claims_to_learn_is_found_out():
    with pytest.raises(AssertionError):
        learns(AtRandom, Ground(), maker(Engine(sampler="random")))
