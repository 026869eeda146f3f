"""How long a run has taken, all its sittings together."""

from __future__ import annotations

import time

from fmsearch.facts import Facts


class Clock:
    """Counts the seconds of a run; an earlier sitting's are found in its facts.

    Args:
        facts: of the run.
        start: when this sitting began, in `time.monotonic()`.
        anew: whether nothing of the earlier sittings is of use.
    """

    def __init__(self, facts: Facts, start: float, *, anew: bool = False) -> None:
        self.is_anew = anew
        self._facts = facts
        self._start = start - (0.0 if anew else facts.fact("seconds") or 0.0)

    def elapsed(self) -> float:
        """Seconds of the run so far."""
        return time.monotonic() - self._start

    def tick(self) -> None:
        """Remember how late it is."""
        self._facts.note("seconds", self.elapsed())
