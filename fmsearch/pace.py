"""When the search ends and how long the front trains: as the study says, or as its time limit allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol, final

from fmsearch.clock import Clock
from fmsearch.pareto import front
from fmsearch.study import Study
from fmsearch.timetable import CLOSING, Finalist, Sharing, Timetable, choose

FACT = "timetable"


class Finals(Protocol):
    """The trainings of the final stage."""

    @property
    def members(self) -> Sequence[int]:
        """The numbers of the candidates that train, smallest first."""

    @property
    def waiting(self) -> bool:
        """Whether there are trainings that have not begun."""

    def begin(self) -> tuple[int, int, float]:
        """The next training: candidate, replica, epochs."""

    def end(self, number: int, *, stored: bool) -> None:
        """A training of a candidate has ended, or was found stored."""


class Pace(Protocol):
    """What says when."""

    @property
    def searched(self) -> bool:
        """Whether the search is over: what is not in the store by now is not trained."""

    def admits(self, cohort: int, work: float, front: Sequence[Finalist]) -> bool:
        """Whether a cohort may be proposed.

        Args:
            cohort: its number.
            work: seconds of training that will then still be to do.
            front: as it stands.
        """

    def finals(self, trained: Sequence[Finalist], cohorts: int) -> Finals:
        """The final trainings, smallest first, once the search has ended with so many cohorts."""


@final
class Unhurried:
    """A study without a time limit: all of its candidates, and all of the front for as long as it says."""

    searched = False

    def __init__(self, study: Study) -> None:
        self._final = study.final

    def admits(self, cohort: int, work: float, front: Sequence[Finalist]) -> bool:
        """Always."""
        del cohort, work, front
        return True

    def finals(self, trained: Sequence[Finalist], cohorts: int) -> Finals:
        """Every one whom nobody dominates, for the same number of epochs.

        One that was left at a lower rung and still beats all that are no larger is among them: more epochs would only
        have raised it.
        """
        del cohorts
        members = [trained[i].number for i in front([one.point for one in trained])]
        return _Equal(members, self._final.seeds, self._final.epochs)


@final
class Hurried:
    """A study with a time limit.

    Args:
        study: the study.
        limit: its seconds.
        clock: of the run.
        facts: where the clock's decisions are kept, so that a run that goes on keeps to them.
        workers: how many train side by side.
    """

    def __init__(self, study: Study, limit: float, clock: Clock, facts: Any, workers: int) -> None:
        self._study = study
        self._limit = limit
        self._clock = clock
        self._facts = facts
        self._workers = workers
        self._end = limit - CLOSING
        self._search_end = self._end - study.final.share * limit
        known = facts.fact(FACT)
        self._timetable = Timetable.model_validate(known, strict=False) if known and known["time"] == limit else None

    @property
    def searched(self) -> bool:
        """Whether the search is over, by the clock or by an earlier sitting's."""
        return self._timetable is not None or self._clock.elapsed() >= self._search_end

    def admits(self, cohort: int, work: float, front: Sequence[Finalist]) -> bool:
        """Whether the workers can do the work before the final stage must begin: the later, the less that can use."""
        if self._timetable is not None:
            return cohort < self._timetable.cohorts
        if front:
            longest = [one.seconds(self._study.final.epochs) for one in front]
            use = max(*longest, self._study.final.seeds * sum(longest) / self._workers)
            self._search_end = self._end - min(use, self._study.final.share * self._limit)
        return self._clock.elapsed() + work / self._workers <= self._search_end

    def finals(self, trained: Sequence[Finalist], cohorts: int) -> Finals:
        """Those worth the time that is left, smallest first, each for its part of it."""
        final = self._study.final
        timetable = self._timetable or self._planned(trained, cohorts)
        self._keep(timetable)
        known = {one.number: one for one in trained}
        return Sharing(
            [known[number] for number in timetable.members if number in known],
            seeds=final.seeds,
            workers=self._workers,
            deadline=self._end,
            most=final.epochs,
            clock=self._clock.elapsed,
            decided=timetable.epochs,
            keep=lambda epochs: self._keep(timetable.model_copy(update={"epochs": epochs})),
        )

    def _planned(self, trained: Sequence[Finalist], cohorts: int) -> Timetable:
        final = self._study.final
        seconds = self._workers * (self._end - self._clock.elapsed()) / final.seeds
        members = choose(trained, seconds, final.epochs)
        return Timetable(time=self._limit, cohorts=cohorts, members=tuple(one.number for one in members))

    def _keep(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self._facts.note(FACT, timetable.model_dump(mode="json"))


@final
class _Equal:
    """Every training as long as every other, first all members with one seed, then all with the next."""

    def __init__(self, members: Sequence[int], seeds: int, epochs: float) -> None:
        self.members = tuple(members)
        self._epochs = epochs
        self._waiting = deque((number, replica) for replica in range(seeds) for number in members)

    @property
    def waiting(self) -> bool:
        """Whether there are trainings that have not begun."""
        return bool(self._waiting)

    def begin(self) -> tuple[int, int, float]:
        """The next training: candidate, replica, epochs."""
        return (*self._waiting.popleft(), self._epochs)

    def end(self, number: int, *, stored: bool) -> None:
        """Nothing hangs on it."""


def pace(study: Study, clock: Clock, facts: Any, workers: int) -> Pace:
    """The pace of a study."""
    return Unhurried(study) if study.budget.time is None else Hurried(study, study.budget.time, clock, facts, workers)
