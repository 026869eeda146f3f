"""What is built beyond shapes and counts, which tests/agreement compares: outputs, names, and a file on its own."""

from random import Random

import keras
import numpy as np
import pytest

from fmsearch.training.build import build, build_model, deployable
from searchspace import (
    Architecture,
    Input,
    InvertedResidualBlock,
    MultiKernelBlock,
    SearchSpace,
    SeparableBlock,
    Stages,
)
from searchspace.layers import Concatenate, Conv2D, Dense, Flatten, SqueezeExcitation

BLOCKS = [
    InvertedResidualBlock(filters=8, squeeze=0.25, repeat=2),
    MultiKernelBlock(filters=8, kernel_sizes=[[1, 3, 5]], repeat=2),
    SeparableBlock(filters=8, shortcut=True, repeat=2),
]


def of_layers(*layers, channels=3):
    """A network that gives what its layers make of an image."""
    input_ = Input(height=4, width=5, channels=channels)
    return build(Architecture(input=input_, stages=(layers,), head=()))


def randomised(model):
    """The model with weights as training leaves them: no two alike, biases and running means too."""
    rng = np.random.default_rng(0)
    model.set_weights([weight + rng.uniform(-0.05, 0.05, weight.shape) for weight in model.get_weights()])
    return model


def images(shape, dtype="float32"):
    return np.random.default_rng(1).integers(0, 256, (2, *shape)).astype(dtype)


def test_squeeze_and_excitation_weights_each_feature_map():
    model = randomised(of_layers(SqueezeExcitation(units=2)))
    image = images((4, 5, 3)) / 255

    squeeze, squeeze_bias, excite, excite_bias = model.get_weights()
    hidden = np.maximum(image.mean((1, 2)) @ squeeze[0, 0] + squeeze_bias, 0)
    weights = 1 / (1 + np.exp(-(hidden @ excite[0, 0] + excite_bias)))

    expected = image * weights[:, None, None, :]
    assert np.allclose(keras.ops.convert_to_numpy(model(image)), expected, atol=1e-6)


def test_branches_stand_side_by_side_in_their_order():
    model = randomised(of_layers(Concatenate(branches=((Conv2D(filters=2, kernel_size=1),), ()))))
    image = images((4, 5, 3)) / 255

    found = keras.ops.convert_to_numpy(model(image))

    assert found.shape == (2, 4, 5, 5)
    assert np.allclose(found[..., 2:], image, atol=1e-6)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.kind)
def test_a_file_of_any_block_is_read_by_keras_alone_and_says_the_same(tmp_path, block):
    space = SearchSpace(input=Input(height=8, width=8, channels=3), stages=Stages(count=2, block=block))
    candidate = space.sample(Random(0))
    keras.utils.set_random_seed(0)
    network = randomised(build_model(candidate))
    pixels = images((8, 8, 3), "uint8")

    deployable(candidate.architecture, network).save(tmp_path / "x.keras")
    found = keras.saving.load_model(tmp_path / "x.keras", safe_mode=True).predict(pixels, verbose=0)

    expected = keras.ops.convert_to_numpy(keras.ops.softmax(network(pixels / 255)))
    assert np.allclose(found, expected, atol=1e-6)
    assert expected.max() < 0.9  # where one class has all, any two models agree


def test_layers_are_named_by_where_they_stand():
    convolution = Conv2D(filters=2, kernel_size=1)
    model = of_layers(Concatenate(branches=((convolution,), (convolution,))), Flatten(), Dense(units=2))

    assert [layer.name for layer in model.layers] == [
        "images",
        "stage_1_0_branch1_0_conv2d",
        "stage_1_0_branch2_0_conv2d",
        "stage_1_0_concatenate",
        "stage_1_1_flatten",
        "stage_1_2_dense",
    ]
