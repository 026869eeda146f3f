"""Static analysis: what a network is and costs, computed before anything is built."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from searchspace.candidate import Architecture
from searchspace.costs import Cost, cost
from searchspace.errors import InfeasibleError
from searchspace.layers import (
    Activate,
    BatchNormalization,
    Dropout,
    Flatten,
    Layer,
    LayerNormalization,
    Layers,
    Residual,
    SpatialDropout2D,
)
from searchspace.shapes import Shape, added, output_shape
from searchspace.space import Limits

FLOAT32_BYTES = 4
INT32_BYTES = 4

_IN_PLACE = (Activate, BatchNormalization, Dropout, Flatten, LayerNormalization, SpatialDropout2D)

# Looking a layer's function up anew at every call is half of what an analysis takes.
_shaper = cache(output_shape.dispatch)
_coster = cache(cost.dispatch)


class Row(NamedTuple):
    """One layer of a network. `section` names the part it stands in, `branch` the side of a residual."""

    section: str
    branch: str
    layer: Layer
    before: Shape
    after: Shape
    cost: Cost


@dataclass(frozen=True, slots=True)
class Analysis:
    """A network in numbers, for one image.

    Attributes:
        rows: its layers in order; a residual's body and shortcut come before its addition.
        trainable_parameters: numbers that gradients update.
        non_trainable_parameters: running means and variances.
        macs: multiply-accumulate operations.
        flops: arithmetic operations.
        memory: most bytes of activations alive at once in float32, normalisation and activation done in place.
        float32_bytes: bytes of the weights in float32.
        int8_bytes: bytes of the weights quantised to int8: a byte a kernel value, an int32 bias a channel, into
            which batch normalisation is folded.
    """

    rows: tuple[Row, ...]
    trainable_parameters: int
    non_trainable_parameters: int
    macs: int
    flops: int
    memory: int
    float32_bytes: int
    int8_bytes: int

    @property
    def parameters(self) -> int:
        """All parameters: Keras's `count_params`."""
        return self.trainable_parameters + self.non_trainable_parameters


@dataclass(frozen=True, slots=True)
class Violation:
    """A limit that a network breaks."""

    limit: str
    value: int
    most: int

    def __str__(self) -> str:
        return f"{self.limit} {self.value:,} above the limit of {self.most:,}"


def analyse(architecture: Architecture) -> Analysis:
    """The network in numbers.

    Raises:
        InfeasibleError: it cannot be built; the message names the part and the reason
            ("stage 2: kernel 5 with valid padding on 3x3").
    """
    rows: list[Row] = []
    shape: Shape = architecture.input.shape
    peak = 0
    for section, layers in architecture.sections():
        try:
            shape, most = _walk(rows, section, "", layers, shape)
        except InfeasibleError as error:
            raise InfeasibleError(f"{section}: {error.what}", fix=error.fix, culprit=error.culprit) from None
        peak = max(peak, most)
    costs = [Cost(), *(row.cost for row in rows)]
    kernel, bias, non_trainable, macs, flops = (sum(column) for column in zip(*costs, strict=True))
    return Analysis(
        rows=tuple(rows),
        trainable_parameters=kernel + bias,
        non_trainable_parameters=non_trainable,
        macs=macs,
        flops=flops,
        memory=FLOAT32_BYTES * peak,
        float32_bytes=FLOAT32_BYTES * (kernel + bias + non_trainable),
        int8_bytes=kernel + INT32_BYTES * sum(row.after[-1] for row in rows if row.cost.kernel),
    )


def violations(analysis: Analysis, limits: Limits) -> tuple[Violation, ...]:
    """The limits that the network breaks."""
    return tuple(
        Violation(name, getattr(analysis, name), most)
        for name, most in limits
        if most is not None and getattr(analysis, name) > most
    )


def _walk(
    rows: list[Row], section: str, branch: str, layers: Layers, shape: Shape, *, kept: bool = False
) -> tuple[Shape, int]:
    """Append a row for each layer.

    Returns:
        The shape after the last, and the most numbers alive at once; with `kept`, the input is needed afterwards.
    """
    first = size = most = math.prod(shape)
    for position, layer in enumerate(layers):
        held = first if kept and position > 0 else 0
        if isinstance(layer, Residual):
            body, in_body = _walk(rows, section, f"{branch}body", layer.body, shape, kept=True)
            shortcut, in_shortcut = _walk(rows, section, f"{branch}shortcut", layer.shortcut, shape)
            after = added(layer, body, shortcut)
            alive = max(in_body, math.prod(after) + in_shortcut)
        else:
            after = _shaper(type(layer))(layer, shape)
            alive = size if isinstance(layer, _IN_PLACE) else size + math.prod(after)
        rows.append(Row(section, branch, layer, shape, after, _coster(type(layer))(layer, shape, after)))
        most = max(most, held + alive)
        shape, size = after, math.prod(after)
    return shape, most
