"""What every executor does: run calls somewhere, and hand back what came of them. It knows nothing of training."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Call:
    """A function, as `module:name`, and the text it is given; it answers with text.

    Attributes:
        seconds: how long it may take; what has not answered by then is ended. An executor that runs calls in this very
            process cannot end them.
    """

    function: str
    argument: str
    seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call.

    Attributes:
        value: the answer; None if there was none.
        error: why there was none.
        external: whether the fault lies outside the call (its process died), so that another try may do better.
    """

    value: str | None = None
    error: str = ""
    external: bool = False


class Executor(Protocol):
    """Runs up to `workers` calls at a time. Outcomes may come in any order."""

    @property
    def workers(self) -> int:
        """How many calls run side by side; `submit` no more before their outcomes are taken."""

    def warm(self, function: str) -> None:
        """Let a worker get ready before the first call, if it can: it calls this function with an empty text."""

    def submit(self, ticket: int, call: Call) -> None:
        """Start a call; its outcome comes back under the ticket."""

    def next(self, timeout: float | None = None) -> tuple[int, Outcome] | None:
        """The next outcome; waits for one, but no longer than `timeout` seconds, then None."""

    def close(self) -> None:
        """End all that runs, at once; a second time does nothing."""


def resolve(function: str) -> Callable[[str], str]:
    """The function that `module:name` means."""
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]  # text in, text out by contract


def run(call: Call) -> Outcome:
    """Run a call here and now; an exception becomes an outcome."""
    try:
        return Outcome(value=resolve(call.function)(call.argument))
    except Exception as error:  # noqa: BLE001  # whatever a call raises is its outcome, not this process's end
        return Outcome(error=f"{type(error).__name__}: {error}".rstrip(": "))
