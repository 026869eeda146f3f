"""Output shapes, worked out by hand."""

import pytest

from searchspace import InfeasibleError
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
from searchspace.shapes import extent, output_channels, output_shape, through


def conv(kernel_size=3, strides=1, padding="same", filters=8):
    return Conv2D(filters=filters, kernel_size=kernel_size, strides=strides, padding=padding)


@pytest.mark.parametrize(
    ("layer", "before", "after"),
    [
        # Same padding: strides alone shrink, rounding up.
        (conv(), (28, 28, 1), (28, 28, 8)),
        (conv(5), (3, 3, 3), (3, 3, 8)),
        (conv(3, 2), (28, 28, 3), (14, 14, 8)),
        (conv(3, 2), (7, 7, 3), (4, 4, 8)),
        (conv(3, (2, 3)), (7, 8, 3), (4, 3, 8)),
        (conv(3, 50), (7, 7, 3), (1, 1, 8)),
        # Valid padding: floor((size - kernel) / strides) + 1.
        (conv(3, 1, "valid"), (28, 28, 1), (26, 26, 8)),
        (conv(3, 2, "valid"), (28, 28, 1), (13, 13, 8)),
        (conv(3, 2, "valid"), (29, 29, 1), (14, 14, 8)),
        (conv((3, 5), 1, "valid"), (28, 28, 1), (26, 24, 8)),
        (conv((1, 5), (1, 2), "valid"), (5, 9, 1), (5, 3, 8)),
        (conv(3, 1, "valid"), (3, 3, 1), (1, 1, 8)),
        (conv(1, 2, "valid"), (5, 4, 1), (3, 2, 8)),
        # Depthwise: the same places, as many feature maps as before.
        (DepthwiseConv2D(kernel_size=3), (7, 5, 6), (7, 5, 6)),
        (DepthwiseConv2D(kernel_size=3, strides=2), (7, 5, 6), (4, 3, 6)),
        (DepthwiseConv2D(kernel_size=(3, 5), strides=2, padding="valid"), (28, 28, 6), (13, 12, 6)),
        # Pooling loses no pixel: the last window may be cut.
        (Pool2D(kind="max_pooling2d"), (28, 28, 8), (14, 14, 8)),
        (Pool2D(kind="max_pooling2d"), (7, 5, 8), (4, 3, 8)),
        (Pool2D(kind="average_pooling2d", pool_size=(3, 2)), (7, 5, 8), (3, 3, 8)),
        (Pool2D(kind="average_pooling2d", pool_size=9), (7, 5, 8), (1, 1, 8)),
        # From images to vectors.
        (GlobalAveragePooling2D(), (7, 5, 8), (8,)),
        (Flatten(), (7, 5, 8), (280,)),
        (Flatten(), (280,), (280,)),
        (Dense(units=10), (280,), (10,)),
        (Dense(units=10), (7, 5, 8), (7, 5, 10)),
        # What keeps the shape.
        (BatchNormalization(), (7, 5, 8), (7, 5, 8)),
        (LayerNormalization(), (7, 5, 8), (7, 5, 8)),
        (Activate(function="relu"), (280,), (280,)),
        (Dropout(rate=0.1), (280,), (280,)),
        (SpatialDropout2D(rate=0.1), (7, 5, 8), (7, 5, 8)),
        (SqueezeExcitation(units=2), (7, 5, 8), (7, 5, 8)),
        # Side by side: feature maps add up.
        (Concatenate(branches=((conv(),), (conv(5, filters=3),))), (7, 5, 3), (7, 5, 11)),
        (Concatenate(branches=((), (conv(), conv(1, filters=2)), ())), (7, 5, 3), (7, 5, 8)),
        (Concatenate(branches=((conv(1, 2),), (Pool2D(kind="max_pooling2d"),))), (7, 5, 3), (4, 3, 11)),
        (Concatenate(branches=((Dense(units=2),), ())), (280,), (282,)),
        # Residuals: both sides agree.
        (Residual(body=(conv(filters=3),)), (7, 5, 3), (7, 5, 3)),
        (Residual(body=(conv(3, 2), conv()), shortcut=(conv(1, 2),)), (7, 5, 3), (4, 3, 8)),
        (Residual(body=()), (7, 5, 3), (7, 5, 3)),
    ],
    ids=repr,
)
def test_output_shape(layer, before, after):
    assert output_shape(layer, before) == after


@pytest.mark.parametrize(
    ("layer", "before", "reason"),
    [
        (conv(5, 1, "valid"), (3, 3, 1), "kernel 5 with valid padding on 3x3"),
        (conv(5, 2, "valid"), (4, 9, 1), "kernel 5 with valid padding on 4x9"),
        (conv((1, 5), 1, "valid"), (9, 4, 1), "kernel 1x5 with valid padding on 9x4"),
        (DepthwiseConv2D(kernel_size=5, padding="valid"), (9, 4, 1), "kernel 5 with valid padding on 9x4"),
        (conv(), (280,), "conv2d on a flat vector of 280"),
        (DepthwiseConv2D(kernel_size=3), (280,), "depthwise_conv2d on a flat vector of 280"),
        (SqueezeExcitation(units=2), (280,), "squeeze_excitation on a flat vector of 280"),
        (
            Concatenate(branches=((conv(),), (conv(3, 2),))),
            (7, 5, 3),
            "branches (7, 5, 8), (4, 3, 8) differ in height or width",
        ),
        (Pool2D(kind="max_pooling2d"), (8,), "max_pooling2d on a flat vector of 8"),
        (GlobalAveragePooling2D(), (8,), "global_average_pooling2d on a flat vector of 8"),
        (Residual(body=(conv(),)), (7, 5, 3), "body (7, 5, 8) and shortcut (7, 5, 3) differ in shape"),
        (
            Residual(body=(conv(3, 2),), shortcut=(conv(1),)),
            (7, 5, 3),
            "body (4, 3, 8) and shortcut (7, 5, 8) differ in shape",
        ),
    ],
    ids=repr,
)
def test_what_cannot_be_built_says_why_and_how_to_mend_it(layer, before, reason):
    with pytest.raises(InfeasibleError) as caught:
        output_shape(layer, before)
    assert caught.value.what == reason
    assert caught.value.fix


def test_an_infeasible_layer_is_carried_by_its_error():
    layer = conv(5, 1, "valid")
    with pytest.raises(InfeasibleError) as caught:
        output_shape(layer, (3, 3, 1))
    assert caught.value.culprit is layer
    assert str(caught.value) == (
        f"kernel 5 with valid padding on 3x3 Use a smaller kernel, or `padding: same`. (in {layer!r})"
    )


def test_layers_follow_one_another():
    layers = (conv(3, 1, "valid", 4), Pool2D(kind="max_pooling2d"), conv(3, 2, "same", 6), Flatten(), Dense(units=10))
    assert through(layers[:1], (29, 31, 3)) == (27, 29, 4)
    assert through(layers[:2], (29, 31, 3)) == (14, 15, 4)
    assert through(layers[:3], (29, 31, 3)) == (7, 8, 6)
    assert through(layers[:4], (29, 31, 3)) == (336,)
    assert through(layers, (29, 31, 3)) == (10,)
    assert through((), (29, 31, 3)) == (29, 31, 3)


@pytest.mark.parametrize(
    ("layers", "channels"),
    [
        ((), 3),
        ((conv(filters=8), BatchNormalization(), Pool2D(kind="max_pooling2d")), 8),
        ((conv(filters=8), conv(filters=4)), 4),
        ((Residual(body=(conv(filters=16),), shortcut=(conv(1, filters=16),)), Activate(function="relu")), 16),
        ((Residual(body=(BatchNormalization(),)),), 3),
        ((conv(filters=8), Dense(units=16)), 16),
        ((DepthwiseConv2D(kernel_size=3), SqueezeExcitation(units=1)), 3),
        ((Concatenate(branches=((conv(filters=5),), (), (Residual(body=()),))),), 5 + 3 + 3),
    ],
    ids=repr,
)
def test_channels_are_known_without_the_images_size(layers, channels):
    assert output_channels(layers, 3) == channels


@pytest.mark.parametrize(("pair", "text"), [((3, 3), "3"), ((3, 5), "3x5")])
def test_an_extent_is_written_as_a_person_would(pair, text):
    assert extent(pair) == text
