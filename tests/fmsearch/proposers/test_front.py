"""The sampler that grows candidates from the front: an ordinary Optuna sampler, with every size served alike."""

import math
from functools import partial
from random import Random

import optuna
import pytest
from stubs import IMAGES, SPACE, stub_study

from fmsearch.proposers.expectation import expectation, traits
from fmsearch.proposers.front import FrontSampler
from fmsearch.proposers.growth import child, draw
from fmsearch.proposers.optuna import suggest
from searchspace import (
    Augmentation,
    ConvBlock,
    Head,
    Integer,
    Limits,
    NetworkSpace,
    Real,
    Stages,
    Training,
    analyse,
    decode,
    from_values,
    violations,
)

LIMITS = Limits(parameters=5_000)


def space_of(space=SPACE, limits=LIMITS):
    return stub_study(space=space, limits=limits, training=Training(learning_rate=0.1)).search_space(IMAGES)


def parameters_of(analysis):
    return analysis.parameters


def good(candidate):
    """A landscape in which kernels of 5 and max pooling are what counts, at any size."""
    stages = candidate.architecture.stages
    layers = [layer for stage in stages for layer in stage]
    liked = sum(getattr(layer, "kernel_size", None) == (5, 5) for layer in layers)
    liked += sum(layer.kind == "max_pooling2d" for layer in layers)
    return liked / (2 * len(stages))


def propose(count, *, tell=True, seed=0, sampler=None, space=None, good=good):
    """The candidates of a study that tells its sampler how good each is."""
    space = space or space_of()
    study = optuna.create_study(
        directions=["maximize", "minimize"], sampler=sampler or FrontSampler(space, parameters_of, seed)
    )
    candidates = []
    for _ in range(count):
        trial = study.ask()
        candidate = decode(space, partial(suggest, trial))
        candidates.append(candidate)
        if tell:
            size = analyse(candidate.architecture).parameters
            study.tell(trial, [0.1 + 0.9 * good(candidate), math.log10(size)])
    return candidates


def sizes(candidates):
    return [math.log10(analyse(candidate.architecture).parameters) for candidate in candidates]


def test_sizes_spread_evenly_over_their_logarithm():
    found = sorted(sizes(propose(60)))
    low, high = found[0], found[-1]
    quarters = [
        sum(low + i * (high - low) / 4 <= size <= low + (i + 1) * (high - low) / 4 for size in found) for i in range(4)
    ]
    assert min(quarters) >= 9


def test_nothing_smaller_is_wanted_than_the_study_says():
    space = space_of()
    sampler = FrontSampler(space, parameters_of, 0, down_to=500)
    found = sizes(propose(60, sampler=sampler, space=space))
    assert sum(size < math.log10(500) - 0.2 for size in found) <= 6
    assert sum(size < math.log10(500) - 0.2 for size in sizes(propose(60, space=space))) > 6


@pytest.mark.parametrize("seed", range(5))
def test_the_smallest_size_that_the_study_names_is_proposed_soon_even_where_few_draws_are_so_small(seed):
    deep = NetworkSpace(stages=Stages(count=[5, 6], block=ConvBlock(filters=[4, *range(16, 65, 8)])))
    space, dice = space_of(deep, Limits()), Random(seed)
    assert min(sizes(draw(space, dice).candidate for _ in range(300))) > math.log10(2_000)
    sampler = FrontSampler(space, parameters_of, seed, down_to=2_000)
    assert min(sizes(propose(24, sampler=sampler, space=space))) <= math.log10(2_000)


def test_what_is_drawn_has_the_least_regularization_and_children_gain_some():
    block = ConvBlock(filters=[4, 8, 16], pooling=["none", "max"], spatial_dropout=Real(low=0.0, high=0.3))
    study = stub_study(
        space=NetworkSpace(
            stages=Stages(count=2, block=block), augmentation=Augmentation(horizontal_flip=[True, False])
        ),
        training=Training(learning_rate=0.1),
    )
    space = study.search_space(IMAGES)
    dice = Random(0)
    drawn = draw(space, dice).values
    assert drawn["augmentation.horizontal_flip"] is False
    assert drawn["stages.0.spatial_dropout"] == drawn["stages.1.spatial_dropout"] == 0.0
    children = [child(space, drawn, drawn, dice).values for _ in range(100)]
    assert any(values["augmentation.horizontal_flip"] for values in children)
    assert any(values["stages.0.spatial_dropout"] > 0.0 for values in children)


@pytest.mark.parametrize("rates", [Real(low=1e-4, high=1e-2, log=True), [0.01, 0.001, 0.0001, 0.0003]])
def test_what_is_drawn_of_a_wide_range_of_rates_is_in_its_upper_half_and_children_at_any(rates):
    space = stub_study(training=Training(learning_rate=rates)).search_space(IMAGES)
    dice = Random(0)
    drawn = [draw(space, dice).values for _ in range(100)]
    assert min(values["training.learning_rate"] for values in drawn) >= 1e-3
    slow = {**drawn[0], "training.learning_rate": 1e-3}
    children = [child(space, slow, slow, dice).values for _ in range(100)]
    assert any(values["training.learning_rate"] < 1e-3 for values in children)


@pytest.mark.parametrize("rates", [Real(low=0.4, high=1.0, log=True), [0.4, 1.0]])
def test_of_a_narrow_range_of_rates_any_is_drawn(rates):
    space = stub_study(training=Training(learning_rate=rates)).search_space(IMAGES)
    dice = Random(0)
    assert min(draw(space, dice).values["training.learning_rate"] for _ in range(100)) < 0.5


def test_every_proposal_keeps_the_limits_and_is_new():
    candidates = propose(75)
    assert not any(violations(analyse(candidate.architecture), LIMITS) for candidate in candidates)
    assert len({candidate.digest for candidate in candidates}) == 75


def test_later_proposals_take_after_the_best():
    def mean(**how):
        return sum(sum(map(good, propose(60, seed=seed, **how)[-30:])) / 30 for seed in range(2)) / 2

    assert mean() > mean(tell=False) + 0.1


def test_of_several_draws_of_a_size_the_most_promising_is_proposed(monkeypatch):
    def mean(litter, count, **how):
        monkeypatch.setattr("fmsearch.proposers.front.LITTER", litter)
        return sum(sum(map(promise, propose(count, seed=seed, **how))) / count for seed in range(3)) / 3

    def promise(candidate):
        return expectation([])(traits(candidate))

    assert mean(6, 12, tell=False) > mean(1, 12, tell=False) + 0.05


def test_what_was_told_says_which_child_is_the_most_promising(monkeypatch):
    def wide(candidate):
        """A landscape in which the narrowest layer is what counts, of which nothing is expected beforehand."""
        return 1.0 - math.exp(-0.4 * traits(candidate).narrowest)

    def mean(litter):
        monkeypatch.setattr("fmsearch.proposers.front.LITTER", litter)
        return sum(sum(map(wide, propose(30, seed=seed, good=wide)[-18:])) / 18 for seed in range(3)) / 3

    assert mean(6) > mean(1) + 0.01


def test_without_a_verdict_it_goes_on_at_random():
    assert len(propose(30, tell=False)) == 30


def test_it_is_an_optuna_sampler_and_draws_what_the_space_does_not_know():
    space = space_of()
    study = optuna.create_study(directions=["maximize", "minimize"], sampler=FrontSampler(space, parameters_of, 0))
    trial = study.ask()
    decode(space, lambda dimension: suggest(trial, dimension))
    assert 0 <= trial.suggest_float("of.my.own", 0, 1) <= 1


def test_a_space_of_one_network_is_proposed_all_the_same():
    space = space_of(NetworkSpace(stages=Stages(block=ConvBlock(filters=4))))
    assert len({candidate.digest for candidate in propose(30, space=space)}) == 1


@pytest.mark.parametrize("seed", range(20))
def test_a_child_is_a_point_of_the_space(seed):
    block = ConvBlock(
        filters=Integer(low=4, high=64, log=True),
        kernel_size=[3, [3, 5]],
        spatial_dropout=Real(low=0.0, high=0.3, step=0.1),
        activation=["relu", "elu"],
    )
    heads = [Head(units=[0, 16, [16, 8]]), Head(units=Integer(low=8, high=30, step=8))]  # 30 is none of its values
    space = space_of(NetworkSpace(stages=Stages(count=[1, 2, 3], block=block), head=heads[seed % 2]))
    dice = Random(seed)
    first, second = draw(space, dice).values, draw(space, dice).values
    for _ in range(20):
        grown = child(space, first, second, dice)
        assert from_values(space, grown.values) == grown.candidate
        first, second = grown.values, first


def test_in_a_short_range_a_width_that_moves_comes_to_its_neighbour():
    space = space_of(NetworkSpace(stages=Stages(block=ConvBlock(filters=Integer(low=4, high=6)))))
    parent = {"stages.0.filters": 5}
    widths = [child(space, parent, parent, Random(seed)).values["stages.0.filters"] for seed in range(40)]
    assert widths.count(4) > 10
    assert widths.count(6) > 10


def test_an_added_stage_repeats_the_one_before():
    space = space_of(NetworkSpace(stages=Stages(count=[1, 2], block=ConvBlock(filters=[4, 8, 16, 32, 64]))))
    parent = {"stages.count": 1, "stages.0.filters": 16}
    children = [child(space, parent, parent, Random(seed)).values for seed in range(60)]
    deeper = [values for values in children if values["stages.count"] == 2]
    same = [values for values in deeper if values["stages.0.filters"] == values["stages.1.filters"]]
    assert len(deeper) > 10
    assert len(same) > len(deeper) / 2
