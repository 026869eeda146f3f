"""Which of several points are worth having: accuracy up, size down."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

Measured: TypeAlias = tuple[float, float, float]


class Point(NamedTuple):
    """A model: `size` in the objective's unit, `accuracy` in [0, 1]."""

    size: float
    accuracy: float


def front(points: Sequence[Point]) -> list[int]:
    """Positions of the points that none dominates, smallest first; of equal points the first alone."""
    order = sorted(range(len(points)), key=lambda i: (points[i].size, -points[i].accuracy, i))
    best = -math.inf
    chosen = []
    for position in order:
        if points[position].accuracy > best:
            best = points[position].accuracy
            chosen.append(position)
    return chosen


def trend(points: Sequence[Point]) -> Callable[[Point], float]:
    """The accuracy that a size leads one to expect: a line in its logarithm; flat if there is one size alone."""
    decades = [log_size(point.size) for point in points]
    if len(set(decades)) < 2:  # noqa: PLR2004  # a line takes two points
        return lambda _: 0.0
    slope, start = statistics.linear_regression(decades, [point.accuracy for point in points])
    return lambda point: start + slope * log_size(point.size)


def knee(points: Sequence[Point]) -> int:
    """The position on a front farthest above the line between its ends, in log-size: where more size stops paying.

    Raises:
        ValueError: there are no points.
    """
    if not points:
        raise ValueError("an empty front has no knee")
    sizes = [log_size(point.size) for point in points]
    low, high = min(range(len(points)), key=lambda i: sizes[i]), max(range(len(points)), key=lambda i: sizes[i])
    width = sizes[high] - sizes[low] or 1.0
    slope = (points[high].accuracy - points[low].accuracy) / width
    above = [point.accuracy - slope * (size - sizes[low]) for point, size in zip(points, sizes, strict=True)]
    return max(range(len(points)), key=lambda i: (above[i], -sizes[i]))


def hypervolume(points: Sequence[Point], largest: float, worst: float = 0.0) -> float:
    """The area that the points dominate, up to size `largest` and above accuracy `worst`.

    In accuracy times decades of size: the mean over size budgets of the best accuracy that fits, times their range.
    """
    area, edge, best = 0.0, log_size(largest), worst
    for position in front(points):
        size, accuracy = log_size(points[position].size), points[position].accuracy
        if size < edge and accuracy > best:
            area += (edge - size) * (accuracy - best)
            best = accuracy
    return area


def front_score(models: Sequence[Measured], low: float, high: float, chance: float = 0.0) -> float:
    """The mean over sizes, spread evenly by their logarithm, of what the best model that fits gives.

    Args:
        models: size, the accuracy they are chosen by, and the accuracy that counts: the same, or that on a test set.
        low: the smallest size asked for; smaller models count as this large.
        high: the largest.
        chance: what there is where no model fits.
    """
    fitting = [Point(max(low, size), accuracy) for size, accuracy, _ in models]
    steps = [(fitting[i].size, models[i][2]) for i in front(fitting) if fitting[i].size <= high]
    if low >= high:
        return steps[-1][1] if steps else chance
    edges = [low, *(size for size, _ in steps), high]
    told = [chance, *(accuracy for _, accuracy in steps)]
    widths = [log_size(end) - log_size(start) for start, end in pairwise(edges)]
    area = sum(accuracy * width for accuracy, width in zip(told, widths, strict=True))
    return area / (log_size(high) - log_size(low))


def log_size(size: float) -> float:
    """The logarithm of a size, to the base 10; of one below 1, that of 1."""
    return math.log10(max(size, 1.0))
