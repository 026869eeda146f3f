"""Results of evaluations, from the store where they are known, from workers where they are not."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Protocol

from pydantic import ValidationError

from fmsearch.evaluation import Evaluation, Result
from fmsearch.events import Ended, Note, Observer, Started
from fmsearch.executors import Call, Executor, Outcome

TRIES = 3
POLL = 0.2  # seconds between looks at whether to stop


class Cache(Protocol):
    """What is known already."""

    def find(self, key: str) -> Result | None:
        """The result under a key."""

    def add(self, evaluation: Evaluation, result: Result) -> None:
        """Keep a result."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An evaluation of the candidate of a number has a result.

    Attributes:
        stored: whether it was known before.
        kept: whether it is known from now on. What failed for a reason outside of it is tried again by the next run.
    """

    number: int
    evaluation: Evaluation
    result: Result
    stored: bool
    kept: bool = True


@dataclass(order=True, slots=True)
class _Wanted:
    priority: tuple[int, ...]
    number: int = field(compare=False)
    evaluation: Evaluation = field(compare=False)
    seconds: Callable[[], float] = field(compare=False)
    known: bool = field(default=False, compare=False)
    tries: int = field(default=0, compare=False)


class Evaluator:
    """Answers each evaluation once: at once if it is stored, otherwise when a worker has run it.

    Args:
        cache: where results are found and kept.
        executor: where the others run.
        call: the call that runs an evaluation.
        observer: told of each evaluation that begins on a worker, and that it ended.
        stop: when set, nothing more is begun.
    """

    def __init__(
        self,
        cache: Cache,
        executor: Executor,
        call: Callable[[Evaluation], Call],
        observer: Observer,
        stop: Event | None = None,
    ) -> None:
        self._cache = cache
        self._executor = executor
        self._call = call
        self._observer = observer
        self._stop = stop or Event()
        self._said_so = False
        self._tries_again = True
        self._known: deque[Answer] = deque()
        self._wanted: list[_Wanted] = []
        self._running: dict[int, _Wanted] = {}
        self._tickets = 0

    @property
    def workers(self) -> int:
        """How many evaluations run side by side."""
        return self._executor.workers

    def want(
        self,
        number: int,
        evaluation: Evaluation,
        priority: tuple[int, ...],
        *,
        seconds: Callable[[], float] = lambda: math.inf,
        stored_only: bool = False,
    ) -> None:
        """Ask for a result for the candidate of a number; with `stored_only`, if it is known already.

        Of those that wait for a worker, the lowest `priority` runs first. `seconds()`, asked as one begins, is the most
        it may take: past it, it is killed and tried again with more; at 0 it is not begun.
        """
        result = self._cache.find(evaluation.key)
        if result is not None:
            self._known.append(Answer(number, evaluation, result, stored=True))
        elif not stored_only:
            heapq.heappush(self._wanted, _Wanted((*priority, self._tickets), number, evaluation, seconds))
            self._tickets += 1
            self._tries_again = True

    def renew(self, number: int, evaluation: Evaluation, seconds: float) -> None:
        """Run an evaluation whose result is known once more, for the model that it leaves; the result stays."""
        heapq.heappush(self._wanted, _Wanted((self._tickets,), number, evaluation, lambda: seconds, known=True))
        self._tickets += 1
        self._tries_again = True

    def begin(self) -> None:
        """Let idle workers begin what is wanted, unless this is to stop."""
        if not self._stop.is_set():
            self._dispatch()

    def drop_waiting(self) -> None:
        """Want nothing any more that no worker has begun, nor what would have to begin again."""
        self._wanted.clear()
        self._tries_again = False

    def next(self) -> Answer | None:
        """The next answer, in whatever order results come; None when nothing is wanted any more.

        Raises:
            KeyboardInterrupt: this was to stop, and all that had begun has ended.
        """
        while True:
            if self._stop.is_set():
                self._say_so()
                if not self._running:
                    raise KeyboardInterrupt
            elif self._known:
                return self._known.popleft()
            else:
                self._dispatch()
            if not self._running:
                return None
            finished = self._executor.next(timeout=POLL)
            if finished is not None and (answer := self._settle(*finished)) is not None:
                return answer

    def _dispatch(self) -> None:
        while self._wanted and len(self._running) < self._executor.workers:
            wanted = heapq.heappop(self._wanted)
            seconds = wanted.seconds() * 2**wanted.tries
            if seconds <= 0.0:
                continue
            self._tickets += 1
            self._running[self._tickets] = wanted
            self._executor.submit(self._tickets, replace(self._call(wanted.evaluation), seconds=seconds))
            self._observer.notice(Started(wanted.number, wanted.evaluation))

    def _settle(self, ticket: int, outcome: Outcome) -> Answer | None:
        """The answer; None where the fault was external and it is tried again, or no longer wanted."""
        wanted = self._running.pop(ticket)
        self._observer.notice(Ended(wanted.evaluation))
        outcome, result = _read(outcome)
        if result is not None:
            if wanted.known:
                return Answer(wanted.number, wanted.evaluation, result, stored=True)
            result = self._without_remark(result)
            self._cache.add(wanted.evaluation, result)
            return Answer(wanted.number, wanted.evaluation, result, stored=False)
        wanted.tries += 1
        if outcome.external and not self._tries_again:
            return None
        if outcome.external and wanted.tries < TRIES:
            heapq.heappush(self._wanted, wanted)
            return None
        # Not kept: a rerun tries again, for what failed was the machine or the software, not the network.
        failed = Result(status="failed", reason=outcome.error)
        return Answer(wanted.number, wanted.evaluation, failed, stored=False, kept=False)

    def _without_remark(self, result: Result) -> Result:
        """A result as it is kept: what went wrong beside it is told now, and is no part of it."""
        if not result.remark:
            return result
        self._observer.notice(Note(f"{result.remark}."))
        return result.model_copy(update={"remark": ""})

    def _say_so(self) -> None:
        if self._running and not self._said_so:
            self._said_so = True
            count = len(self._running)
            waits = "the running evaluation ends" if count == 1 else f"the {count} running evaluations end"
            self._observer.notice(Note(f"Stopping once {waits}; press Ctrl-C again to stop at once."))


def _read(outcome: Outcome) -> tuple[Outcome, Result | None]:
    """The result that a worker answered, if that is one."""
    if outcome.value is None:
        return outcome, None
    try:
        return outcome, Result.model_validate_json(outcome.value)
    except ValidationError as error:
        why = f"the answer is no result: {error.errors()[0]['msg']}"
        return Outcome(error=why), None
