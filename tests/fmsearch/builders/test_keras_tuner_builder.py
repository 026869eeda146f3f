"""A declared space as a real `keras_tuner.HyperModel`, searched by a real tuner."""

import keras
import keras_tuner
import numpy as np
import pytest
from digits import digits
from keras_tuner.src import config

from fmsearch.builders.keras_tuner import HyperModel
from searchspace import Augmentation, ConvBlock, Input, Limits, Real, SearchSpace, Stages, Training, analyse

# On 8x8 pixels, many of these cannot be built.
SPACE = SearchSpace(
    input=Input(height=8, width=8, channels=1, classes=10),
    stages=Stages(
        count=[1, 2],
        block=ConvBlock(filters=[4, 8], kernel_size=[3, 5], padding=["same", "valid"], pooling=["none", "max"]),
    ),
    augmentation=Augmentation(translation=[0.0, 0.1]),
    training=Training(learning_rate=Real(low=1e-3, high=1e-2, log=True), batch_size=[32, 64], schedule="one_cycle"),
    limits=Limits(parameters=1_500),
)


@pytest.fixture(scope="module", params=[3, pytest.param(9, marks=pytest.mark.nightly)])
def searched(request, tmp_path_factory):
    """A whole search."""
    data = digits()
    tuner = keras_tuner.Hyperband(
        HyperModel(SPACE),
        objective="val_accuracy",
        max_epochs=request.param,
        seed=1,
        max_consecutive_failed_trials=100,
        directory=tmp_path_factory.mktemp("tuner"),
        project_name="digits",
    )
    tuner.search(
        data.x_train[:320], data.y_train[:320], validation_data=(data.x_validation, data.y_validation), verbose=0
    )
    return tuner


def test_no_trial_dies_of_a_shape(searched):
    trials = list(searched.oracle.trials.values())
    assert {trial.status for trial in trials} <= {"COMPLETED", "FAILED"}
    for trial in trials:
        candidate = searched.hypermodel.candidate(trial.hyperparameters)
        if trial.status == "COMPLETED":
            assert analyse(candidate.architecture).parameters <= 1_500
        else:
            assert "FailedTrialError" in trial.message
    assert max(trial.hyperparameters["tuner/epochs"] for trial in trials) == searched.oracle.max_epochs


def test_the_best_model_can_be_had_with_its_weights(searched):
    data = digits()
    model = searched.get_best_models()[0]
    accuracy = model.evaluate(data.x_validation, data.y_validation, verbose=0)[1]
    assert accuracy == pytest.approx(searched.oracle.get_best_trials()[0].score, abs=1e-6)


def test_its_names_are_those_of_the_space(searched):
    names = {one.name for one in searched.oracle.hyperparameters.space}
    assert {"stages.count", "stages.0.filters", "training.batch_size", "training.learning_rate"} <= names


def refused(space):
    hypermodel, hp = HyperModel(space), keras_tuner.HyperParameters()
    model = hypermodel.build(hp)
    with pytest.raises(keras_tuner.errors.FailedTrialError) as caught:
        hypermodel.fit(hp, model, np.zeros((4, 8, 8, 1)), np.zeros(4))
    return str(caught.value)


def test_kerastuners_setting_is_given_back_once_it_has_dealt_with_a_failed_trial():
    tiny = Input(height=8, width=8, channels=1, classes=10)
    hypermodel = HyperModel(
        SearchSpace(input=tiny, stages=Stages(block=ConvBlock(filters=64)), limits=Limits(parameters=500))
    )
    hp, images = keras_tuner.HyperParameters(), np.zeros((4, 8, 8, 1))
    model = hypermodel.build(hp)
    with pytest.raises(keras_tuner.errors.FailedTrialError):
        hypermodel.fit(hp, model, images, np.zeros(4))
    assert not config.DEBUG

    hypermodel.build(hp)
    assert config.DEBUG


def test_what_may_not_be_trained_fails_its_trial_with_the_reason():
    tiny = Input(height=8, width=8, channels=1, classes=10)
    assert "parameters" in refused(
        SearchSpace(input=tiny, stages=Stages(block=ConvBlock(filters=64)), limits=Limits(parameters=500))
    )
    assert "stage 2: kernel 5 with valid padding" in refused(
        SearchSpace(input=tiny, stages=Stages(count=4, block=ConvBlock(filters=4, kernel_size=5, padding="valid")))
    )


def test_it_trains_by_its_recipe():
    space = SearchSpace(
        input=Input(height=8, width=8, channels=1, classes=10),
        stages=Stages(block=ConvBlock(filters=4)),
        training=Training(
            optimizer="sgd", learning_rate=0.1, batch_size=16, schedule="reduce_on_plateau", early_stopping=2
        ),
    )
    hypermodel, hp, data = HyperModel(space), keras_tuner.HyperParameters(), digits()
    model = hypermodel.build(hp)
    history = hypermodel.fit(
        hp, model, data.x_train[:80], data.y_train[:80], validation_split=0.2, batch_size=7, epochs=2, verbose=0
    )
    assert isinstance(model.optimizer, keras.optimizers.SGD)
    assert int(model.optimizer.iterations) == 2 * 4
    assert len(history.history["val_accuracy"]) == 2


def test_images_are_distorted_while_it_trains_alone_and_labels_smoothed():
    space = SearchSpace(
        input=Input(height=8, width=8, channels=1, classes=10),
        stages=Stages(block=ConvBlock(filters=4)),
        augmentation=Augmentation(translation=0.5),
        training=Training(label_smoothing=0.2),
    )
    model = HyperModel(space).build(keras_tuner.HyperParameters())
    layer = model.get_layer("distortions")
    images = digits().x_train[:8].astype("float32") / 255
    assert np.array_equal(keras.ops.convert_to_numpy(layer(images, training=False)), images)
    assert not np.array_equal(keras.ops.convert_to_numpy(layer(images, training=True)), images)
    assert model.loss.label_smoothing == 0.2


def test_its_schedule_ends_with_the_last_step():
    space = SearchSpace(
        input=Input(height=8, width=8, channels=1, classes=10),
        stages=Stages(block=ConvBlock(filters=4)),
        training=Training(schedule="one_cycle", batch_size=16),
    )
    hypermodel, hp, data = HyperModel(space), keras_tuner.HyperParameters(), digits()
    model = hypermodel.build(hp)
    hypermodel.fit(hp, model, data.x_train[:72], data.y_train[:72], epochs=2, verbose=0)
    schedule = keras.optimizers.serialize(model.optimizer)["config"]["learning_rate"]["config"]
    assert schedule["steps"] == int(model.optimizer.iterations) == 2 * 5
