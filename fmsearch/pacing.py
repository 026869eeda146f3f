"""When the search ends and how long the front trains: as the study says, or as its limit of time or compute allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, final

from fmsearch import playoff
from fmsearch.clock import Clock
from fmsearch.evaluation import Result
from fmsearch.pace import Finals, Pace, Price, Spent, Standing
from fmsearch.schedule import LAG
from fmsearch.study import Study
from fmsearch.timetable import CLOSING, FINISH, Sharing, Timetable, allot, choose, whole
from searchspace import Analysis

FACT = "timetable"


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

    def __init__(self, study: Study, limit: float, images: int) -> None:
        self._study = study
        self._final = study.final
        self._limit = limit
        self._images = images
        self._rounds = 0

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
        usual, total = sum(known) / len(known), (1.0 - self._final.share) * self._limit
        self._rounds = playoff.rounds(self._study, usual, total)
        kept = playoff.SHARE * total if self._rounds else 0.0
        return sum(known) + usual * (len(spent) - len(known) + 1) <= total - kept

    def play_off(self, search: Standing) -> Sequence[int]:
        """As many as what is left of the search's part pays for."""
        if not self._rounds:
            return ()
        rest = (1.0 - self._final.share) * self._limit - sum(one.cost for one in search.spent)
        entrants = playoff.entrants(search.climbed, rest / self._rounds)
        self._rounds -= 1
        return [one.number for one in entrants]

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
        self._stage_end = self._search_end
        self._rounds = self._played = 0
        known = facts.fact(FACT)
        is_ours = known and known["time"] == limit
        self._timetable = Timetable.model_validate(known, strict=False) if is_ours else Timetable(time=limit)

    @property
    def searched(self) -> bool:
        """Whether the time of the cohorts is up, or that of the play-off; never, where that was decided before."""
        return not self._timetable.is_final and self._clock.elapsed() >= self._stage_end

    def skips(self, number: int, epochs: float) -> bool:
        """Whether it is among those that were left out."""
        return (number, epochs) in self._timetable.skipped

    def price(self, analysis: Analysis, result: Result, passes: float) -> Price:
        """Its seconds."""
        del analysis
        return Price(result.setup, (result.seconds - result.setup) / passes)

    def admits(self, standing: Standing) -> bool:
        """Whether the workers can train it in time, or it was admitted before."""
        spent = standing.spent
        if self._timetable.is_final:
            return len(spent) < self._timetable.cohorts
        self._plan(standing)
        if len(spent) < self._timetable.cohorts:
            return True
        if self._clock.elapsed() + _work_with_one_more(spent) / self._workers > self._stage_end:
            return False
        self._keep(cohorts=len(spent) + 1)
        return True

    def play_off(self, search: Standing) -> Sequence[int]:
        """As many as the rest of the search's time is enough for, or those that were before."""
        turn, self._played = self._played, self._played + 1
        left = self._workers * (self._search_end - self._clock.elapsed())
        if turn == len(self._timetable.playoffs) and not self._timetable.is_final and turn < self._rounds and left > 0:
            entrants = playoff.entrants(search.climbed, left / (self._rounds - turn))
            self._keep(playoffs=(*self._timetable.playoffs, tuple(one.number for one in entrants)))
        self._stage_end = self._search_end
        return self._timetable.playoffs[turn] if turn < len(self._timetable.playoffs) else ()

    def finals(self, search: Standing) -> Finals:
        """Those worth the time that is left, smallest first, each for its part of it."""
        final = self._study.final
        finishing = [replace(one, setup=one.setup + FINISH) for one in search.trained]
        if not self._timetable.is_final:
            seconds = self._workers * (self._end - self._clock.elapsed()) / final.seeds
            members = choose(finishing, seconds, final.epochs)
            self._keep(skipped=tuple(search.skipped), members=tuple(one.number for one in members))
        known = {one.number: one for one in finishing}
        return Sharing(
            [known[number] for number in self._timetable.members if number in known],
            seeds=final.seeds,
            workers=self._workers,
            deadline=self._end,
            most=final.epochs,
            clock=self._clock.elapsed,
            decided=self._timetable.epochs,
            keep=lambda epochs: self._keep(epochs=epochs),
        )

    def _plan(self, standing: Standing) -> None:
        """When cohorts must end: the later, the less the final stage can use; play-offs have their part before it."""
        final, front, costs = self._study.final, standing.front, _complete(standing.spent)
        if front:
            longest = [FINISH + one.cost(final.epochs) for one in front]
            use = max(*longest, final.seeds * sum(longest) / self._workers)
            self._search_end = self._end - min(use, final.share * self._limit)
        if costs:
            self._rounds = playoff.rounds(self._study, sum(costs) / len(costs), self._workers * self._search_end)
        self._stage_end = (1.0 - (playoff.SHARE if self._rounds else 0.0)) * self._search_end

    def _keep(self, **decided: Any) -> None:
        """Decide something for good."""
        self._timetable = self._timetable.model_copy(update=decided)
        self._facts.note(FACT, self._timetable.model_dump(mode="json"))


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
    complete = _complete(spent)
    if not complete:
        return 0.0
    usual = sum(complete) / len(complete)
    return usual + sum(max(0.0, usual - cohort.cost) for cohort in spent if not cohort.complete)


def _complete(spent: Sequence[Spent]) -> list[float]:
    """What each cohort cost that will cost no more."""
    return [cohort.cost for cohort in spent if cohort.complete]


def pace(study: Study, clock: Clock, facts: Any, *, workers: int, images: int) -> Pace:
    """The pace of a study that trains on so many images."""
    if study.budget.time is not None:
        return Hurried(study, study.budget.time, clock, facts, workers)
    if study.budget.macs is not None:
        return Frugal(study, study.budget.macs, images)
    return Unhurried(study)
