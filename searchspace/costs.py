"""What each layer costs: parameters, multiply-accumulates, operations. Pure functions of layer and shapes.

One MAC is one multiplication and one addition, and only convolutions and dense layers have any. FLOPs count every
arithmetic operation for one image in inference: two a MAC, and those of biases, normalisation, activation, pooling,
addition and weighting. Feature maps joined side by side are only copied: none.
"""

from __future__ import annotations

import math
from functools import singledispatch
from typing import NamedTuple

from searchspace.custom import Shape
from searchspace.layers import (
    Activate,
    BatchNormalization,
    Conv2D,
    Custom,
    Dense,
    DepthwiseConv2D,
    GlobalAveragePooling2D,
    Layer,
    LayerNormalization,
    Pool2D,
    Residual,
    SqueezeExcitation,
)


class Cost(NamedTuple):
    """What one layer costs.

    Attributes:
        kernel: numbers in kernels, which quantise to one byte each.
        bias: other trainable numbers: biases, scales and shifts.
        non_trainable: numbers that training updates without gradients: running means and variances.
        macs: multiply-accumulate operations for one image.
        flops: arithmetic operations for one image.
    """

    kernel: int = 0
    bias: int = 0
    non_trainable: int = 0
    macs: int = 0
    flops: int = 0

    @property
    def trainable(self) -> int:
        """Numbers that gradients update."""
        return self.kernel + self.bias

    @property
    def parameters(self) -> int:
        """All numbers the layer holds: Keras's `count_params`."""
        return self.kernel + self.bias + self.non_trainable


FREE = Cost()


@singledispatch
def cost(layer: Layer, before: Shape, after: Shape) -> Cost:
    """What `layer` costs between the shapes `before` and `after` it; layers not listed are free in inference."""
    del layer, before, after
    return FREE


@cost.register
def _(layer: Conv2D, before: Shape, after: Shape) -> Cost:
    kernel = layer.kernel_size[0] * layer.kernel_size[1] * before[-1] * layer.filters
    macs = kernel * after[0] * after[1]
    bias = layer.filters if layer.use_bias else 0
    return Cost(kernel, bias, macs=macs, flops=2 * macs + bias * after[0] * after[1])


@cost.register
def _(layer: DepthwiseConv2D, before: Shape, after: Shape) -> Cost:
    kernel = layer.kernel_size[0] * layer.kernel_size[1] * before[-1]
    macs = kernel * after[0] * after[1]
    bias = before[-1] if layer.use_bias else 0
    return Cost(kernel, bias, macs=macs, flops=2 * macs + bias * after[0] * after[1])


@cost.register
def _(layer: SqueezeExcitation, before: Shape, after: Shape) -> Cost:
    """The mean of each feature map, two dense layers with biases and activations, and the weighting."""
    kernel, bias = 2 * before[-1] * layer.units, layer.units + before[-1]
    return Cost(kernel, bias, macs=kernel, flops=2 * kernel + 2 * bias + 2 * math.prod(after))


@cost.register
def _(layer: Dense, before: Shape, after: Shape) -> Cost:
    macs = before[-1] * math.prod(after)
    return Cost(before[-1] * layer.units, layer.units, macs=macs, flops=2 * macs + math.prod(after))


@cost.register
def _(layer: BatchNormalization, before: Shape, after: Shape) -> Cost:
    del layer
    return Cost(bias=2 * before[-1], non_trainable=2 * before[-1], flops=2 * math.prod(after))


@cost.register
def _(layer: LayerNormalization, before: Shape, after: Shape) -> Cost:
    del layer
    return Cost(bias=2 * before[-1], flops=7 * math.prod(after))


@cost.register
def _(layer: Activate, before: Shape, after: Shape) -> Cost:
    del layer, before
    return Cost(flops=math.prod(after))


@cost.register
def _(layer: Pool2D, before: Shape, after: Shape) -> Cost:
    del before
    return Cost(flops=math.prod(after) * layer.pool_size[0] * layer.pool_size[1])


@cost.register
def _(layer: GlobalAveragePooling2D, before: Shape, after: Shape) -> Cost:
    del layer, after
    return Cost(flops=math.prod(before))


@cost.register
def _(layer: Custom, before: Shape, after: Shape) -> Cost:
    """As it said when it was put into the network."""
    del before, after
    return Cost(*layer.cost)


@cost.register
def _(layer: Residual, before: Shape, after: Shape) -> Cost:
    """The addition alone; body and shortcut are counted layer by layer."""
    del layer, before
    return Cost(flops=math.prod(after))
