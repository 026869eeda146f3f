"""Calls run in this process, one after another: for the debugger, and where processes cannot be started."""

from __future__ import annotations

from collections import deque
from typing import final

from fmsearch.executors.base import Call, Outcome, run


@final
class InlineExecutor:
    """Runs each call when its outcome is asked for."""

    workers = 1

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, Call]] = deque()

    def warm(self, function: str) -> None:
        """Nothing: this process has other work."""
        del function

    def submit(self, ticket: int, call: Call) -> None:
        """Take a call."""
        self._waiting.append((ticket, call))

    def next(self, timeout: float | None = None) -> tuple[int, Outcome] | None:
        """Run the oldest call to its end, however long that takes."""
        del timeout
        if not self._waiting:
            return None
        ticket, call = self._waiting.popleft()
        return ticket, run(call)

    def close(self) -> None:
        """Forget what has not run."""
        self._waiting.clear()
