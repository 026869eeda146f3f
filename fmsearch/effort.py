"""What it takes to train a network, relative to others: known from its analysis, before anything is built."""

from __future__ import annotations

import math

from searchspace import Analysis

# Fitted on one core of a CPU: moving a number through memory takes as long as so many multiplications, and what every
# step costs, whatever the network, comes to so many an image.
MACS_A_NUMBER = 8
MACS_AN_IMAGE = 500_000


def effort(analysis: Analysis) -> float:
    """What an image costs, in multiply-accumulates and what takes as long."""
    return analysis.macs + MACS_A_NUMBER * sum(math.prod(row.after) for row in analysis.rows) + MACS_AN_IMAGE
