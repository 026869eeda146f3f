"""Small plots in characters: accuracy against size, and a curve over epochs."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from fmsearch.pareto import Point, log_size
from fmsearch.reports.figures import MARK, short

LEAST_WIDTH, LEAST_HEIGHT = 24, 5
_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row and column of a braille cell
_ACROSS, _DOWN = 2, 4
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Glyphs:
    """The characters of a plot: marks of the front and of others, lines of a staircase, axes."""

    mark: str
    other: str
    flat: str
    rise: str
    turn: str
    corner: str
    axis: str
    floor: str
    tick_left: str
    tick_below: str


UNICODE = Glyphs(
    mark=MARK, other="•", flat="─", rise="│", turn="╯", corner="└", axis="│", floor="─", tick_left="┤", tick_below="┬"
)
ASCII = Glyphs(
    mark="*", other=".", flat="-", rise="|", turn="'", corner="+", axis="|", floor="-", tick_left="+", tick_below="+"
)


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what is written there."""

    at: float
    label: str


@dataclass(frozen=True)
class Scale:
    """From values `low` to `high` onto `cells` characters."""

    low: float
    high: float
    cells: int

    def dot(self, value: float, dots: int) -> int:
        """The place of a value, with so many places a character."""
        places = self.cells * dots
        share = (value - self.low) / (self.high - self.low)
        return min(max(round(share * (places - 1)), 0), places - 1)


@dataclass
class Canvas:
    """Characters in a frame: whole ones, and dots where there are none.

    Args:
        x: the scale across.
        y: the scale upwards.
        ascii_only: whether dots are full stops, not braille.
    """

    x: Scale
    y: Scale
    ascii_only: bool
    marks: dict[tuple[int, int], str] = field(default_factory=dict)
    dots: dict[tuple[int, int], int] = field(default_factory=dict)

    def column(self, x: float) -> int:
        """The column of characters that a value stands in."""
        return self.x.dot(x, _ACROSS) // _ACROSS

    def row(self, y: float) -> int:
        """The row of characters that a value stands in, counted from below."""
        return self.y.dot(y, _DOWN) // _DOWN

    def dot(self, column: int, row: int) -> None:
        """A dot at a place among dots, counted from the lower left."""
        cell = (column // _ACROSS, row // _DOWN)
        bit = _DOTS[_DOWN - 1 - row % _DOWN][column % _ACROSS]
        self.dots[cell] = self.dots.get(cell, 0) | bit

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Dots from one point to another."""
        left, low = self.x.dot(start[0], _ACROSS), self.y.dot(start[1], _DOWN)
        right, high = self.x.dot(end[0], _ACROSS), self.y.dot(end[1], _DOWN)
        steps = max(abs(right - left), abs(high - low), 1)
        for step in range(steps + 1):
            self.dot(left + round((right - left) * step / steps), low + round((high - low) * step / steps))

    def rows(self) -> Iterator[str]:
        """The lines of characters, from the top."""
        for row in reversed(range(self.y.cells)):
            yield "".join(self._character((column, row)) for column in range(self.x.cells))

    def _character(self, cell: tuple[int, int]) -> str:
        if cell in self.marks:
            return self.marks[cell]
        if cell not in self.dots:
            return " "
        return "." if self.ascii_only else chr(_BRAILLE | self.dots[cell])


def scatter(
    points: Sequence[Point],
    front: Collection[int],
    width: int,
    height: int,
    *,
    ascii_only: bool = False,
) -> str:
    """Accuracy against size, sizes evenly by their logarithm; empty where there is no room or nothing to show.

    Args:
        points: the models.
        front: positions of the front's members, which are marked and joined by a staircase.
        width: of the whole plot, in characters.
        height: of the whole plot, in lines.
        ascii_only: whether to do without other characters.
    """
    shown = {i: point for i, point in enumerate(points) if math.isfinite(point.size) and math.isfinite(point.accuracy)}
    if not shown or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return ""
    sizes = [log_size(point.size) for point in shown.values()]
    y_ticks = steps([point.accuracy for point in shown.values()], height - 2)
    margin = max(len(tick.label) for tick in y_ticks)
    canvas = Canvas(scale(sizes, width - margin - 2, spare=0.03), between(y_ticks, height - 2), ascii_only)
    glyphs = ASCII if ascii_only else UNICODE
    for point in shown.values():
        canvas.marks[canvas.column(log_size(point.size)), canvas.row(point.accuracy)] = glyphs.other
    _staircase(canvas, sorted(shown[i] for i in front if i in shown), glyphs)
    return framed(canvas, decades(min(sizes), max(sizes)), y_ticks, glyphs)


def curve(values: Sequence[float], width: int, height: int, *, ascii_only: bool = False) -> str:
    """Values epoch by epoch, the first at 1; empty where there is no room or nothing to show."""
    shown = [(epoch, value) for epoch, value in enumerate(values, start=1) if math.isfinite(value)]
    if not shown or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return ""
    y_ticks = steps([value for _, value in shown], height - 2)
    margin = max(len(tick.label) for tick in y_ticks)
    last = max(len(values), 2)
    canvas = Canvas(Scale(1, last, width - margin - 2), between(y_ticks, height - 2), ascii_only)
    for before, after in zip(shown, shown[1:] or shown, strict=False):
        canvas.line(before, after)
    return framed(canvas, _epochs(len(values), (width - margin) // 10), y_ticks, ASCII if ascii_only else UNICODE)


def steps(values: Sequence[float], room: int) -> list[Tick]:
    """Round numbers evenly spaced around values: two at least, and about one to three lines of `room`."""
    low, high = min(values), max(values)
    if high - low < 1e-9:  # noqa: PLR2004  # rounding
        low, high = low - abs(low) * 0.05 - 1e-3, high + abs(high) * 0.05 + 1e-3
    rough = (high - low) / max(room / 3, 1)
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next((factor * unit for factor in _STEPS if factor * unit >= rough), 10 * unit)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [Tick(i * step, f"{i * step:.{places}f}") for i in range(first, last + 1)]


def _epochs(last: int, most: int) -> list[Tick]:
    """The first epoch and round ones after it."""
    inner = [tick.at for tick in steps([0, last], 3 * most) if 1 < tick.at <= last and tick.at.is_integer()]
    return [Tick(at, f"{at:.0f}") for at in (1.0, *inner)]


def scale(values: Sequence[float], cells: int, spare: float) -> Scale:
    """A scale that holds all values, with some room at both ends."""
    low, high = min(values), max(values)
    room = (high - low) * spare or 0.5
    return Scale(low - room, high + room, cells)


def between(ticks: Sequence[Tick], cells: int) -> Scale:
    """From the first tick to the last."""
    return Scale(ticks[0].at, ticks[-1].at, cells)


def decades(low: float, high: float) -> list[Tick]:
    """Ticks for sizes: powers of ten; between two of them, 2 and 5 of each; else the ends."""
    exponents = range(math.floor(low), math.ceil(high) + 1)
    tens = [float(exponent) for exponent in exponents]
    fine = [exponent + math.log10(factor) for exponent in exponents for factor in _STEPS]
    for ticks in (tens, fine):
        inside = [at for at in ticks if low - 0.01 <= at <= high + 0.01]
        if len(inside) > 1:
            return [Tick(at, short(10**at)) for at in inside]
    return [Tick(at, short(10**at)) for at in sorted({low, high})]


def _staircase(canvas: Canvas, members: Sequence[Point], glyphs: Glyphs) -> None:
    """The border of what the front dominates: right from each member, then up to the next."""
    cells = [(canvas.column(log_size(point.size)), canvas.row(point.accuracy)) for point in members]
    for (left, low), (right, high) in pairwise(cells):
        canvas.marks.update({(column, low): glyphs.flat for column in range(left, right)})
        canvas.marks.update({(right, row): glyphs.rise for row in range(low, high)})
        canvas.marks[right, low] = glyphs.turn if high > low else glyphs.flat
    canvas.marks.update(dict.fromkeys(cells, glyphs.mark))


def framed(canvas: Canvas, x_ticks: Sequence[Tick], y_ticks: Sequence[Tick], glyphs: Glyphs) -> str:
    """The canvas between its axes."""
    margin = max(len(tick.label) for tick in y_ticks)
    at_row = {canvas.row(tick.at): tick.label for tick in y_ticks}
    lines = []
    for row, text in zip(reversed(range(canvas.y.cells)), canvas.rows(), strict=True):
        label = at_row.get(row, "")
        lines.append(f"{label:>{margin}} {glyphs.tick_left if label else glyphs.axis}{text}".rstrip())
    floor, labels = _below(canvas, x_ticks, glyphs)
    return "\n".join([*lines, f"{'':{margin}} {glyphs.corner}{floor}", f"{'':{margin}}  {labels}".rstrip()])


def _below(canvas: Canvas, ticks: Sequence[Tick], glyphs: Glyphs) -> tuple[str, str]:
    """The axis below and its labels; a label for which there is no room is left out with its tick."""
    floor, labels, free = [glyphs.floor] * canvas.x.cells, [" "] * canvas.x.cells, 0
    for tick in ticks:
        column = canvas.column(tick.at)
        start = min(max(column - len(tick.label) // 2, 0), canvas.x.cells - len(tick.label))
        if start >= free:
            floor[column] = glyphs.tick_below
            labels[start : start + len(tick.label)] = tick.label
            free = start + len(tick.label) + 2
    return "".join(floor), "".join(labels)
