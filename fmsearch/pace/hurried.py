"""A study with a time limit: when its search ends, who plays off, and what is left for the front."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, final

from fmsearch import playoff
from fmsearch.clock import Clock
from fmsearch.errors import InputError
from fmsearch.evaluation import Result
from fmsearch.finalists import Finalist, choose
from fmsearch.pace.base import Finals, Price, Spent, Standing, Trail
from fmsearch.pace.sharing import Sharing
from fmsearch.pace.timetable import Timetable, decisions, write_down
from fmsearch.study import Study
from searchspace import Analysis

FINISH = 1.5  # seconds to test and save a model
CLOSING = 1.0  # seconds to end a run


@final
class Hurried:
    """A study with a time limit.

    Args:
        study: the study.
        limit: its seconds.
        clock: of the run.
        facts: where the clock's decisions are kept, so that a run that goes on keeps to them.
        workers: how many train side by side.
        check: what it takes to measure a network on the validation split, as every epoch does: in epochs.

    Raises:
        InputError: the run has taken so long that under another limit it would end with less than it has.
    """

    def __init__(self, study: Study, limit: float, clock: Clock, facts: Trail, *, workers: int, check: float) -> None:
        self._study = study
        self._limit = limit
        self._clock = clock
        self._facts = facts
        self._workers = workers
        self._check = check
        self._end = limit - CLOSING
        self._search_end = self._end - study.final.share * limit
        self._stage_end = self._search_end
        self._rounds = self._played = 0
        self._final, earlier = study.final.model_dump(mode="json"), decisions(facts)
        if earlier and earlier.is_for(limit, self._final):
            self._timetable = earlier
        else:
            self._require_time(earlier)
            self._timetable = Timetable(time=limit)
            self._keep(final=self._final, cohorts=facts.cohorts)

    @property
    def searched(self) -> bool:
        """Whether the time of the cohorts is up, or that of the play-off; never, where that was decided before."""
        return self.left <= 0.0

    @property
    def left(self) -> float:
        """Seconds until then; infinite, where it was decided before."""
        return math.inf if self._timetable.is_final else self._stage_end - self._clock.elapsed()

    def skips(self, digest: str, epochs: float) -> bool:
        """Whether it is among those that were left out."""
        return (digest, epochs) in self._timetable.skipped

    def price(self, analysis: Analysis, result: Result, passes: float) -> Price:
        """Its seconds. A training of part of an epoch measures its network as a whole one does."""
        del analysis
        worth = (passes + self._check * len(result.curve)) / (1.0 + self._check)
        epoch = (result.seconds - result.setup) / worth
        return Price(result.seconds - passes * epoch, epoch)

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

    def play_off(self, standing: Standing) -> Sequence[int]:
        """As many as the rest of the search's time is enough for, or those that were before."""
        turn, self._played = self._played, self._played + 1
        if turn == 0:
            self._plan(standing)
        left = self._workers * (self._search_end - self._clock.elapsed())
        if turn == len(self._timetable.playoffs) and not self._timetable.is_final and turn < self._rounds and left > 0:
            entrants = playoff.entrants(standing.climbed, left / (self._rounds - turn))
            self._keep(playoffs=(*self._timetable.playoffs, tuple(standing.digests[one.number] for one in entrants)))
        self._stage_end = self._search_end
        return _there(self._timetable.playoffs[turn], standing) if turn < len(self._timetable.playoffs) else ()

    def finals(self, standing: Standing) -> Finals:
        """Those worth the time that is left, smallest first, each for its part of it."""
        final, digests = self._study.final, standing.digests
        if self._is_undecided(standing):
            seconds = self._workers * (self._end - self._clock.elapsed()) / final.seeds
            members = choose(_finishing(standing.proven), seconds, final.epochs)
            self._keep(
                skipped=tuple(standing.skipped), members=tuple(digests[one.number] for one in members), epochs={}
            )
        known = {one.number: one for one in _finishing(standing.trained)}
        decided = self._timetable.epochs
        return Sharing(
            [known[number] for number in _there(self._timetable.members, standing) if number in known],
            seeds=final.seeds,
            workers=self._workers,
            deadline=self._end,
            most=final.epochs,
            clock=self._clock.elapsed,
            decided={number: decided[digest] for number, digest in enumerate(digests) if digest in decided},
            keep=lambda epochs: self._keep(epochs={digests[number]: value for number, value in epochs.items()}),
        )

    def _require_time(self, earlier: Timetable | None) -> None:
        """See that a run with other decisions than those for this limit, or none, has time for a final stage.

        Raises:
            InputError: it has not.
        """
        taken, had = self._clock.elapsed(), 0.0
        if earlier and earlier.is_final and not self._clock.is_anew:
            had = earlier.time * (earlier.final or self._final)["share"]
        if self._limit <= taken + had:
            less = ", so its final stage would have less time than it had" if self._limit > taken else ""
            is_same = earlier is not None and earlier.time == self._limit
            anew = "With another `final` the final stage begins anew: " if is_same else ""
            raise InputError(
                f"{anew}budget.time is {self._limit:g} s, but this run has taken {taken:.0f} s{less}.",
                f"Expected more than {math.ceil(taken + had)} s, or another folder with --out.",
            )

    def _is_undecided(self, standing: Standing) -> bool:
        """Whether it is to be decided who is in the final stage: anew, where the run has become another one.

        On another kind of machine results differ, and so do candidates proposed by them. Then there is a stage's time
        for others, or nobody is there of whom it was decided for.
        """
        there = _there(self._timetable.members, standing)
        is_whole = len(there) == len(self._timetable.members)
        has_time = self._end - self._clock.elapsed() > self._study.final.share * self._limit / 2
        return not self._timetable.is_final or not there or (has_time and not is_whole)

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
        write_down(self._timetable, self._facts)


def _there(digests: Sequence[str], standing: Standing) -> list[int]:
    """The numbers of those candidates that the search took."""
    numbers = {digest: number for number, digest in enumerate(standing.digests)}
    return [numbers[digest] for digest in digests if digest in numbers]


def _finishing(finalists: Sequence[Finalist]) -> list[Finalist]:
    """What their last trainings cost: the model is tested and saved, too."""
    return [replace(one, setup=one.setup + FINISH) for one in finalists]


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
