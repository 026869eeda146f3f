"""The leaderboard: as data (JSON, CSV, Markdown) and as a table for a terminal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fmsearch.reports import figures
from fmsearch.reports.rows import Row

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

FIELDS = (
    "rank",
    "id",
    "on_front",
    "status",
    "accuracy",
    "test_accuracy",
    "test_accuracy_std",
    "parameters",
    "macs",
    "memory",
    "size",
    "epochs",
    "seconds",
    "architecture",
    "reason",
)


def render(rows: Sequence[Row], format: str, top: int | None = None) -> str:  # noqa: A002  # the option's own name
    """The leaderboard as data, every field of every row.

    Args:
        rows: the rows, by rank.
        format: `json`, `csv` or `markdown`.
        top: how many to show; all if None.
    """
    return {"json": _json, "csv": _csv, "markdown": _markdown}[format]([_record(row) for row in rows[:top]])


def _record(row: Row) -> dict[str, Any]:
    return {field: getattr(row, field) for field in FIELDS}


def _json(records: Sequence[dict[str, Any]]) -> str:
    return json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _csv(records: Sequence[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({field: _as_json(value) for field, value in record.items()} for record in records)
    return file.getvalue()


def _as_json(value: object) -> object:
    """Truth values as JSON writes them; all else as it is."""
    return str(value).lower() if isinstance(value, bool) else value


def _markdown(records: Sequence[dict[str, Any]]) -> str:
    """A table that is aligned in its source, too."""
    cells = [[_cell(field, record[field]) for field in FIELDS] for record in records]
    is_number = [field not in {"id", "on_front", "status", "architecture", "reason"} for field in FIELDS]
    widths = [max([len(field), 3, *(len(row[i]) for row in cells)]) for i, field in enumerate(FIELDS)]
    widths[-1] = len(FIELDS[-1])  # the last column ends as its text does
    rule = [f"{'-' * (width - 1)}:" if right else "-" * width for width, right in zip(widths, is_number, strict=True)]

    def line(row: Sequence[str]) -> str:
        padded = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, is_number, strict=True)
        ]
        return f"| {' | '.join(padded)} |\n"

    return "".join(map(line, [FIELDS, rule, *cells]))


def _cell(field: str, value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else ""
        case float():
            return f"{value:.1f}" if field == "seconds" else f"{value:.4f}"
        case int():
            return f"{value:,}"
        case _:
            return figures.one_line(str(value)).replace("|", "\\|")


@dataclass(frozen=True)
class Column:
    """A column of the table on a terminal.

    Attributes:
        title: its heading.
        cell: its text for a row.
        front: the style of the front's cells.
        rest: the style of all others.
        right: whether figures are aligned at the right.
        from_width: how wide the terminal must be to show it.
    """

    title: str
    cell: Callable[[Row], str]
    front: str = ""
    rest: str = ""
    right: bool = True
    from_width: int = 0


LEAST_FOR_ARCHITECTURE = 72
STATUS_STYLES = {"failed": "red", "waiting": "dim"}
OBJECTIVES = {
    "parameters": Column("parameters", lambda row: f"{row.parameters:,}", front="bold", from_width=100),
    "macs": Column("MACs", lambda row: f"{row.macs:,}", from_width=100),
    "memory": Column("memory", lambda row: f"{row.memory:,}", from_width=140),
}
TEST = Column("test", lambda row: figures.spread(row.test_accuracy, row.test_accuracy_std), front="bold", from_width=48)
COLUMNS = (
    Column("", lambda row: figures.MARK if row.on_front else "", front="green", right=False),
    Column("rank", lambda row: str(row.rank), front="dim", rest="dim", from_width=56),
    Column("id", lambda row: row.id, front="cyan", right=False),
    Column("accuracy", lambda row: figures.accuracy(row.accuracy), front="bold green"),
)
DETAILS = (
    Column("epochs", lambda row: str(row.epochs or ""), from_width=90, rest="dim"),
    Column("time", lambda row: figures.duration(row.seconds) if row.epochs else "", from_width=120, rest="dim"),
)


def table(
    rows: Sequence[Row],
    width: int = 80,
    *,
    top: int | None = None,
    objective: str = "parameters",
    ascii_only: bool = False,
) -> Table:
    """The leaderboard for a terminal: the front first, with a mark; then the rest.

    Args:
        rows: the rows, by rank.
        width: of the terminal; a wide one shows more columns.
        top: how many to show; all if None.
        objective: what the study keeps small; its column is always there.
        ascii_only: whether to do without other characters.
    """
    from fmsearch.reports.output import ruled

    shown = rows[:top]
    columns = _columns(shown, objective, width)
    grid = ruled(ascii_only=ascii_only)
    for column in columns:
        grid.add_column(column.title, justify="right" if column.right else "left", no_wrap=True)
    if width >= LEAST_FOR_ARCHITECTURE:
        grid.add_column("architecture", overflow="fold")
    for row in shown:
        if not row.on_front and grid.rows and shown[grid.row_count - 1].on_front:
            grid.add_section()
        cells = [*(_text(column, row, ascii_only=ascii_only) for column in columns), _architecture(row)]
        grid.add_row(*cells[: len(grid.columns)])
    grid.show_header = bool(shown)
    grid.caption = figures.spelled(_caption(rows, shown), ascii_only=ascii_only)
    return grid


def _columns(rows: Sequence[Row], objective: str, width: int) -> list[Column]:
    """Those that there is something to show in, and room for."""
    tested = (TEST,) if any(row.test_accuracy is not None for row in rows) else ()
    goal = OBJECTIVES[objective]
    columns = [*COLUMNS, *tested, *OBJECTIVES.values(), *DETAILS]
    return [column for column in columns if column is goal or column.from_width <= width]


def _text(column: Column, row: Row, *, ascii_only: bool) -> Text:
    from rich.text import Text

    style = column.front if row.on_front else column.rest
    return Text(figures.spelled(column.cell(row), ascii_only=ascii_only), style=style)


def _architecture(row: Row) -> Text:
    """The architecture, whole for the front and to the line's end for others; or what became of it."""
    from rich.text import Text

    if row.status in STATUS_STYLES:
        words = f"{row.status}: {figures.one_line(row.reason)}" if row.reason else row.status
        return Text(words, style=STATUS_STYLES[row.status], overflow="ellipsis", no_wrap=True)
    if row.on_front:
        return Text(row.architecture)
    return Text(row.architecture, style="dim", overflow="ellipsis", no_wrap=True)


def _caption(rows: Sequence[Row], shown: Sequence[Row]) -> str:
    if not rows:
        return "No candidates yet."
    told = f"\n{figures.MARK} on the front: no other model of the same stage is both as small and as accurate"
    return told if len(shown) == len(rows) else f"{told} ({len(shown):,} of {len(rows):,} shown)"
