"""The search: cohorts proposed, trained and promoted, folded over their evaluations.

What comes out of it depends neither on the order in which results arrive nor on how often it was interrupted. Only
where a time limit ends it does the clock have a say, and that is written down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from fmsearch.effort import Relative
from fmsearch.errors import FmsearchError
from fmsearch.evaluation import MOST_PASSES
from fmsearch.evaluator import Answer
from fmsearch.events import Note, Proposed
from fmsearch.finalists import Finalist
from fmsearch.intake import Intake
from fmsearch.pace import Finals, Pace, Spent
from fmsearch.pareto import front
from fmsearch.playoff import TIMES
from fmsearch.proposers import Evaluated, Failed
from fmsearch.reports import figures
from fmsearch.results import Results, at
from fmsearch.schedule import LAG, Cohort
from fmsearch.study import Study
from fmsearch.trials import Trials

AGAIN = "Mend the cause and run the command again: what succeeded is kept."


def carry_out(study: Study, intake: Intake, trials: Trials, pace: Pace, relative: Relative) -> None:
    """Search, then train the front again.

    Raises:
        InputError: nothing in the space can be trained.
        FmsearchError: training fails again and again, or not one candidate could be trained.
    """
    search = Search(study, intake, trials, pace, relative)
    search.run()
    search.play_off()
    if not search.answered and study.budget.time is not None:
        fix = "Raise budget.time, or shorten the first of budget.rungs."
        raise FmsearchError(f"No candidate was trained within {study.budget.time:g} s of budget.time.", fix)
    if not search.trained:
        raise FmsearchError("No candidate was trained with success.", "`fmsearch leaderboard` shows the reasons.")
    _train_again(pace.finals(search), trials)


def _train_again(finals: Finals, trials: Trials) -> None:
    """The final stage: never more under way than there are workers, as how long one takes may hang on the clock."""
    trials.elect(finals.members)
    under_way, trained, reason = 0, 0, ""
    while finals.waiting or under_way:
        while finals.waiting and under_way < trials.workers:
            number, replica, epochs = finals.begin()
            trials.want(number, epochs, "final", replica)
            under_way += 1
        answer = trials.next()
        if answer is None:
            return
        finals.end(answer.number, stored=answer.stored)
        under_way -= 1
        trained += answer.result.status == "done"
        reason = answer.result.reason or reason
    if reason and not trained:
        raise FmsearchError(f"All trainings of the final stage failed; the last one: {reason}.", AGAIN)


class Search:
    """Searches a study's space to its end.

    Args:
        study: what is searched.
        intake: where candidates come from.
        trials: where they are trained.
        pace: when it must end.
        relative: how many times as much a network costs as is usual; it trains for so many times fewer epochs.
    """

    def __init__(self, study: Study, intake: Intake, trials: Trials, pace: Pace, relative: Relative) -> None:
        self._study = study
        self._intake = intake
        self._trials = trials
        self._pace = pace
        self._relative = relative
        self._cohorts: list[Cohort] = []
        self._cohort_of: dict[tuple[int, float], int] = {}
        self._answered: set[tuple[int, float]] = set()
        self._prescribed: list[dict[int, float | None]] = []
        self._costs: list[list[float]] = []
        self._settled = 0
        self._is_open = True
        self._last_rung = study.budget.rungs[-1]
        self._results = Results()

    @property
    def answered(self) -> bool:
        """Whether any training has ended."""
        return bool(self._answered)

    @property
    def spent(self) -> list[Spent]:
        """What each cohort has cost."""
        # Added up without rounding: to the last bit, a sum must not hang on what finished first.
        costs = map(math.fsum, self._costs)
        return [Spent(cost, cohort.is_complete) for cost, cohort in zip(costs, self._cohorts, strict=True)]

    @property
    def front(self) -> list[Finalist]:
        """The candidates that nobody dominates, each by its longest training."""
        contest = self.trained
        return [contest[i] for i in front([reached.point for reached in contest])]

    @property
    def trained(self) -> list[Finalist]:
        """All candidates that were trained with success, each by its longest training."""
        return self._results.finalists()

    @property
    def proven(self) -> list[Finalist]:
        """The front, and all that came to the last rung: what others would reach is too uncertain."""
        leading = {one.number for one in self.front}
        return [one for one in self.trained if one.trained >= self._longest(one.number) or one.number in leading]

    @property
    def climbed(self) -> list[Finalist]:
        """Those that were trained with success at the last rung, or in the last play-off."""
        return [one for one in self.trained if one.trained == self._epochs(one.number, self._last_rung)]

    @property
    def digests(self) -> list[str]:
        """The digests of all candidates, by number."""
        return [taken.candidate.digest for taken in self._trials.taken]

    @property
    def skipped(self) -> list[tuple[str, float]]:
        """Which trainings, by candidate and epochs, were wanted and have no answer."""
        digests = self.digests
        return [(digests[number], epochs) for number, epochs in sorted(self._cohort_of.keys() - self._answered)]

    def run(self) -> None:
        """Search to the end.

        Raises:
            InputError: nothing in the space can be trained.
            FmsearchError: training fails again and again.
        """
        self._open()
        self._fold()

    def play_off(self) -> None:
        """Have the best of all cohorts train longer, as often as that pays.

        Raises:
            FmsearchError: training fails again and again.
        """
        self._is_open = False
        while entrants := self._pace.play_off(self):
            self._last_rung *= TIMES
            index = self._add(dict.fromkeys(entrants), [self._last_rung])
            many = figures.several(len(entrants), "candidate")
            self._trials.tell(Note(f"Play-off: {many} of all cohorts train {TIMES} times as long."))
            self._climb(index)
            self._fold()

    def _fold(self) -> None:
        """Record all that is wanted."""
        while (answer := self._trials.next()) is not None:
            self._record(answer)
            if self._pace.searched:
                self._trials.drop_waiting()

    def _open(self) -> None:
        """Propose every cohort that may be proposed now.

        A cohort sees the results of all but the one before it. Those are told in the order of their numbers, so what
        the proposer knows never depends on what finished first.
        """
        budget = self._study.budget
        while self._wants_more and not self._intake.exhausted:
            index = len(self._cohorts)
            seen = self._cohorts[: max(0, index - LAG + 1)]
            if not all(cohort.is_complete for cohort in seen):
                return
            if not self._pace.admits(self):
                return
            self._settle(seen)
            rest = budget.candidates - len(self._trials.taken)
            prescribed: dict[int, float | None] = {}
            for one in self._intake.take(budget.cohort if self._intake.prescribes else min(budget.cohort, rest)):
                if one.number == len(self._trials.taken):
                    self._trials.take(one, index)
                prescribed[one.number] = one.epochs
                self._want(one.number, one.epochs or self._epochs(one.number, budget.rungs[0]), index, rung=0)
                self._trials.begin()  # the next proposal may take its time
            count = len(self._trials.taken)
            if self._intake.exhausted and not self._intake.prescribes:
                self._trials.tell(Note(f"The proposer has nothing new after {figures.several(count, 'candidate')}."))
            rungs = budget.rungs[:1] if self._intake.prescribes else budget.rungs
            self._add(prescribed, rungs)
            self._trials.tell(Proposed(index, count, self._intake.rejected, self._intake.repeated))

    def _add(self, prescribed: dict[int, float | None], rungs: Sequence[float]) -> int:
        """One more cohort: its members, with the epochs that an engine prescribes them; its index."""
        self._cohorts.append(Cohort(list(prescribed), rungs, self._study.budget.keep))
        self._prescribed.append(prescribed)
        self._costs.append([])
        return len(self._cohorts) - 1

    @property
    def _wants_more(self) -> bool:
        """An engine with rungs of its own counts its candidates itself: they may have longer trainings ahead."""
        return self._is_open and (self._intake.prescribes or len(self._trials.taken) < self._study.budget.candidates)

    def _settle(self, seen: list[Cohort]) -> None:
        """Tell the proposer what came of the cohorts it has not been told of.

        How far each would have come in the trainings of the last rung, so that those that never came there compare;
        an engine with rungs of its own wants what it asked for.
        """
        everybody = [number for cohort in seen for number in cohort.members]
        promises = self._results.promises(everybody, self._last_rung)
        for index, cohort in enumerate(seen[self._settled :], start=self._settled):
            for number in cohort.members:
                epochs = self._prescribed[index][number]
                point = self._results.of(number, epochs) if epochs is not None else promises.get(number)
                self._intake.settle((number, epochs), Evaluated(point.accuracy, point.size) if point else Failed())
        self._settled = max(self._settled, len(seen))

    def _climb(self, index: int) -> None:
        """Want what a cohort's present rung takes."""
        cohort = self._cohorts[index]
        for number in cohort.pending():
            self._want(number, self._epochs(number, cohort.epochs), index, cohort.rung)

    def _want(self, number: int, epochs: float, index: int, rung: int) -> None:
        """Want a training for a cohort; older cohorts and higher rungs go first."""
        self._cohort_of[number, epochs] = index
        if not self._pace.skips(self._trials.taken[number].candidate.digest, epochs):
            self._trials.want(number, epochs, priority=(index, -rung), stored_only=self._pace.searched)

    def _longest(self, number: int) -> float:
        """Epochs of a candidate at the last rung: the study's, or the longest of those that an engine prescribed."""
        asked = [epochs for cohort in self._prescribed for epochs in cohort.values() if epochs is not None]
        return max(asked) if asked else self._epochs(number, self._study.budget.rungs[-1])

    def _epochs(self, number: int, rung: float) -> float:
        """Epochs of a candidate at a rung: fewer for one that costs more, so that the compute is the same."""
        times = self._relative(self._trials.taken[number].analysis)
        return rung if times == 1.0 else min(MOST_PASSES, float(f"{rung / times:.3g}"))

    def _record(self, answer: Answer) -> None:
        """Fold one result into its cohort; a rung that is complete opens the next."""
        number, epochs = answer.number, answer.evaluation.epochs
        index = self._cohort_of[number, epochs]
        self._answered.add((number, epochs))
        cohort = self._cohorts[index]
        rung = cohort.rung
        point = self._trials.point(answer)
        passes = min(epochs, len(answer.result.curve) or math.inf)
        price = self._pace.price(self._trials.taken[number].analysis, answer.result, passes)
        if point is not None:
            self._results.record(number, epochs, point, price)
        cohort.record(number, at(point, epochs, cohort.epochs) if point else None)
        self._costs[index].append(price.setup + passes * price.epoch)
        if cohort.rung != rung:
            self._climb(index)
        if cohort.is_complete:
            self._open()
