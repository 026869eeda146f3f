"""KerasTuner as an engine: its oracles behind ask and tell, silent."""

from __future__ import annotations

import contextlib
import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, final

from fmsearch.facts import Facts
from fmsearch.hush import importing_keras
from fmsearch.proposers.base import Proposal
from fmsearch.proposers.hyperparameters import register, understood_by
from fmsearch.proposers.oracles import SCORE, oracle
from fmsearch.proposers.steps import Score
from fmsearch.schedule import Brackets
from searchspace import Refusal, SearchSpace, examined

with importing_keras(), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import keras_tuner

EPOCHS = "tuner/epochs"


@final
class KerasTunerSingle:
    """Proposes what one of KerasTuner's oracles does, for a score that is to be high.

    Args:
        space: what may be proposed.
        tuner: `random`, `bayesian`, `hyperband` or `grid`.
        seed: of all its randomness.
        score: what candidates are worth.
        memory: where proposals are kept that took long.
        brackets: of Hyperband.
    """

    def __init__(
        self, space: SearchSpace, tuner: str, seed: int, *, score: Score, memory: Facts, brackets: Brackets
    ) -> None:
        self._space = space
        self._score = score
        self._trials: dict[int, Any] = {}
        self._count = 0
        parameters = keras_tuner.HyperParameters()
        register(space, parameters)
        with _quietly():
            self._oracle = oracle(tuner, seed, parameters, memory=memory, brackets=brackets, is_wanted=self._is_wanted)

    def _is_wanted(self, values: dict[str, Any]) -> bool:
        """Whether the candidate of some values may be trained, and is not too large."""
        candidate = understood_by(self._space, values)
        if isinstance(examined(candidate.architecture, self._space.limits), Refusal):
            return False
        return self._score.beforehand(candidate) is None

    def ask(self) -> Proposal | None:
        """The next proposal; None if there is none for now."""
        number = self._count
        with _quietly():
            trial = self._oracle.create_trial(str(number))
        if trial.status != "RUNNING":
            return None
        self._count += 1
        self._trials[number] = trial
        values = trial.hyperparameters.values
        epochs = values[EPOCHS] * self._oracle.unit if EPOCHS in values else None
        return Proposal(number, understood_by(self._space, values), epochs)

    def tell(self, number: int, score: float | None) -> None:
        """The score of a proposal; None if it has none."""
        trial = self._trials.pop(number)
        with _quietly():
            if score is None:
                score = self._oracle.failed
            if score is not None:
                self._oracle.update_trial(trial.trial_id, {SCORE.name: score})
            trial.status = "FAILED" if score is None else "COMPLETED"
            self._oracle.end_trial(trial)
        self._oracle.history = _chained(self._oracle.history, number, score)


def _chained(history: str, *event: Any) -> str:
    return hashlib.sha256(repr((history, *event)).encode()).hexdigest()[:16]


@contextmanager
def _quietly() -> Iterator[None]:
    """KerasTuner prints what it does, for its own users."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
