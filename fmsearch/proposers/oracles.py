"""KerasTuner's oracles, kept in memory and the same for the same seed.

They draw from a state that goes on from proposal to proposal. Here each proposal has a seed of its own, so that what an
oracle proposes depends on its trials alone, and a run that goes on need not ask for all of them again.
"""

from __future__ import annotations

import copy
import sys
import warnings
from collections.abc import Callable
from typing import Any, final

import numpy as np
from threadpoolctl import threadpool_limits

from fmsearch.facts import Facts
from fmsearch.hush import importing_keras
from fmsearch.proposers.acquisition import minima
from fmsearch.proposers.steps import WORST
from fmsearch.schedule import Brackets
from fmsearch.seeds import derive_seed

with importing_keras(), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import keras_tuner
    from keras_tuner import oracles

SCORE = keras_tuner.Objective("score", "max")
DRAWS = 200  # tries to draw a candidate that may be trained
INITIAL_POINTS = 12  # proposals at random before a Gaussian process is fitted
RESTARTS = 50  # of the search for where it promises most, as KerasTuner has


class _Kept:
    """An oracle in memory: its trials are in a study's store, not in files of its own.

    Attributes:
        history: a digest of all that it was told.
        failed: the score of a failed trial; None where it can do without one.
        unit: what it counts as an epoch, in epochs.
    """

    trials: dict[str, Any]
    ongoing_trials: dict[str, Any]
    history = ""
    failed: float | None = None
    unit = 1.0

    def save(self) -> None:
        """Write nothing."""

    def _save_trial(self, trial: Any) -> None:
        """Write nothing."""


class _Seeded(_Kept):
    """An oracle that draws for each proposal by a seed of its own."""

    own_seed = 0

    def populate_space(self, trial_id: str) -> Any:
        """The values of a trial."""
        self._seed_state = derive_seed(self.own_seed, trial_id)
        return super().populate_space(trial_id)  # type: ignore[misc]  # an oracle's, whose types are unknown


@final
class RandomOracle(_Seeded, oracles.RandomSearchOracle):
    """Draws at random."""


@final
class GridOracle(_Kept, oracles.GridSearchOracle):
    """Every point in turn, without waiting for the last one's result: no dimension appears on the way."""

    def populate_space(self, trial_id: str) -> Any:
        """The values of a trial."""
        response = super().populate_space(trial_id)
        if response["status"] == "RUNNING" and trial_id not in self._populate_next:
            self._populate_next.append(trial_id)
        return response


@final
class BayesianOracle(_Seeded, oracles.BayesianOptimizationOracle):
    """A Gaussian process, which depends on the trials alone; proposals that took long are remembered."""

    memory: Facts
    known_fit: tuple[str, Any] = ("", None)

    def populate_space(self, trial_id: str) -> Any:
        """The values of a trial: remembered, if all went before as it does now."""
        place = f"proposal {self.own_seed} {trial_id}"
        known = self.memory.fact(place)
        if known and known["history"] == self.history:
            return {"status": "RUNNING", "values": known["values"]}
        self._seed_state = derive_seed(self.own_seed, trial_id)
        self._random_state = np.random.RandomState(derive_seed(self.own_seed, trial_id, "restarts"))
        values: dict[str, Any] | None = None
        if sum(trial.status == "COMPLETED" for trial in self.trials.values()) >= INITIAL_POINTS:
            with threadpool_limits(1):  # matrices this small lose by more threads, and digits depend on their number
                values = self._most_promising()
        response: dict[str, Any] = {"status": "RUNNING", "values": values} if values else self._random_populate_space()
        if response["values"] is not None:
            self.memory.note(place, {"history": self.history, "values": _plain(response["values"])})
        return response

    def _most_promising(self) -> dict[str, Any] | None:
        """As KerasTuner finds them, but by the slope of what it minimizes, and none that were proposed before.

        Of a space without a continuous range, it proposed the best known point again and again.
        """
        self._guess_by_what_is_known()
        points, scores = self._vectorize_trials()
        self.gpr.fit(points, scores)
        starts = self._random_state.uniform(size=(RESTARTS, points.shape[1]))
        for point in minima(self.gpr, self.beta, starts):
            values: dict[str, Any] = self._vector_to_values(point)
            if not self._duplicate(values):
                return values
        return None

    def _guess_by_what_is_known(self) -> None:
        """What running trials may give is guessed by the last fit: let that be one to the trials that are done."""
        if self.known_fit[0] != self.history:
            done = {name: trial for name, trial in self.trials.items() if trial.status != "RUNNING"}
            everyone, running = self.trials, self.ongoing_trials
            self.trials, self.ongoing_trials = done, {}
            self.known_fit = self.history, self._make_gpr().fit(*self._vectorize_trials())
            self.trials, self.ongoing_trials = everyone, running
        self.gpr = copy.deepcopy(self.known_fit[1])


@final
class HyperbandOracle(_Seeded, oracles.HyperbandOracle):
    """Hyperband's brackets, up to a number of candidates.

    A bracket waits for ever for a trial that failed, so that it has to be the worst instead.
    """

    failed = -WORST
    most = 0
    drawn = 0
    is_wanted: Callable[[dict[str, Any]], bool]

    def _random_values(self) -> dict[str, Any] | None:
        """Those of a candidate that may be trained: a place in a bracket is too good for others."""
        for _ in range(DRAWS):
            values: dict[str, Any] | None = super()._random_values()
            if values is None or self.is_wanted(values):
                return values
        return None

    def _random_trial(self, trial_id: str, bracket: Any) -> Any:
        """A new candidate of a bracket."""
        if self.drawn == self.most:
            return {"status": "IDLE" if self.ongoing_trials else "STOPPED", "values": None}
        response = super()._random_trial(trial_id, bracket)
        self.drawn += response["status"] == "RUNNING"
        return response


def oracle(
    tuner: str,
    seed: int,
    parameters: Any,
    *,
    memory: Facts,
    brackets: Brackets,
    is_wanted: Callable[[dict[str, Any]], bool],
) -> Any:
    """One of KerasTuner's oracles.

    Args:
        tuner: `random`, `bayesian`, `hyperband` or `grid`.
        seed: of all its randomness.
        parameters: the space, as KerasTuner's `HyperParameters`.
        memory: where proposals are kept that took long.
        brackets: of Hyperband.
        is_wanted: whether the candidate of some values may be trained.
    """
    made = _made(tuner, seed, parameters, brackets)
    made.verbose = 0
    made.own_seed, made.memory, made.is_wanted = seed, memory, is_wanted
    if tuner == "hyperband":
        made.unit, made.most = brackets.unit, brackets.candidates
    return made


def _made(tuner: str, seed: int, parameters: Any, brackets: Brackets) -> Any:
    """An oracle, every argument pinned. Seed 0 would count as none, three failures in a row as the end."""
    usual = {
        "objective": SCORE,
        "hyperparameters": parameters,
        "allow_new_entries": False,
        "tune_new_entries": False,
        "seed": 1 + seed,
        "max_consecutive_failed_trials": sys.maxsize,
    }
    match tuner:
        case "grid":
            return GridOracle(**usual, max_trials=None)
        case "random":
            return RandomOracle(**usual, max_trials=None)
        case "bayesian":
            points = {"num_initial_points": INITIAL_POINTS, "alpha": 1e-4, "beta": 2.6}
            return BayesianOracle(**usual, **points, max_trials=None)
        case _:
            hyperband = {"max_epochs": brackets.longest, "factor": brackets.factor, "hyperband_iterations": None}
            return HyperbandOracle(**usual, **hyperband)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values without NumPy's types, as JSON takes them."""
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in values.items()}
