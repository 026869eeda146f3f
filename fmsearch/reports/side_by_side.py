"""Runs side by side, for a terminal: tables and plots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fmsearch.reports import figures, overlay
from fmsearch.reports.comparison import Comparison, Standing, at, places, until
from fmsearch.reports.history import History, Moment
from fmsearch.reports.output import Fitted, ruled

PLOT_WIDTH, PLOT_HEIGHT = 100, 14
DAWN = 0.05  # share of the longest run
ABSENT = "-"


def side_by_side(comparison: Comparison) -> RenderableType:
    """Where the runs stand, their fronts, how they grew, and what differs between their studies."""
    return Fitted(partial(_page, comparison))


def _page(comparison: Comparison, width: int, *, ascii_only: bool) -> Group:
    letters = overlay.LETTERS[: len(comparison.runs)]
    unit, moments = figures.UNITS[comparison.objective], comparison.moments()
    fronts = [[(row.counted, row.accuracy or 0.0) for row in run.front] for run in comparison.runs]
    scores = [[(moment.seconds / figures.MINUTE, moment.score) for moment in one] for one in _later(moments)]
    fronts_plot, growth_plot = (
        Text(draw(series, min(width, PLOT_WIDTH), PLOT_HEIGHT, ascii_only=ascii_only), no_wrap=True)
        for draw, series in ((overlay.fronts, fronts), (overlay.growth, scores))
    )
    table = partial(_table, letters, ascii_only=ascii_only)
    parts: list[tuple[str, RenderableType]] = [
        ("runs", _names(letters, comparison.runs)),
        ("where they stand", _standings(comparison.standings(), ascii_only=ascii_only)),
        (f"the best up to each number of {unit}: validation accuracy, test accuracy", table(*_fronts(comparison))),
        (f"validation accuracy against {unit}", fronts_plot),
        (
            "by number of trainings: front score, hypervolume",
            table(*_growth(moments, "trainings", "{:,.0f}".format)),
        ),
        ("by training time: front score, hypervolume", table(*_growth(moments, "seconds", figures.duration))),
        ("front score against minutes of training", growth_plot),
        ("what differs between the studies", _differences(comparison, table)),
    ]
    told = [piece for title, part in parts for piece in (Text(title, style="bold"), Text(), part, Text())]
    return Group(*told, Text(_caption(comparison), style="dim"))


def _names(letters: str, runs: Sequence[History]) -> Text:
    """Which run each letter means: their folders may have long names, for which a table has no room."""
    return Text("\n".join(f"{letter}  {run.name}" for letter, run in zip(letters, runs, strict=True)))


def _standings(standings: Sequence[Standing], *, ascii_only: bool) -> Table:
    grid = ruled(ascii_only=ascii_only)
    grid.add_column("")
    for title in ("candidates", "trainings", "time", "on the front", "hypervolume", "front score", "on test"):
        grid.add_column(title, justify="right", no_wrap=True)
    best = max(standing.score for standing in standings)
    for letter, one in zip(overlay.LETTERS, standings, strict=False):
        grid.add_row(
            letter,
            f"{one.candidates:,}",
            f"{one.trainings:,}",
            figures.duration(one.seconds),
            str(one.front),
            f"{one.hypervolume:.4f}",
            Text(figures.accuracy(one.score), style="bold green" if one.score == best else ""),
            figures.accuracy(one.test_score),
        )
    return grid


def _fronts(comparison: Comparison) -> tuple[str, list[tuple[str, list[str]]]]:
    def told(run: History, size: int) -> str:
        row = at(run.front, size)
        return _pair(row.accuracy, row.test_accuracy) if row else ABSENT

    return "size", [(f"{size:,}", [told(run, size) for run in comparison.runs]) for size in comparison.budgets()]


def _growth(
    moments: Sequence[Sequence[Moment]], by: str, written: Callable[[Any], str]
) -> tuple[str, list[tuple[str, list[str]]]]:
    where = places(moments, by)

    def told(one: Sequence[Moment], before: float, place: float) -> str:
        has_ended = getattr(one[-1], by) <= before
        moment = None if has_ended else until(one, by, place)
        return _pair(moment.score, moment.hypervolume) if moment else ABSENT

    rows = [
        (written(place), [told(one, before, place) for one in moments])
        for before, place in zip([0.0, *where], where, strict=False)
    ]
    return by, rows


def _later(moments: Sequence[Sequence[Moment]]) -> list[list[Moment]]:
    """Without the first few, whose low scores would leave the rest of a plot no room."""
    start = DAWN * max(one[-1].seconds for one in moments)
    return [[moment for moment in one if moment.seconds >= start] for one in moments]


def _differences(comparison: Comparison, table: Callable[..., Table]) -> RenderableType:
    differences = comparison.differences()
    if not differences:
        return Text("nothing")
    return table("key", [(key, [_written(value) for value in values]) for key, values in differences], right=False)


def _table(
    letters: str, first: str, rows: Sequence[tuple[str, Sequence[str]]], *, ascii_only: bool, right: bool = True
) -> Table:
    """A row a place, a column a run."""
    grid = ruled(ascii_only=ascii_only)
    grid.add_column(first, justify="right" if right else "left", no_wrap=right)
    for letter in letters:
        grid.add_column(
            letter, justify="right" if right else "left", no_wrap=right, overflow="ellipsis" if right else "fold"
        )
    for name, cells in rows:
        grid.add_row(name, *map(Text, cells))
    return grid


def _pair(first: float | None, second: float | None) -> str:
    return f"{figures.accuracy(first)}  {figures.accuracy(second)}".rstrip()


def _written(value: Any) -> str:
    """A value of a study as YAML would have it, in one line."""
    match value:
        case None:
            return ABSENT
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def _caption(comparison: Comparison) -> str:
    scope, unit = comparison.scope, figures.UNITS[comparison.objective]
    told = (
        f"Front score: the mean accuracy of the best model that fits, over sizes from {scope.low:,.0f} to "
        f"{scope.high:,.0f} {unit} spread evenly by their logarithm; {scope.chance:.2g} where none fits. Hypervolume: "
        "the area above that, in accuracy times decades. Times are those of all trainings, one after another."
    )
    if comparison.same_images:
        return told
    return f"{told}\nThe runs were trained on different images: their accuracies cannot be compared."
