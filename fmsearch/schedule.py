"""Who trains next, and for how long: cohorts that climb rungs. Pure: no clock, no store, no training."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fmsearch.pareto import Point, ranked

# A cohort is proposed from the results of all cohorts up to the one this many before it, so that it can be asked for
# while the last one still climbs.
LAG = 2


def survivors(results: Mapping[int, Point], keep: float) -> list[int]:
    """Who goes on from a rung to the next: the best share, one at least; in the order of their numbers.

    Args:
        results: what each candidate reached, by its number. Failed ones are not among them.
        keep: the share that goes on.
    """
    numbers = sorted(results)
    order = ranked([results[number] for number in numbers])
    count = math.ceil(keep * len(numbers) - 1e-9)
    return sorted(numbers[position] for position in order[:count])


def trainings(candidates: int, cohort: int, rungs: Sequence[int], keep: float) -> dict[int, int]:
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
    rungs: Sequence[int]
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
    def epochs(self) -> int:
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
