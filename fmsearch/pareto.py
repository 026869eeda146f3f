"""Which of several points are worth having: accuracy up, size down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Point(NamedTuple):
    """A model: `size` in the objective's unit, `accuracy` in [0, 1]."""

    size: float
    accuracy: float


def dominates(a: Point, b: Point) -> bool:
    """Whether `a` is no worse than `b` in both, and better in one."""
    return a.size <= b.size and a.accuracy >= b.accuracy and a != b


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


def ranked(points: Sequence[Point]) -> list[int]:
    """Positions from best to worst: front after front, and in a front the loneliest first, its ends before all.

    This is NSGA-II's order (Deb et al., 2002), with distances in log-size, so that a small network is never judged
    by a large one's accuracy.
    """
    left = list(range(len(points)))
    order: list[int] = []
    while left:
        layer = [left[i] for i in front([points[position] for position in left])]
        distance = _crowding([points[position] for position in layer])
        order += [position for _, position in sorted(zip(distance, layer, strict=True), key=lambda d: (-d[0], d[1]))]
        taken = set(layer)
        left = [position for position in left if position not in taken]
    return order


def knee(points: Sequence[Point]) -> int:
    """The position on a front farthest above the line between its ends, in log-size: where more size stops paying.

    Raises:
        ValueError: there are no points.
    """
    if not points:
        raise ValueError("an empty front has no knee")
    sizes = [_log(point.size) for point in points]
    low, high = min(range(len(points)), key=lambda i: sizes[i]), max(range(len(points)), key=lambda i: sizes[i])
    width = sizes[high] - sizes[low] or 1.0
    slope = (points[high].accuracy - points[low].accuracy) / width
    above = [point.accuracy - slope * (size - sizes[low]) for point, size in zip(points, sizes, strict=True)]
    return max(range(len(points)), key=lambda i: (above[i], -sizes[i]))


def hypervolume(points: Sequence[Point], largest: float) -> float:
    """The area that the points dominate, from accuracy 0 and size `largest`, in accuracy times decades of size."""
    area, edge, best = 0.0, math.log10(largest), 0.0
    for position in front(points):
        size, accuracy = _log(points[position].size), points[position].accuracy
        if size < edge:
            area += (edge - size) * (accuracy - best)
            best = accuracy
    return area


def _log(size: float) -> float:
    return math.log10(max(size, 1.0))


def _crowding(layer: Sequence[Point]) -> list[float]:
    """The distance of each point of a front, sorted by size, to its two neighbours; infinite for the ends."""
    if len(layer) <= 2:  # noqa: PLR2004  # the two ends
        return [math.inf] * len(layer)
    width = _log(layer[-1].size) - _log(layer[0].size) or 1.0
    height = layer[-1].accuracy - layer[0].accuracy or 1.0
    inner = [
        (_log(after.size) - _log(before.size)) / width + (after.accuracy - before.accuracy) / height
        for before, after in zip(layer, layer[2:], strict=False)
    ]
    return [math.inf, *inner, math.inf]
