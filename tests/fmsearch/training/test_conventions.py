"""What a user has set in Keras changes no digit of a training and no model, and is as it was afterwards."""

import keras
import pytest
from digits import digits, evaluation, network

from fmsearch.training.build import build_model
from fmsearch.training.conventions import DEFAULTS
from fmsearch.training.train import evaluate

THEIRS = {
    "floatx": "float16",
    "epsilon": 1e-3,
    "image_data_format": "channels_first",
    "max_epochs": 1,
    "max_steps_per_epoch": 2,
    "dtype_policy": "mixed_float16",
}


@pytest.fixture
def theirs():
    for name, value in THEIRS.items():
        getattr(keras.config, f"set_{name}")(value)
    yield
    for name, value in DEFAULTS.items():
        getattr(keras.config, f"set_{name}")(value)


def found():
    values = {name: getattr(keras.config, name)() for name in THEIRS}
    return {**values, "dtype_policy": values["dtype_policy"].name}


def trained():
    return evaluate(evaluation(), digits()).model_dump(exclude={"seconds", "setup"})


@pytest.fixture(scope="module")
def undisturbed():
    return trained()


@pytest.mark.usefixtures("theirs")
def test_a_training_gives_the_same_digits_and_leaves_the_settings(undisturbed):
    assert trained() == undisturbed
    assert found() == THEIRS


@pytest.mark.usefixtures("theirs")
def test_a_model_takes_the_same_images():
    model = build_model(network())
    assert model.input_shape == (None, 8, 8, 1)
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    assert {layer.data_format for layer in model.layers if hasattr(layer, "data_format")} == {"channels_last"}
    assert found() == THEIRS
