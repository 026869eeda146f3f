"""Random distortions of training images: all geometry in one affine map an image and one resampling."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from searchspace import Augment

# Uncovered pixels are black, as the background of the images this began with.
FILL = 0.0


class Augmenter(keras.layers.Layer):
    """Distorts each image of a batch by random amounts of its own, up to those of an `Augment`.

    Images (batch, height, width, channels) in [0, 1], in and out. The same seed gives the same distortions.
    """

    def __init__(self, augment: Augment, seed: int) -> None:
        super().__init__(name="augmenter")
        self.augment = augment
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True  # there is nothing to build, and JAX's stateless call wants to be told

    def call(self, images: Any) -> Any:
        """The distorted images."""
        if self._only_mirrors:
            images = self._mirrored(images)
        elif self._moves:
            images = ops.image.affine_transform(
                images, self._transforms(images), interpolation="bilinear", fill_mode="constant", fill_value=FILL
            )
        if self.augment.contrast:
            images = self._recontrasted(images)
        if self.augment.erasing:
            images = self._erased(images)
        return images

    @property
    def _moves(self) -> bool:
        a = self.augment
        return bool(a.horizontal_flip or a.vertical_flip or a.translation or a.rotation or a.zoom)

    @property
    def _only_mirrors(self) -> bool:
        a = self.augment
        return self._moves and not (a.translation or a.rotation or a.zoom)

    def _mirrored(self, images: Any) -> Any:
        """Nothing but mirroring takes no resampling."""
        for wanted, axis in ((self.augment.horizontal_flip, 2), (self.augment.vertical_flip, 1)):
            if wanted:
                coin = self._uniform(images, -1.0, 1.0)[:, None, None, None]
                images = ops.where(coin < 0.0, ops.flip(images, axis=axis), images)
        return images

    def _uniform(self, images: Any, low: float, high: float) -> Any:
        """A number for each image, shape (batch,)."""
        return keras.random.uniform((ops.shape(images)[0],), low, high, seed=self.seed_generator)

    def _mirror(self, images: Any, *, wanted: bool) -> Any:
        """-1 or 1 for each image; 1 throughout where mirroring is not wanted."""
        coin = self._uniform(images, -1.0, 1.0)
        return ops.where(coin < 0.0, -1.0, 1.0) if wanted else ops.ones_like(coin)

    def _transforms(self, images: Any) -> Any:
        """Eight coefficients an image, from output to input pixels, about the centre of the image."""
        a = self.augment
        height, width = images.shape[1], images.shape[2]
        flip_x, flip_y = self._mirror(images, wanted=a.horizontal_flip), self._mirror(images, wanted=a.vertical_flip)
        angle = self._uniform(images, -math.radians(a.rotation), math.radians(a.rotation))
        scale = 1.0 + self._uniform(images, -a.zoom, a.zoom)
        shift_x = self._uniform(images, -a.translation, a.translation) * width
        shift_y = self._uniform(images, -a.translation, a.translation) * height
        cos, sin = ops.cos(angle) * scale, ops.sin(angle) * scale
        a0, a1, b0, b1 = cos * flip_x, -sin * flip_y, sin * flip_x, cos * flip_y
        centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
        a2 = centre_x + shift_x - a0 * centre_x - a1 * centre_y
        b2 = centre_y + shift_y - b0 * centre_x - b1 * centre_y
        zero = ops.zeros_like(a0)
        return ops.stack([a0, a1, a2, b0, b1, b2, zero, zero], axis=1)

    def _recontrasted(self, images: Any) -> Any:
        """Each image's distance from its own mean, stretched or shrunk."""
        factor = 1.0 + self._uniform(images, -self.augment.contrast, self.augment.contrast)[:, None, None, None]
        mean = ops.mean(images, axis=(1, 2), keepdims=True)
        return ops.clip(mean + (images - mean) * factor, 0.0, 1.0)

    def _erased(self, images: Any) -> Any:
        """Each image with a rectangle of random place, area and proportions set to its mean."""
        height, width = images.shape[1], images.shape[2]
        area = self._uniform(images, 0.0, self.augment.erasing)
        stretch = ops.exp(self._uniform(images, -math.log(2.0), math.log(2.0)))
        inside = self._band(images, height, ops.sqrt(area * stretch))[:, :, None, None]
        inside = ops.logical_and(inside, self._band(images, width, ops.sqrt(area / stretch))[:, None, :, None])
        return ops.where(inside, ops.mean(images, axis=(1, 2), keepdims=True), images)

    def _band(self, images: Any, length: int, share: Any) -> Any:
        """Which of `length` pixels lie in a band of that share at a random place, (batch, length)."""
        start = self._uniform(images, 0.0, 1.0) * ops.maximum(1.0 - share, 0.0) * length
        pixel = ops.arange(length, dtype="float32")[None, :]
        return ops.logical_and(pixel >= start[:, None], pixel < (start + share * length)[:, None])
