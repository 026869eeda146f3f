"""When the search ends and how long the front trains: as the study says, or as its limit of time or compute allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol, final

from fmsearch.clock import Clock
from fmsearch.evaluation import Result
from fmsearch.schedule import LAG
from fmsearch.study import Study
from fmsearch.timetable import CLOSING, FINISH, Finalist, Sharing, Timetable, allot, choose, whole
from searchspace import Analysis

FACT = "timetable"


class Price(NamedTuple):
    """What a training cost, in what is limited: besides its epochs, and each of them."""

    setup: float
    epoch: float


class Spent(NamedTuple):
    """What a cohort has cost so far, and whether it will cost no more."""

    cost: float
    complete: bool


class Standing(Protocol):
    """How a search stands, or how it ended. Working it out takes long, so it is asked only where it counts."""

    @property
    def spent(self) -> Sequence[Spent]:
        """What each cohort has cost."""

    @property
    def front(self) -> Sequence[Finalist]:
        """The candidates that nobody dominates, each by its longest training."""

    @property
    def trained(self) -> Sequence[Finalist]:
        """All candidates that were trained, each by its longest training."""

    @property
    def skipped(self) -> Sequence[tuple[int, float]]:
        """Which trainings, by candidate and epochs, were wanted and have no answer."""


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
        """Whether its time is up: what no worker has begun is not trained."""

    def skips(self, number: int, epochs: float) -> bool:
        """Whether an earlier sitting's clock left out this training of a candidate."""

    def price(self, analysis: Analysis, result: Result, passes: float) -> Price:
        """What a training of so many epochs cost."""

    def admits(self, standing: Standing) -> bool:
        """Whether one more cohort may be proposed."""

    def finals(self, search: Standing) -> Finals:
        """The final trainings, smallest first, once the search has ended."""


@final
class Unhurried:
    """A study without a time limit: all of its candidates, and all of the front for as long as it says."""

    searched = False

    def __init__(self, study: Study) -> None:
        self._final = study.final

    def skips(self, number: int, epochs: float) -> bool:
        """None."""
        del number, epochs
        return False

    def price(self, analysis: Analysis, result: Result, passes: float) -> Price:
        """Nothing is limited."""
        del analysis, result, passes
        return Price(0.0, 1.0)

    def admits(self, standing: Standing) -> bool:
        """Always."""
        del standing
        return True

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

    def __init__(self, study: Study, limit: float, images: int) -> None:
        self._final = study.final
        self._limit = limit
        self._images = images

    def skips(self, number: int, epochs: float) -> bool:
        """None."""
        del number, epochs
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
        usual = sum(known) / len(known)
        return sum(known) + usual * (len(spent) - len(known) + 1) <= (1.0 - self._final.share) * self._limit

    def finals(self, search: Standing) -> Finals:
        """Those worth what is left, smallest first, each for its part of it."""
        rest = max(0.0, self._limit - sum(cohort.cost for cohort in search.spent)) / self._final.seeds
        members = choose(search.trained, rest, self._final.epochs)
        parts = allot(members, rest, self._final.epochs)
        epochs = {
            one.number: whole(one.epochs(part), self._final.epochs) for one, part in zip(members, parts, strict=True)
        }
        return _Planned(epochs, self._final.seeds)


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
        """Whether its time is up; never, where that was decided before."""
        return self._timetable is None and self._clock.elapsed() >= self._search_end

    def skips(self, number: int, epochs: float) -> bool:
        """Whether it is among those that were left out."""
        return self._timetable is not None and (number, epochs) in self._timetable.skipped

    def price(self, analysis: Analysis, result: Result, passes: float) -> Price:
        """Its seconds."""
        del analysis
        return Price(result.setup, (result.seconds - result.setup) / passes)

    def admits(self, standing: Standing) -> bool:
        """Whether the workers can train it before the final stage must begin: the later, the less that can use."""
        spent, front = standing.spent, standing.front
        if self._timetable is not None:
            return len(spent) < self._timetable.cohorts
        if front:
            longest = [FINISH + one.cost(self._study.final.epochs) for one in front]
            use = max(*longest, self._study.final.seeds * sum(longest) / self._workers)
            self._search_end = self._end - min(use, self._study.final.share * self._limit)
        return self._clock.elapsed() + _work_with_one_more(spent) / self._workers <= self._search_end

    def finals(self, search: Standing) -> Finals:
        """Those worth the time that is left, smallest first, each for its part of it."""
        final = self._study.final
        finishing = [replace(one, setup=one.setup + FINISH) for one in search.trained]
        timetable = self._timetable or self._planned(finishing, search)
        self._keep(timetable)
        known = {one.number: one for one in finishing}
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

    def _planned(self, trained: Sequence[Finalist], search: Standing) -> Timetable:
        final = self._study.final
        seconds = self._workers * (self._end - self._clock.elapsed()) / final.seeds
        members = choose(trained, seconds, final.epochs)
        return Timetable(
            time=self._limit,
            cohorts=len(search.spent),
            skipped=tuple(search.skipped),
            members=tuple(one.number for one in members),
        )

    def _keep(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self._facts.note(FACT, timetable.model_dump(mode="json"))


@final
class _Planned:
    """Trainings whose epochs are known beforehand, first all members with one seed, then all with the next."""

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


def _work_with_one_more(spent: Sequence[Spent]) -> float:
    """The seconds of training still to be done if one more cohort is proposed, judged by those before it."""
    complete = [cohort.cost for cohort in spent if cohort.complete]
    if not complete:
        return 0.0
    usual = sum(complete) / len(complete)
    return usual + sum(max(0.0, usual - cohort.cost) for cohort in spent if not cohort.complete)


def pace(study: Study, clock: Clock, facts: Any, *, workers: int, images: int) -> Pace:
    """The pace of a study that trains on so many images."""
    if study.budget.time is not None:
        return Hurried(study, study.budget.time, clock, facts, workers)
    if study.budget.macs is not None:
        return Frugal(study, study.budget.macs, images)
    return Unhurried(study)
