"""Engines that know one objective alone, made to search for accuracy and size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Protocol, final

from fmsearch.proposers.base import Evaluated, Failed, Proposal, Rejected, Verdict
from fmsearch.proposers.reach import reach
from fmsearch.schedule import STEPS
from searchspace import Analysis, Candidate, InfeasibleError, SearchSpace, analyse

if TYPE_CHECKING:
    from fmsearch.engine import Engine, Scalarize
    from fmsearch.study import Objectives

TRIES = 5  # proposals of a turn that may be too large
WORST = 2.0  # the most that a proposal loses for breaking limits, however far


class Single(Protocol):
    """An engine that looks for the candidate with the highest score."""

    def ask(self) -> Proposal | None:
        """The next proposal; None if there is none for now."""

    def tell(self, number: int, score: float | None) -> None:
        """The score of a proposal; None if it has none, as its training failed."""


class Score(Protocol):
    """What a candidate is worth."""

    def __call__(self, candidate: Candidate, accuracy: float) -> float:
        """Once it is trained."""

    def beforehand(self, candidate: Candidate) -> float | None:
        """Where training would not change it; None where it must be trained."""


@final
@dataclass(frozen=True)
class Under:
    """The accuracy of those up to a size; of larger ones, how far they are from it, always less.

    Args:
        limit: the logarithm of the size.
        size: a network's.
    """

    limit: float
    size: Callable[[Analysis], float]

    def __call__(self, candidate: Candidate, accuracy: float) -> float:
        """The accuracy, or what it lacks."""
        known = self.beforehand(candidate)
        return accuracy if known is None else known

    def beforehand(self, candidate: Candidate) -> float | None:
        """What one lacks that is too large."""
        try:
            beyond = math.log10(max(1.0, self.size(analyse(candidate.architecture)))) - self.limit
        except InfeasibleError:
            return None
        return None if beyond <= 0 else -min(beyond, WORST)


@final
@dataclass(frozen=True)
class Weighted:
    """A weighted sum of accuracy and sizes."""

    weights: Scalarize

    def __call__(self, candidate: Candidate, accuracy: float) -> float:
        """The sum."""
        return self.weights.score(accuracy, analyse(candidate.architecture))

    def beforehand(self, candidate: Candidate) -> None:
        """All must be trained."""


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
        self._asked: list[tuple[int, Proposal]] = []

    def ask(self) -> Proposal | None:
        """The next engine's next proposal, or that of the first after it that has one."""
        count = len(self._asked)
        for which in (turn % len(self._engines) for turn in range(count, count + len(self._engines))):
            asked = self._ask(which)
            if asked is not None:
                self._asked.append((which, asked))
                return replace(asked, number=count)
        return None

    def tell(self, number: int, verdict: Verdict) -> None:
        """What came of a proposal, told to the engine that made it."""
        which, proposal = self._asked[number]
        match verdict:
            case Evaluated(accuracy):
                score: float | None = self._scores[which](proposal.candidate, accuracy)
            case Rejected(excess):
                score = -min(1.0 + excess, WORST)
            case Failed():
                score = None
        self._engines[which].tell(proposal.number or 0, score)

    def _ask(self, which: int) -> Proposal | None:
        """A proposal of an engine; what is too large for it is told it at once, and costs no training."""
        engine, score = self._engines[which], self._scores[which]
        for _ in range(TRIES - 1):
            asked = engine.ask()
            known = score.beforehand(asked.candidate) if asked else None
            if asked is None or known is None:
                return asked
            engine.tell(asked.number or 0, known)
        return engine.ask()


def scores(engine: Engine, space: SearchSpace, objectives: Objectives, seed: int) -> list[Score]:
    """What candidates are worth: a weighted sum if a study says one, or else accuracy below one of several sizes.

    Those step through the range of a space, evenly by their logarithm; the last is the largest. What tries every point
    has no use for them.
    """
    if engine.scalarize is not None:
        return [Weighted(engine.scalarize)]
    dice = Random(seed)  # noqa: S311  # a search, not a secret
    low, high = reach(space, objectives.size, dice, objectives.down_to)
    steps = 1 if engine.kind == "grid" else STEPS
    limits = [low + (high - low) * step / steps for step in range(1, steps)]
    return [Under(limit, objectives.size) for limit in [*limits, math.inf]]
