"""Step by step in PyTorch, batches gathered from one tensor: without what `model.fit` does around each step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keras import ops

from fmsearch.training.trainee import EVALUATION_BATCH, WHITE, Split, Trainee, batches


class Eager:
    """A plain loop over the steps of an epoch: PyTorch computes each as it comes, and there is nothing to compile."""

    def __init__(self, trainee: Trainee, train: Split) -> None:
        import torch

        self._torch = torch
        self._trainee = trainee
        self._size = len(train.x)
        trainee.optimizer.build(trainee.network.trainable_variables)
        self._x, self._y = ops.convert_to_tensor(train.x), ops.convert_to_tensor(train.y)

    def epochs(self, count: float) -> Iterator[tuple[float, float]]:
        """Train; loss and accuracy on the training batches after each epoch, of which the last may be a part of one."""
        for order in batches(self._trainee.seed, self._size, self._trainee.batch_size, count):
            losses, correct = zip(*map(self._step, ops.convert_to_tensor(order)), strict=True)
            yield float(sum(losses)) / len(order), float(sum(correct)) / order.size

    def evaluate(self, split: Split) -> tuple[float, float]:
        """Loss and accuracy on a split."""
        total, right, trainee = 0.0, 0.0, self._trainee
        x, y = ops.convert_to_tensor(split.x), ops.convert_to_tensor(split.y)
        with self._torch.no_grad():
            for start in range(0, len(split.x), EVALUATION_BATCH):
                batch = slice(start, start + EVALUATION_BATCH)
                logits = trainee.network(self._scaled(x[batch]), training=False)
                total += float(trainee.loss.call(y[batch], logits).sum())
                right += float(self._correct(logits, y[batch]))
        return total / len(split.x), right / len(split.x)

    def _step(self, batch: Any) -> tuple[Any, Any]:
        """Train on the images of a batch; loss and how many of them were right before, both still on the device."""
        trainee, labels = self._trainee, self._y[batch]
        with self._torch.no_grad():
            images = self._scaled(self._x[batch])
            if trainee.augmenter is not None:
                images = trainee.augmenter(images)
        logits = trainee.network(images, training=True)
        loss = sum(trainee.network.losses, trainee.loss(labels, logits))  # with what own layers add
        trainee.network.zero_grad()
        loss.backward()
        weights = trainee.network.trainable_variables
        with self._torch.no_grad():
            trainee.optimizer.apply([weight.value.grad for weight in weights], weights)
        return loss.detach(), self._correct(logits, labels)

    def _scaled(self, pixels: Any) -> Any:
        return pixels.float() / WHITE

    def _correct(self, logits: Any, labels: Any) -> Any:
        return (logits.detach().argmax(1) == labels).sum()
