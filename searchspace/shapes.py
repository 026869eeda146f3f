"""The shape of what each layer gives, without building it. (height, width, channels), or (units,) once flat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import singledispatch

from searchspace.custom import Shape, answer_of
from searchspace.domains import Pair
from searchspace.errors import InfeasibleError
from searchspace.layers import (
    Concatenate,
    Conv2D,
    Custom,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    Layers,
    Pool2D,
    Residual,
    SqueezeExcitation,
)

IMAGE_RANK = 3


@singledispatch
def output_shape(layer: Layer, shape: Shape) -> Shape:
    """The shape that `layer` makes of `shape`; most layers keep it.

    Raises:
        InfeasibleError: the layer cannot be applied to that shape.
    """
    del layer
    return shape


@output_shape.register
def _(layer: Conv2D, shape: Shape) -> Shape:
    return (*_places(layer, shape, layer.strides), layer.filters)


@output_shape.register
def _(layer: DepthwiseConv2D, shape: Shape) -> Shape:
    return (*_places(layer, shape, (layer.strides, layer.strides)), shape[-1])


@output_shape.register
def _(layer: Pool2D, shape: Shape) -> Shape:
    height, width, channels = _image(layer, shape)
    return (-(-height // layer.pool_size[0]), -(-width // layer.pool_size[1]), channels)


@output_shape.register
def _(layer: GlobalAveragePooling2D, shape: Shape) -> Shape:
    return (_image(layer, shape)[-1],)


@output_shape.register
def _(layer: Flatten, shape: Shape) -> Shape:
    del layer
    return (math.prod(shape),)


@output_shape.register
def _(layer: Dense, shape: Shape) -> Shape:
    return (*shape[:-1], layer.units)


@output_shape.register
def _(layer: SqueezeExcitation, shape: Shape) -> Shape:
    return _image(layer, shape)


@output_shape.register
def _(layer: Custom, shape: Shape) -> Shape:
    return layer.after or tuple(
        answer_of(
            layer,
            "output_shape",
            shape,
            is_right=_is_shape,
            expected="(height, width, channels) or (units,), whole numbers from 1 on",
        )
    )


@output_shape.register
def _(layer: Residual, shape: Shape) -> Shape:
    return added(layer, through(layer.body, shape), through(layer.shortcut, shape))


@output_shape.register
def _(layer: Concatenate, shape: Shape) -> Shape:
    return joined(layer, [through(branch, shape) for branch in layer.branches])


def added(layer: Residual, body: Shape, shortcut: Shape) -> Shape:
    """The shape of the sum of a residual's two sides.

    Raises:
        InfeasibleError: they differ.
    """
    if body != shortcut:
        what = f"body {body} and shortcut {shortcut} differ in shape"
        raise InfeasibleError(what, fix="They are added, so must agree.", culprit=layer)
    return body


def joined(layer: Concatenate, shapes: Sequence[Shape]) -> Shape:
    """The shape of the feature maps of several branches side by side.

    Raises:
        InfeasibleError: they differ in height or width.
    """
    if len({shape[:-1] for shape in shapes}) > 1:
        what = f"branches {', '.join(map(str, shapes))} differ in height or width"
        raise InfeasibleError(what, fix="Feature maps side by side must agree in both.", culprit=layer)
    return (*shapes[0][:-1], sum(shape[-1] for shape in shapes))


def through(layers: Layers, shape: Shape) -> Shape:
    """The shape that layers one after another make of `shape`."""
    for layer in layers:
        shape = output_shape(layer, shape)
    return shape


def output_channels(layers: Layers, channels: int) -> int:
    """The number of feature maps that image layers make of `channels`, whatever the image's size."""
    for layer in layers:
        if isinstance(layer, Conv2D):
            channels = layer.filters
        elif isinstance(layer, Dense):
            channels = layer.units
        elif isinstance(layer, Custom):
            channels = _own_channels(layer, channels)
        elif isinstance(layer, Residual):
            channels = output_channels(layer.body, channels)
        elif isinstance(layer, Concatenate):
            channels = sum(output_channels(branch, channels) for branch in layer.branches)
    return channels


def _own_channels(layer: Custom, channels: int) -> int:
    answer: int = answer_of(layer, "output_channels", channels, is_right=_is_count, expected="a whole number from 1 on")
    return answer


def _is_shape(answer: object) -> bool:
    return isinstance(answer, tuple | list) and len(answer) in {1, IMAGE_RANK} and all(map(_is_count, answer))


def _is_count(answer: object) -> bool:
    return type(answer) is int and answer >= 1


def extent(pair: Pair) -> str:
    """A pair as a person writes it: 3 for a square, 3x5 otherwise."""
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}x{pair[1]}"


def _places(layer: Conv2D | DepthwiseConv2D, shape: Shape, strides: Pair) -> Pair:
    """How many places a kernel is laid on, down and across."""
    height, width, _ = _image(layer, shape)
    (rows, columns), (down, across) = layer.kernel_size, strides
    if layer.padding == "same":
        return (-(-height // down), -(-width // across))
    if rows > height or columns > width:
        raise InfeasibleError(
            f"kernel {extent(layer.kernel_size)} with valid padding on {height}x{width}",
            fix="Use a smaller kernel, or `padding: same`.",
            culprit=layer,
        )
    return ((height - rows) // down + 1, (width - columns) // across + 1)


def _image(layer: Layer, shape: Shape) -> Shape:
    if len(shape) != IMAGE_RANK:
        raise InfeasibleError(
            f"{layer.kind} on a flat vector of {shape[0]}", fix="It needs an image: put it before flattening."
        )
    return shape
