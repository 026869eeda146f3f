"""Optuna as a proposer: its samplers behind ask and tell, on a study in memory that is replayed from the store."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, Literal, TypeAlias, final

import optuna
from threadpoolctl import threadpool_limits

from fmsearch.errors import FmsearchError, sentence
from fmsearch.proposers.base import Evaluated, Failed, Proposal, Rejected, Verdict
from fmsearch.proposers.dialect import finite, suggested, understood
from fmsearch.proposers.samplers import ORDINARY, Manner, quiet
from searchspace import Choice, Dimension, Integer, SearchSpace, decode, dimensions, from_values
from searchspace.domains import Value
from searchspace.errors import OwnCodeError

Direction: TypeAlias = Literal["maximize", "minimize"]

FIX = (
    "Results are safe. Fix it and run again, or choose another engine.sampler, which needs another folder (--out) or "
    "--fresh."
)
CONSTRAINT = "limits"
INFEASIBLE = 1e6  # Optuna takes no infinite constraint values


@final
class OptunaProposer:
    """Proposes what a sampler suggests, for accuracy up and the logarithm of size down.

    Args:
        space: what may be proposed.
        sampler: Optuna's or any other.
        manner: how it is asked.
    """

    def __init__(self, space: SearchSpace, sampler: optuna.samplers.BaseSampler, manner: Manner = ORDINARY) -> None:
        self._asker = _Asker(space, sampler, ["maximize", "minimize"], manner)

    def ask(self) -> Proposal:
        """The next proposal."""
        return self._asker.ask()

    def tell(self, number: int, verdict: Verdict) -> None:
        """What came of a proposal. One that was rejected counts as dominated by every one that was not."""
        match verdict:
            case Evaluated(accuracy, size):
                self._asker.tell(number, [accuracy, math.log10(max(size, 1.0))], excess=0.0)
            case Rejected(excess):
                self._asker.tell(number, [0.0, INFEASIBLE], excess)
            case Failed():
                self._asker.tell(number, None)


@final
class OptunaSingle:
    """Proposes what a sampler suggests for one objective. Arguments as of `OptunaProposer`."""

    def __init__(self, space: SearchSpace, sampler: optuna.samplers.BaseSampler, manner: Manner = ORDINARY) -> None:
        self._asker = _Asker(space, sampler, ["maximize"], manner)

    def ask(self) -> Proposal:
        """The next proposal."""
        return self._asker.ask()

    def tell(self, number: int, score: float | None) -> None:
        """The score of a proposal; None if it has none."""
        self._asker.tell(number, None if score is None else [score])


class _Asker:
    """An Optuna study, asked and told."""

    def __init__(
        self,
        space: SearchSpace,
        sampler: optuna.samplers.BaseSampler,
        directions: Sequence[Direction],
        manner: Manner,
    ) -> None:
        self._space = space
        self._trials: dict[int, optuna.Trial] = {}
        self._always = dimensions(space) if manner.whole else ()
        self._finite = manner.finite
        self._threads: Callable[[], AbstractContextManager[Any]] = (
            partial(threadpool_limits, 1) if manner.alone else nullcontext
        )
        self._name = type(sampler).__name__
        with quiet():
            self._study = optuna.create_study(
                storage=None, sampler=sampler, pruner=optuna.pruners.NopPruner(), directions=directions
            )

    def ask(self) -> Proposal:
        with self._attempt(), self._threads():
            trial = self._study.ask()
            if self._always:
                values = {dimension.name: self._suggest(trial, dimension) for dimension in self._always}
                candidate = from_values(self._space, values)
            else:
                candidate = decode(self._space, lambda dimension: self._suggest(trial, dimension))
        self._trials[trial.number] = trial
        return Proposal(trial.number, candidate)

    def _suggest(self, trial: optuna.Trial, dimension: Dimension) -> Value:
        return suggest(trial, replace(dimension, domain=finite(dimension.domain)) if self._finite else dimension)

    def tell(self, number: int, values: Sequence[float] | None, excess: float | None = None) -> None:
        """The values of a trial, or that it failed; by how much it broke limits, for samplers that heed it."""
        trial = self._trials.pop(number)
        with self._attempt():
            if values is None:
                self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                if excess is not None:
                    trial.set_constraint(CONSTRAINT, min(excess, INFEASIBLE))
                self._study.tell(trial, list(values))

    @contextmanager
    def _attempt(self) -> Iterator[None]:
        """A call of the sampler, which may be anybody's."""
        try:
            with quiet():
                yield
        except OwnCodeError:  # a block's, which the sampler tried
            raise
        except Exception as error:
            what = f"The sampler {self._name} failed: {type(error).__name__}: {sentence(str(error))}"
            raise FmsearchError(what, FIX) from error


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
