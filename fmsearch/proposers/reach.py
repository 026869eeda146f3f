"""From the smallest to the largest network that a space has."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from fmsearch.proposers.growth import draw
from searchspace import Analysis, Candidate, InfeasibleError, Limits, SearchSpace, analyse, violations

Size: TypeAlias = Callable[[Analysis], float]

SAMPLE = 300  # draws that say which sizes a space has


def measured(candidate: Candidate, size: Size, limits: Limits) -> float:
    """The logarithm of a candidate's size, infinite if it may not be trained."""
    try:
        analysis = analyse(candidate.architecture)
    except InfeasibleError:
        return math.inf
    return math.inf if violations(analysis, limits) else math.log10(size(analysis))


def reach(space: SearchSpace, size: Size, dice: Random, down_to: float = 1) -> tuple[float, float]:
    """The sizes that are wanted and that a space has, as logarithms: of a sample of it."""
    sizes = [measured(draw(space, dice).candidate, size, space.limits) for _ in range(SAMPLE)]
    feasible = [one for one in sizes if math.isfinite(one)]
    if not feasible:
        return 0.0, 0.0
    high = max(feasible)
    return min(high, max(min(feasible), math.log10(down_to))), high
