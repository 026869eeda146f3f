"""A final stage that shares out what time is left, training by training."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fmsearch.finalists import Finalist, allot
from fmsearch.pace.planned import MOMENT, whole

LONGEST = 0.85  # share of the time left that any but the last training takes, lest a wrong guess miss the end
DOUBT = 1.0  # average trainings that must have ended before what they took counts as much as what was guessed


@dataclass(frozen=True, slots=True)
class _Running:
    """A training on a worker since a moment, and how many seconds it was guessed to take."""

    number: int
    since: float
    guess: float


class Sharing:
    """Shares out what time is left, training by training: a wrong guess about one is made good by the others.

    Args:
        finalists: who trains, smallest first.
        seeds: how often each does.
        workers: how many train side by side.
        deadline: when all must have ended, in seconds of the run.
        most: epochs of a training at the most.
        clock: seconds of the run so far.
        decided: epochs that were decided before, by number.
        keep: given all that is decided after each decision.
    """

    def __init__(
        self,
        finalists: Sequence[Finalist],
        *,
        seeds: int,
        workers: int,
        deadline: float,
        most: float,
        clock: Callable[[], float],
        decided: Mapping[int, float],
        keep: Callable[[dict[int, float]], None],
    ) -> None:
        self.members = tuple(one.number for one in finalists)
        self._finalists = {one.number: one for one in finalists}
        self._workers = workers
        self._deadline = deadline
        self._most = most
        self._clock = clock
        self._decided = dict(decided)
        self._keep = keep
        self._running: list[_Running] = []
        # As if as much had been guessed rightly: one training alone says little.
        share = workers * (deadline - clock()) / max(1, len(self.members) * seeds)
        self._guessed = self._took = DOUBT * max(0.0, share)
        self.has_time = bool(decided) or any(one.epochs(share) >= MOMENT for one in finalists)
        parts = allot(finalists, workers * deadline, math.inf)
        self._weights = dict(zip(self.members, parts, strict=True))
        # The longest first, so that the last ones are short and all workers end together.
        order = sorted(self.members, key=lambda number: -self._weights[number])
        self._waiting = deque((number, replica) for number in order for replica in range(seeds))

    @property
    def waiting(self) -> bool:
        """Whether there are trainings that have not begun."""
        return bool(self._waiting)

    def begin(self) -> tuple[int, int, float]:
        """The next training: candidate, replica, epochs."""
        now, number = self._clock(), self._waiting[0][0]
        if number not in self._decided:
            self._decided[number] = self._epochs(number, now)
            self._keep(dict(self._decided))
        epochs = self._decided[number]
        self._running.append(_Running(number, now, self._finalists[number].cost(epochs)))
        return (*self._waiting.popleft(), epochs)

    def end(self, number: int, *, stored: bool) -> None:
        """A training has ended: how long it took, unless it was stored, says how wrong the guesses are."""
        ended = next(one for one in self._running if one.number == number)
        self._running.remove(ended)
        if not stored:
            self._guessed += ended.guess
            self._took += self._clock() - ended.since

    @property
    def _drag(self) -> float:
        """How many times longer trainings take than guessed."""
        return self._took / self._guessed if self._guessed else 1.0

    def _epochs(self, number: int, now: float) -> float:
        """A worker's last training takes what time is left; others their part of what is left of all workers' time.

        All trainings of one model are equally long, so none may be longer than leaves room for the others.
        """
        free = self._workers - len(self._running)
        ends = [*free * [now], *(max(now, one.since + self._drag * one.guess) for one in self._running)]
        left = [max(0.0, self._deadline - end) for end in ends]
        seconds = _longest(left, sum(waiting == number for waiting, _ in self._waiting))
        if len(self._waiting) > self._workers:
            part = self._weights[number] / sum(self._weights[waiting] for waiting, _ in self._waiting)
            seconds = min(LONGEST * (self._deadline - now), sum(left) * part, seconds)
        return whole(self._finalists[number].epochs(seconds / self._drag), self._most)


def _longest(left: Sequence[float], count: int) -> float:
    """How long so many equally long trainings may be, one after another on workers that have so much time left."""
    lengths = {seconds / many for seconds in left for many in range(1, count + 1) if seconds > 0.0}
    fitting = [one for one in lengths if sum(math.floor(seconds / one + 1e-9) for seconds in left) >= count]
    return max(fitting, default=0.0)
