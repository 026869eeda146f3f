"""A declared space in anyone's `study.optimize`: real trials, readable names, and limits by Optuna's own means."""

import random
from collections import Counter

import optuna
import pytest
from digits import digits
from proposer_checks import Ground, points
from stubs import IMAGES, stub_study

import fmsearch
from fmsearch.builders.optuna import suggest
from searchspace import ConvBlock, Input, Limits, NetworkSpace, Real, SearchSpace, Stages, Training, analyse

TINY = Input(height=8, width=8, channels=1, classes=10)
# On 8x8 pixels, many of these cannot be built.
SPACE = SearchSpace(
    input=TINY,
    stages=Stages(
        count=[1, 2, 3],
        block=ConvBlock(filters=[4, 8], kernel_size=[3, 5], padding=["same", "valid"], strides=[1, 2]),
    ),
    training=Training(learning_rate=Real(low=1e-3, high=1e-2, log=True)),
    limits=Limits(parameters=1_500),
)


def states(study):
    return Counter(trial.state.name for trial in study.trials)


def test_thirty_real_trials_of_which_none_dies_of_a_shape():
    data = digits()

    def objective(trial):
        candidate = suggest(SPACE, trial)
        model = fmsearch.build_model(candidate)
        logits = model(data.x_train[:64] / 255)
        return float(logits.shape[-1]), model.count_params()

    study = optuna.create_study(directions=["maximize", "minimize"], sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(objective, n_trials=30)

    assert set(states(study)) == {"COMPLETE", "PRUNED"}
    assert all(trial.values[1] <= 1_500 for trial in study.trials if trial.values)
    assert {"stages.count", "stages.0.filters", "stages.0.kernel_size"} <= set(study.trials[0].params)


def test_a_limit_is_a_constraint_that_says_by_how_much():
    space = SearchSpace(input=TINY, stages=Stages(block=ConvBlock(filters=64)), limits=Limits(parameters=500))
    study = optuna.create_study()
    trial = study.ask()
    with pytest.raises(optuna.TrialPruned, match="parameters"):
        suggest(space, trial)
    size = analyse(space.sample(random.Random(0)).architecture).parameters
    assert trial.constraints["limits"] == pytest.approx(size / 500 - 1)


def test_what_cannot_be_built_is_pruned_with_the_reason():
    space = SearchSpace(input=TINY, stages=Stages(count=4, block=ConvBlock(filters=4, kernel_size=5, padding="valid")))
    with pytest.raises(optuna.TrialPruned, match="stage 2: kernel 5 with valid padding"):
        suggest(space, optuna.create_study().ask())


def test_suggestions_are_points_of_the_space():
    space = Ground().search_space()
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    assert {suggest(space, study.ask()).digest for _ in range(50)} <= points(space)


def test_a_conditional_dimension_is_suggested_where_it_counts_alone():
    space = stub_study(space=NetworkSpace(stages=Stages(count=[1, 2], block=ConvBlock(filters=[4, 8])))).search_space(
        IMAGES
    )
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(10):
        trial = study.ask()
        suggest(space, trial)
        assert ("stages.1.filters" in trial.params) == (trial.params["stages.count"] == 2)
