"""The walk from choices to a candidate: who is asked what, in which order, and how many ways there are."""

import itertools
import math
from random import Random

import pytest

from searchspace import (
    Augmentation,
    ConvBlock,
    DomainError,
    Head,
    InvertedResidualBlock,
    MultiKernelBlock,
    Progression,
    ResidualBlock,
    SearchSpace,
    SeparableBlock,
    Stages,
    Training,
    cardinality,
    decode,
    dimensions,
    from_values,
)

ONE_OF_TWO = Stages(
    count=2,
    block=[
        ConvBlock(filters=[8, 16], kernel_size=[3, 5]),
        ResidualBlock(filters=[8, 16, 32], preactivation=[True, False]),
    ],
)


def names(space):
    return [dimension.name for dimension in dimensions(space)]


def asked(space, **answers):
    """The names `decode` asks for, in order, with these answers by field and the first value otherwise."""
    names = []

    def choose(dimension):
        names.append(dimension.name)
        return answers.get(dimension.field, dimension.domain.at(0))

    decode(space, choose)
    return names


def test_names_are_dotted_paths_into_the_study_file():
    space = SearchSpace(
        stem=ConvBlock(filters=[4, 8]),
        stages=Stages(count=[1, 2], block=ConvBlock(filters=[8, 16], kernel_size=[3, 5])),
        head=Head(units=[0, 32]),
        augmentation=Augmentation(horizontal_flip=[True, False]),
        training=Training(batch_size=[32, 64]),
    )
    assert names(space) == [
        "stem.filters",
        "stages.count",
        "stages.0.filters",
        "stages.0.kernel_size",
        "stages.1.filters",
        "stages.1.kernel_size",
        "head.units",
        "augmentation.horizontal_flip",
        "training.batch_size",
    ]


def test_with_several_blocks_the_kind_is_part_of_the_path():
    assert names(SearchSpace(stages=ONE_OF_TWO)) == [
        f"stages.{stage}.{field}"
        for stage in (0, 1)
        for field in ("block", "conv.filters", "conv.kernel_size", "residual.filters", "residual.preactivation")
    ]


def test_a_list_of_one_block_is_that_block():
    space = SearchSpace(stages=Stages(block=[ConvBlock(filters=[8, 16])]))
    assert names(space) == ["stages.0.filters"]


def test_a_fixed_space_asks_nothing():
    space = SearchSpace(stages=Stages(count=3, block=ConvBlock(filters=[8], kernel_size=[(3, 5)])))
    assert dimensions(space) == ()
    assert asked(space) == []
    assert len(decode(space, None).architecture.stages) == 3


def test_a_smaller_count_leaves_later_stages_unasked():
    space = SearchSpace(stages=Stages(count=[1, 3], block=ConvBlock(filters=[8, 16])))
    assert asked(space, count=1) == ["stages.count", "stages.0.filters"]
    assert asked(space, count=3) == ["stages.count", "stages.0.filters", "stages.1.filters", "stages.2.filters"]


def test_a_stage_is_asked_for_the_fields_of_its_own_block_alone():
    space = SearchSpace(stages=ONE_OF_TWO)
    assert asked(space, block="residual") == [
        "stages.0.block",
        "stages.0.residual.filters",
        "stages.0.residual.preactivation",
        "stages.1.block",
        "stages.1.residual.filters",
        "stages.1.residual.preactivation",
    ]


@pytest.mark.parametrize("block", [ConvBlock, ResidualBlock, SeparableBlock, InvertedResidualBlock, MultiKernelBlock])
@pytest.mark.parametrize(("field", "values"), [("pool_size", [2, 3]), ("early_pooling", [False, True])])
def test_how_to_pool_counts_with_pooling_alone(block, field, values):
    space = SearchSpace(stages=Stages(block=block(filters=8, pooling=["none", "max", "average"], **{field: values})))
    assert asked(space, pooling="none") == ["stages.0.pooling"]
    assert asked(space, pooling="max") == asked(space, pooling="average") == ["stages.0.pooling", f"stages.0.{field}"]


@pytest.mark.parametrize(("units", "counts"), [(0, False), (32, True), ((32, 16), True), ((0, 0), False)])
def test_a_heads_activation_counts_with_hidden_layers_alone(units, counts):
    space = SearchSpace(
        stages=Stages(block=ConvBlock(filters=8)),
        head=Head(units=[0, 32, (32, 16), (0, 0)], activation=["relu", "elu"]),
    )
    assert ("head.activation" in asked(space, units=units)) is counts


@pytest.mark.parametrize(
    ("optimizer", "schedule", "expected"),
    [
        ("adam", "constant", []),
        ("adamw", "cosine", ["weight_decay"]),
        ("sgd", "one_cycle", ["momentum", "nesterov", "weight_decay"]),
        ("adam", "reduce_on_plateau", ["plateau_factor", "plateau_patience"]),
    ],
)
def test_what_counts_in_training_hangs_on_optimizer_and_schedule(optimizer, schedule, expected):
    training = Training(
        optimizer=["adam", "adamw", "sgd"],
        schedule=["constant", "cosine", "one_cycle", "reduce_on_plateau"],
        momentum=[0.8, 0.9],
        nesterov=[True, False],
        weight_decay=[0.01, 0.02],
        plateau_factor=[0.1, 0.5],
        plateau_patience=[1, 2],
    )
    space = SearchSpace(stages=Stages(block=ConvBlock(filters=8)), training=training)
    fields = [name.removeprefix("training.") for name in asked(space, optimizer=optimizer, schedule=schedule)]
    assert sorted(fields) == sorted(["optimizer", "schedule", *expected])


def test_a_condition_that_never_holds_leaves_no_dimension():
    space = SearchSpace(
        stages=Stages(block=ConvBlock(filters=8, pool_size=[2, 3])),
        head=Head(activation=["relu", "elu"]),
        training=Training(momentum=[0.0, 0.9], plateau_patience=[1, 2]),
    )
    assert dimensions(space) == ()
    assert cardinality(space) == 1


def test_a_condition_that_always_holds_is_asked_for():
    space = SearchSpace(stages=Stages(block=ConvBlock(filters=8, pooling="max", pool_size=[2, 3])))
    assert names(space) == asked(space) == ["stages.0.pool_size"]


def test_parents_come_before_what_hangs_on_them():
    space = SearchSpace(
        stem=ConvBlock(filters=8, pooling=["none", "max"], pool_size=[2, 3]),
        stages=Stages(count=[1, 4], block=ONE_OF_TWO.block),
        head=Head(units=[0, 8], activation=["relu", "elu"]),
        training=Training(optimizer=["sgd", "adam"], momentum=[0.5, 0.9]),
    )
    seen = set()
    for dimension in space.plan:
        assert dimension.parent is None or dimension.parent in seen
        seen.add(dimension.name)


def test_from_values_reads_a_table_and_passes_over_what_is_not_needed():
    space = SearchSpace(stages=Stages(count=[1, 2], block=ConvBlock(filters=[8, 16])))
    table = {"stages.count": 1, "stages.0.filters": 16, "stages.1.filters": 8, "elsewhere": None}
    (stage,) = from_values(space, table).architecture.stages
    assert stage[0].filters == 16


def test_from_values_names_what_is_missing_and_what_was_expected():
    space = SearchSpace(stages=Stages(count=[1, 2], block=ConvBlock(filters=[8, 16])))
    with pytest.raises(
        DomainError, match=r"^stages\.1\.filters has no value\. Expected one of Choice\(values=\(8, 16\)\)"
    ):
        from_values(space, {"stages.count": 2, "stages.0.filters": 8})


def test_a_value_outside_the_space_makes_no_candidate():
    space = SearchSpace(stages=Stages(block=ConvBlock(filters=[8, 16])))
    with pytest.raises(DomainError, match="7 is not a choice"):
        from_values(space, {"stages.0.filters": 7})


def test_engines_may_hand_over_whole_floats_and_lists():
    space = SearchSpace(stages=Stages(block=ConvBlock(filters=[8, 16], strides=[1, (2, 1)])))
    loose = from_values(space, {"stages.0.filters": 16.0, "stages.0.strides": [2, 1]})
    exact = from_values(space, {"stages.0.filters": 16, "stages.0.strides": (2, 1)})
    assert loose.digest == exact.digest


def test_sampling_repeats_for_a_seed_and_reaches_every_choice():
    space = SearchSpace(stages=Stages(count=[1, 2, 3], block=ConvBlock(filters=[8, 16])))
    drawn = [space.sample(Random(seed)).digest for seed in range(200)]
    assert drawn == [space.sample(Random(seed)).digest for seed in range(200)]
    assert len(set(drawn)) == cardinality(space) == 2 + 4 + 8


def test_a_copy_with_other_stages_has_other_dimensions():
    space = SearchSpace(stages=Stages(block=ConvBlock(filters=[8, 16])))
    assert names(space) == ["stages.0.filters"]
    copy = space.model_copy(update={"stages": Stages(count=2, block=ConvBlock(filters=[8, 16]))})
    assert names(copy) == ["stages.0.filters", "stages.1.filters"]
    assert names(space) == ["stages.0.filters"]


def enumerate_all(space):
    """Every set of choices that `decode` can be led to, by trying out all answers."""
    found = set()

    def follow(prefix):
        taken = []

        def choose(dimension):
            if len(taken) < len(prefix):
                value = prefix[len(taken)]
            else:
                value, *others = dimension.domain.values
                pending.extend((*taken, other) for other in others)
            taken.append(value)
            path.append((dimension.name, value))
            return value

        path = []
        decode(space, choose)
        found.add(tuple(path))

    pending = [()]
    while pending:
        follow(pending.pop())
    return found


GROWING = Progression(start=[8, 16], growth=[1.0, 1.5, 2.0])
GROWING_OR_NOT = [ConvBlock(filters=GROWING), SeparableBlock(filters=[4, 8]), MultiKernelBlock(filters=GROWING)]
SMALL = {
    "fixed": SearchSpace(stages=Stages(count=2, block=ConvBlock(filters=8))),
    "independent": SearchSpace(stages=Stages(block=ConvBlock(filters=[1, 2, 3], kernel_size=[1, 3]))),
    "depth": SearchSpace(stages=Stages(count=[1, 2, 4], block=ConvBlock(filters=[1, 2, 3]))),
    "no shallow stage": SearchSpace(stages=Stages(count=[2, 3], block=ConvBlock(filters=[1, 2]))),
    "conditional": SearchSpace(
        stages=Stages(count=2, block=ConvBlock(filters=1, pooling=["none", "max", "average"], pool_size=[2, 3]))
    ),
    "conditional in conditional": SearchSpace(
        stages=Stages(count=[1, 2], block=ConvBlock(filters=1, pooling=["none", "max"], pool_size=[2, 3, 4]))
    ),
    "blocks": SearchSpace(stages=ONE_OF_TWO),
    "blocks and depth": SearchSpace(
        stages=Stages(
            count={"low": 1, "high": 3},
            block=[ConvBlock(filters=[1, 2], pooling=["none", "max"], pool_size=[2, 3]), ResidualBlock(filters=[1, 2])],
        )
    ),
    "progression": SearchSpace(stages=Stages(count=[1, 2, 3], block=ConvBlock(filters=GROWING, kernel_size=[1, 3]))),
    "progression of a fixed depth": SearchSpace(stages=Stages(count=2, block=ConvBlock(filters=GROWING))),
    "progressions of several kinds": SearchSpace(
        stem=ConvBlock(filters=GROWING), stages=Stages(count=[1, 3], block=GROWING_OR_NOT)
    ),
    "everything": SearchSpace(
        stem=ConvBlock(filters={"low": 8, "high": 24, "step": 8}),
        stages=Stages(block=ConvBlock(filters=8, spatial_dropout={"low": 0.0, "high": 0.2, "step": 0.1})),
        head=Head(units=[0, 8, (8, 8)], activation=["relu", "elu"]),
        training=Training(optimizer=["adam", "adamw", "sgd"], nesterov=[True, False], weight_decay=[0.0, 0.1]),
    ),
}


@pytest.mark.parametrize("name", SMALL)
def test_cardinality_is_what_enumeration_finds(name):
    assert cardinality(SMALL[name]) == len(enumerate_all(SMALL[name]))


def test_cardinality_by_hand():
    assert cardinality(SMALL["depth"]) == 3 + 3**2 + 3**4
    assert cardinality(SMALL["conditional"]) == (1 + 2 + 2) ** 2
    assert cardinality(SMALL["blocks"]) == (2 * 2 + 3 * 2) ** 2
    assert cardinality(SMALL["progression"]) == 2 * 2 + 2 * 3 * (2**2 + 2**3)
    assert cardinality(SMALL["everything"]) == 3 * 3 * (1 + 2 + 2) * (1 + 2 + 2 * 2)


def test_a_continuous_range_makes_infinitely_many():
    space = SearchSpace(
        stages=Stages(block=ConvBlock(filters=[8, 16])), training=Training(learning_rate={"low": 0.001, "high": 0.1})
    )
    assert cardinality(space) == math.inf


def test_a_continuous_growth_makes_infinitely_many_where_a_stage_can_grow():
    growing = ConvBlock(filters={"start": [8, 16], "growth": {"low": 1.0, "high": 2.0}})
    assert cardinality(SearchSpace(stages=Stages(count=[1, 2], block=growing))) == math.inf
    assert cardinality(SearchSpace(stages=Stages(count=1, block=growing))) == 2


def test_an_unused_continuous_range_makes_none():
    space = SearchSpace(
        stages=Stages(block=ConvBlock(filters=[8, 16])),
        training=Training(optimizer="adam", weight_decay={"low": 0.0, "high": 0.1}),
    )
    assert cardinality(space) == 2


@pytest.mark.parametrize("learning_rate", [0.1, {"low": 0.001, "high": 0.1}], ids=["countable", "continuous"])
def test_cardinality_beyond_any_float(learning_rate):
    pixels = {"low": 1, "high": 1024}
    block = ConvBlock(filters={"low": 1, "high": 65_536}, kernel_size=pixels, strides=pixels)
    space = SearchSpace(
        stages=Stages(count=[16, 32], block=block),
        head=Head(dropout=[0.0, 0.5]),
        training=Training(learning_rate=learning_rate),
    )
    one = 65_536 * 1024 * 1024
    countable = 2 * (one**16 + one**32)
    assert cardinality(space) == (countable if learning_rate == 0.1 else math.inf)


def test_enumeration_gives_every_combination_of_independent_choices():
    paths = {tuple(value for _, value in path) for path in enumerate_all(SMALL["independent"])}
    assert paths == set(itertools.product([1, 2, 3], [1, 3]))
