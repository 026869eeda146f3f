"""The loop: a study folded over its evaluations.

It sees protocols only, and what comes out of it depends neither on the order in which results arrive nor on how often
it was interrupted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from fmsearch.errors import FmsearchError
from fmsearch.evaluation import Environment, Evaluation, Purpose, Result, derive_seed
from fmsearch.evaluator import Answer, Evaluator
from fmsearch.events import FinalStage, Finished, Note, Observer, Proposed
from fmsearch.intake import Intake, Taken
from fmsearch.pareto import Point, front
from fmsearch.proposers import Evaluated, Failed
from fmsearch.schedule import LAG, Cohort
from fmsearch.study import Study
from searchspace import Candidate

FAILURES_IN_A_ROW = 10


class Trail(Protocol):
    """Where the search notes what it took and used."""

    def take(self, number: int, cohort: int, candidate: Candidate) -> None:
        """The study took a candidate."""

    def use(self, number: int, key: str) -> None:
        """The study used an evaluation of a candidate."""


@dataclass(frozen=True)
class Conditions:
    """What every evaluation of a run shares."""

    dataset: str
    environment: Environment


class Search:
    """Runs a study to its end.

    Args:
        study: what is searched.
        conditions: what every evaluation shares.
        intake: where candidates come from.
        evaluator: where results come from.
        trail: where the search notes what it did.
        observer: who watches.
    """

    def __init__(
        self,
        study: Study,
        conditions: Conditions,
        *,
        intake: Intake,
        evaluator: Evaluator,
        trail: Trail,
        observer: Observer,
    ) -> None:
        self._study = study
        self._conditions = conditions
        self._intake = intake
        self._evaluator = evaluator
        self._trail = trail
        self._observer = observer
        self._taken: list[Taken] = []
        self._cohorts: list[Cohort] = []
        self._settled = 0
        self._reached: dict[int, Point] = {}
        self._failures = 0

    def run(self) -> None:
        """Search, then train the front again.

        Raises:
            InputError: nothing in the space can be trained.
            FmsearchError: training fails again and again, or not one candidate could be trained.
        """
        self._open()
        while (answer := self._evaluator.next()) is not None:
            self._record(answer)
        members = self._front()
        if not members:
            raise FmsearchError("No candidate was trained with success.", "`fmsearch leaderboard` shows the reasons.")
        self._observer.notice(FinalStage(tuple(members)))
        for replica in range(self._study.final.seeds):
            for number in members:
                self._want(number, self._study.final.epochs, "final", replica, (replica,))
        while (answer := self._evaluator.next()) is not None:
            self._use(answer)

    def _open(self) -> None:
        """Propose every cohort that may be proposed now.

        A cohort sees the results of all but the one before it. Those are told in the order of their numbers, so what
        the proposer knows never depends on what finished first.
        """
        budget = self._study.budget
        while len(self._taken) < budget.candidates and not self._intake.exhausted:
            index = len(self._cohorts)
            seen = self._cohorts[: max(0, index - LAG + 1)]
            if not all(cohort.is_complete for cohort in seen):
                return
            self._settle(seen)
            taken = self._intake.take(min(budget.cohort, budget.candidates - len(self._taken)))
            for one in taken:
                self._trail.take(one.number, index, one.candidate)
            self._taken += taken
            if self._intake.exhausted:
                self._observer.notice(Note(f"The proposer has nothing new after {len(self._taken)} candidates."))
            cohort = Cohort([one.number for one in taken], budget.rungs, budget.keep)
            self._cohorts.append(cohort)
            self._observer.notice(Proposed(index, len(self._taken), self._intake.rejected, self._intake.repeated))
            self._climb(index)

    def _settle(self, seen: list[Cohort]) -> None:
        """Tell the proposer what came of the cohorts it has not been told of."""
        for cohort in seen[self._settled :]:
            for number in cohort.members:
                point = self._reached.get(number)
                self._intake.settle(number, Failed() if point is None else Evaluated(point.accuracy, point.size))
        self._settled = max(self._settled, len(seen))

    def _climb(self, index: int) -> None:
        """Want what a cohort's present rung takes; older cohorts and higher rungs go first."""
        cohort = self._cohorts[index]
        for number in cohort.pending():
            self._want(number, cohort.epochs, "search", 0, (index, -cohort.rung))

    def _want(
        self,
        number: int,
        epochs: int,
        purpose: Purpose,
        replica: int,
        priority: tuple[int, ...],
    ) -> None:
        candidate = self._taken[number].candidate
        evaluation = Evaluation(
            candidate=candidate,
            dataset=self._conditions.dataset,
            epochs=epochs,
            seed=derive_seed(self._study.seed, candidate.digest, purpose, replica),
            purpose=purpose,
            environment=self._conditions.environment,
        )
        self._evaluator.want(number, evaluation, priority)

    def _record(self, answer: Answer) -> None:
        """Fold one result of the search into its cohort; a rung that is complete opens the next."""
        self._use(answer)
        number = answer.number
        index = next(i for i, cohort in enumerate(self._cohorts) if number in cohort.members)
        cohort = self._cohorts[index]
        rung = cohort.rung
        point = self._point(number, answer.result)
        if point is not None:
            self._reached[number] = point
        cohort.record(number, point)
        if cohort.rung != rung:
            self._climb(index)
        if cohort.is_complete:
            self._open()

    def _use(self, answer: Answer) -> None:
        """Note and show an answer."""
        self._trail.use(answer.number, answer.evaluation.key)
        taken = self._taken[answer.number]
        self._observer.notice(
            Finished(
                number=answer.number,
                candidate=taken.candidate,
                analysis=taken.analysis,
                size=getattr(taken.analysis, self._study.objectives.minimize),
                evaluation=answer.evaluation,
                result=answer.result,
                stored=answer.stored,
            )
        )
        self._count_failures(answer.result)

    def _count_failures(self, result: Result) -> None:
        self._failures = self._failures + 1 if result.status == "failed" else 0
        if self._failures == FAILURES_IN_A_ROW:
            raise FmsearchError(
                f"{FAILURES_IN_A_ROW} trainings in a row failed; the last one: {result.reason}.",
                "Mend the cause and run the command again: what succeeded is kept.",
            )

    def _point(self, number: int, result: Result) -> Point | None:
        if result.accuracy is None:
            return None
        size = getattr(self._taken[number].analysis, self._study.objectives.minimize)
        return Point(float(size), result.accuracy)

    def _front(self) -> list[int]:
        """Those whom nobody dominates, each by its longest training.

        One that was left at a lower rung and still beats all that are no larger belongs here: more epochs would only
        have raised it.
        """
        contest = sorted(self._reached)
        return [contest[i] for i in front([self._reached[number] for number in contest])]
