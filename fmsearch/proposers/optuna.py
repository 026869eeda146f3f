"""Optuna as a proposer: its samplers behind ask and tell, on a study in memory that is replayed from the store."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, final

import optuna

from fmsearch.proposers.base import Evaluated, Failed, Proposal, Rejected, Verdict
from fmsearch.proposers.dialect import suggested, understood
from fmsearch.proposers.front import FrontSampler
from searchspace import Choice, Dimension, Integer, SearchSpace, decode
from searchspace.domains import Value

if TYPE_CHECKING:
    from fmsearch.study import Objectives

SamplerName: TypeAlias = Literal["front", "random", "tpe", "nsga2"]

POPULATION = 24
INFEASIBLE = 1e6  # Optuna takes no infinite constraint values


@final
class OptunaProposer:
    """Proposes what one of Optuna's samplers suggests, for accuracy up and the logarithm of size down.

    Args:
        space: what may be proposed.
        sampler: one of Optuna's samplers, or our own.
        objectives: what counts as a network's size.
        seed: of all its randomness.
    """

    def __init__(self, space: SearchSpace, sampler: SamplerName, objectives: Objectives, seed: int) -> None:
        self._space = space
        self._trials: dict[int, optuna.Trial] = {}
        with _quiet():
            self._study = optuna.create_study(
                storage=None,
                sampler=make_sampler(sampler, space, objectives, seed),
                pruner=optuna.pruners.NopPruner(),
                directions=["maximize", "minimize"],
            )

    def ask(self) -> Proposal:
        """The next proposal."""
        with _quiet():
            trial = self._study.ask()
            candidate = decode(self._space, lambda dimension: suggest(trial, dimension))
        self._trials[trial.number] = trial
        return Proposal(trial.number, candidate)

    def tell(self, number: int, verdict: Verdict) -> None:
        """What came of a proposal. One that was rejected counts as dominated by every one that was not."""
        trial = self._trials.pop(number)
        with _quiet():
            match verdict:
                case Evaluated(accuracy, size):
                    trial.set_constraint("limits", 0.0)
                    self._study.tell(trial, [accuracy, math.log10(max(size, 1.0))])
                case Rejected(excess):
                    trial.set_constraint("limits", min(excess, INFEASIBLE))
                    self._study.tell(trial, [0.0, INFEASIBLE])
                case Failed():
                    self._study.tell(trial, state=optuna.trial.TrialState.FAIL)


def make_sampler(
    name: SamplerName, space: SearchSpace, objectives: Objectives, seed: int
) -> optuna.samplers.BaseSampler:
    """The sampler, every argument pinned: Optuna's defaults change from release to release."""
    match name:
        case "front":
            return FrontSampler(space, objectives.measure, seed, down_to=objectives.down_to)
        case "random":
            return optuna.samplers.RandomSampler(seed=seed)
        case "tpe":
            return optuna.samplers.TPESampler(
                n_startup_trials=POPULATION,
                n_ei_candidates=24,
                seed=seed,
                multivariate=False,
                group=False,
                constant_liar=False,
            )
        case "nsga2":
            return optuna.samplers.NSGAIISampler(
                population_size=POPULATION,
                mutation=None,
                mutation_prob=None,
                crossover=optuna.samplers.nsgaii.UniformCrossover(swapping_prob=0.5),
                crossover_prob=0.9,
                swapping_prob=0.5,
                seed=seed,
            )


def suggest(trial: optuna.Trial, dimension: Dimension) -> Value:
    """What a trial suggests for one dimension."""
    name, domain = dimension.name, dimension.domain
    match domain:
        case Choice(values):
            choices: Any = [suggested(domain, value) for value in values]
            return understood(domain, trial.suggest_categorical(name, choices))
        case Integer(low=low, high=high, step=step, log=log):
            return trial.suggest_int(name, low, high, step=step, log=log)
        case _:
            return trial.suggest_float(name, domain.low, domain.high, step=domain.step, log=domain.log)


@contextmanager
def _quiet() -> Iterator[None]:
    """Optuna's notes on experimental features and its progress lines are for its own users."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)
