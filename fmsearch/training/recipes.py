"""From a recipe to Keras's optimizer, loss and callbacks."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from searchspace import Recipe

WARM_UP = 0.2


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Rises in a straight line for a fifth of the steps, then falls in one to zero (Smith, 2018).

    A single step is taken at the peak.
    """

    def __init__(self, peak: float, steps: int) -> None:
        self.peak = peak
        self.steps = steps

    def __call__(self, step: Any) -> Any:
        """The learning rate at a step."""
        if self.steps == 1:
            return ops.convert_to_tensor(self.peak, "float32")
        done = (ops.cast(step, "float32") + 1.0) / self.steps
        return self.peak * ops.maximum(ops.minimum(done / WARM_UP, (1.0 - done) / (1.0 - WARM_UP)), 0.0)

    def get_config(self) -> dict[str, Any]:
        """What makes an equal one."""
        return {"peak": self.peak, "steps": self.steps}


class Crossentropy(keras.losses.Loss):
    """Cross-entropy of integer labels (batch,) and logits (batch, classes), in nats, with label smoothing."""

    def __init__(self, label_smoothing: float) -> None:
        super().__init__(name="crossentropy")
        self.label_smoothing = label_smoothing

    def call(self, labels: Any, logits: Any) -> Any:
        """The loss of each image, (batch,)."""
        # Keras casts labels to the dtype of the loss on their way here.
        hot = ops.one_hot(ops.cast(ops.reshape(labels, (-1,)), "int32"), logits.shape[-1])
        return keras.losses.categorical_crossentropy(
            hot, logits, from_logits=True, label_smoothing=self.label_smoothing
        )


def optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    """The optimizer for a training of so many steps."""
    rate = _learning_rate(recipe, steps)
    match recipe.optimizer:
        case "adam":
            made = keras.optimizers.Adam(rate)
        case "adamw":
            made = keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay)
        case "sgd":
            made = keras.optimizers.SGD(
                rate,
                momentum=recipe.momentum or 0.0,
                nesterov=bool(recipe.nesterov),
                weight_decay=recipe.weight_decay,
            )
    if recipe.weight_decay:
        # Decay is for kernels: shrinking biases and scales only hurts.
        made.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return made


def callbacks(recipe: Recipe) -> list[keras.callbacks.Callback]:
    """Keras's own callbacks that the recipe asks for."""
    chosen: list[keras.callbacks.Callback] = []
    if recipe.schedule == "reduce_on_plateau":
        chosen.append(keras.callbacks.ReduceLROnPlateau(factor=recipe.plateau_factor, patience=recipe.plateau_patience))
    if recipe.early_stopping:
        chosen.append(keras.callbacks.EarlyStopping(patience=recipe.early_stopping, restore_best_weights=True))
    return chosen


def _learning_rate(recipe: Recipe, steps: int) -> Any:
    match recipe.schedule:
        case "cosine":
            return keras.optimizers.schedules.CosineDecay(recipe.learning_rate, steps)
        case "one_cycle":
            return OneCycle(recipe.learning_rate, steps)
        case _:
            return recipe.learning_rate
