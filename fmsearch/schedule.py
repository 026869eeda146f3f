"""Who trains next, and for how long: cohorts that climb rungs. Pure: no clock, no store, no training."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from fmsearch.pareto import Point, trend

# A cohort is proposed from the results of all cohorts up to the one this many before it, so that it can be asked for
# while the last one still climbs.
LAG = 2


def survivors(results: Mapping[int, Point], keep: float) -> list[int]:
    """Who goes on from a rung to the next: the best share, one at least; in the order of their numbers.

    Neighbours in size compete: as many groups of them as go on, and of each the one most above what its size would lead
    one to expect, by a straight line through the rung's accuracies. A small network is never judged against a large
    one's accuracy, nor a large one, which learns more slowly, against a small one's head start.

    Args:
        results: what each candidate reached, by its number. Failed ones are not among them.
        keep: the share that goes on.
    """
    by_size = sorted(results, key=lambda number: (results[number].size, number))
    expected = trend(list(results.values()))
    above = {number: point.accuracy - expected(point) for number, point in results.items()}
    count = math.ceil(keep * len(by_size) - 1e-9)
    edges = [group * len(by_size) // count for group in range(count)]
    groups = [by_size[start:end] for start, end in pairwise([*edges, len(by_size)])]
    return sorted(max(group, key=lambda number: (above[number], -number)) for group in groups)


def trainings(candidates: int, cohort: int, rungs: Sequence[float], keep: float) -> dict[float, int]:
    """How many candidates train at each rung, by its epochs."""
    counts = dict.fromkeys(rungs, 0)
    for start in range(0, candidates, cohort):
        climbing = min(cohort, candidates - start)
        for epochs in rungs:
            counts[epochs] += climbing
            climbing = math.ceil(keep * climbing - 1e-9)
    return counts


@dataclass
class Cohort:
    """Candidates proposed together, and how far they have climbed.

    Args:
        members: their numbers.
        rungs: epochs at each rung.
        keep: the share that goes on from one rung to the next.
    """

    members: Sequence[int]
    rungs: Sequence[float]
    keep: float
    rung: int = 0
    climbing: list[int] = field(init=False)
    results: dict[int, Point | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.climbing = list(self.members)

    @property
    def is_complete(self) -> bool:
        """Whether there is nothing more to train."""
        return self.rung == len(self.rungs) or not self.climbing

    @property
    def epochs(self) -> float:
        """Epochs at the present rung."""
        return self.rungs[self.rung]

    def pending(self) -> list[int]:
        """Who has no result at the present rung."""
        return [] if self.is_complete else [number for number in self.climbing if number not in self.results]

    def record(self, number: int, point: Point | None) -> None:
        """The result of one candidate at the present rung, None if it failed; the last one opens the next rung."""
        self.results[number] = point
        if not self.pending():
            reached = {number: point for number, point in self.results.items() if point is not None}
            self.climbing = survivors(reached, self.keep)
            self.results = {}
            self.rung += 1
