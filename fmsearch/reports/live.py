"""A search on a terminal, while it goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self, final

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from fmsearch.events import Event, Note, Proposed
from fmsearch.reports import figures
from fmsearch.reports.drawing import drawn
from fmsearch.reports.progress import Progress
from fmsearch.reports.views import View
from fmsearch.study import Study

REFRESHES = 4  # a second
WIDE = 100  # from here on, the front and its plot stand side by side
LEAST_PLOT, BEST_PLOT = 8, 16  # lines
LEAST_FRONT = 3


@final
class LiveView(View):
    """Shows how far the search is, what runs, and the front as it stands.

    Args:
        study: what is searched.
        console: the terminal.
        clock: seconds since whenever.
    """

    def __init__(self, study: Study, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._progress = Progress(study, clock)
        self._console = console
        self._lock = threading.Lock()  # the screen is drawn in a thread of its own
        self._live = Live(self, console=console, refresh_per_second=REFRESHES)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the screen as it was, but for a search that did not come to its end: how far it came is seen."""
        self._live.transient = kind is None
        with suppress(OSError):
            self._live.stop()

    def notice(self, event: Event) -> None:
        """Take it in; what a person should know stays on the screen."""
        with self._lock:
            self._progress.notice(event)
        if isinstance(event, Note):
            with suppress(OSError):
                self._console.print(Text(figures.one_line(event.text), style="yellow"))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        with self._lock:
            yield screen(self._progress, options.max_width, console.size.height - 1, ascii_only=options.ascii_only)


def screen(progress: Progress, width: int, height: int, *, ascii_only: bool = False) -> Group:
    """The whole of what there is to see, in so many lines at most."""
    top: list[RenderableType] = [_title(progress), _bar(progress), _counts(progress)]
    running = _running(progress, max(1, height - len(top) - LEAST_FRONT - 3))
    left = height - len(top) - len(running) - 2 * bool(running)
    parts: list[RenderableType] = top
    if running:
        parts += [Text(), _grid(running)]
        left += 1
    if progress.known and left > LEAST_FRONT:
        parts += [Text(), _front(progress, width, left - 2, ascii_only=ascii_only)]
    return Group(*parts)


def _title(progress: Progress) -> Text:
    if progress.members is not None:
        what = f"final stage: {figures.several(len(progress.members), 'model')}, trained again"
    elif progress.proposed is None:
        what = "getting ready"
    else:
        what = f"searching, cohort {progress.proposed.cohort + 1}"
    return Text.assemble((progress.study.name, "bold"), "  ", (what, ""), no_wrap=True, overflow="ellipsis")


def _bar(progress: Progress) -> Table:
    """Epochs trained of epochs planned, and the time."""
    left, about = progress.left(), "" if progress.members is not None else "about "
    planned = "" if progress.planned is None else f" of {about}{progress.planned:,.0f}"
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(ratio=1)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_row(
        ProgressBar(total=1.0, completed=progress.share(), complete_style="cyan"),
        Text(f"{progress.done():,.0f}{planned} epochs"),
        Text.assemble(
            figures.clock(progress.elapsed()),
            ("" if left is None else f", about {figures.rough(left)} left", "bold"),
        ),
    )
    return grid


def _counts(progress: Progress) -> Text:
    proposed = progress.proposed or Proposed(cohort=0, taken=0, rejected=0, repeated=0)
    most = "" if progress.is_limited else f" of {progress.study.budget.candidates:,}"
    told = [f"{proposed.taken:,}{most} candidates taken"]
    told += [f"{proposed.rejected:,} rejected", f"{proposed.repeated:,} repeated"]
    if progress.stored:
        told.append(f"{progress.stored:,} from the store")
    text = Text(", ".join(told), style="dim", no_wrap=True, overflow="ellipsis")
    return text.append(f", {progress.failed:,} failed", style="not dim red") if progress.failed else text


def _running(progress: Progress, most: int) -> list[tuple[Text, ...]]:
    """A row for each evaluation on a worker, those that began first above."""
    now = progress.clock()
    order = sorted(progress.running.values(), key=lambda one: one.since)
    lines: list[tuple[Text, ...]] = [
        (
            Text(one.id, style="cyan"),
            Text(figures.several(one.epochs, "epoch")),
            Text(figures.clock(now - one.since)),
            Text(one.architecture, style="dim", no_wrap=True, overflow="ellipsis"),
        )
        for one in order
    ]
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], (Text(f"and {len(lines) - most + 1} more", style="dim"),)]


def _grid(lines: list[tuple[Text, ...]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for right in (False, True, True):
        grid.add_column(justify="right" if right else "left", no_wrap=True)
    grid.add_column(overflow="ellipsis")
    for line in lines:
        grid.add_row(*line)
    return grid


def _front(progress: Progress, width: int, height: int, *, ascii_only: bool) -> RenderableType:
    """The front as a table, and all results as a plot: beside it, or below if there is room."""
    members = progress.front()
    seen = {number: known.point for number, known in progress.known.items() if known.accuracy is not None}
    points, marked = list(seen.values()), {i for i, number in enumerate(seen) if number in members}
    if width >= WIDE:
        table = _table(progress, members, height, architecture=False)
        room = width - console_width(table) - 4
        both = Table.grid(padding=(0, 4, 0, 0))
        both.add_row(table, drawn(points, marked, room, min(height, BEST_PLOT), ascii_only=ascii_only))
        return both
    below = min(height - min(len(members), height // 2) - 2, BEST_PLOT)
    if below < LEAST_PLOT:
        return _table(progress, members, height, architecture=True)
    plot = drawn(points, marked, width, below, ascii_only=ascii_only)
    return Group(_table(progress, members, height - below - 1, architecture=True), Text(), plot)


def console_width(table: Table) -> int:
    """How wide a table is where there is room."""
    return Console(width=1000).measure(table).maximum


def _table(progress: Progress, members: list[int], height: int, *, architecture: bool) -> Table:
    """The front, smallest first; where it is longer than the room, its most accurate members."""
    unit = figures.UNITS[progress.study.objectives.minimize]
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("front", no_wrap=True)
    for title in ("accuracy", unit, "epochs"):
        table.add_column(title, justify="right", no_wrap=True)
    if architecture:
        table.add_column("architecture", overflow="ellipsis")
    room = max(height - 1, 1)
    shown = members if len(members) <= room else members[len(members) - room + 1 :]
    if len(shown) < len(members):
        table.add_row(Text(f"{len(members) - len(shown)} smaller", style="dim"))
    for number in shown:
        known = progress.known[number]
        cells = [known.id, figures.accuracy(known.accuracy), f"{known.size:,}", str(known.epochs), known.architecture]
        styles = ["cyan", "bold green", "", "dim", "dim"]
        texts = [
            Text(cell, style=style, no_wrap=True, overflow="ellipsis")
            for cell, style in zip(cells, styles, strict=True)
        ]
        table.add_row(*texts[: len(table.columns)])
    return table
