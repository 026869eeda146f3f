"""What each layer costs, worked out by hand."""

import pytest

from searchspace.costs import Cost, cost
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
from searchspace.shapes import output_shape


@pytest.mark.parametrize(
    ("layer", "before", "expected"),
    [
        # 3*3*1*8 weights, each used at 28*28 places; a bias added at each.
        (
            Conv2D(filters=8, kernel_size=3),
            (28, 28, 1),
            Cost(kernel=72, bias=8, macs=72 * 784, flops=2 * 72 * 784 + 8 * 784),
        ),
        (
            Conv2D(filters=8, kernel_size=3, use_bias=False),
            (28, 28, 3),
            Cost(kernel=216, macs=216 * 784, flops=2 * 216 * 784),
        ),
        # 7x5 by strides of 2 leaves 4*3 places.
        (
            Conv2D(filters=4, kernel_size=(1, 5), strides=2, use_bias=False),
            (7, 5, 3),
            Cost(kernel=60, macs=60 * 12, flops=2 * 60 * 12),
        ),
        # 7x5 under a valid kernel of 3x3 leaves 5*3 places.
        (
            Conv2D(filters=4, kernel_size=3, padding="valid", use_bias=False),
            (7, 5, 3),
            Cost(kernel=108, macs=108 * 15, flops=2 * 108 * 15),
        ),
        # One kernel of 3*5 for each of 6 feature maps, used at 4*3 places; a bias added at each.
        (
            DepthwiseConv2D(kernel_size=(3, 5), strides=2),
            (7, 5, 6),
            Cost(kernel=90, bias=6, macs=90 * 12, flops=2 * 90 * 12 + 6 * 12),
        ),
        (
            DepthwiseConv2D(kernel_size=3, use_bias=False),
            (7, 5, 6),
            Cost(kernel=54, macs=54 * 35, flops=2 * 54 * 35),
        ),
        # Means of 8 feature maps, 8 -> 2 -> 8 with biases and activations, and each number weighted.
        (
            SqueezeExcitation(units=2),
            (7, 5, 8),
            Cost(kernel=16 + 16, bias=2 + 8, macs=32, flops=280 + (2 * 16 + 2 + 2) + (2 * 16 + 8 + 8) + 280),
        ),
        (Concatenate(branches=((), ())), (7, 5, 8), Cost()),
        (Dense(units=10), (16,), Cost(kernel=160, bias=10, macs=160, flops=330)),
        # On an image, a dense layer works on each of the 35 pixels.
        (Dense(units=10), (7, 5, 8), Cost(kernel=80, bias=10, macs=80 * 35, flops=2 * 80 * 35 + 350)),
        # Scale and shift are trained, mean and variance are not.
        (BatchNormalization(), (7, 5, 8), Cost(bias=16, non_trainable=16, flops=2 * 280)),
        (BatchNormalization(), (8,), Cost(bias=16, non_trainable=16, flops=2 * 8)),
        (LayerNormalization(), (7, 5, 8), Cost(bias=16, flops=7 * 280)),
        (Activate(function="relu"), (7, 5, 8), Cost(flops=280)),
        # 4*3 windows of 2*2 pixels, 8 channels.
        (Pool2D(kind="max_pooling2d"), (7, 5, 8), Cost(flops=4 * 3 * 8 * 4)),
        (Pool2D(kind="average_pooling2d", pool_size=(7, 1)), (7, 5, 8), Cost(flops=5 * 8 * 7)),
        (GlobalAveragePooling2D(), (7, 5, 8), Cost(flops=280)),
        (Residual(body=()), (7, 5, 8), Cost(flops=280)),
        (Flatten(), (7, 5, 8), Cost()),
        (Dropout(rate=0.5), (8,), Cost()),
        (SpatialDropout2D(rate=0.5), (7, 5, 8), Cost()),
    ],
    ids=repr,
)
def test_cost(layer, before, expected):
    assert cost(layer, before, output_shape(layer, before)) == expected


def test_parameters_are_those_that_keras_counts():
    found = Cost(kernel=100, bias=10, non_trainable=1)
    assert found.trainable == 110
    assert found.parameters == 111
