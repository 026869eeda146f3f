"""Filters that grow from stage to stage: how many there are, who is asked for what, and when it counts."""

import pytest

from searchspace import (
    ConvBlock,
    MultiKernelBlock,
    Progression,
    SearchSpace,
    SeparableBlock,
    Stages,
    decode,
    dimensions,
    from_values,
)

GROWING = Progression(start=[8, 16], growth=[1.0, 1.5, 2.0])
GROWING_OR_NOT = [ConvBlock(filters=GROWING), SeparableBlock(filters=[4, 8]), MultiKernelBlock(filters=GROWING)]


def names(space):
    return [dimension.name for dimension in dimensions(space)]


def decoded(space, answers):
    """The names `decode` asks for, in order, and the candidate; the last value where there is no answer."""
    asked = []

    def choose(dimension):
        asked.append(dimension.name)
        return answers.get(dimension.name, dimension.domain.values[-1])

    return asked, decode(space, choose)


def widths(candidate):
    """The filters of the first convolution of each stage."""
    return [stage[0].filters for stage in candidate.architecture.stages]


@pytest.mark.parametrize(
    ("start", "growth", "expected"),
    [
        (8, 2, [8, 16, 32, 64]),
        (8, 1, [8, 8, 8, 8]),
        (10, 1.5, [10, 15, 23, 34]),  # 22.5 goes up, 33.75 too
        (50, 1.7, [50, 85, 145, 246]),  # 144.5 by its digits, though floats make 144.499 of it
        (16, 0.5, [16, 8, 4, 2]),
        (4, 0.1, [4, 1, 1, 1]),  # at least one
    ],
)
def test_a_progression_multiplies_from_stage_to_stage(start, growth, expected):
    space = SearchSpace(stages=Stages(count=4, block=ConvBlock(filters=Progression(start=start, growth=growth))))
    assert dimensions(space) == ()
    assert widths(from_values(space, {})) == expected


def test_stages_share_the_two_dimensions_of_a_progression():
    block = ConvBlock(filters=GROWING, kernel_size=[3, 5])
    space = SearchSpace(stages=Stages(count=3, block=block))
    assert names(space) == [
        "stages.0.kernel_size",
        "stages.filters.start",
        "stages.1.kernel_size",
        "stages.filters.growth",
        "stages.2.kernel_size",
    ]
    asked, candidate = decoded(space, {"stages.filters.growth": 1.5})
    assert asked == names(space)
    assert widths(candidate) == [16, 24, 36]


def test_one_stage_asks_for_no_growth():
    space = SearchSpace(stages=Stages(count=[1, 2, 3], block=ConvBlock(filters=GROWING)))
    assert decoded(space, {"stages.count": 1})[0] == ["stages.count", "stages.filters.start"]
    assert decoded(space, {"stages.count": 3})[0] == ["stages.count", "stages.filters.start", "stages.filters.growth"]
    assert names(SearchSpace(stages=Stages(block=ConvBlock(filters=GROWING)))) == ["stages.filters.start"]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["separable", "separable", "separable"], []),
        (["conv", "separable", "separable"], ["conv.filters.start"]),
        (["separable", "conv", "conv"], ["conv.filters.start", "conv.filters.growth"]),
        (
            ["conv", "multi_kernel", "conv"],
            [
                "conv.filters.start",
                "multi_kernel.filters.start",
                "multi_kernel.filters.growth",
                "conv.filters.growth",
            ],
        ),
    ],
    ids=str,
)
def test_a_progression_of_a_kind_counts_where_a_stage_chose_that_kind(kinds, expected):
    space = SearchSpace(stages=Stages(count=3, block=GROWING_OR_NOT))
    asked, _ = decoded(space, {f"stages.{stage}.block": kind for stage, kind in enumerate(kinds)})
    shared = [name.removeprefix("stages.") for name in asked if name.endswith(("start", "growth"))]
    assert shared == expected


def test_the_place_in_the_network_decides_not_how_often_a_kind_was_chosen_before():
    space = SearchSpace(stages=Stages(count=3, block=[ConvBlock(filters=GROWING), MultiKernelBlock(filters=1)]))
    kinds = {"stages.0.block": "conv", "stages.1.block": "multi_kernel", "stages.2.block": "conv"}
    assert widths(decoded(space, kinds)[1]) == [16, 1, 64]


def test_in_a_stem_a_progression_has_not_grown():
    space = SearchSpace(stem=ConvBlock(filters=GROWING), stages=Stages(count=2, block=ConvBlock(filters=8)))
    assert names(space) == ["stem.filters.start"]
    assert decoded(space, {})[1].architecture.stem[0].filters == 16


def test_stem_and_stages_have_progressions_of_their_own():
    space = SearchSpace(stem=ConvBlock(filters=GROWING), stages=Stages(count=2, block=ConvBlock(filters=GROWING)))
    assert names(space) == ["stem.filters.start", "stages.filters.start", "stages.filters.growth"]
