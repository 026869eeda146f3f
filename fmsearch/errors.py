"""Errors of the application: one short paragraph for a person, and the exit code that goes with it."""

from __future__ import annotations

FAILED = 1
WRONG_INPUT = 2
INTERRUPTED = 130


class FmsearchError(Exception):
    """The work failed.

    Args:
        what: what happened.
        fix: what was expected and how to mend it.
    """

    exit_code = FAILED

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what, fix)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what} {self.fix}".rstrip()


class InputError(FmsearchError):
    """A study file, a path or an option is wrong."""

    exit_code = WRONG_INPUT
