"""Facts about a run, kept by name."""

from __future__ import annotations

from typing import Any, Protocol


class Facts(Protocol):
    """Where a run that goes on finds what it noted."""

    def note(self, name: str, value: Any) -> None:
        """Remember a fact, anything JSON can hold."""

    def fact(self, name: str) -> Any:
        """A fact; None if it was never noted."""
