"""What the clock decides in a run with a time limit, kept so that the run repeats it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from fmsearch.facts import Facts
from searchspace.domains import Schema

FACT = "decisions of the clock"  # "timetable" named candidates by number


class Timetable(Schema):
    """What the clock decided so far; a run that goes on keeps to it.

    Candidates are named by their digests: where a result has changed, their numbers may be others'.

    Attributes:
        time: the limit it was made for, in seconds.
        final: what the study said of its final stage.
        cohorts: how many the search has opened.
        playoffs: the candidates in each play-off.
        skipped: which trainings of the search, by candidate and epochs, were left out as its time was up.
        members: the candidates that the final stage trains; nobody while the search goes on.
        epochs: how many epochs it trains them for, as far as they have begun.
    """

    time: float
    final: dict[str, Any] | None = None  # of a run from before this was kept
    cohorts: int = 0
    playoffs: tuple[tuple[str, ...], ...] = ()
    skipped: tuple[tuple[str, float], ...] = ()
    members: tuple[str, ...] = ()
    epochs: dict[str, float] = Field(default_factory=dict)

    @property
    def is_final(self) -> bool:
        """Whether the search is over."""
        return bool(self.members)

    def is_for(self, time: float | None, final: Mapping[str, Any]) -> bool:
        """Whether it was made for that limit, and such a final stage."""
        return time == self.time and self.final in (None, final)


def decisions(facts: Facts) -> Timetable | None:
    """What the clock of a run decided so far."""
    known = facts.fact(FACT)
    return Timetable.model_validate(known, strict=False) if known else None


def write_down(timetable: Timetable, facts: Facts) -> None:
    """Keep what was decided."""
    facts.note(FACT, timetable.model_dump(mode="json"))
