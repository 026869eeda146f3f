"""Which layers a template's values stand for."""

import pytest

from searchspace import (
    ConvBlock,
    Head,
    InvertedResidualBlock,
    MultiKernelBlock,
    ResidualBlock,
    SearchSpace,
    SeparableBlock,
    Stages,
    from_values,
)
from searchspace.layers import (
    Activate,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    LayerNormalization,
    Pool2D,
    Residual,
    SpatialDropout2D,
    SqueezeExcitation,
)

RELU = Activate(function="relu")
BATCH = BatchNormalization()


def conv(filters=8, kernel_size=3, **fields):
    return Conv2D(filters=filters, kernel_size=kernel_size, **{"use_bias": False, **fields})


def depthwise(kernel_size=3, **fields):
    return DepthwiseConv2D(kernel_size=kernel_size, **{"use_bias": False, **fields})


def layers_of(block):
    """The layers of the first stage, on grayscale images."""
    space = SearchSpace(stages=Stages(block=block))
    return from_values(space, {}).architecture.stages[0]


def head_of(**fields):
    space = SearchSpace(stages=Stages(block=ConvBlock(filters=8)), head=Head(**fields))
    return from_values(space, {}).architecture.head


@pytest.mark.parametrize(
    ("fields", "layers"),
    [
        ({}, (conv(), BATCH, RELU)),
        ({"normalization": "layer"}, (conv(), LayerNormalization(), RELU)),
        ({"normalization": "none"}, (conv(use_bias=True), RELU)),
        ({"activation": "gelu"}, (conv(), BATCH, Activate(function="gelu"))),
        (
            {"kernel_size": [[3, 5]], "strides": 2, "padding": "valid"},
            (conv(kernel_size=(3, 5), strides=(2, 2), padding="valid"), BATCH, RELU),
        ),
        ({"pooling": "max"}, (conv(), BATCH, RELU, Pool2D(kind="max_pooling2d"))),
        ({"pooling": "average", "pool_size": 3}, (conv(), BATCH, RELU, Pool2D(kind="average_pooling2d", pool_size=3))),
        ({"pooling": "max", "early_pooling": True}, (conv(), Pool2D(kind="max_pooling2d"), BATCH, RELU)),
        ({"early_pooling": True}, (conv(), BATCH, RELU)),
        ({"spatial_dropout": 0.2}, (conv(), BATCH, RELU, SpatialDropout2D(rate=0.2))),
        (
            {"repeat": 2, "strides": 2, "pooling": "max", "spatial_dropout": 0.2},
            (
                *(conv(strides=2), BATCH, RELU),
                *(conv(), BATCH, RELU),
                *(Pool2D(kind="max_pooling2d"), SpatialDropout2D(rate=0.2)),
            ),
        ),
        (
            {"repeat": 2, "pooling": "max", "early_pooling": True, "spatial_dropout": 0.2},
            (
                *(conv(), BATCH, RELU),
                *(conv(), Pool2D(kind="max_pooling2d"), BATCH, RELU),
                SpatialDropout2D(rate=0.2),
            ),
        ),
    ],
    ids=str,
)
def test_a_convolution_block(fields, layers):
    assert layers_of(ConvBlock(filters=8, **fields)) == layers


@pytest.mark.parametrize(
    ("fields", "layers"),
    [
        (
            {"filters": 1},
            (Residual(body=(conv(1), BATCH, RELU, conv(1), BATCH)), RELU),
        ),
        (
            {"filters": 8},
            (Residual(body=(conv(), BATCH, RELU, conv(), BATCH), shortcut=(conv(kernel_size=1), BATCH)), RELU),
        ),
        (
            {"filters": 1, "strides": 2},
            (
                Residual(
                    body=(conv(1, strides=2), BATCH, RELU, conv(1), BATCH),
                    shortcut=(conv(1, kernel_size=1, strides=2), BATCH),
                ),
                RELU,
            ),
        ),
        (
            {"filters": 8, "normalization": "none"},
            (
                Residual(
                    body=(conv(use_bias=True), RELU, conv(use_bias=True)),
                    shortcut=(conv(kernel_size=1, use_bias=True),),
                ),
                RELU,
            ),
        ),
        (
            {"filters": 8, "preactivation": True},
            (Residual(body=(BATCH, RELU, conv(), BATCH, RELU, conv()), shortcut=(conv(kernel_size=1),)),),
        ),
        (
            {"filters": 8, "strides": 2, "repeat": 2, "pooling": "max", "spatial_dropout": 0.1},
            (
                Residual(
                    body=(conv(strides=2), BATCH, RELU, conv(), BATCH),
                    shortcut=(conv(kernel_size=1, strides=2), BATCH),
                ),
                RELU,
                Residual(body=(conv(), BATCH, RELU, conv(), BATCH)),
                RELU,
                Pool2D(kind="max_pooling2d"),
                SpatialDropout2D(rate=0.1),
            ),
        ),
    ],
    ids=str,
)
def test_a_residual_block_projects_where_the_shape_changes(fields, layers):
    assert layers_of(ResidualBlock(**fields)) == layers


def test_a_residual_stage_knows_the_channels_of_the_stage_before():
    space = SearchSpace(
        stem=ConvBlock(filters=8), stages=Stages(count=3, block=ResidualBlock(filters=[8, 16], preactivation=True))
    )
    widths = {"stages.0.filters": 8, "stages.1.filters": 16, "stages.2.filters": 16}
    stages = from_values(space, widths).architecture.stages
    assert [bool(residual.shortcut) for (residual,) in stages] == [False, True, False]


SEPARABLE = (depthwise(), conv(kernel_size=1), BATCH)
"""A unit of eight filters, but for its activation."""


@pytest.mark.parametrize(
    ("fields", "layers"),
    [
        ({}, (*SEPARABLE, RELU)),
        (
            {"kernel_size": [[3, 5]], "strides": 2, "padding": "valid", "activation": "silu"},
            (
                *(depthwise((3, 5), strides=2, padding="valid"), conv(kernel_size=1), BATCH),
                Activate(function="silu"),
            ),
        ),
        # A bias after the 1x1 convolution alone: one between the two would add nothing.
        ({"normalization": "none"}, (depthwise(), conv(kernel_size=1, use_bias=True), RELU)),
        ({"normalization": "layer"}, (depthwise(), conv(kernel_size=1), LayerNormalization(), RELU)),
        (
            {"repeat": 2, "strides": 2, "pooling": "max", "spatial_dropout": 0.1},
            (
                *(depthwise(strides=2), conv(kernel_size=1), BATCH, RELU),
                *(*SEPARABLE, RELU),
                *(Pool2D(kind="max_pooling2d"), SpatialDropout2D(rate=0.1)),
            ),
        ),
        # The first unit changes the number of feature maps, the others keep the shape.
        ({"shortcut": True, "repeat": 2}, (*SEPARABLE, RELU, Residual(body=SEPARABLE), RELU)),
        (
            {"shortcut": True, "filters": 1},
            (Residual(body=(depthwise(), conv(1, kernel_size=1), BATCH)), RELU),
        ),
        (
            {"shortcut": True, "filters": 1, "strides": 2},
            (depthwise(strides=2), conv(1, kernel_size=1), BATCH, RELU),
        ),
        (
            {"shortcut": True, "filters": 1, "padding": "valid"},
            (depthwise(padding="valid"), conv(1, kernel_size=1), BATCH, RELU),
        ),
        (
            {"shortcut": True, "filters": 1, "padding": "valid", "kernel_size": 1},
            (Residual(body=(depthwise(1), conv(1, kernel_size=1), BATCH)), RELU),
        ),
    ],
    ids=str,
)
def test_a_separable_block(fields, layers):
    assert layers_of(SeparableBlock(**{"filters": 8, **fields})) == layers


@pytest.mark.parametrize(
    ("fields", "layers"),
    [
        # On grayscale, one feature map becomes four, then eight.
        (
            {},
            (*(conv(4, 1), BATCH, RELU), *(depthwise(), BATCH, RELU), *(conv(kernel_size=1), BATCH)),
        ),
        (
            {"kernel_size": 5, "strides": 2, "activation": "hard_silu", "expansion": 2},
            (
                *(conv(2, 1), BATCH, Activate(function="hard_silu")),
                *(depthwise(5, strides=2), BATCH, Activate(function="hard_silu")),
                *(conv(kernel_size=1), BATCH),
            ),
        ),
        ({"expansion": 1}, (depthwise(), BATCH, RELU, conv(kernel_size=1), BATCH)),
        (
            {"normalization": "none"},
            (conv(4, 1, use_bias=True), RELU, depthwise(use_bias=True), RELU, conv(kernel_size=1, use_bias=True)),
        ),
        # Where the shape stays, the image is added; nothing is activated after that.
        (
            {"filters": 1},
            (Residual(body=(conv(4, 1), BATCH, RELU, depthwise(), BATCH, RELU, conv(1, 1), BATCH)),),
        ),
        ({"filters": 1, "expansion": 1, "strides": 2}, (depthwise(strides=2), BATCH, RELU, conv(1, 1), BATCH)),
        # A second unit expands what the first gave.
        (
            {"expansion": 2, "strides": 2, "repeat": 2, "pooling": "average", "spatial_dropout": 0.1},
            (
                *(conv(2, 1), BATCH, RELU, depthwise(strides=2), BATCH, RELU, conv(kernel_size=1), BATCH),
                Residual(body=(conv(16, 1), BATCH, RELU, depthwise(), BATCH, RELU, conv(kernel_size=1), BATCH)),
                *(Pool2D(kind="average_pooling2d"), SpatialDropout2D(rate=0.1)),
            ),
        ),
    ],
    ids=str,
)
def test_an_inverted_residual_block(fields, layers):
    assert layers_of(InvertedResidualBlock(**{"filters": 8, **fields})) == layers


@pytest.mark.parametrize(
    ("squeeze", "expansion", "units"),
    [(0.25, 16, 4), (0.25, 10, 3), (0.25, 9, 2), (0.25, 1, 1), (0.01, 4, 1), (1, 6, 6)],
)
def test_squeeze_and_excitation_has_a_share_of_the_feature_maps_inside_half_up(squeeze, expansion, units):
    layers = layers_of(InvertedResidualBlock(filters=8, expansion=expansion, squeeze=squeeze))
    assert layers[-3:] == (SqueezeExcitation(units=units), conv(kernel_size=1), BATCH)


@pytest.mark.parametrize(
    ("fields", "layers"),
    [
        ({"filters": 6}, (Concatenate(branches=((conv(2, 1),), (conv(2, 3),), (conv(2, 5),))), BATCH, RELU)),
        # What is left over goes to the first ones.
        ({"filters": 8}, (Concatenate(branches=((conv(3, 1),), (conv(3, 3),), (conv(2, 5),))), BATCH, RELU)),
        (
            {"kernel_sizes": [[5, 3]], "filters": 3, "activation": "elu"},
            (Concatenate(branches=((conv(2, 5),), (conv(1, 3),))), BATCH, Activate(function="elu")),
        ),
        # A kernel without filters is left out, and one alone needs no other beside it.
        ({"filters": 2}, (Concatenate(branches=((conv(1, 1),), (conv(1, 3),))), BATCH, RELU)),
        ({"filters": 1}, (conv(1, 1), BATCH, RELU)),
        ({"kernel_sizes": [[5]]}, (conv(8, 5), BATCH, RELU)),
        (
            {"kernel_sizes": [[1, 3]], "normalization": "none"},
            (Concatenate(branches=((conv(4, 1, use_bias=True),), (conv(4, 3, use_bias=True),))), RELU),
        ),
        (
            {"kernel_sizes": [[1, 3]], "strides": [[2, 1]], "repeat": 2, "pooling": "max", "spatial_dropout": 0.1},
            (
                *(Concatenate(branches=((conv(4, 1, strides=(2, 1)),), (conv(4, 3, strides=(2, 1)),))), BATCH, RELU),
                *(Concatenate(branches=((conv(4, 1),), (conv(4, 3),))), BATCH, RELU),
                *(Pool2D(kind="max_pooling2d"), SpatialDropout2D(rate=0.1)),
            ),
        ),
    ],
    ids=str,
)
def test_a_block_of_several_kernels(fields, layers):
    assert layers_of(MultiKernelBlock(**{"filters": 8, **fields})) == layers


def test_a_stage_knows_how_many_feature_maps_the_kernels_before_gave_together():
    space = SearchSpace(stem=MultiKernelBlock(filters=8), stages=Stages(block=SeparableBlock(filters=8, shortcut=True)))
    assert from_values(space, {}).architecture.stages[0] == (Residual(body=SEPARABLE), RELU)


@pytest.mark.parametrize(
    ("fields", "layers"),
    [
        ({}, (GlobalAveragePooling2D(), Dense(units=10))),
        ({"pooling": "flatten"}, (Flatten(), Dense(units=10))),
        ({"dropout": 0.5}, (GlobalAveragePooling2D(), Dropout(rate=0.5), Dense(units=10))),
        ({"units": 32}, (GlobalAveragePooling2D(), Dense(units=32), RELU, Dense(units=10))),
        (
            {"units": [[64, 32]], "activation": "elu", "dropout": 0.5},
            (
                GlobalAveragePooling2D(),
                *(Dense(units=64), Activate(function="elu"), Dropout(rate=0.5)),
                *(Dense(units=32), Activate(function="elu"), Dropout(rate=0.5)),
                Dense(units=10),
            ),
        ),
        ({"units": [[64, 0]]}, (GlobalAveragePooling2D(), Dense(units=64), RELU, Dense(units=10))),
    ],
    ids=str,
)
def test_a_head(fields, layers):
    assert head_of(**fields) == layers
