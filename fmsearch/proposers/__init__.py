"""Who proposes candidates. Each engine's library is imported by the module that is named for it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fmsearch.evaluation import derive_seed
from fmsearch.proposers.base import Evaluated, Failed, Proposal, Proposer, Rejected, Verdict

if TYPE_CHECKING:
    from fmsearch.study import Engine, Objectives
    from searchspace import SearchSpace

__all__ = ["Evaluated", "Failed", "Proposal", "Proposer", "Rejected", "Verdict", "make"]


def make(engine: Engine, space: SearchSpace, objectives: Objectives, seed: int) -> Proposer:
    """The proposer that a study asks for; its randomness hangs on the study's seed alone."""
    from fmsearch.proposers.optuna import OptunaProposer

    return OptunaProposer(space, engine.sampler, objectives, derive_seed(seed, "proposer"))
