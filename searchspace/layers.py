"""Concrete layers: what Keras builds, under Keras's own names. Nothing varies here.

Every layer is frozen and canonical: two ways of writing the same layer give equal objects. Images are
(height, width, channels) throughout, channels last.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from searchspace.domains import Schema, Value

Padding: TypeAlias = Literal["same", "valid"]
Activation: TypeAlias = Literal["relu", "leaky_relu", "elu", "gelu", "silu", "hard_silu"]

PoolKind: TypeAlias = Literal["max_pooling2d", "average_pooling2d"]

Count: TypeAlias = Annotated[int, Field(ge=1)]
Rate: TypeAlias = Annotated[float, Field(gt=0, lt=1)]


def _pair(value: object) -> object:
    """An extent as (height, width), however it was written."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, value)
    return tuple(value) if isinstance(value, list) else value


Extent2D: TypeAlias = Annotated[tuple[Count, Count], BeforeValidator(_pair)]


def _pointwise_is_never_padded(fields: Any) -> Any:
    """A 1x1 kernel never looks past the edge, so both paddings are one layer."""
    if isinstance(fields, dict) and _pair(fields.get("kernel_size")) == (1, 1):
        return {**fields, "padding": "same"}
    return fields


class Conv2D(Schema):
    """A convolution: `filters` kernels slide over the image by `strides`."""

    kind: Literal["conv2d"] = "conv2d"
    filters: Count
    kernel_size: Extent2D
    strides: Extent2D = (1, 1)
    padding: Padding = "same"
    use_bias: bool = True

    _one_padding = model_validator(mode="before")(_pointwise_is_never_padded)


class DepthwiseConv2D(Schema):
    """A convolution with one kernel for each feature map. One number of strides: TensorFlow takes no others."""

    kind: Literal["depthwise_conv2d"] = "depthwise_conv2d"
    kernel_size: Extent2D
    strides: Count = 1
    padding: Padding = "same"
    use_bias: bool = True

    _one_padding = model_validator(mode="before")(_pointwise_is_never_padded)


class BatchNormalization(Schema):
    """Each channel normalised over the batch, then scaled and shifted."""

    kind: Literal["batch_normalization"] = "batch_normalization"


class LayerNormalization(Schema):
    """Each pixel normalised over its channels, then scaled and shifted."""

    kind: Literal["layer_normalization"] = "layer_normalization"


class Activate(Schema):
    """An activation function, applied to every number."""

    kind: Literal["activation"] = "activation"
    function: Activation


class Pool2D(Schema):
    """Each window of `pool_size` pixels becomes one, padded at the far edges so that none is lost."""

    kind: PoolKind
    pool_size: Extent2D = (2, 2)


class SpatialDropout2D(Schema):
    """Whole feature maps set to zero at random while training."""

    kind: Literal["spatial_dropout2d"] = "spatial_dropout2d"
    rate: Rate


class Dropout(Schema):
    """Single numbers set to zero at random while training."""

    kind: Literal["dropout"] = "dropout"
    rate: Rate


class GlobalAveragePooling2D(Schema):
    """The mean of every feature map."""

    kind: Literal["global_average_pooling2d"] = "global_average_pooling2d"


class Flatten(Schema):
    """Every pixel of every feature map, in one row."""

    kind: Literal["flatten"] = "flatten"


class Dense(Schema):
    """A fully connected layer."""

    kind: Literal["dense"] = "dense"
    units: Count


class SqueezeExcitation(Schema):
    """Each feature map weighted by what two dense layers, ReLU and sigmoid, make of all means (Hu et al., 2018)."""

    kind: Literal["squeeze_excitation"] = "squeeze_excitation"
    units: Count


class Custom(Schema):
    """A layer of a user's own. What it makes of its input, and its cost, it said when the network was put together.

    Attributes:
        layer: the name of its class.
        code: the digest of the file that defines it.
        fields: its fields with their values.
        after: the shape that it gives; empty until it stands in a network.
        cost: numbers in kernels, other trainable numbers, numbers that do not train, multiply-accumulates, operations.
    """

    kind: Literal["custom"] = "custom"
    layer: str
    code: str
    fields: tuple[tuple[str, Value], ...] = ()
    after: tuple[Count, ...] = ()
    cost: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)


class Residual(Schema):
    """`body` and `shortcut` applied to the same image and added; an empty shortcut is the image itself."""

    kind: Literal["residual"] = "residual"
    body: tuple[Layer, ...]
    shortcut: tuple[Layer, ...] = ()


class Concatenate(Schema):
    """`branches` applied to the same image, their feature maps side by side."""

    kind: Literal["concatenate"] = "concatenate"
    branches: Annotated[tuple[tuple[Layer, ...], ...], Field(min_length=2)]


Layer: TypeAlias = Annotated[
    Conv2D
    | DepthwiseConv2D
    | BatchNormalization
    | LayerNormalization
    | Activate
    | Pool2D
    | SpatialDropout2D
    | Dropout
    | GlobalAveragePooling2D
    | Flatten
    | Dense
    | SqueezeExcitation
    | Custom
    | Residual
    | Concatenate,
    Field(discriminator="kind"),
]
Layers: TypeAlias = tuple[Layer, ...]

Residual.model_rebuild()
Concatenate.model_rebuild()
