"""A study with a limit of compute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from fmsearch import playoff
from fmsearch.evaluation import Result
from fmsearch.finalists import allot, choose
from fmsearch.pace.base import Finals, Price, Standing, Timeless
from fmsearch.pace.planned import Planned, whole
from fmsearch.schedule import LAG
from fmsearch.study import Study
from searchspace import Analysis


@final
class Frugal(Timeless):
    """A study with a limit of compute: what it spends depends on its candidates alone, so any machine spends the same.

    Args:
        study: the study.
        limit: its multiply-accumulates, of the forward pass of every image trained on.
        images: in an epoch.
    """

    def __init__(self, study: Study, limit: float, images: int) -> None:
        self._study = study
        self._final = study.final
        self._limit = limit
        self._images = images
        self._rounds: int | None = None

    def price(self, analysis: Analysis, result: Result, passes: float) -> Price:
        """Its multiply-accumulates."""
        del result, passes
        return Price(0.0, float(analysis.macs) * self._images)

    def admits(self, standing: Standing) -> bool:
        """Whether it can be paid for, judged by those cohorts that are complete whatever finished first."""
        spent = standing.spent
        known = [cohort.cost for cohort in spent[: max(0, len(spent) - LAG + 1)]]
        if not known:
            return True
        usual, total = sum(known) / len(known), self._searching
        kept = playoff.SHARE * total if playoff.rounds(self._study, usual, total) else 0.0
        return sum(known) + usual * (len(spent) - len(known) + 1) <= total - kept

    def play_off(self, standing: Standing) -> Sequence[int]:
        """As many as what is left of the search's part pays for."""
        costs = [one.cost for one in standing.spent]
        if self._rounds is None:
            self._rounds = playoff.rounds(self._study, sum(costs) / len(costs), self._searching)
        if not self._rounds:
            return ()
        rest = self._searching - sum(costs)
        entrants = playoff.entrants(standing.climbed, rest / self._rounds)
        self._rounds -= 1
        return [one.number for one in entrants]

    @property
    def _searching(self) -> float:
        """What the search may spend."""
        return (1.0 - self._final.share) * self._limit

    def finals(self, standing: Standing) -> Finals:
        """Those worth what is left, smallest first, each for its part of it."""
        rest = max(0.0, self._limit - sum(cohort.cost for cohort in standing.spent)) / self._final.seeds
        members = choose(standing.proven, rest, self._final.epochs)
        parts = allot(members, rest, self._final.epochs)
        epochs = {
            one.number: whole(one.epochs(part), self._final.epochs) for one, part in zip(members, parts, strict=True)
        }
        return Planned(epochs, self._final.seeds)
