"""What TensorFlow trains with computes what Keras's own layers do."""

import keras
import numpy as np
import pytest

from fmsearch.training.build import build
from fmsearch.training.fused import ForgottenSilu, FusedBatchNormalization, fused_layer
from searchspace import Architecture, Input
from searchspace.layers import Activate, BatchNormalization, Conv2D, Dense, Flatten, GlobalAveragePooling2D

ARCHITECTURE = Architecture(
    input=Input(height=8, width=8),
    stages=(
        (Conv2D(filters=6, kernel_size=3, use_bias=False), BatchNormalization(), Activate(function="relu")),
        (Conv2D(filters=6, kernel_size=3, use_bias=False), BatchNormalization(), Activate(function="silu")),
    ),
    head=(GlobalAveragePooling2D(), Dense(units=10)),
)
IMAGES = np.random.default_rng(0).random((16, 8, 8, 1), dtype=np.float32)
ON_TENSORFLOW = keras.backend.backend() == "tensorflow"


def pair():
    """One network in Keras's layers and in ours, with the same weights."""
    plain, fused = build(ARCHITECTURE), build(ARCHITECTURE, fused_layer)
    fused.set_weights(plain.get_weights())
    return plain, fused


@pytest.mark.skipif(not ON_TENSORFLOW, reason="the operations are TensorFlow's")
def test_they_give_and_keep_what_keras_does():
    plain, fused = pair()
    for kind in (FusedBatchNormalization, ForgottenSilu):
        assert any(isinstance(layer, kind) for layer in fused.layers)
    for training in (True, True, False):
        assert np.allclose(plain(IMAGES, training=training), fused(IMAGES, training=training), atol=1e-5)
    for one, other in zip(plain.weights, fused.weights, strict=True):
        assert one.path == other.path
        assert np.allclose(one, other, atol=1e-6), one.path


@pytest.mark.skipif(not ON_TENSORFLOW, reason="the operations are TensorFlow's")
def test_a_flat_vector_is_normalised_by_keras():
    stage = (Flatten(), Dense(units=6), BatchNormalization())
    flat = Architecture(input=Input(height=8, width=8), stages=(stage,), head=(Dense(units=10),))
    plain, fused = build(flat), build(flat, fused_layer)
    fused.set_weights(plain.get_weights())
    assert np.allclose(plain(IMAGES, training=True), fused(IMAGES, training=True), atol=1e-5)


@pytest.mark.skipif(not ON_TENSORFLOW, reason="the operations are TensorFlow's")
def test_their_gradients_are_those_of_keras():
    import tensorflow as tf

    gradients = []
    for network in pair():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(network(IMAGES, training=True)[:, 0] ** 2)
        gradients.append(tape.gradient(loss, network.trainable_variables))
    for one, other in zip(*gradients, strict=True):
        assert np.allclose(one, other, atol=1e-3)


@pytest.mark.skipif(ON_TENSORFLOW, reason="TensorFlow has the operations")
def test_elsewhere_a_network_is_built_as_ever():
    for one, other in zip(*(network.layers for network in pair()), strict=True):
        assert type(one) is type(other)
