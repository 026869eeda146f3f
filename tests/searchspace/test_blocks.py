"""Which layers a template's values stand for."""

import pytest

from searchspace import ConvBlock, Head, ResidualBlock, SearchSpace, Stages, from_values
from searchspace.layers import (
    Activate,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    LayerNormalization,
    Pool2D,
    Residual,
    SpatialDropout2D,
)

RELU = Activate(function="relu")
BATCH = BatchNormalization()


def conv(filters=8, kernel_size=3, **fields):
    return Conv2D(filters=filters, kernel_size=kernel_size, **{"use_bias": False, **fields})


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
        ({"spatial_dropout": 0.2}, (conv(), BATCH, RELU, SpatialDropout2D(rate=0.2))),
        (
            {"repeat": 2, "strides": 2, "pooling": "max", "spatial_dropout": 0.2},
            (
                *(conv(strides=2), BATCH, RELU),
                *(conv(), BATCH, RELU),
                *(Pool2D(kind="max_pooling2d"), SpatialDropout2D(rate=0.2)),
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
