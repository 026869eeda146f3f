"""What is trained, on what, and in which order: the same for every loop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import keras
import numpy as np
from numpy.typing import NDArray

WHITE = 255.0
EVALUATION_BATCH = 500


@dataclass(frozen=True)
class Split:
    """Images (n, height, width, channels) in uint8, and labels (n,)."""

    x: NDArray[np.uint8]
    y: NDArray[np.int32]


@dataclass(frozen=True)
class Trainee:
    """What a loop trains: a network from images in [0, 1] to logits, and all that goes with it."""

    network: keras.Model
    augmenter: keras.layers.Layer | None
    optimizer: keras.optimizers.Optimizer
    loss: keras.losses.Loss
    batch_size: int
    seed: int


class Loop(Protocol):
    """One way to train: yields after every epoch, and can be asked for metrics of any split."""

    def epochs(self, count: float) -> Iterator[tuple[float, float]]:
        """Train; loss and accuracy on the training batches after each epoch, of which the last may be a part of one."""

    def evaluate(self, split: Split) -> tuple[float, float]:
        """Loss and accuracy on a split."""


def steps(images: int, batch_size: int, epochs: float) -> int:
    """Optimizer steps that so many epochs take; one at least."""
    return max(1, round(epochs * _steps_an_epoch(images, batch_size)))


def batches(seed: int, images: int, batch_size: int, epochs: float) -> Iterator[NDArray[np.int32]]:
    """The images of each step, (steps, batch), epoch after epoch; the last epoch may be a part of one."""
    rng = np.random.default_rng(seed)
    left, whole = steps(images, batch_size, epochs), _steps_an_epoch(images, batch_size)
    while left:
        taken = min(left, whole)
        order = rng.permutation(images)[: taken * batch_size]
        yield order.reshape(taken, -1).astype(np.int32)
        left -= taken


def in_turn(images: int) -> NDArray[np.int32]:
    """All images to be measured, (steps, `EVALUATION_BATCH`); -1 fills up the last step."""
    order = np.full(math.ceil(images / EVALUATION_BATCH) * EVALUATION_BATCH, -1, np.int32)
    order[:images] = np.arange(images)
    return order.reshape(-1, EVALUATION_BATCH)


def _steps_an_epoch(images: int, batch_size: int) -> int:
    """Full batches in an epoch; an incomplete last one is left to the next epoch's shuffle."""
    return max(1, images // batch_size)
