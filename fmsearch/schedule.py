"""Who trains next, and for how long: cohorts that climb rungs. Pure: no clock, no store, no training."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from fmsearch.pareto import Point, trend
from fmsearch.study import Budget, Study

# A cohort is proposed from the results of all cohorts up to the one this many before it, so that it can be asked for
# while the last one still climbs.
LAG = 2
LEAST_FACTOR = 2  # of the lengths of trainings, in brackets
STEPS = 4  # sizes in turn, below which an engine with one objective seeks the highest accuracy


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
    expected = trend([results[number] for number in by_size])
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


@dataclass(frozen=True, slots=True)
class Brackets:
    """Hyperband's brackets: cohorts of a size and a first rung that change in turn.

    Attributes:
        candidates: how many there are at the most.
        unit: the shortest training, in epochs.
        longest: the longest, in units.
        factor: how many times longer each training is than the one before.
    """

    candidates: int
    unit: float
    longest: int
    factor: int


BRACKETS = Brackets(candidates=36, unit=1.0, longest=9, factor=3)


def brackets_of(budget: Budget) -> Brackets:
    """The rungs of a budget, for an engine that has rungs of its own."""
    unit, longest = budget.rungs[0], budget.rungs[-1]
    factor = max(LEAST_FACTOR, round(1 / budget.keep))
    return Brackets(candidates=budget.candidates, unit=unit, longest=round(longest / unit), factor=factor)


def bracket_trainings(brackets: Brackets) -> dict[float, int]:
    """How many candidates train for how many epochs in Hyperband's brackets (Li et al., 2018), as KerasTuner counts.

    The last bracket, if candidates do not fill it, trains none of them longer.
    """
    counts: defaultdict[float, int] = defaultdict(int)
    depth = math.log(brackets.longest, brackets.factor)
    left, bracket = brackets.candidates, math.floor(depth + 1e-9)
    while left > 0:
        end = math.ceil(1 + depth) / (bracket + 1)
        sizes = [math.ceil(end * brackets.factor ** (bracket - turn)) for turn in range(bracket + 1)]
        climbing = sizes if sizes[0] <= left else [left]
        for turn, size in enumerate(climbing):
            units = math.ceil(brackets.longest / brackets.factor ** (bracket - turn))
            counts[units * brackets.unit] += size
        left -= climbing[0]
        bracket = (bracket or math.floor(depth + 1e-9) + 1) - 1
    return dict(counts)


def shared_out(candidates: int, engines: int) -> list[int]:
    """How many each of several engines has that are asked in turn, the first one first."""
    return [(candidates + engines - 1 - turn) // engines for turn in range(engines)]


def planned(study: Study) -> dict[float, int]:
    """How many candidates of a study train at each length, in epochs."""
    budget = study.budget
    if not study.engine.has_rungs:
        return trainings(budget.candidates, budget.cohort, budget.rungs, budget.keep)
    whole, steps = brackets_of(budget), 1 if study.engine.scalarize else STEPS
    shares = [replace(whole, candidates=count) for count in shared_out(whole.candidates, steps)]
    counts: Counter[float] = Counter()
    for share in shares:
        counts.update(bracket_trainings(share))
    return dict(sorted(counts.items()))


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
