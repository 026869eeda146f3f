"""Whole epochs in one TensorFlow graph, batches gathered inside from one array.

`model.fit` hands every batch from thread to thread, and on a busy core each hand-off sleeps. Here a small network
trains at the speed of its arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fmsearch.training.trainee import EVALUATION_BATCH, WHITE, Split, Trainee, batches, in_turn


class Compiled:
    """Whole epochs compiled into one TensorFlow graph."""

    def __init__(self, trainee: Trainee, train: Split) -> None:
        import tensorflow as tf

        self._tf = tf
        self._trainee = trainee
        self._size = len(train.x)
        trainee.optimizer.build(trainee.network.trainable_variables)
        # One graph for epochs of any length and for any split: tracing takes as long as a small network's epoch.
        x, y = tf.TensorSpec((None, *train.x.shape[1:]), "uint8"), tf.TensorSpec((None,), "int32")
        self._epoch = self._traced(self._train_epoch, x, y, trainee.batch_size)
        self._evaluate = self._traced(self._evaluate_all, x, y, EVALUATION_BATCH)
        self._x, self._y = self._shared(train)

    def epochs(self, count: float) -> Iterator[tuple[float, float]]:
        """Train; loss and accuracy on the training batches after each epoch, of which the last may be a part of one."""
        for order in batches(self._trainee.seed, self._size, self._trainee.batch_size, count):
            loss, accuracy = self._epoch(self._x, self._y, self._tf.constant(order))
            yield float(loss), float(accuracy)

    def evaluate(self, split: Split) -> tuple[float, float]:
        """Loss and accuracy on a split."""
        x, y = self._shared(split)
        loss, correct = self._evaluate(x, y, self._tf.constant(in_turn(len(split.x))))
        return float(loss) / len(split.x), float(correct) / len(split.x)

    def _traced(self, function: Callable[..., Any], x: Any, y: Any, batch_size: int) -> Any:
        order = self._tf.TensorSpec((None, batch_size), "int32")
        graph = self._tf.function(function, input_signature=[x, y, order], jit_compile=False, autograph=True)
        return graph.get_concrete_function()

    def _shared(self, split: Split) -> tuple[Any, Any]:
        with self._tf.device("CPU"):
            return self._tf.convert_to_tensor(split.x), self._tf.convert_to_tensor(split.y)

    def _images(self, x: Any, batch: Any) -> Any:
        return self._tf.cast(self._tf.gather(x, batch), "float32") / WHITE

    def _train_epoch(self, x: Any, y: Any, order: Any) -> tuple[Any, Any]:
        tf, trainee = self._tf, self._trainee
        total, correct = tf.constant(0.0), tf.constant(0.0)
        for batch in order:
            labels = tf.gather(y, batch)
            images = self._images(x, batch)
            if trainee.augmenter is not None:
                images = trainee.augmenter(images)
            with tf.GradientTape() as tape:
                logits = trainee.network(images, training=True)
                loss = sum(trainee.network.losses, trainee.loss(labels, logits))  # with what own layers add
            weights = trainee.network.trainable_variables
            self._apply(tape.gradient(loss, weights), weights)
            total += loss
            correct += self._correct(labels, logits)
        steps = tf.cast(tf.shape(order)[0], "float32")
        return total / steps, correct / tf.cast(tf.size(order), "float32")

    def _apply(self, gradients: list[Any], weights: list[Any]) -> None:
        """One step of the optimizer, outside of any replica.

        Within one, Keras sums gradients over all replicas, here one, and TensorFlow then keeps the graph for good:
        some 15 MB a training.
        """
        replica = self._tf.distribute.get_replica_context()
        replica.merge_call(lambda _: self._trainee.optimizer.apply(gradients, weights))

    def _evaluate_all(self, x: Any, y: Any, order: Any) -> tuple[Any, Any]:
        """Sums over the images whose index is not -1."""
        tf, trainee = self._tf, self._trainee
        total, correct = tf.constant(0.0), tf.constant(0.0)
        for padded in order:
            batch = tf.boolean_mask(padded, padded >= 0)
            labels = tf.gather(y, batch)
            logits = trainee.network(self._images(x, batch), training=False)
            total += tf.reduce_sum(trainee.loss.call(labels, logits))
            correct += self._correct(labels, logits)
        return total, correct

    def _correct(self, labels: Any, logits: Any) -> Any:
        tf = self._tf
        return tf.reduce_sum(tf.cast(tf.argmax(logits, axis=1, output_type=labels.dtype) == labels, "float32"))
