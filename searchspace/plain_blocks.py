"""Blocks that an image passes straight through: convolutions, separable ones, and several kernels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator

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
from searchspace.domains import Flag, Of, Several
from searchspace.layers import Activate, Activation, Concatenate, Layers, Padding, Residual
from searchspace.progression import Filters


class ConvBlock(Block):
    """Convolution, normalisation and activation, `repeat` times; then pooling and spatial dropout."""

    kind: Literal["conv"] = "conv"
    filters: Filters
    """Number of kernels, so of feature maps that come out."""
    kernel_size: Pixels = 3
    """Height and width of each kernel in pixels; one number for a square, `[height, width]` inside a list."""
    strides: Pixels = 1
    """Pixels a kernel moves by; 2 halves height and width. Only the first of `repeat` convolutions has them."""
    padding: Of[Padding] = "same"
    """`same` pads the edges so that only strides shrink the image; `valid` does not pad."""
    activation: Of[Activation] = "relu"
    """Keras's name of the activation function."""
    normalization: Of[Normalization] = "batch"
    """Normalisation between convolution and activation; with `none` the convolution has a bias."""
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
    """How many convolutions one after another."""

    @staticmethod
    def unit(picked: Picked, channels: int, strides: Any) -> Layers:
        """One convolution with what follows it."""
        del channels
        return (convolution(picked, strides), *normalization(picked), Activate(function=picked["activation"]))


class SeparableBlock(Block):
    """Each feature map convolved on its own, then all of them mixed pixel by pixel (Xception), `repeat` times.

    That is a depthwise convolution, a 1x1 convolution, normalisation and activation: far fewer parameters and
    multiply-accumulates than a convolution of the same kernel.
    """

    kind: Literal["separable"] = "separable"
    filters: Filters
    """Number of feature maps that come out of the 1x1 convolution."""
    kernel_size: Pixels = 3
    """Height and width of each kernel of the depthwise convolution in pixels."""
    strides: SquarePixels = 1
    """Pixels a kernel moves by, the same down and across. Only the first of `repeat` units has them."""
    padding: Of[Padding] = "same"
    """`same` pads the edges so that only strides shrink the image; `valid` does not pad."""
    activation: Of[Activation] = "relu"
    """Keras's name of the activation function."""
    normalization: Of[Normalization] = "batch"
    """Normalisation between the 1x1 convolution and the activation; with `none` that convolution has a bias."""
    shortcut: Flag = False
    """Whether a unit that keeps the image's shape adds its input, after normalisation and before activation."""
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
        """One separable convolution with what follows it. A bias between its two halves would add nothing."""
        each = depthwise(picked, strides, use_bias=False)
        body = (each, convolution(picked, 1, kernel_size=1), *normalization(picked))
        keeps = channels == picked["filters"] and each.strides == 1 and each.padding == "same"
        layers: Layers = (Residual(body=body),) if picked["shortcut"] and keeps else body
        return (*layers, Activate(function=picked["activation"]))


def _lists_in_a_list(field: object) -> object:
    """Refuse `[1, 3, 5]`, which elsewhere is a choice among three numbers."""
    if isinstance(field, list | tuple) and all(isinstance(item, list | tuple) for item in field):
        return field
    raise ValueError("a choice is a list of kernel sizes; expected lists in a list, as in [[1, 3], [1, 3, 5]]")


def _each_once(lists: Sequence[tuple[int, ...]]) -> Sequence[tuple[int, ...]]:
    for sizes in lists:
        if not sizes or len(set(sizes)) < len(sizes):
            raise ValueError(f"{list(sizes)} is not a choice; expected at least one kernel size, and each once")
    return lists


KernelSizes: TypeAlias = Annotated[
    Several[tuple[int, ...]], BeforeValidator(_lists_in_a_list), AfterValidator(_each_once), within(1, 1_024)
]


class MultiKernelBlock(Block):
    """Convolutions with kernels of several sizes on the same image, side by side (Inception), `repeat` times.

    Normalisation and activation follow. The kernels share `filters` as evenly as whole numbers allow, the first ones
    getting what is left over; with fewer filters than kernels the last ones get none, and are left out.
    """

    kind: Literal["multi_kernel"] = "multi_kernel"
    filters: Filters
    """Number of feature maps that come out, of all kernels together."""
    kernel_sizes: KernelSizes = ((1, 3, 5),)
    """Sizes of the square kernels in pixels: each choice is a list, as in `[[1, 3], [1, 3, 5]]`."""
    strides: Pixels = 1
    """Pixels each kernel moves by. Only the first of `repeat` units has them."""
    activation: Of[Activation] = "relu"
    """Keras's name of the activation function."""
    normalization: Of[Normalization] = "batch"
    """Normalisation of all feature maps; with `none` the convolutions have a bias."""
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
        """The convolutions side by side, with what follows them."""
        del channels
        return (*_side_by_side(picked, strides), *normalization(picked), Activate(function=picked["activation"]))


def _side_by_side(picked: Picked, strides: Any) -> Layers:
    """The convolutions of one unit; a single one needs no other beside it."""
    sizes = picked["kernel_sizes"]
    share, left_over = divmod(picked["filters"], len(sizes))
    branches: list[Layers] = [
        (convolution({**picked, "filters": filters}, strides, kernel_size=size),)
        for position, size in enumerate(sizes)
        if (filters := share + (position < left_over))
    ]
    return branches[0] if len(branches) == 1 else (Concatenate(branches=tuple(branches)),)
