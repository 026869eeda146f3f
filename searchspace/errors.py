"""Errors of the search space: each carries the object at fault and says what would be right."""

from __future__ import annotations


class SearchSpaceError(ValueError):
    """Something about a space, a candidate or a layer is impossible.

    Args:
        what: what happened, in one sentence.
        fix: what was expected, or how to mend it.
        culprit: the object at fault; `str(error)` prints it.
    """

    def __init__(self, what: str, *, fix: str = "", culprit: object = None) -> None:
        super().__init__(what, fix, culprit)
        self.what = what
        self.fix = fix
        self.culprit = culprit

    def __str__(self) -> str:
        parts = [self.what, self.fix, "" if self.culprit is None else f"(in {self.culprit!r})"]
        return " ".join(part for part in parts if part)


class DomainError(SearchSpaceError):
    """A value is missing or not in its domain, or a continuum is enumerated."""


class InfeasibleError(SearchSpaceError):
    """A layer cannot be applied to the image it is given."""


class OwnCodeError(SearchSpaceError):
    """Code of a user's own failed, or gave what it must not."""
