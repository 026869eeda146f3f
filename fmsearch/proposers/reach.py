"""From the smallest to the largest network that a space has."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from fmsearch.proposers.growth import draw
from searchspace import Analysis, Candidate, Limits, Refusal, SearchSpace, examined

Size: TypeAlias = Callable[[Analysis], float]

SAMPLE = 300  # draws that say which sizes a space has


def measured(candidate: Candidate, size: Size, limits: Limits) -> float:
    """The logarithm of a candidate's size, infinite if it may not be trained."""
    found = examined(candidate.architecture, limits)
    return math.inf if isinstance(found, Refusal) else math.log10(size(found))


def reach(space: SearchSpace, size: Size, dice: Random, down_to: float = 1) -> tuple[float, float]:
    """The sizes that are wanted and that a space has, as logarithms: of a sample of it.

    Below the smallest of the sample are those that few draws have, all of whose stages are narrow. They are wanted if
    `down_to` says so.
    """
    usual = _sizes(space, size, dice, SAMPLE)
    if not usual:
        return 0.0, 0.0
    low, high, wanted = min(usual), max(usual), math.log10(down_to)
    if 0 < wanted < low:
        low = min([low, *_sizes(space, size, dice, SAMPLE, widest=0.0)])
    return min(high, max(low, wanted)), high


def _sizes(space: SearchSpace, size: Size, dice: Random, count: int, widest: float = 1.0) -> list[float]:
    """Of draws that may be trained."""
    sizes = (measured(draw(space, dice, widest).candidate, size, space.limits) for _ in range(count))
    return [one for one in sizes if math.isfinite(one)]
