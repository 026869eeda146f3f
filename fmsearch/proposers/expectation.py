"""What a network may be expected to reach before it is trained, by what others of its study came to. Pure.

How good a network is at its size depends on a few things that static analysis knows: how large its feature maps still
are where the head begins, how many numbers the first dense layer sees, how narrow its narrowest layer is. In which way
is learnt from the study's own candidates, by ridge regression (Hoerl and Kennard, 1970) of the logarithm of their
errors.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from fmsearch.learning_curves import LEAST_ERRORS
from searchspace import Candidate, analyse

RIDGE = 3.0  # trained networks that would say as much as what is usual does
ENOUGH = 500  # numbers for the head, beyond which more are no better
ALIKE = 1e-9  # traits that differ by less do not differ
DIGITS = 9  # of a weight: any two processors agree on so many


class Traits(NamedTuple):
    """What an expectation goes by: logarithms, but for the depth.

    Attributes:
        parameters: their number.
        macs: multiply-accumulates of an image.
        depth: layers with a kernel before the head.
        area: of the feature maps that come to the head.
        seen: numbers that come to the first dense layer, as far as they help.
        narrowest: the fewest feature maps that a layer with a kernel before the head has.
        learning_rate: the peak.
    """

    parameters: float
    macs: float
    depth: float
    area: float
    seen: float
    narrowest: float
    learning_rate: float


USUAL = Traits(parameters=-0.06, macs=0.0, depth=0.0, area=0.08, seen=-0.1, narrowest=0.0, learning_rate=0.0)
"""By how much the logarithm of the errors rises with each, where nothing has been trained: what six searches of
Fashion-MNIST, in two spaces, agree on. Large feature maps that are averaged at once are wasted, a dense layer decides
better by many numbers, and more parameters make fewer errors, which says little among networks of about one size."""

Expectation: TypeAlias = Callable[[Traits], float]


def traits(candidate: Candidate) -> Traits:
    """Those of a candidate.

    Raises:
        InfeasibleError: it cannot be built.
    """
    analysis = analyse(candidate.architecture)
    body = [row for row in analysis.rows if row.section != "head"]
    widths = [row.after[-1] for row in body if row.cost.kernel]
    arriving = body[-1].after if body else candidate.architecture.input.shape
    seen = next((row.before for row in analysis.rows if row.section == "head" and row.cost.kernel), arriving)
    return Traits(
        parameters=math.log(max(1, analysis.parameters)),
        macs=math.log(max(1, analysis.macs)),
        depth=len(widths),
        area=math.log(math.prod(arriving[:-1])),
        seen=math.log(min(ENOUGH, math.prod(seen))),
        narrowest=math.log(min(widths, default=1)),
        learning_rate=math.log(candidate.recipe.learning_rate),
    )


def expectation(trained: Sequence[tuple[Traits, float]]) -> Expectation:
    """What a network with such traits may be expected to reach, relative to others: the higher, the better.

    Args:
        trained: the traits of networks, none perhaps, and the accuracy that each came to.
    """
    weights = _weights(trained) if trained else USUAL

    def expected(one: Traits) -> float:
        return -math.fsum(map(operator.mul, one, weights))

    return expected


def _weights(trained: Sequence[tuple[Traits, float]]) -> Traits:
    """By how much the logarithm of the errors rises with each trait, held towards what is usual.

    Rounded, so that it does not depend on how a machine adds up which of two candidates is proposed.
    """
    known = np.array([one for one, _ in trained], dtype=float)
    errors = np.log([max(LEAST_ERRORS, 1.0 - accuracy) for _, accuracy in trained])
    spread = np.maximum(ALIKE, known.std(axis=0))
    apart = (known - known.mean(axis=0)) / spread
    beyond = apart.T @ (errors - errors.mean()) + RIDGE * spread * USUAL
    weights = np.linalg.solve(apart.T @ apart + RIDGE * np.eye(len(spread)), beyond) / spread
    return Traits(*(float(f"{weight:.{DIGITS}g}") for weight in weights))
