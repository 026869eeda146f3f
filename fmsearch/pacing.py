"""When the search ends and how long the front trains: as the study says, or as its limit of time or compute allows."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, final

from fmsearch import playoff
from fmsearch.clock import Clock
from fmsearch.evaluation import Result
from fmsearch.finalists import allot, choose
from fmsearch.hurry import Hurried
from fmsearch.pace import Finals, Pace, Price, Standing
from fmsearch.schedule import LAG
from fmsearch.study import Study
from fmsearch.timetable import whole
from searchspace import Analysis

FORWARD = 1 / 3  # of what it takes to train on an image, what it takes to predict it


@final
class Unhurried:
    """A study without a time limit: all of its candidates, and all of the front for as long as it says."""

    searched = False
    left = math.inf

    def __init__(self, study: Study) -> None:
        self._final = study.final

    def skips(self, digest: str, epochs: float) -> bool:
        """None."""
        del digest, epochs
        return False

    def price(self, analysis: Analysis, result: Result, passes: float) -> Price:
        """Nothing is limited."""
        del analysis, result, passes
        return Price(0.0, 1.0)

    def admits(self, standing: Standing) -> bool:
        """Always."""
        del standing
        return True

    def play_off(self, search: Standing) -> Sequence[int]:
        """Nobody: a study without a limit says itself how long all train."""
        del search
        return ()

    def finals(self, search: Standing) -> Finals:
        """Every one whom nobody dominates, for the same number of epochs.

        One that was left at a lower rung and still beats all that are no larger is among them: more epochs would only
        have raised it.
        """
        members = [one.number for one in search.front]
        return _Planned(dict.fromkeys(members, self._final.epochs), self._final.seeds)


@final
class Frugal:
    """A study with a limit of compute: what it spends hangs on its candidates alone, so any machine spends the same.

    Args:
        study: the study.
        limit: its multiply-accumulates, of the forward pass of every image trained on.
        images: in an epoch.
    """

    searched = False
    left = math.inf

    def __init__(self, study: Study, limit: float, images: int) -> None:
        self._study = study
        self._final = study.final
        self._limit = limit
        self._images = images
        self._rounds: int | None = None

    def skips(self, digest: str, epochs: float) -> bool:
        """None."""
        del digest, epochs
        return False

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

    def play_off(self, search: Standing) -> Sequence[int]:
        """As many as what is left of the search's part pays for."""
        costs = [one.cost for one in search.spent]
        if self._rounds is None:
            self._rounds = playoff.rounds(self._study, sum(costs) / len(costs), self._searching)
        if not self._rounds:
            return ()
        rest = self._searching - sum(costs)
        entrants = playoff.entrants(search.climbed, rest / self._rounds)
        self._rounds -= 1
        return [one.number for one in entrants]

    @property
    def _searching(self) -> float:
        """What the search may spend."""
        return (1.0 - self._final.share) * self._limit

    def finals(self, search: Standing) -> Finals:
        """Those worth what is left, smallest first, each for its part of it."""
        rest = max(0.0, self._limit - sum(cohort.cost for cohort in search.spent)) / self._final.seeds
        members = choose(search.proven, rest, self._final.epochs)
        parts = allot(members, rest, self._final.epochs)
        epochs = {
            one.number: whole(one.epochs(part), self._final.epochs) for one, part in zip(members, parts, strict=True)
        }
        return _Planned(epochs, self._final.seeds)


@final
class _Planned:
    """Trainings whose epochs are known beforehand, first all members with one seed, then all with the next."""

    has_time = True

    def __init__(self, epochs: Mapping[int, float], seeds: int) -> None:
        self.members = tuple(epochs)
        self._epochs = epochs
        self._waiting = deque((number, replica) for replica in range(seeds) for number in epochs)

    @property
    def waiting(self) -> bool:
        """Whether there are trainings that have not begun."""
        return bool(self._waiting)

    def begin(self) -> tuple[int, int, float]:
        """The next training: candidate, replica, epochs."""
        number, replica = self._waiting.popleft()
        return number, replica, self._epochs[number]

    def end(self, number: int, *, stored: bool) -> None:
        """Nothing hangs on it."""


def pace(study: Study, clock: Clock, facts: Any, *, workers: int, images: int, checked: int) -> Pace:
    """The pace of a study that trains on so many images, and checks each epoch on so many others."""
    if study.budget.time is not None:
        check = FORWARD * checked / images
        return Hurried(study, study.budget.time, clock, facts, workers=workers, check=check)
    if study.budget.macs is not None:
        return Frugal(study, study.budget.macs, images)
    return Unhurried(study)
