"""Optuna's samplers by name, ours, and a user's own."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import optuna

from fmsearch import own_code
from fmsearch.errors import InputError
from fmsearch.proposers.base import Wanted, anything
from fmsearch.proposers.front import FrontSampler
from fmsearch.proposers.grid import GridSampler
from searchspace import Analysis, SearchSpace
from searchspace.custom import failure, file_of

if TYPE_CHECKING:
    from fmsearch.study import Objectives

POPULATION = 24


@dataclass(frozen=True)
class Manner:
    """How a sampler is asked.

    Attributes:
        whole: in every trial for all dimensions there are, needed or not, as one that works on the same in each.
        finite: for a few values of a continuous range, as one that tries every point.
        alone: by one thread, as one whose linear algebra gives other digits with more.
    """

    whole: bool = False
    finite: bool = False
    alone: bool = False


ORDINARY = Manner()


def manner(name: str) -> Manner:
    """How the sampler of a name is asked."""
    return Manner(whole=name in {"gp", "qmc", "cmaes"}, finite=name == "grid", alone=name in {"gp", "cmaes"})


def make_sampler(
    name: str, space: SearchSpace, objectives: Objectives, seed: int, *, wanted: Wanted = anything
) -> optuna.samplers.BaseSampler:
    """The sampler of a name; only `front` asks what is wanted.

    Raises:
        InputError: a sampler of the user's own cannot be loaded.
    """
    if name == "front":

        def size(analysis: Analysis) -> float:
            return objectives.size(analysis) if wanted(analysis) else math.inf

        return FrontSampler(space, size, seed, down_to=objectives.down_to)
    with quiet():
        return MAKERS[name](seed) if name in MAKERS else _own_sampler(name, seed)


def make_single(name: str, seed: int) -> optuna.samplers.BaseSampler:
    """The sampler of a name that needs nothing but a seed."""
    with quiet():
        return MAKERS[name](seed)


def _random(seed: int) -> optuna.samplers.BaseSampler:
    return optuna.samplers.RandomSampler(seed=seed)


def _tpe(seed: int) -> optuna.samplers.BaseSampler:
    return optuna.samplers.TPESampler(
        n_startup_trials=POPULATION,
        n_ei_candidates=24,
        seed=seed,
        multivariate=True,  # dimensions that occur together are looked at once: quicker, and they may hang together
        group=True,
        constant_liar=False,
    )


def _nsga2(seed: int) -> optuna.samplers.BaseSampler:
    return optuna.samplers.NSGAIISampler(**_genetic(), seed=seed)


def _nsga3(seed: int) -> optuna.samplers.BaseSampler:
    return optuna.samplers.NSGAIIISampler(**_genetic(), seed=seed, reference_points=None, dividing_parameter=3)


def _genetic() -> dict[str, Any]:
    return {
        "population_size": POPULATION,
        "mutation": None,
        "mutation_prob": None,
        "crossover": optuna.samplers.nsgaii.UniformCrossover(swapping_prob=0.5),
        "crossover_prob": 0.9,
        "swapping_prob": 0.5,
    }


def _gp(seed: int) -> optuna.samplers.BaseSampler:
    return optuna.samplers.GPSampler(
        seed=seed,
        independent_sampler=_random(seed),
        n_startup_trials=POPULATION,
        deterministic_objective=False,
        warn_independent_sampling=False,
    )


def _qmc(seed: int) -> optuna.samplers.BaseSampler:
    return optuna.samplers.QMCSampler(
        qmc_type="sobol",
        scramble=True,
        seed=seed,
        independent_sampler=_random(seed),
        warn_independent_sampling=False,
    )


def _cmaes(seed: int) -> optuna.samplers.BaseSampler:
    return optuna.samplers.CmaEsSampler(
        n_startup_trials=1,
        independent_sampler=_random(seed),
        warn_independent_sampling=False,
        seed=seed,
        popsize=None,
        use_separable_cma=False,
        with_margin=True,
        lr_adapt=False,
    )


# Every argument is pinned: Optuna's defaults change from release to release.
MAKERS: dict[str, Callable[[int], optuna.samplers.BaseSampler]] = {
    "random": _random,
    "tpe": _tpe,
    "nsga2": _nsga2,
    "nsga3": _nsga3,
    "gp": _gp,
    "qmc": _qmc,
    "cmaes": _cmaes,
    "grid": GridSampler,
}


def _own_sampler(path: str, seed: int) -> optuna.samplers.BaseSampler:
    """A sampler from a user's module, with the study's seed if it takes one."""
    made = own_code.named(path)
    try:
        takes_seed = "seed" in inspect.signature(made).parameters
        sampler = made(seed=seed) if takes_seed else made()
    except Exception as error:  # whatever a user's module does
        told = failure(error, file_of(made), "it cannot be made: ")
        raise InputError(f"engine.sampler {path}: {told}", own_code.SAMPLER) from error
    if not isinstance(sampler, optuna.samplers.BaseSampler):
        raise InputError(f"engine.sampler {path} gives {type(sampler).__name__}, not a sampler.", own_code.SAMPLER)
    return sampler


@contextmanager
def quiet() -> Iterator[None]:
    """Optuna's notes on its features and its progress lines are for its own users."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)
