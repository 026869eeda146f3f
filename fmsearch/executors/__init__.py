"""Where calls run: in this process, or in processes of their own."""

from __future__ import annotations

from pathlib import Path

from fmsearch.errors import InputError
from fmsearch.executors.base import Call, Executor, Outcome
from fmsearch.executors.cores import cores
from fmsearch.executors.inline import InlineExecutor
from fmsearch.executors.processes import ProcessExecutor

NAMES = ("processes", "inline")

__all__ = ["NAMES", "Call", "Executor", "Outcome", "cores", "make"]


def make(name: str, workers: int, log: Path | None = None) -> Executor:
    """The executor of a name, with so many workers.

    Raises:
        InputError: there is none of that name, or it cannot have so many workers.
    """
    if name == "processes":
        return ProcessExecutor(workers, log)
    if name != "inline":
        raise InputError(f"There is no executor '{name}'.", f"Expected {' or '.join(NAMES)}.")
    if workers > 1:
        raise InputError(
            f"The inline executor cannot have {workers} workers.", "Leave --workers out, or use processes."
        )
    return InlineExecutor()
