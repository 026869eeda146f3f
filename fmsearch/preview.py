"""What a study's space holds, from its declaration and a sample; nothing is trained."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from searchspace import Analysis, Candidate, Dimension, Refusal, SearchSpace, Violation, examined, excess

SAMPLES = 500


@dataclass(frozen=True)
class Preview:
    """A sample of a space, sorted into what fits, what breaks a limit, and what cannot be built.

    Attributes:
        fitting: the analyses of the candidates that would be trained.
        above: how many break each limit; one that breaks two counts twice.
        infeasible: how many cannot be built, by reason.
        nearest: of the candidates that break a limit, what the one breaks that comes closest.
        samples: how many were drawn.
    """

    fitting: tuple[Analysis, ...]
    above: Counter[str]
    infeasible: Counter[str]
    nearest: tuple[Violation, ...]
    samples: int = SAMPLES


@dataclass(frozen=True)
class Countable:
    """A space without its continuous dimensions, as `searchspace.cardinality` counts it."""

    space: SearchSpace

    @property
    def plan(self) -> tuple[Dimension, ...]:
        """Every dimension with an end to its values."""
        return tuple(dimension for dimension in self.space.plan if dimension.domain.size != math.inf)

    def assemble(self, picked: Mapping[str, Mapping[str, Any]]) -> Candidate:
        """The candidate for the values picked."""
        return self.space.assemble(picked)


def preview(space: SearchSpace, seed: int, samples: int = SAMPLES) -> Preview:
    """Draw from a space at random, each choice evenly."""
    rng = Random(seed)  # noqa: S311  # a sample, not a secret
    fitting: list[Analysis] = []
    above: Counter[str] = Counter()
    infeasible: Counter[str] = Counter()
    missed: list[tuple[Violation, ...]] = []
    for _ in range(samples):
        match examined(space.sample(rng).architecture, space.limits):
            case Refusal(broken=()) as refusal:
                infeasible[refusal.why] += 1
            case Refusal(broken=broken):
                above.update(violation.limit for violation in broken)
                missed.append(broken)
            case analysis:
                fitting.append(analysis)
    return Preview(tuple(fitting), above, infeasible, min(missed, key=excess, default=()), samples)
