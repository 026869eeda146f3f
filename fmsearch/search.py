"""The search: cohorts proposed, trained and promoted, folded over their evaluations.

What comes out of it depends neither on the order in which results arrive nor on how often it was interrupted. Only
where a time limit ends it does the clock have a say, and that is written down.
"""

from __future__ import annotations

from collections.abc import Sequence

from fmsearch.effort import Relative
from fmsearch.errors import FmsearchError, sentence
from fmsearch.evaluator import Answer
from fmsearch.events import Note, Proposed
from fmsearch.intake import Intake
from fmsearch.ledger import Entry, Ledger
from fmsearch.pace import Finals, Pace
from fmsearch.playoff import TIMES
from fmsearch.proposers import Evaluated, Failed
from fmsearch.reports import figures
from fmsearch.schedule import LAG
from fmsearch.study import Study
from fmsearch.trials import Trials

NO_TIME = (
    "The search has used up the time: the final stage trains the most accurate candidate alone, and only briefly. "
    "Raise budget.time, or lower the numbers in budget.rungs."
)
AGAIN = "Fix the cause and run the study again, without --fresh: what succeeded is kept."


def carry_out(study: Study, intake: Intake, trials: Trials, pace: Pace, relative: Relative) -> None:
    """Search, then train the front again.

    Raises:
        InputError: nothing in the space can be trained.
        FmsearchError: training fails again and again, or not one candidate could be trained.
    """
    ledger = Ledger(trials, study.budget.rungs, study.budget.keep, relative)
    search = Search(study, intake, trials, pace, ledger)
    search.run()
    search.play_off()
    if not ledger.answered and study.budget.time is not None:
        fix = "Raise budget.time, or lower the first of budget.rungs."
        raise FmsearchError(f"No candidate was trained within budget.time ({study.budget.time:g} s).", fix)
    if not ledger.trained:
        raise FmsearchError("No candidate was trained successfully.", "`fmsearch leaderboard` shows the reasons.")
    finals = pace.finals(ledger)
    if not finals.has_time:
        trials.tell(Note(NO_TIME))
    _train_again(finals, trials)


def _train_again(finals: Finals, trials: Trials) -> None:
    """The final stage: never more under way than there are workers, as the clock may set how long one takes."""
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
        raise FmsearchError(f"All trainings of the final stage failed; the last one: {sentence(reason)}", AGAIN)


class Search:
    """Searches a study's space to its end.

    Args:
        study: what is searched.
        intake: where candidates come from.
        trials: where they are trained.
        pace: when it must end.
        ledger: where what came of them is kept.
    """

    def __init__(self, study: Study, intake: Intake, trials: Trials, pace: Pace, ledger: Ledger) -> None:
        self._study = study
        self._intake = intake
        self._trials = trials
        self._pace = pace
        self._ledger = ledger
        self._settled = 0
        self._is_open = True

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
        while entrants := self._pace.play_off(self._ledger):
            index = self._ledger.add_play_off(entrants)
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
        budget, entries = self._study.budget, self._ledger.entries
        while self._wants_more and not self._intake.exhausted:
            index = len(entries)
            seen = entries[: max(0, index - LAG + 1)]
            if not all(entry.cohort.is_complete for entry in seen):
                return
            if not self._pace.admits(self._ledger):
                return
            self._settle(seen)
            rest = budget.candidates - len(self._trials.taken)
            prescribed: dict[int, float | None] = {}
            for one in self._intake.take(budget.cohort if self._intake.prescribes else min(budget.cohort, rest)):
                if one.number == len(self._trials.taken):
                    self._trials.take(one, index)
                prescribed[one.number] = one.epochs
                self._want(one.number, one.epochs or self._ledger.epochs(one.number, budget.rungs[0]), index, rung=0)
                self._trials.begin()  # the next proposal may take its time
            count = len(self._trials.taken)
            if self._intake.exhausted and not self._intake.prescribes:
                many = figures.several(count, "candidate")
                why = "the space seems exhausted within its limits"
                self._trials.tell(Note(f"No new candidate was found after {many}: {why}, so no more are proposed."))
            self._ledger.add(prescribed, budget.rungs[:1] if self._intake.prescribes else budget.rungs)
            self._trials.tell(Proposed(index, count, self._intake.rejected, self._intake.repeated))

    @property
    def _wants_more(self) -> bool:
        """An engine with rungs of its own counts its candidates itself: they may have longer trainings ahead."""
        return self._is_open and (self._intake.prescribes or len(self._trials.taken) < self._study.budget.candidates)

    def _settle(self, seen: Sequence[Entry]) -> None:
        """Tell the proposer what came of the cohorts it has not been told of.

        What each would have reached at the last rung, so that those that never got there compare;
        an engine with rungs of its own wants what it asked for.
        """
        results = self._ledger.results
        everybody = [number for entry in seen for number in entry.cohort.members]
        promises = results.promises(everybody, self._ledger.last_rung)
        for entry in seen[self._settled :]:
            for number, epochs in entry.prescribed.items():
                point = results.of(number, epochs) if epochs is not None else promises.get(number)
                self._intake.settle((number, epochs), Evaluated(point.accuracy, point.size) if point else Failed())
        self._settled = max(self._settled, len(seen))

    def _climb(self, index: int) -> None:
        """Want what a cohort's present rung takes."""
        cohort = self._ledger.entries[index].cohort
        for number in cohort.pending():
            self._want(number, self._ledger.epochs(number, cohort.epochs), index, cohort.rung)

    def _want(self, number: int, epochs: float, index: int, rung: int) -> None:
        """Want a training for a cohort; older cohorts and higher rungs go first."""
        self._ledger.want(number, epochs, index)
        if not self._pace.skips(self._trials.taken[number].candidate.digest, epochs):
            self._trials.want(number, epochs, priority=(index, -rung), stored_only=self._pace.searched)

    def _record(self, answer: Answer) -> None:
        """Fold one result into its cohort; a rung that is complete opens the next."""
        number, epochs = answer.number, answer.evaluation.epochs
        passes = answer.result.passes(epochs) or epochs  # one that failed at once is priced as a whole
        price = self._pace.price(self._trials.taken[number].analysis, answer.result, passes)
        index, is_next = self._ledger.record(number, epochs, self._trials.point(answer), price, passes)
        if is_next:
            self._climb(index)
        if self._ledger.entries[index].cohort.is_complete:
            self._open()
