"""A declared space inside your own `study.optimize`."""

from __future__ import annotations

import optuna

from fmsearch.proposers.front import FrontSampler
from fmsearch.proposers.optuna import CONSTRAINT, INFEASIBLE
from fmsearch.proposers.optuna import suggest as suggest_dimension
from searchspace import Candidate, Refusal, SearchSpace, decode, examined

__all__ = ["FrontSampler", "suggest"]


def suggest(space: SearchSpace, trial: optuna.Trial) -> Candidate:
    """The candidate that a trial suggests; its parameters have the names of the space's dimensions.

    Args:
        space: what may be suggested.
        trial: of any study; each dimension that counts is suggested once.

    Raises:
        optuna.TrialPruned: it cannot be built, or breaks a limit. The trial's constraint `limits` says by how much,
            for samplers that heed constraints.
    """
    candidate = decode(space, lambda dimension: suggest_dimension(trial, dimension))
    found = examined(candidate.architecture, space.limits)
    if isinstance(found, Refusal):
        trial.set_constraint(CONSTRAINT, min(found.excess, INFEASIBLE))
        raise optuna.TrialPruned(found.why)
    trial.set_constraint(CONSTRAINT, 0.0)
    return candidate
