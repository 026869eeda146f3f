"""Whole epochs compiled by JAX: one scan over the steps, batches gathered inside from one array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from fmsearch.training.trainee import WHITE, Split, Trainee, batches, in_turn


class Scanned:
    """Keras's stateless calls, scanned over the steps of an epoch.

    Variables go in as arrays and come back as arrays; after every epoch they are put back into the network, so that
    callbacks see it as it is.
    """

    def __init__(self, trainee: Trainee, train: Split) -> None:
        import jax

        self._jax = jax
        self._trainee = trainee
        self._size = len(train.x)
        trainee.optimizer.build(trainee.network.trainable_variables)
        self._epoch = jax.jit(self._train_epoch, donate_argnums=0)
        self._evaluate = jax.jit(self._evaluate_all)
        self._x, self._y = jax.device_put(train.x), jax.device_put(train.y)

    def epochs(self, count: float) -> Iterator[tuple[float, float]]:
        """Train; loss and accuracy on the training batches after each epoch, of which the last may be a part of one."""
        for order in batches(self._trainee.seed, self._size, self._trainee.batch_size, count):
            state, (loss, correct) = self._epoch(self._state(), self._x, self._y, order)
            for variables, values in zip(self._variables(), state, strict=True):
                for variable, value in zip(variables, values, strict=True):
                    variable.assign(value)
            yield float(np.mean(loss)), float(np.sum(correct)) / order.size

    def evaluate(self, split: Split) -> tuple[float, float]:
        """Loss and accuracy on a split."""
        trainable, fixed, *_ = self._state()
        loss, correct = self._evaluate(
            (trainable, fixed), self._jax.device_put(split.x), split.y, in_turn(len(split.x))
        )
        return float(np.sum(loss)) / len(split.x), float(np.sum(correct)) / len(split.x)

    def _variables(self) -> tuple[list[Any], ...]:
        network, augmenter = self._trainee.network, self._trainee.augmenter
        return (
            network.trainable_variables,
            network.non_trainable_variables,
            self._trainee.optimizer.variables,
            augmenter.non_trainable_variables if augmenter else [],
        )

    def _state(self) -> tuple[list[Any], ...]:
        return tuple([variable.value for variable in variables] for variables in self._variables())

    def _images(self, x: Any, batch: Any) -> Any:
        return x[batch].astype("float32") / WHITE

    def _train_epoch(self, state: Any, x: Any, y: Any, order: Any) -> Any:
        trainee = self._trainee

        def loss_of(trainable: Any, fixed: Any, images: Any, labels: Any) -> Any:
            logits, fixed, added = trainee.network.stateless_call(
                trainable, fixed, images, training=True, return_losses=True
            )
            return sum(added, trainee.loss(labels, logits)), (logits, fixed)

        gradients_of = self._jax.value_and_grad(loss_of, has_aux=True)

        def step(state: Any, batch: Any) -> Any:
            trainable, fixed, optimizer, distorting = state
            images, labels = self._images(x, batch), y[batch]
            if trainee.augmenter is not None:
                images, distorting = trainee.augmenter.stateless_call([], distorting, images)
            (loss, (logits, fixed)), gradients = gradients_of(trainable, fixed, images, labels)
            trainable, optimizer = trainee.optimizer.stateless_apply(optimizer, gradients, trainable)
            return (trainable, fixed, optimizer, distorting), (loss, (logits.argmax(1) == labels).sum())

        return self._jax.lax.scan(step, state, order)

    def _evaluate_all(self, state: Any, x: Any, y: Any, order: Any) -> Any:
        """Sums a batch over the images whose index is not -1."""
        trainee = self._trainee

        def step(state: Any, batch: Any) -> Any:
            there, labels = batch >= 0, y[batch]
            logits, _ = trainee.network.stateless_call(*state, self._images(x, batch), training=False)
            loss = (trainee.loss.call(labels, logits) * there).sum()
            return state, (loss, ((logits.argmax(1) == labels) & there).sum())

        return self._jax.lax.scan(step, state, order)[1]
