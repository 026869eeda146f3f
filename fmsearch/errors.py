"""Errors of the application: one short paragraph for a person, and the exit code that goes with it."""

from __future__ import annotations

import re

FAILED = 1
WRONG_INPUT = 2
INTERRUPTED = 130
PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]*@")
PARAMETER = re.compile(r"([?&][\w-]*(?:password|passwd|secret|token|key)[\w-]*=)[^&#\s'\"]*", re.IGNORECASE)


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
        return masked(f"{self.what} {self.fix}".rstrip())


class InputError(FmsearchError):
    """A study file, a path or an option is wrong."""

    exit_code = WRONG_INPUT


def sentence(text: str) -> str:
    """What somebody else's error says, as one sentence: on one line, with one full stop."""
    return f"{' '.join(text.split()).rstrip('. ')}."


def masked(text: str) -> str:
    """A text without the passwords that addresses in it carry: people send messages to others."""
    return PARAMETER.sub(r"\1***", PASSWORD.sub(r"\1:***@", text))
