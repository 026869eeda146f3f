"""A sampler that tries every point once. An ordinary Optuna sampler.

Optuna's own brute force looks at all trials for each value, which a thousand of them make slow. This one remembers what
it has taken in a tree: a level for each suggestion, a branch for each value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, final

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution


@dataclass(slots=True)
class _Node:
    """What may follow after some values: nobody knows until it is asked for.

    Attributes:
        branches: what follows after each value that may be next, by its position.
        points: how many there are below that were not taken, as far as is known.
    """

    branches: list[_Node] = field(default_factory=list)
    points: int = 1


@final
class GridSampler(optuna.samplers.BaseSampler):
    """Proposes every point once, in an order drawn at random; once all were proposed, points again.

    One trial's suggestions are complete before the next trial begins. A continuous range needs a step.

    Args:
        seed: of the order.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.reseed_rng()

    def reseed_rng(self) -> None:
        """Begin anew."""
        self._random = Random(self._seed)  # noqa: S311  # a search, not a secret
        self._root = _Node()
        self._path = [self._root]

    def infer_relative_search_space(
        self, study: optuna.Study, trial: optuna.trial.FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """None: which parameters a trial has depends on the first of them."""
        del study, trial
        return {}

    def sample_relative(
        self, study: optuna.Study, trial: optuna.trial.FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """None."""
        del study, trial, search_space
        return {}

    def before_trial(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        """Strike off the point of the trial before."""
        del study, trial
        if len(self._path) > 1 and self._path[-1].points:
            for node in self._path:
                node.points -= 1
        self._path = [self._root]

    def sample_independent(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """A value after which there are points left: half by how many, half by whether at all.

        What lies behind a branch nobody took counts as one point, however many it will turn out to be.
        """
        del study, trial, param_name
        values = _values(param_distribution)
        node = self._path[-1]
        if not node.branches:
            node.branches = [_Node() for _ in values]
            for above in self._path:
                above.points += len(values) - 1
        points = [branch.points for branch in node.branches]
        left, open_ = sum(points), sum(map(bool, points))
        chances = [count / left + 1 / open_ if count else 0.0 for count in points] if left else [1.0] * len(points)
        (index,) = self._random.choices(range(len(values)), chances)
        self._path.append(node.branches[index])
        return values[index]


def _values(distribution: BaseDistribution) -> Sequence[Any]:
    match distribution:
        case CategoricalDistribution(choices=choices):
            return choices
        case IntDistribution(low=low, high=high, step=step):
            return range(low, high + 1, step)
        case FloatDistribution(low=low, high=high, step=float(step)):
            return [low + step * turn for turn in range(round((high - low) / step) + 1)]
        case _:
            raise ValueError(f"{distribution} has no end of values; expected a step")
