"""The embedded data set and evaluations on it, for tests that really train."""

import functools
from pathlib import Path

from fmsearch.datasets import Data, Dataset, load
from fmsearch.environment import Environment
from fmsearch.evaluation import Evaluation
from searchspace import (
    Augment,
    Candidate,
    ConvBlock,
    Head,
    Input,
    Recipe,
    SearchSpace,
    Stages,
    from_values,
)

INPUT = Input(height=8, width=8, channels=1, classes=10)


@functools.cache
def digits() -> Dataset:
    return load(Data(dataset="digits"), Path())


def network(dropout=0.0, **block) -> Candidate:
    """A small network: two stages of convolution."""
    fields = {"filters": 8, "pooling": "max", "spatial_dropout": dropout, **block}
    space = SearchSpace(stages=Stages(count=2, block=ConvBlock(**fields)), head=Head(dropout=dropout), input=INPUT)
    return from_values(space, {})


def recipe(augment=None, **changes) -> Recipe:
    fields = {"optimizer": "adam", "learning_rate": 0.01, "schedule": "constant", "batch_size": 32, **changes}
    return Recipe(**fields, augment=Augment(**(augment or {})))


def evaluation(candidate=None, epochs=2, seed=1, purpose="search", dropout=0.0, **changes) -> Evaluation:
    """An evaluation on digits; further arguments change its recipe."""
    candidate = candidate or network(dropout)
    return Evaluation(
        candidate=candidate.model_copy(update={"recipe": recipe(**changes)}),
        dataset=digits().fingerprint,
        epochs=epochs,
        seed=seed,
        purpose=purpose,
        environment=Environment.here(),
    )
