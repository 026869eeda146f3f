"""Those who watch a search: on a terminal live, elsewhere in plain lines, or not at all."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from types import TracebackType
from typing import Self, TextIO, final

from fmsearch.events import Event, FinalStage, Finished, Note, Proposed
from fmsearch.reports import figures
from fmsearch.reports.progress import Progress
from fmsearch.reports.rows import ID_LENGTH
from fmsearch.study import Study


class View(ABC):
    """Watches a search while its `with` block lasts."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Most views have nothing left to do."""
        return

    @abstractmethod
    def notice(self, event: Event) -> None:
        """Something happened."""


@final
class QuietView(View):
    """Looks away."""

    def notice(self, event: Event) -> None:
        """Pass over what happened."""


@final
class PlainView(View):
    """Writes a line for each evaluation, cohort and stage.

    Args:
        study: what is searched.
        stream: where the lines go.
    """

    def __init__(self, study: Study, stream: TextIO) -> None:
        self._study = study
        self._stream = stream
        self._progress = Progress(study)

    def notice(self, event: Event) -> None:
        """Write a line about it, unless it is a beginning. A reader who has gone is no reason to stop the search."""
        self._progress.notice(event)
        if line := self._line(event):
            encoding = self._stream.encoding or "utf-8"
            with suppress(OSError, ValueError):
                self._stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
                self._stream.flush()

    def _line(self, event: Event) -> str:
        match event:
            case Proposed(cohort, taken, rejected, repeated):
                return (
                    f"cohort {cohort + 1}: {figures.several(taken, 'candidate')} taken so far, "
                    f"{figures.several(rejected, 'proposal')} rejected, {repeated:,} repeated"
                )
            case FinalStage(numbers):
                final, is_limited = self._study.final, self._study.budget.is_limited
                each = "epochs as the limit allows" if is_limited else figures.several(final.epochs, "epoch")
                models, seeds = figures.several(len(numbers), "model"), figures.several(final.seeds, "seed")
                return f"final stage: {models}, {each}, {seeds}"
            case Note(text):
                return f"note: {figures.one_line(text)}"
            case Finished():
                return f"[{self._count()}] {self._outcome(event)}"
            case _:
                return ""

    def _count(self) -> str:
        if self._progress.total is None:
            return str(self._progress.finished)
        total = str(self._progress.total)
        return f"{self._progress.finished:>{len(total) + 1}}/{total}"

    def _outcome(self, event: Finished) -> str:
        result, epochs = event.result, figures.several(event.evaluation.epochs, "epoch")
        head = f"{event.candidate.digest[:ID_LENGTH]}  {epochs:>9}"
        if result.status == "failed":
            return f"{head}  failed: {figures.one_line(result.reason) or 'no reason given'}"
        test = "" if result.test_accuracy is None else f"  test {figures.accuracy(result.test_accuracy)}"
        size = f"{event.size:>7,} {figures.UNITS[self._study.objectives.minimize]}"
        took = "stored" if event.stored else figures.duration(result.seconds)
        return f"{head}  acc {figures.accuracy(result.accuracy)}{test}  {size}  {took}"


def view(study: Study, *, quiet: bool = False, stream: TextIO | None = None) -> View:
    """Who watches a search.

    Args:
        study: what is searched.
        quiet: whether nobody does.
        stream: where a view shows what it sees; standard output if None.
    """
    stream = sys.stdout if stream is None else stream
    if quiet:
        return QuietView()

    from fmsearch.reports import output

    if not output.is_terminal(stream):
        return PlainView(study, stream)

    from fmsearch.reports.live import LiveView

    return LiveView(study, output.terminal(stream))
