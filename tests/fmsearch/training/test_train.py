"""One training: pure, repeatable, honest about failure; and the quick loop does what `model.fit` does."""

import gc
import itertools
import math
from dataclasses import replace

import keras
import numpy as np
import pytest
from digits import digits, evaluation, network
from reference_loop import Fit

from fmsearch.training import recipes, train
from fmsearch.training.loops import choose_loop
from fmsearch.training.trainee import Split, batches

EVERYTHING = {
    "horizontal_flip": True,
    "translation": 0.05,
    "rotation": 5.0,
    "zoom": 0.05,
    "contrast": 0.1,
    "erasing": 0.1,
}
# XLA fuses a scan over steps and a single step in other ways, and what differs in the last digit grows step by step.
IMAGE = 1 / len(digits().x_validation)
ROUNDING = 2e-2 if keras.backend.backend() == "jax" else 2e-3


def evaluated(*args, **kwargs):
    return train.evaluate(evaluation(*args, **kwargs), digits())


def digits_of(result):
    return result.model_copy(update={"seconds": 0.0, "setup": 0.0})


def test_an_equal_evaluation_gives_an_equal_result_to_the_last_bit():
    first = evaluated(dropout=0.2, augment=EVERYTHING, label_smoothing=0.1)
    other = evaluated(dropout=0.0, epochs=1)
    again = evaluated(dropout=0.2, augment=EVERYTHING, label_smoothing=0.1)
    assert digits_of(first) == digits_of(again)
    assert digits_of(first) != digits_of(other)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the graphs are TensorFlow's")
@pytest.mark.parametrize("activation", ["relu", "silu"])
def test_nothing_of_a_training_stays_in_memory(activation):
    def graphs():
        return sum(type(one).__name__ == "FuncGraph" for one in gc.get_objects())

    kept = []
    for _ in range(2):
        evaluated(network(dropout=0.1, activation=activation), epochs=1, augment=EVERYTHING)
        keras.backend.clear_session()
        gc.collect()
        kept.append(graphs())
    assert kept[0] == kept[1]


def test_another_seed_gives_another_result():
    assert evaluated(epochs=1, seed=1).loss != evaluated(epochs=1, seed=2).loss


def test_digits_are_learnt():
    result = evaluated(epochs=8, schedule="one_cycle")
    assert result.status == "done"
    assert result.accuracy > 0.85
    assert [epoch.loss for epoch in result.curve][-1] < 0.5 * result.curve[0].loss
    assert len(result.curve) == 8


def test_the_test_set_is_read_by_a_final_evaluation_alone():
    assert evaluated(epochs=1).test_accuracy is None
    assert evaluated(epochs=1, purpose="final").test_accuracy is not None


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer": "adamw", "weight_decay": 0.01, "schedule": "cosine"},
        {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "weight_decay": 0.001, "learning_rate": 0.05},
        # Not by Adam, whose first steps have the sign of a gradient, be it rounding alone.
        {"optimizer": "sgd", "learning_rate": 0.05, "schedule": "one_cycle", "label_smoothing": 0.1},
    ],
    ids=["adam", "adamw cosine", "sgd", "sgd, one cycle, smoothed"],
)
def test_the_quick_loop_has_the_losses_of_fit_within_rounding(changes, monkeypatch):
    losses, accuracies = [], []
    for loop in (choose_loop, Fit):
        monkeypatch.setattr(train, "choose_loop", loop)
        curve = evaluated(epochs=3, **changes).curve
        losses.append([(epoch.loss, epoch.validation_loss) for epoch in curve])
        accuracies.append([(epoch.accuracy, epoch.validation_accuracy) for epoch in curve])
    assert np.allclose(*losses, rtol=ROUNDING)
    assert np.allclose(losses[0][0], losses[1][0], rtol=ROUNDING / 20)
    assert np.allclose(*accuracies, rtol=0, atol=1.5 * IMAGE)


@pytest.mark.parametrize("activation", ["leaky_relu", "elu", "gelu", "silu", "hard_silu"])
def test_with_every_activation_both_loops_have_the_same_losses(activation, monkeypatch):
    losses = []
    for loop in (choose_loop, Fit):
        monkeypatch.setattr(train, "choose_loop", loop)
        result = evaluated(network(activation=activation), epochs=1, optimizer="sgd", learning_rate=0.05)
        losses.append((result.curve[0].loss, result.loss))
    assert np.allclose(*losses, rtol=ROUNDING)


def test_with_augmentation_and_dropout_both_loops_learn_alike(monkeypatch):
    accuracies = []
    for loop in (choose_loop, Fit):
        monkeypatch.setattr(train, "choose_loop", loop)
        result = evaluated(
            network(filters=16, dropout=0.1), epochs=10, augment={"translation": 0.05}, schedule="one_cycle"
        )
        accuracies.append(result.accuracy)
    assert min(accuracies) > 0.9
    assert abs(accuracies[0] - accuracies[1]) < 0.04


@pytest.mark.parametrize("make", [choose_loop, Fit])
def test_images_are_measured_as_they_are_however_those_trained_on_are_distorted(make):
    split = Split(digits().x_validation, digits().y_validation)
    measured = [
        make(train.trainee_of(evaluation(augment=augment), len(split.x)), split).evaluate(split)
        for augment in ({}, {"translation": 0.5, "erasing": 0.5})
        if keras.utils.set_random_seed(1) is None
    ]
    assert measured[0] == measured[1]


def test_what_layers_add_to_the_loss_counts_in_both_loops():
    """Ours add nothing, those of a user's own may."""
    split, losses = Split(digits().x_train, digits().y_train), []
    for make in (choose_loop, Fit):
        keras.utils.set_random_seed(1)
        trainee = train.trainee_of(evaluation(optimizer="sgd", learning_rate=0.05), len(split.x))
        images = keras.Input(trainee.network.input_shape[1:])
        flat = keras.layers.Flatten()(images)
        network = keras.Model(images, keras.layers.Dense(10, kernel_regularizer=keras.regularizers.L2(0.5))(flat))
        losses.append([loss for loss, _ in make(replace(trainee, network=network), split).epochs(3)])
    assert np.allclose(*losses, rtol=ROUNDING)
    assert losses[0][0] > 4  # cross-entropy alone begins at log(10)


def test_a_loss_that_becomes_infinite_fails_with_its_epoch():
    result = evaluated(network(normalization="none"), learning_rate=1e20, optimizer="sgd", epochs=5)
    assert result.status == "failed"
    assert "the loss became" in result.reason
    assert "in epoch" in result.reason
    assert result.accuracy is None


def test_a_validation_loss_that_becomes_infinite_fails_too(monkeypatch):
    """The last step of an epoch may spoil the weights when every loss before it was finite."""
    choose_loop = train.choose_loop

    def spoilt(*arguments):
        loop = choose_loop(*arguments)
        monkeypatch.setattr(loop, "evaluate", lambda _: (math.nan, 0.1))
        return loop

    monkeypatch.setattr(train, "choose_loop", spoilt)
    result = evaluated(epochs=2)
    assert (result.status, result.curve) == ("failed", ())
    assert result.reason == "the validation loss became nan in epoch 1"


@pytest.mark.parametrize("loop", [choose_loop, Fit])
def test_early_stopping_ends_a_training_that_no_longer_improves(loop, monkeypatch):
    monkeypatch.setattr(train, "choose_loop", loop)
    result = evaluated(epochs=30, early_stopping=1, learning_rate=0.05)
    assert len(result.curve) < 30
    assert np.isclose(result.loss, min(epoch.validation_loss for epoch in result.curve), rtol=1e-4)


@pytest.mark.parametrize("loop", [choose_loop, Fit])
def test_reduce_on_plateau_lowers_the_learning_rate_where_the_validation_loss_stands_still(loop, monkeypatch):
    monkeypatch.setattr(train, "choose_loop", loop)
    result = evaluated(
        epochs=12, schedule="reduce_on_plateau", plateau_factor=0.1, plateau_patience=1, learning_rate=0.05
    )
    rates = [epoch.learning_rate for epoch in result.curve]
    assert rates[0] == pytest.approx(0.05)
    assert rates[-1] < 0.006
    assert all(after <= before for before, after in itertools.pairwise(rates))


def test_a_batch_larger_than_the_training_set_is_the_training_set():
    assert evaluated(epochs=1, batch_size=100_000).status == "done"


def test_the_kept_model_takes_raw_pixels_and_gives_the_measured_accuracy(tmp_path):
    data = digits()
    result = train.evaluate(evaluation(purpose="final", epochs=3), data, tmp_path / "models" / "kept.keras")
    model = keras.saving.load_model(tmp_path / "models" / "kept.keras")
    probabilities = model.predict(np.asarray(data.x_test), verbose=0)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert np.mean(probabilities.argmax(axis=1) == data.y_test) == pytest.approx(result.test_accuracy)
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["kept.keras"]


def test_one_cycle_rises_for_a_fifth_of_the_steps_and_falls_to_zero():
    schedule = recipes.OneCycle(peak=0.4, steps=100)
    rates = [float(schedule(step)) for step in range(100)]
    assert rates[19] == pytest.approx(0.4)
    assert max(rates) == rates[19]
    assert rates[0] == pytest.approx(0.02)
    assert rates[-1] == pytest.approx(0.0, abs=1e-6)


def test_a_single_step_is_taken_at_the_peak():
    assert float(recipes.OneCycle(peak=0.4, steps=1)(0)) == pytest.approx(0.4)


def test_cross_entropy_is_keras_own_where_nothing_is_smoothed():
    logits = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    labels = np.array([0, 1, 2, 3, 0, 1], np.int32)
    own = recipes.Crossentropy(0.0)(labels, logits)
    keras_own = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)
    assert float(own) == pytest.approx(float(keras_own), rel=1e-5)


def test_an_epoch_takes_every_image_once_but_for_an_incomplete_batch():
    first, second = batches(seed=0, images=103, batch_size=10, epochs=2)
    assert first.shape == second.shape == (10, 10)
    assert len(set(first.ravel().tolist())) == 100
    assert first.tolist() != second.tolist()


def test_a_part_of_an_epoch_takes_a_part_of_the_images():
    whole, part = batches(seed=0, images=103, batch_size=10, epochs=1.3)
    assert (whole.shape, part.shape) == ((10, 10), (3, 10))
    (least,) = batches(seed=0, images=103, batch_size=10, epochs=0.001)
    assert least.shape == (1, 10)


def test_a_model_that_cannot_be_saved_costs_no_result(tmp_path):
    (tmp_path / "file").touch()
    one = evaluation(epochs=1)
    result = train.evaluate(one, digits(), keep=tmp_path / "file" / "model.keras")
    assert result.status == "done"
    assert result.accuracy == train.evaluate(one, digits()).accuracy
    assert result.remark == f"the model could not be saved in {tmp_path / 'file'}: File exists"


def test_a_split_that_is_no_multiple_of_the_batch_is_measured_whole():
    item = evaluation(epochs=1)
    trainee = train.trainee_of(item, len(digits().x_train))
    loop = choose_loop(trainee, Split(digits().x_train, digits().y_train))
    part = Split(digits().x_test[:7], digits().y_test[:7])
    logits = keras.ops.convert_to_numpy(trainee.network(part.x.astype(np.float32) / 255))
    expected = float(trainee.loss(part.y, logits))
    assert loop.evaluate(part)[0] == pytest.approx(expected, rel=1e-5)
