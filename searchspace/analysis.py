"""Static analysis: what a network is and costs, computed before anything is built."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from searchspace.candidate import Architecture
from searchspace.costs import Cost, cost
from searchspace.custom import Shape
from searchspace.errors import InfeasibleError
from searchspace.layers import (
    Activate,
    BatchNormalization,
    Concatenate,
    Dropout,
    Flatten,
    Layer,
    LayerNormalization,
    Layers,
    Residual,
    SpatialDropout2D,
    SqueezeExcitation,
)
from searchspace.shapes import added, joined, output_shape
from searchspace.space import Limits

FLOAT32_BYTES = 4
INT32_BYTES = 4

_IN_PLACE = (Activate, BatchNormalization, Dropout, Flatten, LayerNormalization, SpatialDropout2D)

# Looking a layer's function up anew at every call is half of what an analysis takes.
_shaper = cache(output_shape.dispatch)
_coster = cache(cost.dispatch)


class Row(NamedTuple):
    """One layer of a network. `section` names the part it stands in; `branch` the way into what is added or joined."""

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
        rows: its layers in order; what is added or joined comes before the layer that does it.
        trainable_parameters: numbers that gradients update.
        non_trainable_parameters: running means and variances.
        macs: multiply-accumulate operations.
        flops: arithmetic operations.
        memory: most bytes of activations alive at once in float32, normalisation and activation done in place;
            branches that are joined are copied.
        float32_bytes: bytes of the weights in float32.
        int8_bytes: bytes of the weights quantised to int8: one per kernel value, an int32 per channel, into
            which batch normalisation is folded. Layer normalisation, and batch normalisation that follows no layer with
            a kernel, are left out.
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
        return f"{self.limit} {self.value:,}, above the limit of {self.most:,}"


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
        int8_bytes=kernel + INT32_BYTES * sum(map(_biases, rows)),
    )


def violations(analysis: Analysis, limits: Limits) -> tuple[Violation, ...]:
    """The limits that the network breaks."""
    return tuple(
        Violation(name, getattr(analysis, name), most)
        for name, most in limits
        if most is not None and getattr(analysis, name) > most
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a network may not be trained.

    Attributes:
        why: in words.
        excess: by what share it breaks its worst limit; infinite for one that cannot be built.
        broken: the limits that it breaks.
    """

    why: str
    excess: float = math.inf
    broken: tuple[Violation, ...] = ()


def examined(architecture: Architecture, limits: Limits) -> Analysis | Refusal:
    """The analysis of a network that may be trained, or why it may not."""
    try:
        analysis = analyse(architecture)
    except InfeasibleError as error:
        return Refusal(error.what)
    if broken := violations(analysis, limits):
        return Refusal("; ".join(map(str, broken)), excess(broken), broken)
    return analysis


def excess(broken: Sequence[Violation]) -> float:
    """By what share the worst of some violated limits is broken."""
    return max(violation.value / violation.most for violation in broken) - 1


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
            after, alive = _residual(rows, section, branch, layer, shape)
        elif isinstance(layer, Concatenate):
            after, alive = _concatenate(rows, section, branch, layer, shape)
        else:
            after = _shaper(type(layer))(layer, shape)
            alive = _alive(layer, size, after)
        rows.append(Row(section, branch, layer, shape, after, _coster(type(layer))(layer, shape, after)))
        most = max(most, held + alive)
        shape, size = after, math.prod(after)
    return shape, most


def _residual(rows: list[Row], section: str, branch: str, layer: Residual, shape: Shape) -> tuple[Shape, int]:
    """Walk body and shortcut; the sum takes the place of one of them."""
    body, in_body = _walk(rows, section, _within(branch, "body"), layer.body, shape, kept=True)
    shortcut, in_shortcut = _walk(rows, section, _within(branch, "shortcut"), layer.shortcut, shape)
    after = added(layer, body, shortcut)
    return after, max(in_body, math.prod(after) + in_shortcut)


def _concatenate(rows: list[Row], section: str, branch: str, layer: Concatenate, shape: Shape) -> tuple[Shape, int]:
    """Walk the branches; what they give is kept until all of it is copied side by side."""
    shapes: list[Shape] = []
    done = most = 0
    for number, layers in enumerate(layer.branches, start=1):
        name, kept = _within(branch, f"branch {number}"), number < len(layer.branches)
        after, alive = _walk(rows, section, name, layers, shape, kept=kept)
        shapes.append(after)
        most = max(most, done + alive)
        done += math.prod(after)
    return joined(layer, shapes), max(most, 2 * done)


def _within(branch: str, name: str) -> str:
    return f"{branch}/{name}" if branch else name


def _alive(layer: Layer, size: int, after: Shape) -> int:
    """Numbers alive while one layer works on `size` of them."""
    if isinstance(layer, _IN_PLACE):
        return size
    if isinstance(layer, SqueezeExcitation):  # weights the image in place, by the means and what is made of them
        return size + after[-1] + layer.units
    return size + math.prod(after)


def _biases(row: Row) -> int:
    """Biases of a quantised layer: one a channel, normalisation folded in."""
    if not row.cost.kernel:
        return 0
    return row.after[-1] + (row.layer.units if isinstance(row.layer, SqueezeExcitation) else 0)
