"""How long a training may take before it counts as hung: from what it should take here, with plenty to spare."""

from __future__ import annotations

import math
from collections.abc import Callable

from fmsearch.effort import effort
from fmsearch.evaluation import Evaluation, Result
from fmsearch.speed import Speed
from searchspace import Analysis

LEAST = 300.0  # seconds: a busy machine takes long to import a backend
TIMES = 20.0
LATE = 60.0  # seconds beyond the end of the search that a training may take more than it should


def plenty(usual: float) -> float:
    """More seconds than any honest training takes that usually takes so many."""
    return LEAST + TIMES * usual


class Patience:
    """Learns from the slowest training so far.

    Args:
        speed: what is known of this machine, or guessed.
        images: in an epoch.
        left: seconds until the search must end; infinite where the clock does not say.
    """

    def __init__(self, speed: Speed, images: int, left: Callable[[], float] = lambda: math.inf) -> None:
        self._images = images
        self._left = left
        self._setup = speed.setup
        self._pace = 1.0 / speed.effort

    def seconds(self, analysis: Analysis, epochs: float) -> float:
        """What a training that begins now may take; nothing, where it is too late to begin."""
        left = self._left()
        usual = self._setup + self._pace * self._work(analysis, epochs)
        return min(plenty(usual), left + LATE + usual) if left > 0.0 else 0.0

    def learn(self, analysis: Analysis, evaluation: Evaluation, result: Result) -> None:
        """Look at a training that has ended."""
        if result.status == "done":
            self._setup = max(self._setup, result.setup)
            work = self._work(analysis, result.passes(evaluation.epochs))
            self._pace = max(self._pace, (result.seconds - result.setup) / work)

    def _work(self, analysis: Analysis, epochs: float) -> float:
        return effort(analysis) * self._images * epochs
