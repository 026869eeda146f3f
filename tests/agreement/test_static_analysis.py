"""Static analysis says what Keras builds: every shape and every count, exactly."""

import math
import random

import pytest
from pydantic import TypeAdapter

from fmsearch.training.build import build, build_model
from searchspace import (
    ConvBlock,
    Head,
    InfeasibleError,
    Input,
    Integer,
    InvertedResidualBlock,
    MultiKernelBlock,
    Progression,
    Real,
    ResidualBlock,
    SearchSpace,
    SeparableBlock,
    Stages,
    analyse,
)
from searchspace.layers import Layer

INPUTS = [
    Input(height=28, width=28, channels=1, classes=10),
    Input(height=8, width=8, channels=1, classes=10),
    Input(height=32, width=32, channels=3, classes=100),
    Input(height=17, width=31, channels=3, classes=2),
    Input(height=1, width=5, channels=2, classes=3),
]
ACTIVATIONS = ["relu", "leaky_relu", "elu", "gelu", "silu", "hard_silu"]
HEAD = Head(
    pooling=["global_average", "flatten"],
    units=[0, 16, [32, 8]],
    activation=ACTIVATIONS,
    dropout=[0.0, 0.3],
)
CONV = ConvBlock(
    filters=Integer(low=1, high=40),
    kernel_size=[1, 2, 3, 5, [3, 5], [1, 7]],
    strides=[1, 2, 3, [1, 2]],
    padding=["same", "valid"],
    normalization=["none", "batch", "layer"],
    pooling=["none", "max", "average"],
    early_pooling=[False, True],
    pool_size=[2, 3, [1, 2]],
    spatial_dropout=Real(low=0.0, high=0.5, step=0.25),
    activation=ACTIVATIONS,
    repeat=[1, 2, 3],
)
RESIDUAL = ResidualBlock(
    filters=[3, 8, 16],
    kernel_size=[1, 3, [3, 5]],
    strides=[1, 2, [2, 1]],
    normalization=["none", "batch", "layer"],
    preactivation=[True, False],
    pooling=["none", "max", "average"],
    early_pooling=[False, True],
    spatial_dropout=[0.0, 0.2],
    repeat=[1, 2],
)
NORMALIZATION = ["none", "batch", "layer"]
SEPARABLE = SeparableBlock(
    filters=Progression(start=[3, 8, 13], growth=[0.5, 1.0, 1.5]),
    kernel_size=[1, 2, 3, [3, 5]],
    strides=[1, 2, 3],
    padding=["same", "valid"],
    normalization=NORMALIZATION,
    shortcut=[True, False],
    pooling=["none", "max"],
    early_pooling=[False, True],
    repeat=[1, 2, 3],
)
INVERTED = InvertedResidualBlock(
    filters=[3, 8, 16],
    expansion=[1, 2, 6],
    kernel_size=[1, 2, 5, [3, 5]],
    strides=[1, 2, 3],
    squeeze=[0.0, 0.1, 0.25, 1.0],
    activation=["relu", "hard_silu"],
    normalization=NORMALIZATION,
    pooling=["none", "max"],
    early_pooling=[False, True],
    spatial_dropout=[0.0, 0.2],
    repeat=[1, 2],
)
MULTI = MultiKernelBlock(
    filters=Progression(start=Integer(low=1, high=12), growth=Real(low=0.5, high=2.0)),
    kernel_sizes=[[1, 3, 5], [3, 2], [7], [5, 1, 3, 4]],
    strides=[1, 2, [1, 2]],
    normalization=NORMALIZATION,
    pooling=["none", "average"],
    early_pooling=[False, True],
    repeat=[1, 2],
)
SPACES = {
    "conv": SearchSpace(stages=Stages(count=Integer(low=1, high=5), block=CONV), head=HEAD),
    "residual": SearchSpace(stages=Stages(count=[1, 2, 3], block=RESIDUAL), head=HEAD),
    "both": SearchSpace(stem=CONV, stages=Stages(count=[1, 2, 3], block=[CONV, RESIDUAL]), head=HEAD),
    "separable": SearchSpace(stages=Stages(count=[1, 2, 3], block=SEPARABLE), head=HEAD),
    "inverted residual": SearchSpace(stages=Stages(count=[1, 2, 3], block=INVERTED), head=HEAD),
    "multi kernel": SearchSpace(stages=Stages(count=[1, 2, 3], block=MULTI), head=HEAD),
    "all": SearchSpace(
        stem=MULTI,
        stages=Stages(count=[1, 2, 3, 4], block=[CONV, RESIDUAL, SEPARABLE, INVERTED, MULTI]),
        head=HEAD,
    ),
}
KINDS = set(TypeAdapter(Layer).json_schema()["discriminator"]["mapping"])
"""All layers that there are."""
INSIDE = {"means", "squeeze", "excite"}
"""What Keras builds of squeeze-and-excitation before it weights; the analysis counts all of it as one layer."""


def agrees(candidate, analysis):
    model = build_model(candidate)
    assert model.count_params() == analysis.parameters
    assert sum(math.prod(weight.shape) for weight in model.trainable_weights) == analysis.trainable_parameters
    assert model.output_shape[1:] == analysis.rows[-1].after
    # Every number of a kernel is multiplied once at each place of what comes out.
    places = [(layer.kernel, layer.output.shape[1:-1]) for layer in model.layers if hasattr(layer, "kernel")]
    assert sum(math.prod(kernel.shape) * math.prod(out) for kernel, out in places) == analysis.macs
    # A network's layers were added in the order of the rows but for branches, which Keras sorts by depth: so by kind.
    named = ((layer.name.rsplit("_", 1)[-1], layer.output.shape[1:]) for layer in model.layers[1:])
    built = sorted((name, shape) for name, shape in named if name not in INSIDE)
    said = sorted((row.layer.kind.rsplit("_", 1)[-1], row.after) for row in analysis.rows)
    assert built == said


def compare(seed, count):
    """Compare so many candidates; the kinds of layers that they were made of."""
    rng = random.Random(seed)
    seen = set()
    built = 0
    while built < count:
        space = rng.choice(list(SPACES.values())).model_copy(update={"input": rng.choice(INPUTS)})
        candidate = space.sample(rng)
        try:
            analysis = analyse(candidate.architecture)
        except InfeasibleError:
            continue
        agrees(candidate, analysis)
        seen.update(row.layer.kind for row in analysis.rows)
        built += 1
    return seen


def test_shapes_parameters_and_macs_of_sampled_candidates_equal_those_of_keras():
    assert compare(seed=0, count=80) == KINDS - {"custom"}  # a user's own, which has tests of its own


@pytest.mark.nightly
def test_shapes_parameters_and_macs_of_2000_sampled_candidates_equal_those_of_keras():
    compare(seed=1, count=2_000)


def test_what_is_called_infeasible_keras_refuses_too():
    rng = random.Random(0)
    refused = 0
    while refused < 10:
        space = SPACES["conv"].model_copy(update={"input": rng.choice(INPUTS)})
        candidate = space.sample(rng)
        try:
            analyse(candidate.architecture)
        except InfeasibleError:
            with pytest.raises(ValueError, match=r"Computed output size would be negative|negative|must be"):
                build(candidate.architecture)
            refused += 1
