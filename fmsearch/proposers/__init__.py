"""Who proposes candidates. Each engine's library is imported by the modules that are named for it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fmsearch.engine import SINGLE
from fmsearch.evaluation import derive_seed
from fmsearch.proposers.base import Evaluated, Failed, Proposal, Proposer, Rejected, Verdict

if TYPE_CHECKING:
    from fmsearch.engine import Engine
    from fmsearch.study import Objectives
    from searchspace import SearchSpace

__all__ = ["Evaluated", "Failed", "Proposal", "Proposer", "Rejected", "Verdict", "make"]


def make(engine: Engine, space: SearchSpace, objectives: Objectives, seed: int) -> Proposer:
    """The proposer that a study asks for; its randomness hangs on the study's seed alone.

    Raises:
        InputError: a sampler of the user's own cannot be loaded.
    """
    from fmsearch.proposers.optuna import OptunaProposer, OptunaSingle
    from fmsearch.proposers.samplers import WHOLE, make_sampler
    from fmsearch.proposers.steps import Stepwise, scores

    own, whole = derive_seed(seed, "proposer"), engine.sampler in WHOLE
    if engine.sampler not in SINGLE:
        return OptunaProposer(space, make_sampler(engine.sampler, space, objectives, own), whole=whole)
    worth = scores(engine.scalarize, space, objectives, own)
    engines = [
        OptunaSingle(space, make_sampler(engine.sampler, space, objectives, derive_seed(own, step)), whole=whole)
        for step in range(len(worth))
    ]
    return Stepwise(engines, worth)
