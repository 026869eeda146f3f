"""How a run with a time limit spends it: when the search ends, and how long each model of the front trains then. Pure.

With training time, accuracy grows roughly as the logarithm of the epochs, at every size. The area under the front then
grows most if each model gets time in proportion to the sizes at which it is the best: from its own to that of the next
larger one.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import Field

from fmsearch.pareto import Point, front
from searchspace.domains import Model

LAST = 1.0  # decades of size at which the largest model is the best: those beyond it
FINISH = 1.5  # seconds to test and save a model
CLOSING = 1.0  # seconds to end a run
# Twice the time saves a model about this share of its errors, divided by log2(e). One that saves less beside the next
# smaller model is worth less than its time is to the others.
STEP = 0.08
TIMES = 2  # as long as in the search, at the least
LONGEST = 0.85  # share of the time left that any but the last training takes, lest a wrong guess miss the end
MOMENT = 0.1  # epochs are planned to


class Timetable(Model):
    """What the clock decided so far; a run that goes on keeps to it.

    Attributes:
        time: the limit it was made for, in seconds.
        cohorts: how many the search has opened.
        playoffs: the numbers of the candidates in each play-off.
        skipped: which trainings of the search, by candidate and epochs, were left out as its time was up.
        members: the numbers of the candidates that the final stage trains; nobody while the search goes on.
        epochs: how many epochs it trains them for, by number, as far as they have begun.
    """

    time: float
    cohorts: int = 0
    playoffs: tuple[tuple[int, ...], ...] = ()
    skipped: tuple[tuple[int, float], ...] = ()
    members: tuple[int, ...] = ()
    epochs: dict[int, float] = Field(default_factory=dict)

    @property
    def is_final(self) -> bool:
        """Whether the search is over."""
        return bool(self.members)


@dataclass(frozen=True, slots=True)
class Finalist:
    """A candidate for the final stage.

    Attributes:
        number: of the candidate.
        point: what it reached in the search.
        trained: epochs of its longest training so far.
        setup: what a training of it in the final stage costs besides its epochs: seconds, or whatever is limited.
        pace: what one epoch costs.
        shrinkage: what share of its errors remained whenever it trained twice as long; 1 if it trained once.
    """

    number: int
    point: Point
    trained: float
    setup: float
    pace: float
    shrinkage: float = 1.0

    @property
    def prospect(self) -> Point:
        """What it reaches when it trains twice as long, should it go on as it did."""
        return Point(self.point.size, 1.0 - self.shrinkage * (1.0 - self.point.accuracy))

    def cost(self, epochs: float) -> float:
        """What a training of so many epochs costs."""
        return self.setup + epochs * self.pace

    def epochs(self, cost: float) -> float:
        """How many epochs it trains for so much."""
        return (cost - self.setup) / self.pace


def furthest(trainings: Sequence[Finalist]) -> Finalist:
    """A candidate by its longest training, with what share of its errors remains whenever it trains twice as long.

    That is told by its last two trainings, in whatever order they came. Errors shrink about as a power of the time
    (Hestness et al., 2017).
    """
    ordered = sorted(trainings, key=lambda one: (one.trained, one.point.accuracy))
    before, last = ordered[-2:] if len(ordered) > 1 else (ordered[0], ordered[0])
    if before.trained == last.trained or before.point.accuracy == 1.0:
        return last
    left = (1.0 - last.point.accuracy) / (1.0 - before.point.accuracy)
    return replace(last, shrinkage=min(1.0, left ** (1.0 / math.log2(last.trained / before.trained))))


def spans(points: Sequence[Point]) -> list[float]:
    """Over how many decades of size each point of a front, smallest first, is the best."""
    sizes = [math.log10(point.size) for point in points]
    if not sizes:
        return []
    return [after - before for before, after in zip(sizes, [*sizes[1:], sizes[-1] + LAST], strict=True)]


def allot(finalists: Sequence[Finalist], total: float, most: float) -> list[float]:
    """What each of a front's members gets of a total, smallest first: by the sizes it serves, up to `most` epochs.

    What one cannot use goes to the others.
    """
    caps = [finalist.cost(most) for finalist in finalists]
    weights = spans([finalist.point for finalist in finalists])
    given = [0.0] * len(finalists)
    open_ = set(range(len(finalists)))
    while open_:
        rest = total - sum(given[i] for i in range(len(given)) if i not in open_)
        unit = rest / sum(weights[i] for i in open_)
        full = {i for i in open_ if weights[i] * unit >= caps[i]}
        for i in full or open_:
            given[i] = caps[i] if full else weights[i] * unit
        open_ -= full or open_
    return given


def choose(finalists: Sequence[Finalist], total: float, most: float) -> list[Finalist]:
    """Those worth training again, smallest first, where time is short: the front of what they promise, but thinned.

    One that is hardly better than the next smaller one is left out: the others gain more from its time. Then, of those
    that would not even train twice as long as before, the one goes that adds the least area to the front.
    """
    members = [finalists[i] for i in front([finalist.prospect for finalist in finalists])]
    chosen = members[:1]
    for one in members[1:]:
        # The largest has learnt least of what it can, and has a decade of sizes to serve.
        if one is members[-1] or _errors(one) <= (1 - STEP) * _errors(chosen[-1]):
            chosen.append(one)
    while len(chosen) > 1:
        given = allot(chosen, total, most)
        short = [i for i, one in enumerate(chosen) if one.epochs(given[i]) < min(most, TIMES * one.trained)]
        if not short:
            break
        areas = _areas([finalist.prospect for finalist in chosen])
        chosen.pop(min(short, key=lambda i: (areas[i], i)))
    return chosen


def _errors(finalist: Finalist) -> float:
    """The share of images that it promises to get wrong."""
    return 1.0 - finalist.prospect.accuracy


def _areas(points: Sequence[Point]) -> list[float]:
    """What would be lost without each point of a front."""
    below = [0.0, *(point.accuracy for point in points[:-1])]
    return [span * (point.accuracy - low) for span, point, low in zip(spans(points), points, below, strict=True)]


@dataclass(frozen=True, slots=True)
class _Running:
    """A training on a worker since a moment, and how many seconds it was guessed to take."""

    number: int
    since: float
    guess: float


def whole(epochs: float, most: float) -> float:
    """Epochs as they are planned: in tenths, one at the least."""
    return round(min(most, max(MOMENT, math.floor(epochs / MOMENT) * MOMENT)), 1)


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
        self._guessed = self._took = 0.0
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
        """A worker's last training takes what time is left; others their part of what is left of all workers' time."""
        seconds = self._deadline - now
        if len(self._waiting) > self._workers:
            free = self._workers - len(self._running)
            ends = [max(now, one.since + self._drag * one.guess) for one in self._running]
            left = free * seconds + sum(max(0.0, self._deadline - end) for end in ends)
            part = self._weights[number] / sum(self._weights[waiting] for waiting, _ in self._waiting)
            seconds = min(LONGEST * seconds, left * part)
        return whole(self._finalists[number].epochs(seconds / self._drag), self._most)
