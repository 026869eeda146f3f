"""What a network costs to train, relative to what is usual for its size."""

import pytest
from stubs import IMAGES, SPACE, stub_study

from fmsearch.effort import (
    DEAREST,
    MACS_A_NUMBER,
    MACS_AN_IMAGE,
    affordable,
    all_alike,
    effort,
    relative_of,
    relative_to_size,
)
from fmsearch.engine import Engine
from fmsearch.preview import preview
from fmsearch.proposers import make
from fmsearch.study import Budget, Objectives
from searchspace import ConvBlock, Input, NetworkSpace, Stages, Training, analyse


def parameters_of(analysis):
    return analysis.parameters


def test_effort_counts_multiplications_and_numbers_moved():
    space = stub_study(space=NetworkSpace(stages=Stages(block=ConvBlock(filters=4))), training=Training())
    analysis = preview(space.search_space(IMAGES), seed=0).fitting[0]
    moved = 3 * 16 * 16 * 4 + 4 + 10  # convolution, normalisation, activation; pooled; logits
    assert effort(analysis) == analysis.macs + MACS_A_NUMBER * moved + MACS_AN_IMAGE


def test_a_network_that_costs_more_than_its_neighbours_in_size_counts_more():
    space = stub_study().search_space(IMAGES)
    relative = relative_to_size(preview(space, 0).fitting, parameters_of)
    sample = sorted(preview(space, 1).fitting, key=parameters_of)
    assert 0.8 < sum(map(relative, sample)) / len(sample) < 1.3
    for group in (sample[i : i + 20] for i in range(0, len(sample) - 20, 20)):
        cheap, dear = min(group, key=effort), max(group, key=effort)
        assert relative(cheap) < relative(dear)


def test_in_a_space_of_one_size_all_count_alike():
    space = NetworkSpace(stages=Stages(block=ConvBlock(filters=4, strides=[1, 2])))
    relative = relative_to_size(preview(stub_study(space=space).search_space(IMAGES), 0).fitting, parameters_of)
    assert relative is all_alike


@pytest.mark.parametrize(("time", "alike"), [(None, True), (60.0, False)])
def test_compute_counts_where_time_is_limited(time, alike):
    study = stub_study(space=SPACE, budget=Budget(time=time))
    assert (relative_of(study, preview(study.search_space(IMAGES), study.seed)) is all_alike) == alike


def test_what_is_too_dear_is_not_proposed():
    block = ConvBlock(filters=[4, 8, 16, 32, 64], kernel_size=[3, 5], strides=[1, 2], pooling=["none", "max"])
    study = stub_study(space=NetworkSpace(stages=Stages(count=[1, 2, 3, 4], block=block)))
    space = study.search_space(Input())
    relative = relative_to_size(preview(space, 0).fitting, parameters_of)

    def dear(**how):
        proposer = make(Engine(sampler="front"), space, Objectives(), 0, **how)
        proposed = [analyse(proposer.ask().candidate.architecture) for _ in range(100)]
        return sum(relative(analysis) > DEAREST for analysis in proposed)

    assert dear() > 0
    assert dear(wanted=affordable(relative)) == 0
