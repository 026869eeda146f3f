"""The shape of what each layer gives, without building it. (height, width, channels), or (units,) once flat."""

from __future__ import annotations

import math
from functools import singledispatch
from typing import TypeAlias

from searchspace.domains import Pair
from searchspace.errors import InfeasibleError
from searchspace.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D, Layer, Layers, Pool2D, Residual

Shape: TypeAlias = tuple[int, ...]
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
    height, width, _ = _image(layer, shape)
    (rows, columns), (down, across) = layer.kernel_size, layer.strides
    if layer.padding == "same":
        return (-(-height // down), -(-width // across), layer.filters)
    if rows > height or columns > width:
        raise InfeasibleError(
            f"kernel {extent(layer.kernel_size)} with valid padding on {height}x{width}",
            fix="A kernel must fit in the image, or padding be same.",
            culprit=layer,
        )
    return ((height - rows) // down + 1, (width - columns) // across + 1, layer.filters)


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
def _(layer: Residual, shape: Shape) -> Shape:
    return added(layer, through(layer.body, shape), through(layer.shortcut, shape))


def added(layer: Residual, body: Shape, shortcut: Shape) -> Shape:
    """The shape of the sum of a residual's two sides.

    Raises:
        InfeasibleError: they differ.
    """
    if body != shortcut:
        what = f"body {body} and shortcut {shortcut} differ in shape"
        raise InfeasibleError(what, fix="They are added, so must agree.", culprit=layer)
    return body


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
        elif isinstance(layer, Residual):
            channels = output_channels(layer.body, channels)
    return channels


def extent(pair: Pair) -> str:
    """A pair as a person writes it: 3 for a square, 3x5 otherwise."""
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}x{pair[1]}"


def _image(layer: Layer, shape: Shape) -> Shape:
    if len(shape) != IMAGE_RANK:
        raise InfeasibleError(
            f"{layer.kind} on a flat vector of {shape[0]}", fix="It needs an image: put it before flattening."
        )
    return shape
