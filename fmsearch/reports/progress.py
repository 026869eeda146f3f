"""How far a search has come: events folded into what a view shows. Knows no terminal."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fmsearch.evaluation import Evaluation
from fmsearch.events import Began, Ended, Event, FinalStage, Finished, Note, Proposed, Started
from fmsearch.pareto import Point, front
from fmsearch.reports.rows import ID_LENGTH
from fmsearch.reports.sketch import sketch
from fmsearch.schedule import planned
from fmsearch.study import Study

ALMOST = 0.95  # share of its epochs that a running evaluation is credited with at most


@dataclass(frozen=True, slots=True)
class Known:
    """A candidate by its latest result; its accuracy is None where that failed, a mean over final seeds."""

    id: str
    architecture: str
    size: int
    epochs: float
    accuracy: float | None
    results: int = 1

    @property
    def point(self) -> Point:
        """Where it stands in a plot."""
        return Point(float(self.size), self.accuracy or 0.0)


@dataclass(frozen=True, slots=True)
class Running:
    """An evaluation on a worker, since a moment of the clock."""

    id: str
    architecture: str
    epochs: float
    purpose: str
    since: float


@dataclass
class Progress:
    """What is known of a search that goes on.

    Args:
        study: what is searched.
        clock: seconds since whenever.
    """

    study: Study
    clock: Callable[[], float] = time.monotonic
    proposed: Proposed | None = None
    members: tuple[int, ...] | None = None
    failed: int = 0
    stored: int = 0
    finished: int = 0
    running: dict[str, Running] = field(default_factory=dict)
    known: dict[int, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rungs = planned(self.study)
        self.began = self.clock()
        self._last_rung = rungs[max(rungs)]
        self._trainings = sum(rungs.values())
        self._epochs = sum(epochs * count for epochs, count in rungs.items())
        self._done = self._fresh = 0.0
        self._images = 0
        self._macs = 0.0
        self._seconds = 0.0
        self._working_since: float | None = None
        self._final: set[int] = set()

    def notice(self, event: Event) -> None:
        """Take in what happened, in whatever order."""
        match event:
            case Began(seconds=seconds, images=images):
                self.began = self.clock() - seconds
                self._images = images
            case Proposed():
                self.proposed = event
            case Started(evaluation=evaluation):
                self._start(evaluation)
            case Ended(evaluation=evaluation):
                self.running.pop(evaluation.key, None)
            case Finished():
                self._finish(event)
            case FinalStage(numbers=numbers):
                self.members = numbers
                self._epochs = self._done
                self.finished = 0
            case Note():
                pass

    @property
    def is_limited(self) -> bool:
        """Whether time or compute ends the search, not a number of candidates."""
        return self.study.budget.is_limited

    @property
    def total(self) -> int | None:
        """Trainings of this stage, as far as one can tell: None where a limit will say."""
        if self.is_limited and self.members is None:
            return None
        seeds = self.study.final.seeds
        planned = self._trainings if self.members is None else len(self.members) * seeds
        return max(planned, self.finished)

    @property
    def planned(self) -> float | None:
        """Epochs of both stages, None where a limit will say; until the final one begins, the front is a guess."""
        if self.is_limited:
            return None
        final = self.study.final
        count = self._expected() if self.members is None else len(self.members)
        return max(self._epochs + count * final.seeds * final.epochs, self._done)

    def done(self) -> float:
        """Epochs trained, those of running evaluations by their time."""
        done = self._done + self._credit()
        return done if self.planned is None else min(done, self.planned)

    def share(self) -> float:
        """How much of the run is done, from 0 to 1: of its epochs, or of what is limited."""
        budget = self.study.budget
        if budget.time is not None:
            return min(1.0, self.elapsed() / budget.time)
        if budget.macs is not None:
            return min(1.0, self._macs / budget.macs)
        return self.done() / max(self.planned or 0.0, 1)

    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return self.clock() - self.began

    def left(self) -> float | None:
        """Seconds to the end: those of the time limit, or at the pace so far; None while there is no telling."""
        budget = self.study.budget
        if budget.time is not None:
            return max(0.0, budget.time - self.elapsed())
        if self.planned is None:
            share = self.share()
            return self.elapsed() * (1.0 - share) / share if share else None
        trained = self._fresh + self._credit()
        if self._working_since is None or trained <= 0:
            return None
        pace = (self.clock() - self._working_since) / trained
        return (self.planned - self.done()) * pace

    def front(self) -> list[int]:
        """Numbers of the front as it stands, smallest first: of all candidates; of the chosen in the final stage."""
        contest = [
            number
            for number, known in sorted(self.known.items())
            if known.accuracy is not None and (self.members is None or number in self.members)
        ]
        points = [self.known[number].point for number in contest]
        least = float(self.study.objectives.down_to)
        return [contest[i] for i in front([Point(max(least, one.size), one.accuracy) for one in points])]

    def _expected(self) -> int:
        """How many the front may have: many of those that reach the last rung are worse than others there."""
        return min(self._last_rung, math.ceil(2 * math.sqrt(self._last_rung)))

    def _start(self, evaluation: Evaluation) -> None:
        now = self.clock()
        self._working_since = now if self._working_since is None else self._working_since
        candidate = evaluation.candidate
        self.running[evaluation.key] = Running(
            candidate.digest[:ID_LENGTH], sketch(candidate.architecture), evaluation.epochs, evaluation.purpose, now
        )

    def _finish(self, event: Finished) -> None:
        epochs = event.evaluation.epochs
        self.running.pop(event.evaluation.key, None)
        self.finished += 1
        self._done += epochs
        self._macs += event.analysis.macs * (event.result.passes(epochs) or epochs) * self._images
        self.failed += event.result.status == "failed"
        self.stored += event.stored
        if not event.stored:
            self._fresh += epochs
            self._seconds += event.result.seconds
        self._learn(event)

    def _learn(self, event: Finished) -> None:
        """Keep what a candidate reached last; the results of its final seeds together."""
        before = self.known.get(event.number)
        known = Known(
            event.candidate.digest[:ID_LENGTH],
            sketch(event.candidate.architecture),
            event.size,
            event.evaluation.epochs,
            event.result.accuracy,
        )
        if event.evaluation.purpose == "final":
            if before is not None and event.number in self._final:
                known = _together(before, known)
            self._final.add(event.number)
        elif before is not None and before.epochs > known.epochs:
            return
        self.known[event.number] = known

    def _credit(self) -> float:
        """Epochs that running evaluations have behind them, judged by how long epochs took so far."""
        if not self._seconds or not self._fresh:
            return 0.0
        pace, now = self._fresh / self._seconds, self.clock()
        return sum(min((now - one.since) * pace, ALMOST * one.epochs) for one in self.running.values())


def _together(before: Known, known: Known) -> Known:
    """The mean of several seeds; one that failed does not count."""
    if before.accuracy is None or known.accuracy is None:
        return known if before.accuracy is None else before
    count = before.results + 1
    return replace(known, accuracy=before.accuracy + (known.accuracy - before.accuracy) / count, results=count)
