"""Several runs in one small plot of characters, each by a letter of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from string import ascii_uppercase

from fmsearch.pareto import log_size
from fmsearch.reports.plot import (
    ASCII,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    UNICODE,
    Canvas,
    Scale,
    Tick,
    between,
    decades,
    framed,
    scale,
    steps,
)

LETTERS = ascii_uppercase
TICK_ROOM = 12  # characters a tick below needs

Series = Sequence[tuple[float, float]]


def fronts(series: Sequence[Series], width: int, height: int, *, ascii_only: bool = False) -> str:
    """Accuracies against sizes, sizes evenly by their logarithm; empty where there is no room.

    Args:
        series: the points of each run, named A, B, C ...; of two in one place, the later run's is seen.
        width: of the whole plot, in characters.
        height: of the whole plot, in lines.
        ascii_only: whether to do without other characters.
    """
    logarithmic = [[(log_size(size), value) for size, value in points] for points in series]

    def across(values: Sequence[float], cells: int) -> tuple[Scale, list[Tick]]:
        return scale(values, cells, spare=0.03), decades(min(values), max(values))

    return _drawn(logarithmic, width, height, across, ascii_only=ascii_only)


def growth(series: Sequence[Series], width: int, height: int, *, ascii_only: bool = False) -> str:
    """Values against time, from 0; empty where there is no room. Arguments as of `fronts`."""

    def across(values: Sequence[float], cells: int) -> tuple[Scale, list[Tick]]:
        ticks = steps([0.0, max(values)], 3 * cells // TICK_ROOM)
        return Scale(0.0, max(values), cells), [tick for tick in ticks if tick.at <= max(values)]

    return _drawn(series, width, height, across, ascii_only=ascii_only)


def _drawn(
    series: Sequence[Series],
    width: int,
    height: int,
    across: Callable[[Sequence[float], int], tuple[Scale, list[Tick]]],
    *,
    ascii_only: bool,
) -> str:
    points = [(x, y) for one in series for x, y in one if math.isfinite(x) and math.isfinite(y)]
    if not points or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return ""
    y_ticks = steps([y for _, y in points], height - 2)
    margin = max(len(tick.label) for tick in y_ticks)
    x_scale, x_ticks = across([x for x, _ in points], width - margin - 2)
    canvas = Canvas(x_scale, between(y_ticks, height - 2), ascii_only)
    for letter, one in zip(LETTERS, series, strict=False):
        canvas.marks.update({(canvas.column(x), canvas.row(y)): letter for x, y in one})
    return framed(canvas, x_ticks, y_ticks, ASCII if ascii_only else UNICODE)
