"""Plots with colours."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.text import Text

from fmsearch.pareto import Point
from fmsearch.reports.plot import ASCII, UNICODE, scatter

MARK, DOT, AXIS = "bold green", "blue", "dim"
_DOTS, _ASCII_DOTS = f"[{UNICODE.other}\u2800-\u28ff]+", r"(?<!\d)\."


def drawn(
    points: Sequence[Point], front: Collection[int], width: int, height: int, *, ascii_only: bool = False
) -> Text:
    """`scatter`, with the front's members in green, joined by a quiet line."""
    return coloured(scatter(points, front, width, height, ascii_only=ascii_only), ascii_only=ascii_only)


def coloured(plot: str, *, ascii_only: bool = False) -> Text:
    """A plot with its marks and dots in colour, the rest quiet."""
    text = Text(plot, style=AXIS, no_wrap=True)
    text.highlight_regex(_ASCII_DOTS if ascii_only else _DOTS, f"not dim {DOT}")
    text.highlight_words([(ASCII if ascii_only else UNICODE).mark], f"not dim {MARK}")
    return text
