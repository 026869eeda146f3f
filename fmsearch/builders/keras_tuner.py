"""A declared space as KerasTuner's `HyperModel`, for any of its tuners."""

from __future__ import annotations

import math
from threading import Event
from typing import Any

import keras
import keras_tuner
from keras_tuner.src import config

from fmsearch.proposers.hyperparameters import register, understood_by
from fmsearch.seeds import derive_seed
from fmsearch.training import recipes
from fmsearch.training.augment import Augmenter
from fmsearch.training.build import build_model
from fmsearch.training.trainee import WHITE
from searchspace import Augment, Candidate, Refusal, SearchSpace, examined

_hidden = Event()  # tracebacks, by us: the setting is that of the whole process


class HyperModel(keras_tuner.HyperModel):
    """Builds what hyperparameters say, and trains it by its recipe: batch size, schedule, augmentation, callbacks.

    Images are raw pixels (n, height, width, channels) from 0 to 255, labels whole numbers; models give logits, and
    their metric is `accuracy`. Hyperparameters have the names of the space's dimensions.

    Args:
        space: what may be built.
        seed: of augmentation.
        name: as KerasTuner's.
    """

    def __init__(self, space: SearchSpace, *, seed: int = 0, name: str | None = None) -> None:
        super().__init__(name=name, tunable=True)
        self.space = space
        self.seed = seed

    def candidate(self, hp: Any) -> Candidate:
        """What hyperparameters mean; those that they lack are declared to them."""
        return understood_by(self.space, {**register(self.space, hp), **hp.values})

    def build(self, hp: Any) -> keras.Model:
        """The compiled model; one that stands in for it, if it cannot be built or breaks a limit: `fit` then fails.

        KerasTuner builds models before it searches, to find the hyperparameters, and must not fail there.
        """
        _show_tracebacks_again()
        candidate = self.candidate(hp)
        reason = self._objection(candidate)
        model = self._model(candidate) if not reason else _stand_in(candidate)
        model.objection = reason
        self._compile(model, candidate, 1)
        return model

    def fit(self, hp: Any, model: keras.Model, x: Any, y: Any = None, **arguments: Any) -> Any:
        """Train by the recipe. Arguments as of Keras's `model.fit`; those that a study may vary come from the recipe.

        Where Hyperband goes on with a model, its weights go on and its schedule begins anew.

        Raises:
            keras_tuner.errors.FailedTrialError: the model cannot be built, or breaks a limit. Tuners count failures:
                give them a `max_consecutive_failed_trials` that suits the limits.
        """
        if getattr(model, "objection", ""):
            _hide_traceback()
            raise keras_tuner.errors.FailedTrialError(model.objection)
        candidate = self.candidate(hp)
        recipe = candidate.recipe
        arguments.pop("batch_size", None)
        images = int(len(x) * (1.0 - arguments.get("validation_split", 0.0)))
        batch_size = min(recipe.batch_size, images)
        epochs = arguments.get("epochs", 1) - arguments.get("initial_epoch", 0)
        self._compile(model, candidate, max(1, epochs * math.ceil(images / batch_size)))
        callbacks = [*(arguments.pop("callbacks", None) or ()), *recipes.callbacks(recipe)]
        return model.fit(x, y, batch_size=batch_size, callbacks=callbacks, **arguments)

    def _objection(self, candidate: Candidate) -> str:
        """Why a candidate may not be trained."""
        found = examined(candidate.architecture, self.space.limits)
        return found.why if isinstance(found, Refusal) else ""

    def _model(self, candidate: Candidate) -> keras.Model:
        """From pixels to logits; distortions while it trains."""
        pixels = keras.Input(candidate.architecture.input.shape, name="pixels")
        images = keras.layers.Rescaling(1 / WHITE, name="to_unit_range")(pixels)
        if candidate.recipe.augment != Augment():
            images = _Distortions(Augmenter(candidate.recipe.augment, derive_seed(self.seed, "augment")))(images)
        return keras.Model(pixels, build_model(candidate)(images), name="classifier")

    @staticmethod
    def _compile(model: keras.Model, candidate: Candidate, count: int) -> None:
        model.compile(
            optimizer=recipes.optimizer(candidate.recipe, count),
            loss=recipes.Crossentropy(candidate.recipe.label_smoothing),
            metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        )
        model.optimizer.build(model.trainable_variables)  # Hyperband's next round loads those of the last


class _Distortions(keras.layers.Layer):
    """An augmenter that lets images be unless the model trains."""

    def __init__(self, augmenter: Augmenter) -> None:
        super().__init__(name="distortions")
        self.augmenter = augmenter

    def call(self, images: Any, training: bool = False) -> Any:  # noqa: FBT001, FBT002  # as Keras calls it
        """The images, distorted while training."""
        return self.augmenter(images) if training else images

    def compute_output_shape(self, shape: Any) -> Any:
        """That of the input."""
        return shape


def _stand_in(candidate: Candidate) -> keras.Model:
    """The smallest model from such images to as many classes."""
    pixels = keras.Input(candidate.architecture.input.shape)
    means = keras.layers.GlobalAveragePooling2D()(pixels)
    return keras.Model(pixels, keras.layers.Dense(candidate.architecture.input.classes)(means))


def _hide_traceback() -> None:
    """KerasTuner prints that of a failed trial: of one that breaks a limit there is none to see."""
    if config.DEBUG:
        config.DEBUG = False
        _hidden.set()


def _show_tracebacks_again() -> None:
    """As the user has set it, now that KerasTuner has dealt with the failed trial."""
    if _hidden.is_set():
        config.DEBUG = True
        _hidden.clear()
