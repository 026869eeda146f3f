"""Who proposes candidates. The engines' libraries are imported in this room alone, builders apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fmsearch.facts import Facts
from fmsearch.proposers.base import (
    FORGETFUL,
    Evaluated,
    Failed,
    Proposal,
    Proposer,
    Rejected,
    Verdict,
    Wanted,
    anything,
)
from fmsearch.schedule import BRACKETS, Brackets, shared_out
from fmsearch.seeds import derive_seed

if TYPE_CHECKING:
    from fmsearch.engine import Engine
    from fmsearch.proposers.steps import Score, Single
    from fmsearch.study import Objectives
    from searchspace import SearchSpace

__all__ = ["Evaluated", "Failed", "Proposal", "Proposer", "Rejected", "Verdict", "make"]


def make(
    engine: Engine,
    space: SearchSpace,
    objectives: Objectives,
    seed: int,
    *,
    memory: Facts = FORGETFUL,
    brackets: Brackets = BRACKETS,
    wanted: Wanted = anything,
) -> Proposer:
    """The proposer that a study asks for; its randomness depends on the study's seed alone.

    Args:
        engine: who proposes.
        space: what may be proposed.
        objectives: what counts as a network's size.
        seed: of the study.
        memory: where proposals are kept that took long to make.
        brackets: of an engine with rungs of its own.
        wanted: what the sampler `front` proposes, of all that a study's limits allow.

    Raises:
        InputError: a sampler of the user's own cannot be loaded.
    """
    from fmsearch.proposers.steps import Stepwise, scores

    own = derive_seed(seed, "proposer")
    if not engine.is_single:
        return _optuna(engine, space, objectives, own, wanted)
    worth = scores(engine, space, objectives, own)
    seeds = [derive_seed(own, step) for step in range(len(worth))]
    if engine.name == "optuna":
        return Stepwise([_optuna_single(engine, space, one) for one in seeds], worth)
    return Stepwise(_keras_tuner_singles(engine, space, seeds, worth, memory=memory, brackets=brackets), worth)


def _optuna(engine: Engine, space: SearchSpace, objectives: Objectives, seed: int, wanted: Wanted) -> Proposer:
    from fmsearch.proposers.optuna import OptunaProposer
    from fmsearch.proposers.samplers import make_sampler, manner

    sampler = make_sampler(engine.kind, space, objectives, seed, wanted=wanted)
    return OptunaProposer(space, sampler, manner(engine.kind))


def _optuna_single(engine: Engine, space: SearchSpace, seed: int) -> Single:
    from fmsearch.proposers.optuna import OptunaSingle
    from fmsearch.proposers.samplers import make_single, manner

    return OptunaSingle(space, make_single(engine.kind, seed), manner(engine.kind))


def _keras_tuner_singles(
    engine: Engine,
    space: SearchSpace,
    seeds: Sequence[int],
    worth: Sequence[Score],
    *,
    memory: Facts,
    brackets: Brackets,
) -> list[Single]:
    """One oracle a score; candidates are shared out among them."""
    from fmsearch.proposers.keras_tuner import KerasTunerSingle

    shares = [replace(brackets, candidates=count) for count in shared_out(brackets.candidates, len(seeds))]
    return [
        KerasTunerSingle(space, engine.kind, seed, score=score, memory=memory, brackets=share)
        for seed, score, share in zip(seeds, worth, shares, strict=True)
    ]
