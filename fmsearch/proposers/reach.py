"""From the smallest to the largest network that a space has."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from fmsearch.proposers.growth import Values, draw
from searchspace import Analysis, InfeasibleError, SearchSpace, analyse, from_values, violations

Size: TypeAlias = Callable[[Analysis], float]

SAMPLE = 300  # draws that say which sizes a space has


def measured(space: SearchSpace, size: Size, values: Values) -> tuple[float, str]:
    """The logarithm of a candidate's size, infinite if it may not be trained, and its digest."""
    candidate = from_values(space, values)
    try:
        analysis = analyse(candidate.architecture)
    except InfeasibleError:
        return math.inf, candidate.digest
    if violations(analysis, space.limits):
        return math.inf, candidate.digest
    return math.log10(size(analysis)), candidate.digest


def reach(space: SearchSpace, size: Size, dice: Random, down_to: float = 1) -> tuple[float, float]:
    """The sizes that are wanted and that a space has, as logarithms: of a sample of it."""
    sizes = [measured(space, size, draw(space, dice))[0] for _ in range(SAMPLE)]
    feasible = [one for one in sizes if math.isfinite(one)]
    if not feasible:
        return 0.0, 0.0
    high = max(feasible)
    return min(high, max(min(feasible), math.log10(down_to))), high
