"""What it takes to train a network, relative to others: known from its analysis, before anything is built."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import TypeAlias

from fmsearch.preview import Preview
from fmsearch.study import Study
from searchspace import Analysis

Relative: TypeAlias = Callable[[Analysis], float]

DEAREST = 2.0  # times what is usual, up to which a network may have to pay

# Fitted on one core of a CPU: moving a number through memory takes as long as so many multiplications, and what every
# step costs, whatever the network, comes to so many an image.
MACS_A_NUMBER = 8
MACS_AN_IMAGE = 500_000


def effort(analysis: Analysis) -> float:
    """What an image costs, in multiply-accumulates and what takes as long."""
    return analysis.macs + MACS_A_NUMBER * sum(math.prod(row.after) for row in analysis.rows) + MACS_AN_IMAGE


def relative_of(study: Study, sample: Preview) -> Relative:
    """What counts in a study: where time or compute is limited, compute counts, too; where neither is, epochs alone."""
    return relative_to_size(sample.fitting, study.objectives.counted) if study.budget.is_limited else all_alike


def relative_to_size(sample: Sequence[Analysis], size: Callable[[Analysis], float]) -> Relative:
    """How many times as much a network is to pay as is usual for its size, to two digits.

    What is usual is a straight line through a sample of the space, in the logarithms of size and effort. One that costs
    four times as much pays twice: half-way between equal compute, by which cheap networks look best as they learn
    quickly at first, and equal epochs, by which it would not matter what a network costs.
    """
    sizes = [math.log(size(analysis)) for analysis in sample]
    efforts = [math.log(effort(analysis)) for analysis in sample]
    if len(set(sizes)) < 2:  # noqa: PLR2004  # a line takes two points
        return all_alike
    slope, start = statistics.linear_regression(sizes, efforts)

    def relative(analysis: Analysis) -> float:
        usual = start + slope * math.log(size(analysis))
        return float(f"{math.sqrt(effort(analysis) / math.exp(usual)):.2g}")

    return relative


def affordable(relative: Relative) -> Callable[[Analysis], bool]:
    """Whether a network is cheap enough to be proposed: one that pays more than twice costs more than four times.

    Few are dearer, and they would take much: in a space of plain networks with strides, pooling and kernels as one
    likes, one draw in twenty, and a third of the compute.
    """
    return lambda analysis: relative(analysis) <= DEAREST


def all_alike(analysis: Analysis) -> float:
    """Every network counts the same."""
    del analysis
    return 1.0
