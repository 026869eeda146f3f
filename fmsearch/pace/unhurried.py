"""A study without a limit, which says itself how many candidates there are and how long the front trains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from fmsearch.evaluation import Result
from fmsearch.pace.base import Finals, Price, Standing, Timeless
from fmsearch.pace.planned import Planned
from fmsearch.study import Study
from searchspace import Analysis


@final
class Unhurried(Timeless):
    """A study without a limit: all of its candidates, and all of the front for as long as it says."""

    def __init__(self, study: Study) -> None:
        self._final = study.final

    def price(self, analysis: Analysis, result: Result, passes: float) -> Price:
        """Nothing is limited."""
        del analysis, result, passes
        return Price(0.0, 1.0)

    def admits(self, standing: Standing) -> bool:
        """Always."""
        del standing
        return True

    def play_off(self, standing: Standing) -> Sequence[int]:
        """Nobody: a study without a limit says itself how long all train."""
        del standing
        return ()

    def finals(self, standing: Standing) -> Finals:
        """Every one whom nobody dominates, for the same number of epochs.

        One that was left at a lower rung and still beats all that are no larger is among them: more epochs would only
        have raised it.
        """
        members = [one.number for one in standing.front]
        return Planned(dict.fromkeys(members, self._final.epochs), self._final.seeds)
