"""What every proposer does, whatever engine stands behind it."""

import random

import pytest
from stubs import IMAGES, stub_study

from fmsearch.engine import Engine
from fmsearch.proposers import Evaluated, Failed, Rejected, make
from fmsearch.study import Objectives
from searchspace import ConvBlock, Head, InfeasibleError, NetworkSpace, Real, ResidualBlock, Stages, Training, analyse

ENGINES = [Engine(sampler="front"), Engine(sampler="random"), Engine(sampler="tpe"), Engine(sampler="nsga2")]
LEARN = [engine for engine in ENGINES if engine.sampler in {"tpe", "nsga2"}]  # `front` has tests of its own
CONDITIONAL = NetworkSpace(
    stages=Stages(
        count=[1, 2, 3],
        block=[
            ConvBlock(filters=[4, 8], kernel_size=[3, [3, 5]], pooling=["none", "max"], pool_size=[2, 3]),
            ResidualBlock(filters=[4, 8], preactivation=[True, False], repeat=[1, 2]),
        ],
    ),
    head=Head(units=[0, 32, [32, 16]], activation=["relu", "gelu"], dropout=Real(low=0.0, high=0.5)),
)


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.sampler)
def engine(request):
    return request.param


def space_of(space=CONDITIONAL):
    training = Training(optimizer=["adam", "sgd"], learning_rate=Real(low=0.001, high=0.1, log=True))
    return stub_study(space=space, training=training).search_space(IMAGES)


def verdict(candidate):
    """A pure landscape: some fail, some are rejected, the rest is the better the fewer parameters and layers it has."""
    if candidate.digest < "1":
        return Failed()
    if candidate.digest < "3":
        return Rejected(excess=0.5)
    parameters = analyse(candidate.architecture).parameters
    return Evaluated(accuracy=1 / len(candidate.architecture.layers), size=parameters)


def history(engine, seed, count=60, batch=6):
    """Digests in the order proposed, told batch by batch."""
    proposer = make(engine, space_of(), Objectives(), seed)
    digests = []
    for _ in range(count // batch):
        proposals = [proposer.ask() for _ in range(batch)]
        digests += [proposal.candidate.digest for proposal in proposals]
        for proposal in proposals:
            proposer.tell(proposal.number, verdict(proposal.candidate))
    return digests


def test_one_seed_gives_the_same_proposals(engine):
    assert history(engine, seed=0) == history(engine, seed=0)


def test_another_seed_gives_others(engine):
    assert history(engine, seed=0) != history(engine, seed=1)


def test_a_longer_study_begins_as_a_shorter_one(engine):
    assert history(engine, seed=3, count=60)[:30] == history(engine, seed=3, count=30)


def test_proposals_are_points_of_the_space(engine):
    space = space_of()
    proposer = make(engine, space, Objectives(), seed=0)
    for _ in range(60):
        candidate = proposer.ask().candidate
        assert candidate.recipe.optimizer in {"adam", "sgd"}
        assert (candidate.recipe.momentum is not None) == (candidate.recipe.optimizer == "sgd")
        assert 1 <= len(candidate.architecture.stages) <= 3
        assert candidate.architecture.input == IMAGES


def test_every_value_of_every_dimension_is_proposed(engine):
    proposer = make(engine, space_of(), Objectives(), seed=0)
    sketches = {str(proposer.ask().candidate.architecture) for _ in range(200)}
    for needle in ("kernel_size=(3, 5)", "pool_size=(3, 3)", "kind='residual'", "function='gelu'", "units=16"):
        assert any(needle in sketch for sketch in sketches)


def test_each_proposal_has_a_number_of_its_own(engine):
    proposer = make(engine, space_of(), Objectives(), seed=0)
    proposals = [proposer.ask() for _ in range(6)]
    assert len({proposal.number for proposal in proposals}) == 6


@pytest.mark.parametrize("engine", LEARN, ids=lambda engine: engine.sampler)
def test_a_landscape_is_learnt_better_than_at_random(engine):
    def mean_of_last(engine):
        found = []
        for seed in range(3):
            proposer = make(engine, space_of(), Objectives(), seed)
            for _ in range(25):
                proposals = [proposer.ask() for _ in range(8)]
                for proposal in proposals:
                    layers = proposal.candidate.architecture.layers
                    found.append(sum(getattr(layer, "filters", 0) for layer in layers) / 16)
                    size = 1 + sum(getattr(layer, "filters", 0) for layer in layers)
                    proposer.tell(proposal.number, Evaluated(1 / size, size))
        return sum(found[-100:]) / 100

    assert mean_of_last(engine) < mean_of_last(Engine(sampler="random"))


def test_it_survives_whatever_it_is_told(engine):
    rng = random.Random(0)
    proposer = make(engine, space_of(), Objectives(), seed=0)
    for _ in range(10):
        for proposal in [proposer.ask() for _ in range(4)]:
            told = rng.choice([Failed(), Rejected(float("inf")), Rejected(0.1), Evaluated(0.0, 0.0), Evaluated(1.0, 1)])
            proposer.tell(proposal.number, told)


def test_an_infeasible_point_may_be_proposed_and_is_left_to_the_search(engine):
    space = NetworkSpace(stages=Stages(count=8, block=ConvBlock(filters=4, kernel_size=[3, 5], padding="valid")))
    proposer = make(engine, space_of(space), Objectives(), seed=0)
    with pytest.raises(InfeasibleError):
        analyse(proposer.ask().candidate.architecture)
