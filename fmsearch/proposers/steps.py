"""Engines that know one objective alone, made to search for accuracy and size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Protocol, TypeAlias, final

from fmsearch.proposers.base import Evaluated, Failed, Proposal, Rejected, Verdict
from fmsearch.proposers.reach import reach
from searchspace import Candidate, SearchSpace, analyse

if TYPE_CHECKING:
    from fmsearch.engine import Scalarize
    from fmsearch.study import Objectives

Score: TypeAlias = Callable[[Candidate, Evaluated], float]

STEPS = 4  # sizes below which the highest accuracy is sought
WORST = 10.0  # the most that a proposal loses for breaking limits, however far


class Single(Protocol):
    """An engine that looks for the candidate with the highest score."""

    def ask(self) -> tuple[int, Candidate]:
        """The next proposal, and the number under which it is remembered."""

    def tell(self, number: int, score: float | None) -> None:
        """The score of a proposal; None if it has none, as its training failed."""


@dataclass(frozen=True)
class Under:
    """The accuracy of those up to a size; of larger ones, how far they are from it, always less."""

    limit: float

    def __call__(self, candidate: Candidate, found: Evaluated) -> float:
        """A candidate's score."""
        del candidate
        beyond = math.log10(max(found.size, 1.0)) - self.limit
        return found.accuracy if beyond <= 0 else -beyond


@final
class Stepwise:
    """Asks several engines in turn, each for a score of its own.

    Args:
        engines: the engines.
        scores: what each one's candidates are worth.
    """

    def __init__(self, engines: Sequence[Single], scores: Sequence[Score]) -> None:
        self._engines = engines
        self._scores = scores
        self._asked: list[tuple[int, Candidate]] = []

    def ask(self) -> Proposal:
        """The next engine's next proposal."""
        asked = self._engines[len(self._asked) % len(self._engines)].ask()
        self._asked.append(asked)
        return Proposal(len(self._asked) - 1, asked[1])

    def tell(self, number: int, verdict: Verdict) -> None:
        """What came of a proposal, told to the engine that made it."""
        which, (own_number, candidate) = number % len(self._engines), self._asked[number]
        match verdict:
            case Evaluated():
                score: float | None = self._scores[which](candidate, verdict)
            case Rejected(excess):
                score = -min(1.0 + excess, WORST)
            case Failed():
                score = None
        self._engines[which].tell(own_number, score)


def scores(scalarize: Scalarize | None, space: SearchSpace, objectives: Objectives, seed: int) -> list[Score]:
    """What candidates are worth: a weighted sum if a study says one, or else accuracy below one of several sizes.

    Those step through the range of a space, evenly by their logarithm; the last is the largest.
    """
    if scalarize is not None:
        return [lambda candidate, found: scalarize.score(found.accuracy, analyse(candidate.architecture))]
    dice = Random(seed)  # noqa: S311  # a search, not a secret
    low, high = reach(space, objectives.measure, dice, objectives.down_to)
    return [Under(low + (high - low) * step / STEPS) for step in range(1, STEPS + 1)]
