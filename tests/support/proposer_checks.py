"""What every proposer must do, as checks of anything that makes one: `make(space, seed)`.

Each check raises an AssertionError, or whatever the proposer raises, if it does not.
"""

import math
import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar

from stubs import IMAGES, StubExecutor, search, stub_study, told

from fmsearch.engine import Engine
from fmsearch.proposers import Evaluated, Failed, Rejected
from fmsearch.study import Budget, Final
from searchspace import (
    ConvBlock,
    Head,
    Integer,
    NetworkSpace,
    Real,
    ResidualBlock,
    Stages,
    Training,
    analyse,
    decode,
)

FINITE = NetworkSpace(
    stages=Stages(
        count=[1, 2],
        block=[
            ConvBlock(filters=[4, 8], kernel_size=[3, [3, 5]], pooling=["none", "max"], pool_size=[2, 3]),
            ResidualBlock(filters=[4, 8], preactivation=[True, False]),
        ],
    ),
    head=Head(units=[0, 32, [32, 16]]),
)
TINY = NetworkSpace(stages=Stages(count=1, block=ConvBlock(filters=[4, 8, 16], kernel_size=[1, 3])))
RANGES = NetworkSpace(
    stages=Stages(
        count=2,
        block=ConvBlock(
            filters=Integer(low=4, high=32, log=True), spatial_dropout=Real(low=0.0, high=0.3), pooling="max"
        ),
    )
)
TINY_RANGES = NetworkSpace(
    stages=Stages(count=1, block=ConvBlock(filters=Integer(low=4, high=6), kernel_size=Integer(low=1, high=2)))
)
LEARNING_RATE = Real(low=0.001, high=0.1, log=True)
TARGET = math.log10(0.01)


@dataclass(frozen=True)
class Ground:
    """What an engine is tried on: a space, one that is soon exhausted, and how many proposals it is asked for."""

    space: NetworkSpace = FINITE
    tiny: NetworkSpace = TINY
    rate: object = field(default=(0.001, 0.01, 0.1))
    count: int = 60
    batch: int = 6
    engine: Engine = field(default_factory=Engine)
    optimizers: ClassVar = ("adam", "sgd")

    def study(self, space=None, **changes):
        """A study over the space."""
        is_tiny = space is self.tiny
        training = Training() if is_tiny else Training(learning_rate=self.rate)
        if not is_tiny and self.space is FINITE:
            training = Training(optimizer=list(self.optimizers), learning_rate=list(self.rate))
        return stub_study(space=space or self.space, training=training, engine=self.engine, **changes)

    def search_space(self):
        """Its space, for images."""
        return self.study().search_space(IMAGES)


def points(space):
    """The digests of all points of a space; None if there is no end of them."""
    if any(not dimension.is_fixed and dimension.domain.size > 1_000 for dimension in space.plan):
        return None
    digests, script = set(), []
    while True:
        sizes = []

        def choose(dimension, sizes=sizes, script=script):
            values = dimension.domain.values
            place = script[len(sizes)] if len(sizes) < len(script) else 0
            sizes.append(len(values))
            return values[place]

        digests.add(decode(space, choose).digest)
        script = [*script, *[0] * (len(sizes) - len(script))][: len(sizes)]
        while script and script[-1] == sizes[len(script) - 1] - 1:
            script.pop()
        if not script:
            return digests
        script[-1] += 1


def verdict(candidate):
    """A pure landscape: some fail, some are rejected, the rest is the better the fewer parameters and layers it has."""
    if candidate.digest < "1":
        return Failed()
    if candidate.digest < "3":
        return Rejected(excess=0.5)
    parameters = analyse(candidate.architecture).parameters
    return Evaluated(accuracy=1 / len(candidate.architecture.layers), size=parameters)


def history(make, ground, seed, count=None, judge=verdict):
    """Candidates in the order proposed, told batch by batch."""
    proposer = make(ground.search_space(), seed)
    found = []
    for _ in range((count or ground.count) // ground.batch):
        proposals = [proposal for proposal in (proposer.ask() for _ in range(ground.batch)) if proposal]
        assert len({proposal.number for proposal in proposals}) == len(proposals)
        found += [proposal.candidate for proposal in proposals]
        for proposal in proposals:
            proposer.tell(proposal.number, judge(proposal.candidate))
    return found


def digests(*arguments, **options):
    return [candidate.digest for candidate in history(*arguments, **options)]


def proposes_points_of_the_space(make, ground, tmp_path):
    """Conditional dimensions included: a candidate that has what it may not has another digest."""
    del tmp_path
    known = points(ground.search_space())
    for candidate in history(make, ground, seed=0):
        if known is not None:
            assert candidate.digest in known
        else:
            convolutions = [layer for layer in candidate.architecture.layers if layer.kind == "conv2d"]
            assert len(convolutions) == 2
            assert all(4 <= layer.filters <= 32 for layer in convolutions)
        assert candidate.architecture.input == IMAGES


def repeats_for_one_seed(make, ground, tmp_path):
    del tmp_path
    assert digests(make, ground, seed=0) == digests(make, ground, seed=0)


def differs_for_another_seed(make, ground, tmp_path):
    del tmp_path
    first = {"count": ground.batch}
    assert digests(make, ground, seed=0, **first) != digests(make, ground, seed=1, **first)


def begins_as_a_shorter_study(make, ground, tmp_path):
    del tmp_path
    half = ground.count // ground.batch // 2 * ground.batch
    assert digests(make, ground, seed=3)[:half] == digests(make, ground, seed=3, count=half)


def survives_whatever_it_is_told(make, ground, tmp_path):
    del tmp_path
    dice = random.Random(0)
    told = [Failed(), Rejected(math.inf), Rejected(0.1), Evaluated(0.0, 0.0), Evaluated(1.0, 1)]
    history(make, ground, seed=0, judge=lambda _: dice.choice(told))
    history(make, ground, seed=0, judge=lambda _: Failed())


def searched(make, path, study, **executor):
    """The leaderboard of a search with it."""
    proposer = make(study.search_space(IMAGES), study.seed)
    return told(search(study, path, StubExecutor(**executor), proposer=proposer))


def is_unmoved_by_order_and_kills(make, ground, tmp_path):
    """The same leaderboard for any order in which results arrive, any number of workers, and after any kill."""
    count = max(ground.count // 2, 4 * ground.batch)
    budget = Budget(candidates=count, rungs=(1, 3), cohort=ground.batch)
    study = ground.study(budget=budget, final=Final(epochs=3))
    undisturbed = searched(make, tmp_path / "undisturbed", study)
    for order in range(2):
        assert searched(make, tmp_path / f"{order}", study, workers=3, order_seed=order) == undisturbed
    for calls in (ground.batch // 2, count):
        with suppress(KeyboardInterrupt):
            searched(make, tmp_path / "killed", study, workers=2, die_after=calls)
    assert searched(make, tmp_path / "killed", study) == undisturbed


def ends_when_a_finite_space_is_exhausted(make, ground, tmp_path):
    study = ground.study(ground.tiny, budget=Budget(candidates=30, rungs=(1,), cohort=4), final=Final(epochs=1))
    assert len(searched(make, tmp_path / "store", study)) == 6


def goodness(candidate):
    """What can be learnt beside size: half of the way is a learning rate near 0.01, half a kind of convolution."""
    rate = 1 - min(1.0, abs(math.log10(candidate.recipe.learning_rate) - TARGET))
    dropouts = [layer.rate for layer in candidate.architecture.layers if layer.kind == "spatial_dropout2d"]
    kernels = [layer.kernel_size == (3, 3) for layer in candidate.architecture.layers if layer.kind == "conv2d"]
    return rate / 2 + sum(kernels) / max(1, len(kernels)) / 2 - sum(dropouts)


def toy(candidate):
    parameters = analyse(candidate.architecture).parameters
    return Evaluated(0.1 + 0.05 * math.log10(parameters) + 0.5 * max(0.0, goodness(candidate)), parameters)


def learns(make, ground, other, rounds=3):
    """Whether the second half of its proposals is better than that of another, over a few seeds."""

    def later(maker):
        found = [history(maker, ground, seed, 2 * ground.count, toy)[ground.count :] for seed in range(rounds)]
        return sum(goodness(candidate) for one in found for candidate in one)

    assert later(make) > later(other) + 0.05 * rounds * ground.count


CHECKS = [
    proposes_points_of_the_space,
    repeats_for_one_seed,
    differs_for_another_seed,
    begins_as_a_shorter_study,
    survives_whatever_it_is_told,
    is_unmoved_by_order_and_kills,
    ends_when_a_finite_space_is_exhausted,
]
