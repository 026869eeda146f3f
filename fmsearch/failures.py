"""When to stop: many failures in a row with one cause are no bad luck."""

from __future__ import annotations

import re

from fmsearch.errors import FmsearchError, sentence
from fmsearch.evaluation import Result

IN_A_ROW = 10


class Failures:
    """Counts them in the order of the candidates, so that what finished first has no say in where a study stops."""

    def __init__(self) -> None:
        self._first: dict[int, Result] = {}
        self._next = 0
        self._cause = ""
        self._row = 0

    def count(self, number: int, result: Result) -> None:
        """Look at a result of a candidate; of several, the first counts.

        Raises:
            FmsearchError: so many candidates in a row failed with one cause.
        """
        if number < self._next or number in self._first:
            return
        self._first[number] = result
        while self._next in self._first:
            self._follow(self._first.pop(self._next))
            self._next += 1

    def _follow(self, result: Result) -> None:
        cause = re.sub(r"\d+", "#", result.reason) if result.status == "failed" else ""
        self._row = self._row + 1 if cause and cause == self._cause else bool(cause)
        self._cause = cause
        if self._row == IN_A_ROW:
            what = f"{IN_A_ROW} candidates in a row failed for the same reason, the last one with"
            raise FmsearchError(
                f"{what}: {sentence(result.reason)}",
                "Fix it and run the study again, without --fresh: what succeeded is kept. If it is the study that must "
                "change, name another folder with --out, or begin anew with --fresh.",
            )
