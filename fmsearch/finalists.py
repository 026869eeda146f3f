"""Who trains in the final stage, and how much of its time each gets. Pure.

What counts is the area under the front: accuracy over the logarithm of size. A learning curve says what a network would
reach in any time, so the area that any choice of networks, with any shares of the time, would come to is known
beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fmsearch.learning_curves import LearningCurve
from fmsearch.pareto import Point, front, hypervolume

LAST = 1.0  # decades of size at which the largest model is the best: those beyond it
LEAST_SPAN = 0.1  # decades that count for a member close below another: it is some budget's only model
CHANCE = 0.0005  # of the area that a choice promises, what one more member may cost: it may turn out the better one
PARTS = [0.5**times for times in range(7)]  # of the time: what one of the final stage may get


@dataclass(frozen=True, slots=True)
class Finalist:
    """A candidate for the final stage.

    Attributes:
        number: of the candidate.
        point: what it reached in the search.
        trained: epochs of its longest training so far.
        setup: what a training of it in the final stage costs besides its epochs: seconds, or whatever is limited.
        pace: what one epoch costs.
        curve: how far it gets in so many epochs.
    """

    number: int
    point: Point
    trained: float
    setup: float
    pace: float
    curve: LearningCurve

    def promise(self, epochs: float) -> Point:
        """What a training of so many epochs would reach."""
        return Point(self.point.size, self.curve.accuracy(epochs))

    def cost(self, epochs: float) -> float:
        """What a training of so many epochs costs."""
        return self.setup + epochs * self.pace

    def epochs(self, cost: float) -> float:
        """How many epochs it trains for so much."""
        return (cost - self.setup) / self.pace


def spans(points: Sequence[Point]) -> list[float]:
    """Over how many decades of size each point of a front, smallest first, is the best."""
    sizes = [math.log10(point.size) for point in points]
    if not sizes:
        return []
    return [after - before for before, after in zip(sizes, [*sizes[1:], sizes[-1] + LAST], strict=True)]


def allot(finalists: Sequence[Finalist], total: float, most: float) -> list[float]:
    """What each of a front's members gets of a total, smallest first: up to `most` epochs, and the rest to the others.

    A member adds to the area its accuracy over the sizes it serves. The sum is largest where one more second is worth
    the same for each (Lagrange); by the law of the learning curves that is where, late on the curve,
    epochs ** 1.5 = span * floor * fall / pace, up to a common factor.
    """
    served = spans([finalist.point for finalist in finalists])
    caps = [finalist.cost(most) for finalist in finalists]
    weights = [_weight(one, span) for one, span in zip(finalists, served, strict=True)]
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
    """Those that make the largest area of a total, smallest first; one at the least.

    As long as that makes the area larger, one joins, or leaves, or takes another's place: whichever adds most. Then
    those join that cost next to nothing of it: what they promise is not certain, and the best of several that promise
    about as much is better than any.
    """
    contenders = _contenders(finalists, total)
    edge = 10.0 ** (LAST + max(math.log10(one.point.size) for one in finalists))

    def area(members: Sequence[Finalist]) -> float:
        shares = zip(members, allot(members, total, most), strict=True)
        return hypervolume([one.promise(one.epochs(share)) for one, share in shares], edge)

    def best(choices: Iterable[list[Finalist]]) -> tuple[float, list[Finalist]]:
        return max(((area(members), members) for members in choices), key=_area)

    largest, chosen = best([one] for one in contenders)
    if largest <= 0.0:  # there is no time for anybody
        return [max(finalists, key=lambda one: (one.point.accuracy, -one.point.size))]
    while (move := best(_moves(chosen, contenders)))[0] > largest:
        largest, chosen = move
    while len(chosen) < len(contenders):
        promised, more = best(_joined(chosen, contenders))
        if promised < (1.0 - CHANCE) * largest:
            break
        chosen = more
    return chosen


def _contenders(finalists: Sequence[Finalist], total: float) -> list[Finalist]:
    """Those that are on the front if each gets the same part of a total, be it large or small."""
    chosen: set[int] = set()
    for part in PARTS:
        chosen.update(front([one.promise(one.epochs(part * total)) for one in finalists]))
    return [finalists[i] for i in sorted(chosen)]


def _moves(chosen: list[Finalist], contenders: Sequence[Finalist]) -> Iterator[list[Finalist]]:
    """All that are one step from a choice: one more, one fewer, one for another."""
    others = [one for one in contenders if one not in chosen]
    rests = [[one for one in chosen if one is not leaving] for leaving in chosen]
    yield from _joined(chosen, contenders)
    yield from (rest for rest in rests if rest)
    yield from (_by_size([*rest, joining]) for rest in rests for joining in others)
    yield chosen


def _joined(chosen: list[Finalist], contenders: Sequence[Finalist]) -> Iterator[list[Finalist]]:
    """A choice and one more."""
    return (_by_size([*chosen, joining]) for joining in contenders if joining not in chosen)


def _by_size(members: list[Finalist]) -> list[Finalist]:
    return sorted(members, key=lambda one: (one.point.size, one.number))


def _area(measured: tuple[float, list[Finalist]]) -> float:
    return measured[0]


def _weight(one: Finalist, span: float) -> float:
    """What part of the time it gets, up to a common factor."""
    gain = max(LEAST_SPAN, span) * one.curve.floor * one.curve.fall
    return float(one.pace ** (1 / 3) * gain ** (2 / 3))
