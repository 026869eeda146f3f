"""The candidates that a study took and what came of them: every answer noted in the trail and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from fmsearch.clock import Clock
from fmsearch.environment import Environment
from fmsearch.evaluation import Evaluation, Purpose, Result
from fmsearch.evaluator import Answer, Evaluator
from fmsearch.events import Event, FinalStage, Finished, Observer
from fmsearch.failures import Failures
from fmsearch.intake import Taken
from fmsearch.pareto import Point
from fmsearch.patience import Patience
from fmsearch.seeds import derive_seed
from fmsearch.study import Study
from searchspace import Candidate


class Trail(Protocol):
    """Where a study notes what it took and used."""

    def take(self, number: int, cohort: int, candidate: Candidate) -> None:
        """The study took a candidate."""

    def use(self, number: int, key: str) -> None:
        """The study used an evaluation of a candidate."""

    def fail(self, number: int, evaluation: Evaluation, result: Result) -> None:
        """An evaluation of a candidate had no result that could be kept."""

    def elect(self, numbers: Sequence[int]) -> None:
        """These candidates train in the final stage."""


@dataclass(frozen=True)
class Conditions:
    """What every evaluation of a run shares: data, of so many training images, and machine."""

    dataset: str
    environment: Environment
    images: int


class Trials:
    """Trains a study's candidates.

    Args:
        study: whose candidates they are.
        conditions: what every evaluation shares.
        evaluator: where results come from.
        trail: where what was taken and used is noted.
        observer: who watches.
        clock: of the run.
        patience: how long a training may take.
    """

    def __init__(
        self,
        study: Study,
        conditions: Conditions,
        *,
        evaluator: Evaluator,
        trail: Trail,
        observer: Observer,
        clock: Clock,
        patience: Patience,
    ) -> None:
        self._study = study
        self._conditions = conditions
        self._evaluator = evaluator
        self._trail = trail
        self._observer = observer
        self._clock = clock
        self._patience = patience
        self._failures = Failures()
        self.taken: list[Taken] = []

    @property
    def workers(self) -> int:
        """How many train side by side."""
        return self._evaluator.workers

    def take(self, taken: Taken, cohort: int) -> None:
        """Train this one from now on, under the next number."""
        self._trail.take(taken.number, cohort, taken.candidate)
        self.taken.append(taken)

    def want(
        self,
        number: int,
        epochs: float,
        purpose: Purpose = "search",
        replica: int = 0,
        priority: tuple[int, ...] = (),
        *,
        stored_only: bool = False,
    ) -> None:
        """Ask for a training of a candidate; with `stored_only`, if it was done before."""
        candidate, analysis = self.taken[number].candidate, self.taken[number].analysis
        augment = None
        if purpose == "final":
            images = self._conditions.images
            augment = self._study.final.augment(candidate.recipe, analysis.parameters, epochs, images)
        evaluation = Evaluation(
            candidate=candidate,
            dataset=self._conditions.dataset,
            epochs=epochs,
            seed=derive_seed(self._study.seed, candidate.digest, purpose, replica),
            purpose=purpose,
            environment=self._conditions.environment,
            augment=augment,
        )
        seconds = partial(self._patience.seconds, analysis, epochs)
        self._evaluator.want(number, evaluation, priority, seconds=seconds, stored_only=stored_only)

    def elect(self, numbers: Sequence[int]) -> None:
        """Begin the final stage with these candidates."""
        self._trail.elect(numbers)
        self.tell(FinalStage(tuple(numbers)))

    def begin(self) -> None:
        """Let idle workers begin what is wanted."""
        self._evaluator.begin()

    def drop_waiting(self) -> None:
        """Want nothing any more that no worker has begun."""
        self._evaluator.drop_waiting()

    def next(self) -> Answer | None:
        """The next answer, in whatever order they come; None when nothing is wanted any more.

        Raises:
            FmsearchError: training fails again and again.
            KeyboardInterrupt: the run was told to stop.
        """
        answer = self._evaluator.next()
        if answer is None:
            return None
        taken = self.taken[answer.number]
        if answer.kept:
            self._trail.use(answer.number, answer.evaluation.key)
        else:
            self._trail.fail(answer.number, answer.evaluation, answer.result)
        self.tell(
            Finished(
                number=answer.number,
                candidate=taken.candidate,
                analysis=taken.analysis,
                size=self._study.objectives.size(taken.analysis),
                evaluation=answer.evaluation,
                result=answer.result,
                stored=answer.stored,
            )
        )
        if not answer.stored:
            self._clock.tick()
            self._patience.learn(taken.analysis, answer.evaluation, answer.result)
        self._failures.count(answer.number, answer.result)
        return answer

    def tell(self, event: Event) -> None:
        """Tell who watches."""
        self._observer.notice(event)

    def point(self, answer: Answer) -> Point | None:
        """Where an answer puts its candidate; None if training failed."""
        if answer.result.accuracy is None:
            return None
        return Point(float(self._study.objectives.counted(self.taken[answer.number].analysis)), answer.result.accuracy)
