"""Runs side by side, as data: fronts, how they grew, and what differs between their studies."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fmsearch.errors import InputError
from fmsearch.pareto import Point, front_score
from fmsearch.reports.history import History, Moment, Scope
from fmsearch.reports.rows import Row

BUDGETS = (1, 2, 5)
PLACES = 6
"""How many places of a run's growth are told."""
NEAR = 0.25  # steps before the end within which no other place is told


@dataclass(frozen=True)
class Standing:
    """What a run came to.

    Attributes:
        hypervolume: of its front, by validation accuracy, in accuracy times decades of size.
        score: the mean over sizes of the validation accuracy of the best model that fits.
        test_score: the same of the test accuracy of that model; None before the final stage.
    """

    name: str
    candidates: int
    trainings: int
    seconds: float
    front: int
    hypervolume: float
    score: float
    test_score: float | None


@dataclass(frozen=True)
class Comparison:
    """Runs of one objective side by side.

    Attributes:
        runs: two or more.
        sizes: from and to which fronts are measured; those of the smallest and the largest model of any front if None.

    Raises:
        InputError: a run has no model yet, or runs cannot be compared.
    """

    runs: Sequence[History]
    sizes: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        for run in self.runs:
            if not run.front:
                raise InputError(f"{run.name} has no trained model yet.", "Compare it when it has come further.")
            if run.objective != self.objective:
                raise InputError(
                    f"{self.runs[0].name} minimizes {self.objective}, {run.name} {run.objective}.",
                    "Expected runs with the same objectives.minimize.",
                )

    @property
    def objective(self) -> str:
        """What all runs keep small."""
        return self.runs[0].objective

    @property
    def same_images(self) -> bool:
        """Whether all were trained on the same images, so that accuracies can be compared."""
        return len({run.dataset for run in self.runs}) == 1

    @property
    def scope(self) -> Scope:
        """What all are measured by."""
        sizes = self.sizes or [row.counted for run in self.runs for row in run.front]
        return Scope(min(sizes), max(sizes), 1 / max(1, *(run.classes for run in self.runs)))

    def standings(self) -> list[Standing]:
        """What each run came to."""
        return [self._standing(run) for run in self.runs]

    def budgets(self) -> list[int]:
        """Sizes at which fronts are compared: 1, 2 and 5 of each power of ten, and the largest model's."""
        low, high = self.scope.low, self.scope.high
        exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        round_ones = [factor * 10**exponent for exponent in exponents for factor in BUDGETS]
        return [*(size for size in round_ones if low <= size < high), int(high)]

    def moments(self) -> list[list[Moment]]:
        """How each front grew."""
        return [run.moments(self.scope) for run in self.runs]

    def differences(self) -> list[tuple[str, list[Any]]]:
        """The keys in which the studies differ, and each one's value; None where it has no such key."""
        studies = [dict(_flat(run.study)) for run in self.runs]
        keys = dict.fromkeys(key for study in studies for key in study)
        values = {key: [study.get(key) for study in studies] for key in keys}
        return [(key, those) for key, those in values.items() if any(value != those[0] for value in those[1:])]

    def record(self) -> dict[str, Any]:
        """All of it as JSON can hold it."""
        scope = self.scope
        return {
            "objective": self.objective,
            "sizes": {"low": scope.low, "high": scope.high},
            "same_images": self.same_images,
            "runs": [
                {
                    **asdict(standing),
                    "front": [_member(row) for row in run.front],
                    "growth": [asdict(moment) for moment in moments],
                }
                for standing, run, moments in zip(self.standings(), self.runs, self.moments(), strict=True)
            ],
            "differences": {
                key: {run.name: value for run, value in zip(self.runs, values, strict=True)}
                for key, values in self.differences()
            },
        }

    def _standing(self, run: History) -> Standing:
        scope, front = self.scope, run.front
        validation = [Point(row.counted, row.accuracy or 0.0) for row in front]
        tested = [
            (float(row.counted), row.accuracy or 0.0, row.test_accuracy)
            for row in front
            if row.test_accuracy is not None
        ]
        is_tested = len(tested) == len(front)
        return Standing(
            name=run.name,
            candidates=len(run.table),
            trainings=len(run.trainings),
            seconds=run.seconds,
            front=len(front),
            hypervolume=scope.hypervolume(validation),
            score=scope.score(validation),
            test_score=front_score(tested, scope.low, scope.high, scope.chance) if is_tested else None,
        )


def at(front: Sequence[Row], size: float) -> Row | None:
    """The best model of a front, smallest first, that is no larger."""
    return next((row for row in reversed(front) if row.counted <= size), None)


def places(moments: Sequence[Sequence[Moment]], by: str) -> list[float]:
    """Round counts of what `by` names, evenly spaced, and the end of the longest run."""
    most = max(getattr(one[-1], by) for one in moments)
    rough = most / PLACES
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * unit for factor in (*BUDGETS, 10) if factor * unit >= rough)
    step = max(step, 1.0)
    return [*(step * place for place in range(1, math.ceil(most / step - NEAR))), most]


def until(moments: Sequence[Moment], by: str, place: float) -> Moment | None:
    """The last moment up to a place; None before the first."""
    found = [moment for moment in moments if getattr(moment, by) <= place]
    return found[-1] if found else None


def _member(row: Row) -> dict[str, Any]:
    fields = ("id", "size", "accuracy", "test_accuracy", "test_accuracy_std", "architecture")
    return {field: getattr(row, field) for field in fields}


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a study, under its path; lists of plain values are leaves."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for position, inner in enumerate(value):
            yield from _flat(inner, f"{name}.{position}")
    else:
        yield name, value
