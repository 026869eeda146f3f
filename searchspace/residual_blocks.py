"""Blocks around which the image passes unchanged and is added."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from searchspace.blocks import (
    Block,
    Normalization,
    Pixels,
    Pooling,
    Rate,
    Repeat,
    SquarePixels,
    convolution,
    depthwise,
    normalization,
)
from searchspace.bounds import within
from searchspace.dimensions import Picked
from searchspace.domains import Flag, Fraction, Of, Whole
from searchspace.layers import Activate, Activation, Layers, Residual, SqueezeExcitation
from searchspace.progression import Filters


class ResidualBlock(Block):
    """Two convolutions and a shortcut around them that is added (ResNet), `repeat` times.

    Where `filters` or `strides` change the image's shape, a 1x1 convolution projects it (He et al., 2016).
    """

    kind: Literal["residual"] = "residual"
    filters: Filters
    """Number of feature maps that come out."""
    kernel_size: Pixels = 3
    """Height and width of each kernel in pixels."""
    strides: Pixels = 1
    """Pixels the first convolution moves by."""
    activation: Of[Activation] = "relu"
    """Keras's name of the activation function."""
    normalization: Of[Normalization] = "batch"
    """Normalisation beside each convolution; with `none` the convolutions have a bias."""
    preactivation: Flag = False
    """Whether normalisation and activation come before each convolution instead of after it."""
    pooling: Of[Pooling] = "none"
    """What makes one pixel out of each window of `pool_size`."""
    pool_size: Pixels = 2
    """Height and width of a pooling window, and its strides. Used only with pooling."""
    early_pooling: Flag = False
    """Whether pooling comes before the block's last normalisation and activation instead of after them: these then see
    fewer pixels. Used only with pooling."""
    spatial_dropout: Rate = 0.0
    """Share of whole feature maps set to zero in training (SpatialDropout2D)."""
    repeat: Repeat = 1
    """How many such units one after another."""

    @staticmethod
    def unit(picked: Picked, channels: int, strides: Any) -> Layers:
        """Two convolutions, and what their image is added to."""
        activate = Activate(function=picked["activation"])
        before = (*normalization(picked), activate)
        first, second = convolution(picked, strides), convolution(picked, 1)
        reshapes = first.strides != (1, 1) or channels != picked["filters"]
        projection = (convolution(picked, strides, kernel_size=1),) if reshapes else ()
        if picked["preactivation"]:
            return (Residual(body=(*before, first, *before, second), shortcut=projection),)
        body = (first, *before, second, *normalization(picked))
        shortcut = (*projection, *normalization(picked)) if reshapes else ()
        return (Residual(body=body, shortcut=shortcut), activate)


class InvertedResidualBlock(Block):
    """Few feature maps made many, convolved one by one, and made few again (MobileNetV2, MobileNetV3), `repeat` times.

    A 1x1 convolution expands, a depthwise convolution looks around, and a 1x1 convolution without activation projects
    to `filters`. Where the shape stays the same, a shortcut adds the input.
    """

    kind: Literal["inverted_residual"] = "inverted_residual"
    filters: Filters
    """Number of feature maps that come out."""
    expansion: Annotated[Whole, within(1, 64)] = 4
    """How many times as many feature maps there are inside; 1 leaves out the convolution that expands."""
    kernel_size: Pixels = 3
    """Height and width of each kernel of the depthwise convolution in pixels."""
    strides: SquarePixels = 1
    """Pixels a kernel of the depthwise convolution moves by, the same down and across. Only the first of `repeat` units
    has them."""
    squeeze: Annotated[Fraction, within(0, 1)] = 0.0
    """Units that weight the feature maps inside (squeeze-and-excitation), as a share of these; 0 for none."""
    activation: Of[Activation] = "relu"
    """Keras's name of the activation function after expansion and depthwise convolution."""
    normalization: Of[Normalization] = "batch"
    """Normalisation after every convolution; with `none` the convolutions have a bias."""
    pooling: Of[Pooling] = "none"
    """What makes one pixel out of each window of `pool_size`."""
    pool_size: Pixels = 2
    """Height and width of a pooling window, and its strides. Used only with pooling."""
    early_pooling: Flag = False
    """Whether pooling comes before the block's last normalisation and activation instead of after them: these then see
    fewer pixels. Used only with pooling."""
    spatial_dropout: Rate = 0.0
    """Share of whole feature maps set to zero in training (SpatialDropout2D)."""
    repeat: Repeat = 1
    """How many such units one after another."""

    @staticmethod
    def unit(picked: Picked, channels: int, strides: Any) -> Layers:
        """Expansion, depthwise convolution, squeeze-and-excitation, projection."""
        inside = channels * picked["expansion"]
        after = (*normalization(picked), Activate(function=picked["activation"]))
        expand = (convolution({**picked, "filters": inside}, 1, kernel_size=1), *after) if inside > channels else ()
        each = depthwise(picked, strides, use_bias=picked["normalization"] == "none")
        project = (convolution(picked, 1, kernel_size=1), *normalization(picked))
        body = (*expand, each, *after, *_squeeze(picked["squeeze"], inside), *project)
        keeps = each.strides == 1 and channels == picked["filters"]
        return (Residual(body=body),) if keeps else body


def _squeeze(share: float, channels: int) -> Layers:
    return (SqueezeExcitation(units=max(1, math.floor(share * channels + 0.5))),) if share else ()
