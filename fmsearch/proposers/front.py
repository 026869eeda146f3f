"""A sampler that grows candidates from the front, at every size alike. An ordinary Optuna sampler."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, final

import optuna

from fmsearch.pareto import Point, front, trend
from fmsearch.proposers.dialect import suggested, understood
from fmsearch.proposers.expectation import Expectation, Traits, expectation, traits
from fmsearch.proposers.growth import Individual, Values, child, draw
from fmsearch.proposers.reach import Size, measured, reach
from searchspace import SearchSpace, decode

STARTUP = 12  # told trials without which nothing grows
FRESH = 0.05  # share of later proposals that are drawn at random all the same
OVER = 25.0  # times as far as one that is smaller seems one that is larger than wanted
DRAWS = 256  # tries to come near the wanted size
NARROWING = 2 / DRAWS  # share of their values that widths lose after a draw that is too large
BARREN_DRAWS = 16  # tries once so many have found nothing new
NEAR = 0.12  # decades below the wanted size within which one is near enough
LITTER = 6  # draws near enough of which the most promising is proposed
EDGE = 0.2  # decades that the smallest size is wanted for: it serves all budgets up to the next
REACH = 0.25  # decades of size over which a parent's chances fall to a third
BEST = 1 / 3  # share of what was trained that has children
GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class _Parent:
    """A trial that was told: its values, what was known of it beforehand, and where it stands."""

    values: Values
    traits: Traits
    point: Point

    @property
    def decades(self) -> float:
        """The logarithm of its size."""
        return math.log10(self.point.size)


@final
class FrontSampler(optuna.samplers.BaseSampler):
    """Proposes candidates whose sizes spread evenly over the logarithm of size.

    The first ones are drawn at random; later ones are children of the best near the wanted size: some choices changed
    or taken from a second parent of any size, widths moved a step, and a stage that is added a copy of the last. Of
    several such, it proposes the most promising. Values are accuracy (up) and log10 of the size (down).
    What a study suggests beside the space's dimensions is drawn at random.

    Args:
        space: what may be proposed.
        size: a network's size, infinite for one that is not wanted; limits are the space's.
        seed: of all its randomness.
        down_to: the smallest size that is wanted.
    """

    def __init__(self, space: SearchSpace, size: Size, seed: int, *, down_to: float = 1) -> None:
        self._space = space
        self._size = size
        self._seed = seed
        self._down_to = down_to
        self._other = optuna.samplers.RandomSampler(seed=seed)
        self._plans: dict[int, Values] = {}
        self._seen: set[str] = set()
        self._is_barren = False
        self._parents: list[_Parent] = []
        self._best: list[_Parent] = []
        self._expected: Expectation | None = None
        self._dimensions = {dimension.name: dimension for dimension in space.plan}
        self.reseed_rng()

    def reseed_rng(self) -> None:
        """Begin all randomness anew."""
        self._random = Random(self._seed)  # noqa: S311  # a search, not a secret
        self._other.reseed_rng()
        self._low, self._high = reach(self._space, self._size, self._random, self._down_to)
        self._turn = self._random.random()

    def infer_relative_search_space(
        self, study: optuna.Study, trial: optuna.trial.FrozenTrial
    ) -> dict[str, optuna.distributions.BaseDistribution]:
        """None: which parameters a trial has depends on the first of them."""
        del study, trial
        return {}

    def sample_relative(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        search_space: dict[str, optuna.distributions.BaseDistribution],
    ) -> dict[str, Any]:
        """None."""
        del study, trial, search_space
        return {}

    def before_trial(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        """Choose a whole candidate for a trial."""
        if not self._plans and not self._parents:
            for earlier in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,)):
                self._learn(earlier, earlier.values)
        self._turn = (self._turn + GOLDEN) % 1.0
        wanted = max(self._low, self._high - self._turn * (self._high - self._low + EDGE))
        grows = len(self._parents) >= STARTUP and self._random.random() >= FRESH
        if self._expected is None:
            self._best = _best(self._parents)
            self._expected = expectation([(parent.traits, parent.point.accuracy) for parent in self._parents])
        self._plans[trial.number] = self._near(wanted, self._best if grows else [], self._expected)

    def sample_independent(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        param_name: str,
        param_distribution: optuna.distributions.BaseDistribution,
    ) -> Any:
        """What the trial's candidate has there."""
        plan = self._plans.get(trial.number, {})
        if param_name not in plan:
            return self._other.sample_independent(study, trial, param_name, param_distribution)
        return suggested(self._dimensions[param_name].domain, plan[param_name])

    def after_trial(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        state: optuna.trial.TrialState,
        values: Sequence[float] | None,
    ) -> None:
        """Forget its plan, and remember what came of it."""
        del study
        self._plans.pop(trial.number, None)
        if state == optuna.trial.TrialState.COMPLETE and values is not None:
            self._learn(trial, values)

    def _learn(self, trial: optuna.trial.FrozenTrial, values: Sequence[float]) -> None:
        """Keep a trial that was trained."""
        accuracy, decades = values
        if accuracy > 0.0:
            known = {
                name: understood(self._dimensions[name].domain, value)
                for name, value in trial.params.items()
                if name in self._dimensions
            }
            candidate = decode(self._space, lambda dimension: known.get(dimension.name, dimension.domain.at(0.0)))
            self._seen.add(candidate.digest)
            self._parents.append(_Parent(known, traits(candidate), Point(10.0**decades, accuracy)))
            self._expected = None

    def _near(self, wanted: float, parents: Sequence[_Parent], expected: Expectation) -> Values:
        """A new candidate of about the wanted size, the most promising of several; an old one if there is no other."""
        litter = self._litter(wanted, parents)
        if not litter and parents:
            return self._near(wanted, [], expected)
        self._is_barren = not litter
        if not litter:
            return draw(self._space, self._random).values
        chosen = max(litter, key=lambda one: expected(traits(one.candidate)))
        self._seen.add(chosen.candidate.digest)
        return chosen.values

    def _litter(self, wanted: float, parents: Sequence[_Parent]) -> list[Individual]:
        """New candidates of the wanted size or little less; if many draws find none so near, the nearest alone.

        A size is wanted as a budget is: what is larger does not fit. Each draw that does not makes the next narrower.
        """
        near: dict[str, Individual] = {}
        nearest: list[Individual] = []
        least, widest = math.inf, 1.0
        for _ in range(BARREN_DRAWS if self._is_barren else DRAWS):
            one = self._child(wanted, parents) if parents else draw(self._space, self._random, widest)
            size = measured(one.candidate, self._size, self._space.limits)
            distance = wanted - size if size <= wanted else OVER * (size - wanted)
            if distance < max(least, NEAR) and one.candidate.digest not in self._seen:
                if distance < NEAR:
                    near[one.candidate.digest] = one
                else:
                    nearest, least = [one], distance
            if len(near) == LITTER:
                break
            if wanted < size < math.inf:
                widest = max(0.0, widest - NARROWING)
        return list(near.values()) or nearest

    def _child(self, wanted: float, parents: Sequence[_Parent]) -> Individual:
        """Its first parent is likely to be of about the wanted size, the second may be of any."""
        chances = [math.exp(-abs(parent.decades - wanted) / REACH) for parent in parents]
        (first,), second = self._random.choices(parents, chances), self._random.choice(parents)
        return child(self._space, first.values, second.values, self._random)


def _best(told: Sequence[_Parent]) -> list[_Parent]:
    """The front, and those most above what their size leads one to expect.

    What they share beside their size - a learning rate, no dropout - is of use at every size.
    """
    expected = trend([parent.point for parent in told])
    above = sorted(told, key=lambda parent: expected(parent.point) - parent.point.accuracy)
    chosen = [told[i] for i in front([parent.point for parent in told])]
    return chosen + [parent for parent in above[: math.ceil(BEST * len(told))] if parent not in chosen]
