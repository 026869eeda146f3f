"""How a run's front grew, training by training: a view of its store."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from fmsearch.pareto import Point, front_score, hypervolume
from fmsearch.reports.rows import Row, rows
from fmsearch.store import Store, Used

MOST_MOMENTS = 100


@dataclass(frozen=True)
class Scope:
    """What fronts are measured by, alike for all that are compared.

    Attributes:
        low: the smallest size that counts, in the objective's unit; smaller models count as this large.
        high: the largest.
        chance: the accuracy of guessing, where no model fits.
    """

    low: float
    high: float
    chance: float

    def hypervolume(self, points: Sequence[Point]) -> float:
        """The area above guessing that models dominate, in accuracy times decades of size."""
        return hypervolume([Point(max(self.low, size), accuracy) for size, accuracy in points], self.high, self.chance)

    def score(self, points: Sequence[Point]) -> float:
        """The mean over sizes of the accuracy of the best model that fits."""
        return front_score([(size, accuracy, accuracy) for size, accuracy in points], self.low, self.high, self.chance)


@dataclass(frozen=True)
class Moment:
    """How far a run was after so many trainings, which took so many seconds, one after another."""

    trainings: int
    seconds: float
    hypervolume: float
    score: float


@dataclass(frozen=True)
class History:
    """A run as it is compared with others.

    Attributes:
        name: of the run.
        study: what it searched, as data.
        objective: what it kept small.
        dataset: the fingerprint of its images.
        classes: how many there are.
        table: its leaderboard.
        order: the keys of its evaluations, in the order in which they were stored.
    """

    name: str
    study: dict[str, Any]
    objective: str
    dataset: str
    classes: int
    table: Sequence[Row]
    order: Sequence[str]

    @property
    def front(self) -> list[Row]:
        """The models that none dominates, smallest first."""
        return [row for row in self.table if row.on_front]

    @cached_property
    def trainings(self) -> list[tuple[Row, Used]]:
        """Every training that gave a result, in the order in which they ended, and of which candidate it was."""
        place = {key: position for position, key in enumerate(self.order)}
        uses = [(row, used) for row in self.table for used in row.uses if used.key in place]
        return sorted(uses, key=lambda use: place[use[1].key])

    @property
    def seconds(self) -> float:
        """What its trainings took, one after another."""
        return sum(used.result.seconds for _, used in self.trainings)

    def moments(self, scope: Scope) -> list[Moment]:
        """How its front grew, at a hundred places at the most, the last of them at its end.

        A candidate counts by its longest training so far, those of the final stage before all others, and by the mean
        of those if there are several seeds.
        """
        seconds = list(accumulate(used.result.seconds for _, used in self.trainings))
        count = len(self.trainings)
        places = sorted({-(-count * step // MOST_MOMENTS) for step in range(1, MOST_MOMENTS + 1)} - {0})
        counted = {row.number: row.counted for row in self.table}
        reached: dict[int, dict[tuple[bool, float], list[float]]] = defaultdict(lambda: defaultdict(list))
        found, begun = [], 0
        for place in places:
            for row, used in self.trainings[begun:place]:
                if used.result.accuracy is not None:
                    standing = used.evaluation.purpose == "final", used.evaluation.epochs
                    reached[row.number][standing].append(used.result.accuracy)
            begun = place
            points = [Point(counted[number], statistics.fmean(by[max(by)])) for number, by in reached.items()]
            found.append(Moment(place, seconds[place - 1], scope.hypervolume(points), scope.score(points)))
        return found


def history(name: str, store: Store) -> History:
    """The run in a store."""
    return History(
        name=name,
        study=store.fact("study") or {},
        objective=store.objectives.minimize,
        dataset=store.fact("dataset") or "",
        classes=len(store.class_names),
        table=rows(store),
        order=store.keys(),
    )
