"""Optuna as a proposer: its samplers behind ask and tell, on a study in memory that is replayed from the store."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias, final

import optuna

from fmsearch.errors import FmsearchError
from fmsearch.proposers.base import Evaluated, Failed, Proposal, Rejected, Verdict
from fmsearch.proposers.dialect import suggested, understood
from searchspace import Candidate, Choice, Dimension, Integer, SearchSpace, decode, dimensions, from_values
from searchspace.domains import Value

Direction: TypeAlias = Literal["maximize", "minimize"]

INFEASIBLE = 1e6  # Optuna takes no infinite constraint values


@final
class OptunaProposer:
    """Proposes what a sampler suggests, for accuracy up and the logarithm of size down.

    Args:
        space: what may be proposed.
        sampler: Optuna's or any other.
        whole: whether every trial is asked for all dimensions, those its candidate does not need too.
    """

    def __init__(self, space: SearchSpace, sampler: optuna.samplers.BaseSampler, *, whole: bool = False) -> None:
        self._asker = _Asker(space, sampler, ["maximize", "minimize"], whole=whole)

    def ask(self) -> Proposal:
        """The next proposal."""
        return Proposal(*self._asker.ask())

    def tell(self, number: int, verdict: Verdict) -> None:
        """What came of a proposal. One that was rejected counts as dominated by every one that was not."""
        match verdict:
            case Evaluated(accuracy, size):
                self._asker.tell(number, [accuracy, math.log10(max(size, 1.0))])
            case Rejected(excess):
                self._asker.tell(number, [0.0, INFEASIBLE], excess)
            case Failed():
                self._asker.tell(number, None)


@final
class OptunaSingle:
    """Proposes what a sampler suggests for one objective. Arguments as of `OptunaProposer`."""

    def __init__(self, space: SearchSpace, sampler: optuna.samplers.BaseSampler, *, whole: bool = False) -> None:
        self._asker = _Asker(space, sampler, ["maximize"], whole=whole)

    def ask(self) -> tuple[int, Candidate]:
        """The next proposal."""
        return self._asker.ask()

    def tell(self, number: int, score: float | None) -> None:
        """The score of a proposal; None if it has none."""
        self._asker.tell(number, None if score is None else [score])


class _Asker:
    """An Optuna study, asked and told."""

    def __init__(
        self, space: SearchSpace, sampler: optuna.samplers.BaseSampler, directions: Sequence[Direction], *, whole: bool
    ) -> None:
        self._space = space
        self._trials: dict[int, optuna.Trial] = {}
        self._always = dimensions(space) if whole else ()
        self._name = type(sampler).__name__
        with _quiet():
            self._study = optuna.create_study(
                storage=None, sampler=sampler, pruner=optuna.pruners.NopPruner(), directions=directions
            )

    def ask(self) -> tuple[int, Candidate]:
        with self._attempt():
            trial = self._study.ask()
            if self._always:
                values = {dimension.name: suggest(trial, dimension) for dimension in self._always}
                candidate = from_values(self._space, values)
            else:
                candidate = decode(self._space, lambda dimension: suggest(trial, dimension))
        self._trials[trial.number] = trial
        return trial.number, candidate

    def tell(self, number: int, values: Sequence[float] | None, excess: float = 0.0) -> None:
        """The values of a trial, or that it failed; by how much it broke limits."""
        trial = self._trials.pop(number)
        with self._attempt():
            if values is None:
                self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                trial.set_constraint("limits", min(excess, INFEASIBLE))
                self._study.tell(trial, list(values))

    @contextmanager
    def _attempt(self) -> Iterator[None]:
        """A call of the sampler, which may be anybody's."""
        try:
            with _quiet():
                yield
        except Exception as error:
            what = f"The sampler {self._name} failed: {type(error).__name__}: {error}.".replace("..", ".")
            raise FmsearchError(what, "Results are safe; mend it, or name another engine.sampler.") from error


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
