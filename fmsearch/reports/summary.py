"""What a person sees when a run has come to its end."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from functools import partial

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fmsearch.pareto import Point
from fmsearch.reports import figures, leaderboard
from fmsearch.reports.drawing import drawn
from fmsearch.reports.output import Fitted
from fmsearch.reports.rows import Row
from fmsearch.run_folder import RunFolder

PLOT_WIDTH, PLOT_HEIGHT = 100, 14


def summary(rows: Sequence[Row], folder: RunFolder, objective: str = "parameters") -> RenderableType:
    """The front, where it lies, and the commands that go on from there.

    Args:
        rows: the leaderboard, by rank.
        folder: of the run.
        objective: what the study keeps small.
    """
    return Fitted(partial(_page, rows, folder, objective))


def _page(
    rows: Sequence[Row],
    folder: RunFolder,
    objective: str,
    width: int,
    *,
    ascii_only: bool,
) -> Group:
    front = [row for row in rows if row.on_front]
    table = leaderboard.table(front, width, objective=objective, ascii_only=ascii_only)
    table.caption = None
    known = [row for row in rows if row.accuracy is not None]
    plot = drawn(
        [Point(row.size, row.accuracy or 0.0) for row in known],
        {i for i, row in enumerate(known) if row.on_front},
        min(width, PLOT_WIDTH),
        PLOT_HEIGHT,
        ascii_only=ascii_only,
    )
    scale = Text(f"validation accuracy against {figures.UNITS[objective]}", style="dim")
    return Group(_told(rows, front), Text(), table, Text(), scale, plot, Text(), _next(folder))


def _told(rows: Sequence[Row], front: Sequence[Row]) -> Text:
    trainings = sum(len(row.uses) for row in rows)
    seconds = sum(row.seconds for row in rows)
    return Text.assemble(
        (f"{figures.several(len(front), 'model')} on the front", "bold"),
        f" of {figures.several(len(rows), 'candidate')}; ",
        f"{figures.several(trainings, 'training')}, {figures.duration(seconds)} of training",
    )


def _next(folder: RunFolder) -> Table:
    """What may be done with the run."""
    run = shlex.quote(str(folder.path))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("run folder", Text(str(folder.path)))
    for what, command in (
        ("all models", f"fmsearch leaderboard {run}"),
        ("best model", f"fmsearch show {run}"),
        ("export it", f"fmsearch export {run} --best --to best.keras"),
    ):
        grid.add_row(what, Text(command, style="cyan"))
    return grid
