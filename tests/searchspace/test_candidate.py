"""Digests: one name for every way of writing one network and one recipe, and another for another."""

import json
import os
import subprocess
import sys
from random import Random

import pytest

from searchspace import (
    Architecture,
    Augment,
    Augmentation,
    Candidate,
    ConvBlock,
    Head,
    Input,
    InvertedResidualBlock,
    MultiKernelBlock,
    Recipe,
    ResidualBlock,
    SearchSpace,
    SeparableBlock,
    Stages,
    Training,
)
from searchspace.layers import Activate, Conv2D, Dense, GlobalAveragePooling2D, Pool2D

HEAD = (GlobalAveragePooling2D(), Dense(units=10))
ADAM = {"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32}


def with_block(**fields):
    return space(stages=Stages(block=ConvBlock(**{"filters": 8, **fields})))


def with_training(**fields):
    return space(training=Training(**fields))


def space(**fields):
    """A space of one candidate."""
    return SearchSpace(**{"stages": Stages(block=ConvBlock(filters=8)), **fields})


def digest(space):
    return space.sample(Random(0)).digest


def of_block(block):
    return space(stages=Stages(block=block))


def written(space):
    return str(space.model_dump(exclude_defaults=True))


def of_stages(*stages, recipe=Recipe(**ADAM), **fields):  # noqa: B008  # frozen
    return Candidate(architecture=Architecture(input=Input(**fields), stages=stages, head=HEAD), recipe=recipe).digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (with_block(), with_block(spatial_dropout=0.0)),
        (with_block(), with_block(spatial_dropout=0)),
        (with_block(), with_block(filters=[8])),
        (with_block(), with_block(filters={"low": 8, "high": 8})),
        (with_block(strides=2), with_block(strides=[[2, 2]])),
        (with_block(strides=2), with_block(strides=[(2, 2)])),
        (with_block(kernel_size=5), with_block(kernel_size=[[5, 5]])),
        (with_block(), with_block(pool_size=3)),
        (with_block(pooling="max"), with_block(pooling="max", pool_size=[(2, 2)])),
        (with_block(kernel_size=1), with_block(kernel_size=1, padding="valid")),
        (with_block(kernel_size=1, strides=2), with_block(kernel_size=[(1, 1)], strides=2, padding="valid")),
        (with_block(), with_block(filters={"start": 8, "growth": 3.5})),
        (with_block(), of_block(MultiKernelBlock(filters=8, kernel_sizes=[[3]]))),
        (
            of_block(MultiKernelBlock(filters=2, kernel_sizes=[[1, 3]])),
            of_block(MultiKernelBlock(filters=2, kernel_sizes=[[1, 3, 5, 7]])),
        ),
        (of_block(SeparableBlock(filters=8)), of_block(SeparableBlock(filters=8, shortcut=True))),
        (
            of_block(SeparableBlock(filters=8, kernel_size=1)),
            of_block(SeparableBlock(filters=8, kernel_size=1, padding="valid")),
        ),
        (
            of_block(InvertedResidualBlock(filters=8, squeeze=0.25)),
            of_block(InvertedResidualBlock(filters=8, squeeze=0.3)),
        ),
        (space(), space(head=Head(units=0, activation="elu", dropout=0.0))),
        (space(), space(head=Head(units=[[0, 0]]))),
        (space(head=Head(units=32)), space(head=Head(units=[[32]]))),
        (space(), space(augmentation=Augmentation(rotation=0))),
        (space(), space(limits={"parameters": 1})),
        (with_training(optimizer="adamw", weight_decay=0.0), with_training(optimizer="adam")),
        (
            with_training(optimizer="adam"),
            with_training(optimizer="adam", weight_decay=0.1, momentum=0.5, nesterov=False),
        ),
        (with_training(), with_training(plateau_factor=0.1, plateau_patience=9)),
        (
            with_training(optimizer="sgd", momentum=0.0, nesterov=True),
            with_training(optimizer="sgd", momentum=0.0, nesterov=False),
        ),
        (with_training(learning_rate=1), with_training(learning_rate=1.0)),
    ],
    ids=written,
)
def test_two_ways_of_writing_one_candidate_share_a_digest(one, other):
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    "other",
    [
        with_block(filters=9),
        with_block(kernel_size=5),
        with_block(kernel_size=[[3, 5]]),
        with_block(strides=2),
        with_block(padding="valid"),
        with_block(activation="elu"),
        with_block(normalization="none"),
        with_block(normalization="layer"),
        with_block(pooling="max"),
        with_block(pooling="average"),
        with_block(pooling="max", pool_size=3),
        with_block(spatial_dropout=0.1),
        with_block(spatial_dropout=0.2),
        with_block(repeat=2),
        space(stages=Stages(block=ResidualBlock(filters=8))),
        space(stages=Stages(block=ResidualBlock(filters=8, preactivation=True))),
        of_block(SeparableBlock(filters=8)),
        of_block(SeparableBlock(filters=8, padding="valid")),
        of_block(SeparableBlock(filters=1, shortcut=True)),
        of_block(InvertedResidualBlock(filters=8)),
        of_block(InvertedResidualBlock(filters=8, expansion=1)),
        of_block(InvertedResidualBlock(filters=8, squeeze=0.25)),
        of_block(MultiKernelBlock(filters=8)),
        of_block(MultiKernelBlock(filters=8, kernel_sizes=[[1, 3]])),
        of_block(MultiKernelBlock(filters=8, kernel_sizes=[[3, 1]])),
        space(input=Input(channels=3)),
        space(input=Input(height=32)),
        space(input=Input(width=32)),
        space(input=Input(classes=11)),
        space(head=Head(pooling="flatten")),
        space(head=Head(units=32)),
        space(head=Head(units=[[32, 32]])),
        space(head=Head(dropout=0.1)),
        space(augmentation=Augmentation(horizontal_flip=True)),
        space(augmentation=Augmentation(vertical_flip=True)),
        space(augmentation=Augmentation(zoom=0.1)),
        with_training(optimizer="adam"),
        with_training(optimizer="sgd"),
        with_training(optimizer="sgd", momentum=0.0),
        with_training(optimizer="sgd", nesterov=False),
        with_training(weight_decay=0.001),
        with_training(learning_rate=0.0031),
        with_training(schedule="constant"),
        with_training(schedule="reduce_on_plateau"),
        with_training(schedule="reduce_on_plateau", plateau_patience=3),
        with_training(early_stopping=3),
        with_training(batch_size=64),
        with_training(label_smoothing=0.1),
    ],
    ids=written,
)
def test_every_real_difference_gives_another_digest(other):
    assert digest(other) != digest(space())


def test_height_and_width_are_not_one():
    assert digest(space(input=Input(height=28, width=32))) != digest(space(input=Input(height=32, width=28)))
    assert digest(with_block(strides=[[1, 2]])) != digest(with_block(strides=[[2, 1]]))


def test_the_grouping_into_stages_is_for_the_reader_alone():
    first, second = Conv2D(filters=8, kernel_size=3), Activate(function="relu")
    assert of_stages((first, second)) == of_stages((first,), (second,)) == of_stages((), (first, second), ())
    assert of_stages((first, second)) != of_stages((second, first))


def test_a_stem_equals_a_stage_of_the_same_layers():
    block = ConvBlock(filters=8)
    assert digest(space(stem=block)) == digest(space(stages=Stages(count=2, block=block)))


@pytest.mark.parametrize("strides", [2, (2, 2), [2, 2]])
def test_a_concrete_extent_may_be_written_in_three_ways(strides):
    layer = Conv2D.model_validate({"filters": 8, "kernel_size": 3, "strides": strides})
    assert layer == Conv2D(filters=8, kernel_size=(3, 3), strides=(2, 2))
    assert layer.strides == (2, 2)


def test_a_pointwise_convolution_has_one_padding_and_a_line_shaped_one_two():
    assert Conv2D(filters=8, kernel_size=1, padding="valid").padding == "same"
    assert Conv2D(filters=8, kernel_size=(1, 3), padding="valid").padding == "valid"


def test_a_recipe_has_one_name_for_one_way():
    assert Recipe(**ADAM | {"optimizer": "adamw"}) == Recipe(**ADAM)
    assert Recipe(**ADAM | {"optimizer": "adamw", "weight_decay": 0.0}) == Recipe(**ADAM)
    assert Recipe(**ADAM, momentum=0.0, nesterov=True) == Recipe(**ADAM)
    assert Recipe(**ADAM | {"optimizer": "adamw", "weight_decay": 0.1}).optimizer == "adamw"


def test_the_canonical_form_shows_what_differs_from_the_defaults():
    candidate = Candidate(
        architecture=Architecture(
            input=Input(channels=3),
            stages=((Conv2D(filters=8, kernel_size=3, strides=2), Pool2D(kind="max_pooling2d")),),
            head=HEAD,
        ),
        recipe=Recipe(**ADAM, augment=Augment(zoom=0.1)),
    )
    assert candidate.canonical() == {
        "input": {"height": 28, "width": 28, "channels": 3, "classes": 10},
        "layers": [
            {"kind": "conv2d", "filters": 8, "kernel_size": [3, 3], "strides": [2, 2]},
            {"kind": "max_pooling2d"},
            {"kind": "global_average_pooling2d"},
            {"kind": "dense", "units": 10},
        ],
        "recipe": {"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "augment": {"zoom": 0.1}},
    }


def test_a_candidate_comes_back_from_json_as_it_was():
    candidate = RICH.sample(Random(0))
    for text in (candidate.model_dump_json(), json.dumps(candidate.model_dump(mode="json"))):
        back = Candidate.model_validate_json(text)
        assert back == candidate
        assert back.digest == candidate.digest


RICH = SearchSpace(
    stem=ConvBlock(filters=[4, 8]),
    stages=Stages(
        count=[1, 2, 3, 4],
        block=[
            ConvBlock(
                filters=[4, 8, 16, 32, 64],
                kernel_size=[3, 5],
                strides=[1, 2],
                padding=["same", "valid"],
                pooling=["none", "max", "average"],
                spatial_dropout={"low": 0.0, "high": 0.3, "step": 0.05},
            ),
            ResidualBlock(filters=[8, 16, 32], preactivation=[True, False]),
        ],
    ),
    head=Head(pooling=["global_average", "flatten"], units=[0, 32, (64, 32)], dropout=[0.0, 0.25]),
    augmentation=Augmentation(horizontal_flip=[True, False], rotation={"low": 0.0, "high": 10.0}),
    training=Training(
        optimizer=["adam", "adamw", "sgd"],
        learning_rate={"low": 3.0e-4, "high": 1.0e-2, "log": True},
        momentum=[0.0, 0.9],
    ),
)
GOLDEN = [
    "8e62a29d205a4b4f",
    "47b0c98ee1a323f4",
    "9b208c10bdf75c02",
    "d694bd0e76f3bea2",
    "0cc9675004818313",
    "d629cf281493336c",
    "1442833d102c45b2",
    "04b32c2e57913a76",
    "f242f650625d5260",
    "f65cac504c02bffa",
]
"""Stores of finished work are keyed by these: a change here makes every one of them worthless."""


def test_digests_never_change():
    rng = Random(0)
    assert [RICH.sample(rng).digest for _ in range(10)] == GOLDEN


@pytest.mark.parametrize("hash_seed", ["0", "1", "4711"])
def test_digests_are_the_same_in_every_process(hash_seed):
    script = (
        "import sys; from random import Random; from searchspace import SearchSpace\n"
        "space = SearchSpace.model_validate_json(sys.stdin.read()); rng = Random(0)\n"
        "print(*(space.sample(rng).digest for _ in range(10)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=RICH.model_dump_json(),
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == GOLDEN


def test_a_digest_is_sixteen_hexadecimal_digits():
    digest = RICH.sample(Random(1)).digest
    assert len(digest) == 16
    assert int(digest, 16) >= 0
