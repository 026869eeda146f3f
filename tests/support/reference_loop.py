"""Keras's `model.fit`, epoch by epoch: what the package's own loops are held to."""

from __future__ import annotations

from collections.abc import Iterator

import keras

from fmsearch.training.trainee import EVALUATION_BATCH, WHITE, Split, Trainee, batches


class Fit:
    """Trains as the loops do, by `model.fit`."""

    def __init__(self, trainee: Trainee, train: Split) -> None:
        self._trainee = trainee
        self._train = train
        images = keras.Input(trainee.network.input_shape[1:], name="pixels")
        scaled = keras.layers.Rescaling(1 / WHITE)(images)
        distorted = trainee.augmenter(scaled) if trainee.augmenter else scaled
        self._model = keras.Model(images, trainee.network(distorted))
        self._model.compile(trainee.optimizer, trainee.loss, metrics=["accuracy"], jit_compile=False)
        self._measured = keras.Model(images, trainee.network(scaled))
        self._measured.compile(loss=trainee.loss, metrics=["accuracy"], jit_compile=False)

    def epochs(self, count: float) -> Iterator[tuple[float, float]]:
        """Train; loss and accuracy on the training batches after each epoch, of which the last may be a part of one."""
        for order in batches(self._trainee.seed, len(self._train.x), self._trainee.batch_size, count):
            x, y = self._train.x[order.ravel()], self._train.y[order.ravel()]
            history = self._model.fit(x, y, batch_size=order.shape[1], shuffle=False, verbose=0).history
            yield history["loss"][-1], history["accuracy"][-1]

    def evaluate(self, split: Split) -> tuple[float, float]:
        """Loss and accuracy on a split, whose images are as they are."""
        loss, accuracy = self._measured.evaluate(split.x, split.y, batch_size=EVALUATION_BATCH, verbose=0)
        return float(loss), float(accuracy)
