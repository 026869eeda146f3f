"""What the trainings of a search came to, by candidate, and what they promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from fmsearch.finalists import Finalist
from fmsearch.learning_curves import LearningCurve, learning_curves
from fmsearch.pace import Price
from fmsearch.pareto import Point


class _Reached(NamedTuple):
    point: Point
    price: Price


class Results:
    """The successful trainings of a search.

    Args:
        macs: of a candidate, by its number: its multiply-accumulates.
    """

    def __init__(self, macs: Callable[[int], int]) -> None:
        self._macs = macs
        self._reached: dict[int, dict[float, _Reached]] = {}

    def record(self, number: int, epochs: float, point: Point, price: Price) -> None:
        """One training of a candidate, by the epochs that were asked of it."""
        self._reached.setdefault(number, {})[epochs] = _Reached(point, price)

    def of(self, number: int, epochs: float) -> Point | None:
        """What one training came to, if it succeeded."""
        reached = self._reached.get(number, {}).get(epochs)
        return reached.point if reached else None

    def promises(self, numbers: Iterable[int], epochs: float) -> dict[int, Point]:
        """What so many epochs would make of some candidates, judged by their trainings alone."""
        curves = self._curves(number for number in numbers if number in self._reached)
        return {
            number: Point(self._longest(number)[1].point.size, curve.accuracy(epochs))
            for number, curve in curves.items()
        }

    def finalists(self) -> list[Finalist]:
        """All candidates, each by its longest training."""
        curves = self._curves(self._reached)
        return [self._finalist(number, curves[number]) for number in sorted(self._reached)]

    def _finalist(self, number: int, curve: LearningCurve) -> Finalist:
        epochs, (point, price) = self._longest(number)
        return Finalist(number, point, epochs, price.setup, price.epoch, curve)

    def _longest(self, number: int) -> tuple[float, _Reached]:
        return max(self._reached[number].items(), key=lambda item: item[0])

    def _curves(self, numbers: Iterable[int]) -> dict[int, LearningCurve]:
        trainings = {
            number: [(epochs, one.point.accuracy) for epochs, one in self._reached[number].items()]
            for number in numbers
        }
        return learning_curves(trainings, {number: self._macs(number) for number in trainings})


def at(point: Point, epochs: float, other: float) -> Point:
    """What a candidate would have reached in other epochs than it trained, by the usual learning curve."""
    if epochs == other:
        return point
    return Point(point.size, learning_curves({0: [(epochs, point.accuracy)]}, {0: 1})[0].accuracy(other))
