"""How long a training may take before it counts as hung: from what it should take here, with plenty to spare."""

from __future__ import annotations

from fmsearch.effort import effort
from fmsearch.evaluation import Evaluation, Result
from fmsearch.speed import Speed
from searchspace import Analysis

LEAST = 300.0  # seconds: a busy machine takes long to import a backend
TIMES = 20.0


class Patience:
    """Learns from the slowest training so far.

    Args:
        speed: what is known of this machine, or guessed.
        images: in an epoch.
        least: seconds that every training is given, whatever its size.
    """

    def __init__(self, speed: Speed, images: int, least: float = LEAST) -> None:
        self._images = images
        self._least = least
        self._setup = speed.setup
        self._pace = 1.0 / speed.effort

    def seconds(self, analysis: Analysis, epochs: float) -> float:
        """What a training may take."""
        return self._least + TIMES * (self._setup + self._pace * self._work(analysis, epochs))

    def learn(self, analysis: Analysis, evaluation: Evaluation, result: Result) -> None:
        """Look at a training that has ended."""
        if result.status == "done":
            self._setup = max(self._setup, result.setup)
            work = self._work(analysis, min(evaluation.epochs, len(result.curve)))
            self._pace = max(self._pace, (result.seconds - result.setup) / work)

    def _work(self, analysis: Analysis, epochs: float) -> float:
        return effort(analysis) * self._images * epochs
