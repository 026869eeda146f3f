"""One training, from evaluation to result."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from pathlib import Path

import keras

from fmsearch.datasets import Dataset
from fmsearch.evaluation import Epoch, Evaluation, Result
from fmsearch.seeds import derive_seed
from fmsearch.training import recipes
from fmsearch.training.augment import Augmenter
from fmsearch.training.build import build, deployable
from fmsearch.training.conventions import conventions
from fmsearch.training.fused import fused_layer
from fmsearch.training.loops import choose_loop
from fmsearch.training.trainee import Loop, Split, Trainee, steps
from searchspace import Augment


@conventions()
def evaluate(evaluation: Evaluation, data: Dataset, keep: Path | None = None) -> Result:
    """Train, and measure on the validation split; a `final` evaluation also on the test split.

    Args:
        evaluation: what to train and how.
        data: the images, of the fingerprint that the evaluation names.
        keep: where to save the trained model, preprocessing inside; nowhere if None.

    Returns:
        The result: equal in every digit, times apart, for an equal evaluation in an equal environment. A training
        that runs into infinity or NaN is a failed one, with the epoch in its reason. One whose model cannot be saved,
        as on a full disk, is done: its remark says what is missing.
    """
    start = time.perf_counter()
    keras.backend.clear_session()
    keras.utils.set_random_seed(evaluation.seed)
    train = Split(data.x_train, data.y_train)
    trainee = trainee_of(evaluation, len(train.x))
    loop = choose_loop(trainee, train)
    ready = time.perf_counter()
    curve, reason = _train(evaluation, trainee, loop, Split(data.x_validation, data.y_validation))
    trained = time.perf_counter()
    if reason:
        return Result(status="failed", curve=curve, seconds=trained - start, setup=ready - start, reason=reason)
    loss, accuracy = curve[-1].validation_loss, curve[-1].validation_accuracy
    if evaluation.recipe.early_stopping:  # which has put the best weights back
        loss, accuracy = loop.evaluate(Split(data.x_validation, data.y_validation))
        if not math.isfinite(loss):
            reason = f"the validation loss of the best weights is {loss}"
            return Result(status="failed", curve=curve, seconds=trained - start, setup=ready - start, reason=reason)
    test = loop.evaluate(Split(data.x_test, data.y_test))[1] if evaluation.purpose == "final" else None
    remark = _save(deployable(evaluation.candidate.architecture, trainee.network), keep) if keep is not None else ""
    end = time.perf_counter()
    return Result(
        status="done",
        accuracy=accuracy,
        loss=loss,
        test_accuracy=test,
        curve=curve,
        seconds=end - start,
        setup=(ready - start) + (end - trained),
        remark=remark,
    )


def trainee_of(evaluation: Evaluation, images: int) -> Trainee:
    """The network and all that trains it, for a training set of so many images."""
    recipe = evaluation.recipe
    batch_size = min(recipe.batch_size, images)
    augmenter = Augmenter(recipe.augment, derive_seed(evaluation.seed, "augment"))
    return Trainee(
        network=build(evaluation.candidate.architecture, fused_layer),
        augmenter=augmenter if recipe.augment != Augment() else None,
        optimizer=recipes.optimizer(recipe, steps(images, batch_size, evaluation.epochs)),
        loss=recipes.Crossentropy(recipe.label_smoothing),
        batch_size=batch_size,
        seed=derive_seed(evaluation.seed, "order"),
    )


def _train(evaluation: Evaluation, trainee: Trainee, loop: Loop, validation: Split) -> tuple[tuple[Epoch, ...], str]:
    """The learning curve, and why training failed, if it did."""
    model = trainee.network
    model.optimizer = trainee.optimizer
    model.stop_training = False
    callbacks = keras.callbacks.CallbackList(recipes.callbacks(evaluation.recipe), model=model)
    callbacks.on_train_begin()
    curve: list[Epoch] = []
    for number, (loss, accuracy) in enumerate(loop.epochs(evaluation.epochs)):
        if not math.isfinite(loss):
            return tuple(curve), f"the loss became {loss} in epoch {number + 1}"
        validation_loss, validation_accuracy = loop.evaluate(validation)
        if not math.isfinite(validation_loss):
            return tuple(curve), f"the validation loss became {validation_loss} in epoch {number + 1}"
        curve.append(
            Epoch(
                loss=loss,
                accuracy=accuracy,
                validation_loss=validation_loss,
                validation_accuracy=validation_accuracy,
                learning_rate=float(trainee.optimizer.learning_rate),
            )
        )
        logs = {"loss": loss, "accuracy": accuracy, "val_loss": validation_loss, "val_accuracy": validation_accuracy}
        callbacks.on_epoch_end(number, logs)
        if model.stop_training:
            break
    callbacks.on_train_end()
    return tuple(curve), ""


def _save(model: keras.Model, path: Path) -> str:
    """Save a model whole or not at all: a kill in between leaves no torn file under the name.

    Returns:
        Why that could not be done; nothing if it was.
    """
    torn = path.with_name(f".{path.name}.tmp.keras")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        model.save(torn)
        torn.replace(path)
    except OSError as error:
        with suppress(OSError):
            torn.unlink(missing_ok=True)
        return f"the model could not be saved in {path.parent}: {error.strerror or error}"
    return ""
