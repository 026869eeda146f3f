"""What a network would reach in so many epochs, from what its shorter trainings reached. Pure.

Where every training brings its learning rate down to zero, the share of images that a network gets wrong falls towards
a floor of its own:

    errors(epochs) = floor * exp(fall / sqrt(epochs))

On Fashion-MNIST that holds from a seventh of an epoch to 120, within 5 % of the errors. What sets two networks apart is
their floor. `fall` is about 0.42, but those with a higher floor and those that calculate more are longer in coming to
it: it is larger by 0.4 for each unit of the floor's logarithm, and by 0.05 for each of the multiply-accumulates'.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

FALL = 0.42
FALL_A_FLOOR = 0.4  # how much larger it is for each unit of the logarithm of the floor, beyond what is usual
FALL_A_MAC = 0.05  # and of the logarithm of the multiply-accumulates
# Luck moves what a training gets wrong by some 4 % / sqrt(epochs), and falls differ by 0.03 or so between networks, but
# for some that learn early and then no more. Predictions were about as good from 1 to 100, and worse with less.
FIRMNESS = 1.5
LEAST_FALL = 0.05
LEAST_ERRORS = 1e-4  # no validation split shows fewer


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """The law for one network.

    Attributes:
        floor: the share of images that it gets wrong however long it trains.
        fall: how the logarithm of its errors falls with one over the square root of the epochs.
    """

    floor: float
    fall: float = FALL

    def accuracy(self, epochs: float) -> float:
        """What a training of so many epochs reaches; 0 for none."""
        if epochs <= 0:
            return 0.0
        return 1.0 - math.exp(min(0.0, math.log(self.floor) + self.fall / math.sqrt(epochs)))


class _Told(NamedTuple):
    """By a network's trainings, with x = 1 / sqrt(epochs) and y = ln(errors).

    Where the longest one came to, and the moments of all, each weighted by its epochs.
    """

    x: float
    y: float
    xx: float
    xy: float

    @property
    def weight(self) -> float:
        """The epochs of the longest one."""
        return 1.0 / self.x**2


class _Usual(NamedTuple):
    """What is usual in a study: the fall, and the logarithms of floor and multiply-accumulates that it is usual for."""

    fall: float
    floor: float
    macs: float


def learning_curves(
    trainings: Mapping[int, Sequence[tuple[float, float]]], macs: Mapping[int, float]
) -> dict[int, LearningCurve]:
    """The curves of networks that a study trained alike.

    Through the longest training of each, falling as all of its trainings say, held towards what is usual among them for
    such a floor and so many multiply-accumulates.

    Args:
        trainings: of each network, by its number: epochs and the accuracy they came to.
        macs: of each network, by its number: its multiply-accumulates.
    """
    told = {number: _told(reached) for number, reached in trainings.items()}
    logs = {number: math.log(max(1.0, macs[number])) for number in told}
    usual = _usual(told, logs)
    return {number: _curve(one, logs[number], usual) for number, one in told.items()}


def _told(reached: Sequence[tuple[float, float]]) -> _Told:
    """In whatever order the trainings came."""
    points = [
        (epochs, 1.0 / math.sqrt(epochs), math.log(max(LEAST_ERRORS, 1.0 - accuracy)))
        for epochs, accuracy in sorted(reached)
    ]
    weight = sum(w for w, _, _ in points)
    x, y = sum(w * a for w, a, _ in points) / weight, sum(w * b for w, _, b in points) / weight
    xx = sum(w * (a - x) ** 2 for w, a, _ in points)
    xy = sum(w * (a - x) * (b - y) for w, a, b in points)
    return _Told(points[-1][1], points[-1][2], xx, xy)


def _usual(told: Mapping[int, _Told], logs: Mapping[int, float]) -> _Usual:
    """Of networks, in whatever order; those that trained longest say most."""
    fall = _fall(math.fsum(one.xx for one in told.values()), math.fsum(one.xy for one in told.values()), FALL)
    weight = math.fsum(one.weight for one in told.values()) or 1.0
    floor = math.fsum(one.weight * (one.y - fall * one.x) for one in told.values()) / weight
    return _Usual(fall, floor, math.fsum(one.weight * logs[number] for number, one in told.items()) / weight)


def _fall(xx: float, xy: float, usual: float) -> float:
    return max(LEAST_FALL, (xy + FIRMNESS * usual) / (xx + FIRMNESS))


def _curve(told: _Told, macs: float, usual: _Usual) -> LearningCurve:
    """Its floor depends on its fall, as the curve goes through what was reached, and its fall on its floor."""
    beyond = FALL_A_MAC * (macs - usual.macs) - FALL_A_FLOOR * usual.floor
    floor = (told.y - (usual.fall + beyond) * told.x) / (1.0 + FALL_A_FLOOR * told.x)
    fall = _fall(told.xx, told.xy, usual.fall + beyond + FALL_A_FLOOR * floor)
    return LearningCurve(math.exp(told.y - fall * told.x), fall)
