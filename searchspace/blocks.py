"""Templates of layers: what a stage may be made of, and the head that ends every network."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field

from searchspace.bounds import within
from searchspace.dimensions import Picked, Template
from searchspace.domains import Extent, Flag, Fraction, Of, OfRange, Whole
from searchspace.domains import Integer as IntegerRange
from searchspace.layers import (
    Activate,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    LayerNormalization,
    Layers,
    Padding,
    Pool2D,
    PoolKind,
    Residual,
    SpatialDropout2D,
)

Normalization: TypeAlias = Literal["none", "batch", "layer"]
Pooling: TypeAlias = Literal["none", "max", "average"]
Channels: TypeAlias = Annotated[Whole, within(1, 65_536)]
Pixels: TypeAlias = Annotated[Extent, within(1, 1_024)]
Rate: TypeAlias = Annotated[Fraction, within(0, 1, open_high=True)]
Repeat: TypeAlias = Annotated[Whole, within(1, 64)]
Units: TypeAlias = Annotated[OfRange[int | tuple[int, ...], IntegerRange], within(0, 65_536)]


class Block(Template):
    """What a stage is made of; subclasses say which layers their picked values mean."""

    kind: str

    @abstractmethod
    def layers(self, picked: Picked, channels: int) -> Layers:
        """The layers for one set of values, applied to an image of so many channels."""

    @staticmethod
    def ending(picked: Picked) -> Layers:
        """What ends every block: pooling, then spatial dropout, where there is any."""
        pooling, rate = picked["pooling"], picked["spatial_dropout"]
        layers: list[Layer] = []
        if pooling != "none" and picked["pool_size"] not in {1, (1, 1)}:
            kind: PoolKind = "max_pooling2d" if pooling == "max" else "average_pooling2d"
            layers.append(Pool2D(kind=kind, pool_size=picked["pool_size"]))
        if rate:
            layers.append(SpatialDropout2D(rate=rate))
        return tuple(layers)


class ConvBlock(Block):
    """Convolution, normalisation and activation, `repeat` times; then pooling and spatial dropout."""

    conditions: ClassVar = {"pool_size": ("pooling", lambda pooling: pooling != "none")}

    kind: Literal["conv"] = "conv"
    filters: Channels
    """Number of kernels, so of feature maps that come out."""
    kernel_size: Pixels = 3
    """Height and width of each kernel in pixels; one number for a square, `[height, width]` inside a list."""
    strides: Pixels = 1
    """Pixels a kernel moves by; 2 halves height and width. Of the first of `repeat` convolutions."""
    padding: Of[Padding] = "same"
    """`same` pads the edges so that only strides shrink the image; `valid` does not pad."""
    activation: Of[Activation] = "relu"
    """Keras's name of the activation function."""
    normalization: Of[Normalization] = "batch"
    """Normalisation between convolution and activation; with `none` the convolution has a bias."""
    pooling: Of[Pooling] = "none"
    """What makes one pixel out of each window of `pool_size`."""
    pool_size: Pixels = 2
    """Height and width of a pooling window, and its strides. Counts with pooling alone."""
    spatial_dropout: Rate = 0.0
    """Share of whole feature maps set to zero in training (SpatialDropout2D)."""
    repeat: Repeat = 1
    """How many convolutions one after another."""

    def layers(self, picked: Picked, channels: int) -> Layers:
        """The layers for one set of values."""
        del channels
        first, rest = (_conv_unit(picked, strides) for strides in (picked["strides"], 1))
        return (*first, *rest * (picked["repeat"] - 1), *self.ending(picked))


class ResidualBlock(Block):
    """Two convolutions around which the image passes unchanged and is added (ResNet), `repeat` times.

    Where `filters` or `strides` change the image's shape, a 1x1 convolution projects it (He et al., 2016).
    """

    conditions: ClassVar = {"pool_size": ("pooling", lambda pooling: pooling != "none")}

    kind: Literal["residual"] = "residual"
    filters: Channels
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
    """Height and width of a pooling window, and its strides. Counts with pooling alone."""
    spatial_dropout: Rate = 0.0
    """Share of whole feature maps set to zero in training (SpatialDropout2D)."""
    repeat: Repeat = 1
    """How many such units one after another."""

    def layers(self, picked: Picked, channels: int) -> Layers:
        """The layers for one set of values."""
        layers: list[Layer] = []
        for unit in range(picked["repeat"]):
            strides = picked["strides"] if unit == 0 else 1
            layers += _residual_unit(picked, channels if unit == 0 else picked["filters"], strides)
        return (*layers, *self.ending(picked))


def _convolution(picked: Picked, strides: Any, kernel_size: Any = None) -> Conv2D:
    return Conv2D(
        filters=picked["filters"],
        kernel_size=kernel_size or picked["kernel_size"],
        strides=strides,
        padding=picked.get("padding", "same"),
        use_bias=picked["normalization"] == "none",
    )


def _normalization(picked: Picked) -> Layers:
    match picked["normalization"]:
        case "batch":
            return (BatchNormalization(),)
        case "layer":
            return (LayerNormalization(),)
        case _:
            return ()


def _conv_unit(picked: Picked, strides: Any) -> Layers:
    return (_convolution(picked, strides), *_normalization(picked), Activate(function=picked["activation"]))


def _residual_unit(picked: Picked, channels: int, strides: Any) -> Layers:
    activate = Activate(function=picked["activation"])
    before = (*_normalization(picked), activate)
    first, second = _convolution(picked, strides), _convolution(picked, 1)
    reshapes = first.strides != (1, 1) or channels != picked["filters"]
    projection = (_convolution(picked, strides, kernel_size=1),) if reshapes else ()
    if picked["preactivation"]:
        return (Residual(body=(*before, first, *before, second), shortcut=projection),)
    body = (first, *before, second, *_normalization(picked))
    shortcut = (*projection, *_normalization(picked)) if reshapes else ()
    return (Residual(body=body, shortcut=shortcut), activate)


def _hidden(units: int | tuple[int, ...]) -> tuple[int, ...]:
    """Units of each hidden dense layer; those of none leave no layer."""
    return tuple(n for n in (units if isinstance(units, tuple) else (units,)) if n)


class Head(Template):
    """From feature maps to one number a class."""

    conditions: ClassVar = {"activation": ("units", lambda units: bool(_hidden(units)))}

    pooling: Of[Literal["global_average", "flatten"]] = "global_average"
    """`global_average` keeps the mean of each feature map; `flatten` keeps every pixel."""
    units: Units = 0
    """Units of the dense layers before the last: 0 for none, a number for one, `[128, 64]` inside a list for two."""
    activation: Of[Activation] = "relu"
    """Activation of those dense layers."""
    dropout: Rate = 0.0
    """Share of numbers set to zero in training, before each dense layer but the first, or before the only one."""

    @staticmethod
    def layers(picked: Picked, classes: int) -> Layers:
        """The layers for one set of values; the last gives a logit for each class."""
        hidden = _hidden(picked["units"])
        drop = (Dropout(rate=picked["dropout"]),) if picked["dropout"] else ()
        layers: list[Layer] = [GlobalAveragePooling2D() if picked["pooling"] == "global_average" else Flatten()]
        for n in hidden:
            layers += [Dense(units=n), Activate(function=picked["activation"]), *drop]
        return (*layers, *(() if hidden else drop), Dense(units=classes))


AnyBlock: TypeAlias = Annotated[ConvBlock | ResidualBlock, Field(discriminator="kind")]
