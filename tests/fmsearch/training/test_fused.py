"""Batch normalisation in one operation is batch normalisation."""

import keras
import numpy as np
import pytest

from fmsearch.training.build import build
from fmsearch.training.fused import FusedBatchNormalization, fused
from searchspace import Architecture, Input
from searchspace.layers import Activate, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D

ARCHITECTURE = Architecture(
    input=Input(height=8, width=8),
    stages=((Conv2D(filters=6, kernel_size=3, use_bias=False), BatchNormalization(), Activate(function="relu")),),
    head=(GlobalAveragePooling2D(), Dense(units=10)),
)
IMAGES = np.random.default_rng(0).random((16, 8, 8, 1), dtype=np.float32)
ON_TENSORFLOW = keras.backend.backend() == "tensorflow"


@pytest.mark.skipif(not ON_TENSORFLOW, reason="the operation is TensorFlow's")
def test_it_gives_and_keeps_what_keras_does():
    plain = build(ARCHITECTURE)
    swift = fused(plain)
    assert any(isinstance(layer, FusedBatchNormalization) for layer in swift.layers)
    for training in (True, True, False):
        assert np.allclose(plain(IMAGES, training=training), swift(IMAGES, training=training), atol=1e-5)
    for one, other in zip(plain.weights, swift.weights, strict=True):
        assert np.allclose(one, other, atol=1e-6), one.path


@pytest.mark.skipif(not ON_TENSORFLOW, reason="the operation is TensorFlow's")
def test_its_gradients_are_those_of_keras():
    import tensorflow as tf

    plain = build(ARCHITECTURE)
    gradients = []
    for network in (plain, fused(plain)):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(network(IMAGES, training=True)[:, 0] ** 2)
        gradients.append(tape.gradient(loss, network.trainable_variables))
    for one, other in zip(*gradients, strict=True):
        assert np.allclose(one, other, atol=1e-3)


@pytest.mark.skipif(ON_TENSORFLOW, reason="TensorFlow has the operation")
def test_elsewhere_a_network_is_left_as_it_is():
    plain = build(ARCHITECTURE)
    assert fused(plain) is plain
