"""Every schema by example: what it takes, and what it refuses with which words at which place.

Examples are written as a study file holds them. An invalid one names the place as pydantic does: `value`, `choice`
and `range` say which of the three ways of writing a domain the field was taken for.
"""

import math
from typing import NamedTuple

import pytest
from pydantic import TypeAdapter, ValidationError

from searchspace import (
    Architecture,
    Augment,
    Augmentation,
    Candidate,
    ConvBlock,
    Head,
    Input,
    Integer,
    InvertedResidualBlock,
    Limits,
    MultiKernelBlock,
    NetworkSpace,
    Progression,
    Real,
    Recipe,
    ResidualBlock,
    SearchSpace,
    SeparableBlock,
    Stages,
    Training,
)
from searchspace.layers import (
    Concatenate,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Layer,
    Pool2D,
    Residual,
    SpatialDropout2D,
    SqueezeExcitation,
)

HUGE = 10**400
CONV = {"kind": "conv", "filters": 8}
RESIDUAL = {"kind": "residual", "filters": 8}
SEPARABLE = {"kind": "separable", "filters": 8}
INVERTED = {"kind": "inverted_residual", "filters": 8}
MULTI = {"kind": "multi_kernel", "filters": 8}
PROGRESSION = {"start": 8, "growth": 2}
STAGES = {"block": CONV}
DENSE = {"kind": "dense", "units": 10}
ARCHITECTURE = {"input": {}, "stages": (), "head": (DENSE,)}
RECIPE = {"optimizer": "sgd", "learning_rate": 0.1, "batch_size": 32}

NOT_WHOLE = "Input should be a valid integer"
NOT_A_NUMBER = "Input should be a valid number"
NOT_FINITE = "Input should be a finite number"
NOT_A_FLAG = "Input should be a valid boolean"
MISSING = "Field required"
UNKNOWN = "Extra inputs are not permitted"
NOTHING = "an empty list leaves nothing to choose; expected at least one value"
NO_MAPPING = "Expected `low` and `high` for a range, or `start` and `growth` for a progression"
LISTS = "a choice is a list of kernel sizes; expected lists in a list, as in [[1, 3], [1, 3, 5]]"


class Wrong(NamedTuple):
    """An example that its schema refuses."""

    schema: type
    example: dict
    at: tuple
    because: str


VALID = [
    (Integer, {"low": 1, "high": 1}),
    (Integer, {"low": -8, "high": 64, "step": 8}),
    (Integer, {"low": 1, "high": 1024, "log": True}),
    (Integer, {"low": 1, "high": HUGE}),
    (Real, {"low": 0.0, "high": 0.0}),
    (Real, {"low": 0, "high": 1}),
    (Real, {"low": -0.5, "high": 0.5, "step": 0.05}),
    (Real, {"low": 1e-5, "high": 0.1, "log": True}),
    (ConvBlock, CONV),
    (ConvBlock, CONV | {"filters": [8, 16], "kernel_size": [3, [1, 5]], "strides": [[2, 1]]}),
    (
        ConvBlock,
        CONV | {"filters": {"low": 8, "high": 64, "log": True}, "kernel_size": {"low": 1, "high": 7, "step": 2}},
    ),
    (ConvBlock, CONV | {"padding": ["same", "valid"], "activation": ["relu", "silu"], "normalization": ["none"]}),
    (ConvBlock, CONV | {"pooling": ["none", "max", "average"], "pool_size": [2, 3], "early_pooling": [False, True]}),
    (ConvBlock, CONV | {"spatial_dropout": [0, 0.25]}),
    (ConvBlock, CONV | {"spatial_dropout": {"low": 0.0, "high": 0.3, "step": 0.05}}),
    (ConvBlock, {"filters": 65_536}),
    (ResidualBlock, RESIDUAL),
    (
        ResidualBlock,
        RESIDUAL | {"preactivation": [True, False], "kernel_size": [3, 5], "strides": [1, 2], "repeat": 64},
    ),
    (SeparableBlock, SEPARABLE),
    (SeparableBlock, SEPARABLE | {"kernel_size": [3, [1, 5]], "strides": [1, 2], "padding": ["same", "valid"]}),
    (SeparableBlock, SEPARABLE | {"shortcut": [True, False], "repeat": [1, 3], "pooling": "max", "pool_size": 3}),
    (InvertedResidualBlock, INVERTED),
    (InvertedResidualBlock, INVERTED | {"expansion": [1, 4, 6], "kernel_size": [3, 5], "strides": [1, 2]}),
    (InvertedResidualBlock, INVERTED | {"expansion": {"low": 1, "high": 64}, "squeeze": [0.0, 0.25, 1]}),
    (InvertedResidualBlock, INVERTED | {"squeeze": {"low": 0.0, "high": 0.5, "step": 0.25}, "repeat": 2}),
    (MultiKernelBlock, MULTI),
    (MultiKernelBlock, MULTI | {"kernel_sizes": [[3]], "strides": [[2, 1]], "repeat": [1, 2]}),
    (MultiKernelBlock, MULTI | {"kernel_sizes": [[1, 3], [5, 3], [1, 3, 5]], "spatial_dropout": 0.1}),
    (Progression, PROGRESSION),
    (Progression, {"start": [8, 16], "growth": [1.0, 1.5, 2]}),
    (Progression, {"start": {"low": 4, "high": 65_536, "log": True}, "growth": {"low": 0.1, "high": 10}}),
    (ConvBlock, CONV | {"filters": PROGRESSION}),
    (Stages, {"block": [CONV | {"filters": PROGRESSION}, MULTI | {"filters": PROGRESSION}]}),
    (NetworkSpace, {"stages": STAGES, "stem": INVERTED | {"filters": PROGRESSION}}),
    (Head, {}),
    (Head, {"pooling": ["global_average", "flatten"], "units": [0, 32, [128, 64]], "dropout": [0.0, 0.5]}),
    (Head, {"units": {"low": 0, "high": 128, "step": 32}, "activation": ["relu", "gelu"]}),
    (Stages, STAGES),
    (Stages, {"count": [1, 3], "block": [CONV, RESIDUAL]}),
    (Stages, {"count": {"low": 1, "high": 32}, "block": RESIDUAL}),
    (Augmentation, {}),
    (Augmentation, {"horizontal_flip": [True, False], "vertical_flip": True, "rotation": 180, "zoom": 0.9}),
    (Augmentation, {"translation": {"low": 0.0, "high": 0.5}, "contrast": [0.0, 0.2], "erasing": 0.25}),
    (Training, {}),
    (Training, {"optimizer": ["adam", "adamw", "sgd"], "momentum": [0.0, 0.9], "nesterov": [True, False]}),
    (Training, {"learning_rate": {"low": 3.0e-4, "high": 1.0e-2, "log": True}, "batch_size": [32, 128]}),
    (Training, {"schedule": ["constant", "cosine", "one_cycle", "reduce_on_plateau"], "plateau_factor": [0.1, 0.5]}),
    (Training, {"plateau_patience": {"low": 1, "high": 5}, "early_stopping": 0, "label_smoothing": 0.05}),
    (Limits, {}),
    (Limits, {"parameters": 200_000, "macs": 10_000_000, "memory": 65_536, "int8_bytes": None}),
    (Input, {}),
    (Input, {"height": 1, "width": 33, "channels": 3, "classes": 2}),
    (NetworkSpace, {"stages": STAGES}),
    (NetworkSpace, {"stem": CONV, "stages": STAGES, "head": {}, "augmentation": {}}),
    (SearchSpace, {"stages": STAGES}),
    (SearchSpace, {"stages": STAGES, "stem": None, "input": {"channels": 3}, "training": {}, "limits": {"macs": 1}}),
    (Layer, {"kind": "conv2d", "filters": 8, "kernel_size": 3}),
    (Layer, {"kind": "conv2d", "filters": 8, "kernel_size": [3, 1], "strides": [2, 1], "padding": "valid"}),
    (Layer, {"kind": "depthwise_conv2d", "kernel_size": 3}),
    (Layer, {"kind": "depthwise_conv2d", "kernel_size": [3, 1], "strides": 2, "padding": "valid", "use_bias": False}),
    (Layer, {"kind": "squeeze_excitation", "units": 1}),
    (Layer, {"kind": "concatenate", "branches": ((), (DENSE, DENSE), (DENSE,))}),
    (Layer, {"kind": "batch_normalization"}),
    (Layer, {"kind": "layer_normalization"}),
    (Layer, {"kind": "activation", "function": "hard_silu"}),
    (Layer, {"kind": "max_pooling2d"}),
    (Layer, {"kind": "average_pooling2d", "pool_size": 3}),
    (Layer, {"kind": "spatial_dropout2d", "rate": 0.1}),
    (Layer, {"kind": "dropout", "rate": 0.999}),
    (Layer, {"kind": "global_average_pooling2d"}),
    (Layer, {"kind": "flatten"}),
    (Layer, DENSE),
    (Layer, {"kind": "residual", "body": ({"kind": "batch_normalization"},)}),
    (Architecture, ARCHITECTURE),
    (Augment, {"rotation": 10.0}),
    (Recipe, RECIPE),
    (Recipe, RECIPE | {"momentum": 0.9, "nesterov": True, "weight_decay": 0.0005, "augment": {"zoom": 0.1}}),
    (Candidate, {"architecture": ARCHITECTURE, "recipe": RECIPE}),
]

INVALID = [
    # Ranges
    Wrong(Integer, {"low": 1}, ("high",), MISSING),
    Wrong(Integer, {"low": 1.0, "high": 2}, ("low",), NOT_WHOLE),
    Wrong(Integer, {"low": "1", "high": 2}, ("low",), NOT_WHOLE),
    Wrong(Integer, {"low": True, "high": 2}, ("low",), NOT_WHOLE),
    Wrong(Integer, {"low": 3, "high": 2}, (), "low (3) is above high (2); expected low <= high"),
    Wrong(Integer, {"low": HUGE, "high": 2}, (), f"low ({HUGE}) is above high (2)"),
    Wrong(Integer, {"low": 0, "high": 2, "log": True}, (), "a logarithmic range needs low > 0, not 0"),
    Wrong(Integer, {"low": 1, "high": 9, "log": True, "step": 2}, (), "a range has `log` or `step`, not both"),
    Wrong(Integer, {"low": 1, "high": 2, "step": 0}, ("step",), "greater than or equal to 1"),
    Wrong(Integer, {"low": 1, "high": 2, "max": 3}, ("max",), UNKNOWN),
    Wrong(Real, {"high": 1.0}, ("low",), MISSING),
    Wrong(Real, {"low": "1e-3", "high": 1.0}, ("low",), NOT_A_NUMBER),
    Wrong(Real, {"low": False, "high": 1.0}, ("low",), NOT_A_NUMBER),
    Wrong(Real, {"low": math.nan, "high": 1.0}, ("low",), NOT_FINITE),
    Wrong(Real, {"low": 0.0, "high": math.inf}, ("high",), NOT_FINITE),
    Wrong(Real, {"low": 0.0, "high": HUGE}, ("high",), NOT_A_NUMBER),
    Wrong(Real, {"low": 0.5, "high": 0.25}, (), "low (0.5) is above high (0.25); expected low <= high"),
    Wrong(Real, {"low": 0.0, "high": 1.0, "log": True}, (), "a logarithmic range needs low > 0, not 0"),
    Wrong(Real, {"low": 0.1, "high": 1.0, "log": True, "step": 0.1}, (), "a range has `log` or `step`, not both"),
    Wrong(Real, {"low": 0.0, "high": 1.0, "step": 0.0}, ("step",), "greater than 0"),
    Wrong(Real, {"low": 0.0, "high": 1.0, "step": math.inf}, ("step",), NOT_FINITE),
    Wrong(Real, {"low": 0.0, "high": 1.0, "step": 1e-9}, (), "step 1e-09 is finer than 6 digits tell; expected at le"),
    Wrong(Real, {"low": 0.0, "high": 0.3, "step": 1e-310}, (), "is finer than 6 digits tell; expected at least 3e-06"),
    # Convolution blocks
    Wrong(ConvBlock, {}, ("filters",), MISSING),
    Wrong(ConvBlock, CONV | {"kind": "residual"}, ("kind",), "Input should be 'conv'"),
    Wrong(ConvBlock, CONV | {"filter": 8}, ("filter",), UNKNOWN),
    Wrong(ConvBlock, CONV | {"filters": None}, ("filters", "value"), NOT_WHOLE),
    Wrong(ConvBlock, CONV | {"filters": "8"}, ("filters", "value"), NOT_WHOLE),
    Wrong(ConvBlock, CONV | {"filters": 8.0}, ("filters", "value"), NOT_WHOLE),
    Wrong(ConvBlock, CONV | {"filters": True}, ("filters", "value"), NOT_WHOLE),
    Wrong(ConvBlock, CONV | {"filters": {8, 16}}, ("filters", "value"), NOT_WHOLE),
    Wrong(ConvBlock, CONV | {"filters": []}, ("filters", "choice"), NOTHING),
    Wrong(ConvBlock, CONV | {"filters": [8, "16"]}, ("filters", "choice", 1), NOT_WHOLE),
    Wrong(ConvBlock, CONV | {"filters": [[8]]}, ("filters", "choice", 0), NOT_WHOLE),
    Wrong(ConvBlock, CONV | {"filters": [{"low": 1, "high": 2}]}, ("filters", "choice", 0), NOT_WHOLE),
    Wrong(ConvBlock, CONV | {"filters": {"low": 8}}, ("filters", "range", "high"), MISSING),
    Wrong(ConvBlock, CONV | {"filters": {"low": 8, "high": 4}}, ("filters", "range"), "low (8) is above high (4)"),
    Wrong(ConvBlock, CONV | {"filters": 0}, ("filters",), "0 is out of range; expected from 1 to 65536"),
    Wrong(ConvBlock, CONV | {"filters": [8, -1]}, ("filters",), "-1 is out of range; expected from 1 to 65536"),
    Wrong(ConvBlock, CONV | {"filters": HUGE}, ("filters",), f"{HUGE} is out of range; expected from 1 to 65536"),
    Wrong(ConvBlock, CONV | {"filters": 1_234_567}, ("filters",), "1234567 is out of range"),
    Wrong(ConvBlock, CONV | {"filters": {"low": 1, "high": 10**12}}, ("filters",), "1000000000000 is out of range"),
    Wrong(ConvBlock, CONV | {"kernel_size": [[3]]}, ("kernel_size", "choice", 0, "tuple[int, int]", 1), MISSING),
    Wrong(ConvBlock, CONV | {"kernel_size": [[3, 0]]}, ("kernel_size",), "0 is out of range; expected from 1 to 1024"),
    Wrong(ConvBlock, CONV | {"strides": 0}, ("strides",), "0 is out of range; expected from 1 to 1024"),
    Wrong(ConvBlock, CONV | {"padding": "full"}, ("padding", "value"), "Input should be 'same' or 'valid'"),
    Wrong(
        ConvBlock, CONV | {"padding": ["same", "full"]}, ("padding", "choice", 1), "Input should be 'same' or 'valid'"
    ),
    Wrong(ConvBlock, CONV | {"padding": {"low": 0}}, ("padding",), "Input tag 'range' found"),
    Wrong(ConvBlock, CONV | {"activation": "tanh"}, ("activation", "value"), "Input should be 'relu'"),
    Wrong(ConvBlock, CONV | {"normalization": None}, ("normalization", "value"), "'none', 'batch' or 'layer'"),
    Wrong(ConvBlock, CONV | {"pooling": "mean"}, ("pooling", "value"), "'none', 'max' or 'average'"),
    Wrong(ConvBlock, CONV | {"pool_size": 1025}, ("pool_size",), "1025 is out of range; expected from 1 to 1024"),
    Wrong(ConvBlock, CONV | {"spatial_dropout": 1.0}, ("spatial_dropout",), "expected from 0 to under 1"),
    Wrong(ConvBlock, CONV | {"spatial_dropout": {"low": 0.0, "high": 1.0}}, ("spatial_dropout",), "1 is out of range"),
    Wrong(ConvBlock, CONV | {"spatial_dropout": [-0.1]}, ("spatial_dropout",), "-0.1 is out of range"),
    Wrong(ConvBlock, CONV | {"spatial_dropout": math.nan}, ("spatial_dropout", "value"), NOT_FINITE),
    Wrong(ConvBlock, CONV | {"repeat": 65}, ("repeat",), "65 is out of range; expected from 1 to 64"),
    # Residual blocks
    Wrong(ResidualBlock, {"kind": "residual"}, ("filters",), MISSING),
    Wrong(ResidualBlock, RESIDUAL | {"padding": "valid"}, ("padding",), UNKNOWN),
    Wrong(ResidualBlock, RESIDUAL | {"preactivation": 1}, ("preactivation", "value"), NOT_A_FLAG),
    Wrong(ResidualBlock, RESIDUAL | {"preactivation": "yes"}, ("preactivation", "value"), NOT_A_FLAG),
    Wrong(ResidualBlock, RESIDUAL | {"repeat": 10**9}, ("repeat",), "1000000000 is out of range"),
    # Separable blocks
    Wrong(SeparableBlock, {"kind": "separable"}, ("filters",), MISSING),
    Wrong(SeparableBlock, SEPARABLE | {"strides": [[1, 2]]}, ("strides", "choice", 0), NOT_WHOLE),
    Wrong(SeparableBlock, SEPARABLE | {"strides": 0}, ("strides",), "0 is out of range; expected from 1 to 1024"),
    Wrong(SeparableBlock, SEPARABLE | {"shortcut": "yes"}, ("shortcut", "value"), NOT_A_FLAG),
    Wrong(SeparableBlock, SEPARABLE | {"depth_multiplier": 2}, ("depth_multiplier",), UNKNOWN),
    # Inverted residual blocks
    Wrong(InvertedResidualBlock, {"kind": "inverted_residual"}, ("filters",), MISSING),
    Wrong(InvertedResidualBlock, INVERTED | {"padding": "valid"}, ("padding",), UNKNOWN),
    Wrong(InvertedResidualBlock, INVERTED | {"expansion": 0}, ("expansion",), "expected from 1 to 64"),
    Wrong(InvertedResidualBlock, INVERTED | {"expansion": 1.5}, ("expansion", "value"), NOT_WHOLE),
    Wrong(InvertedResidualBlock, INVERTED | {"strides": [[2, 2]]}, ("strides", "choice", 0), NOT_WHOLE),
    Wrong(InvertedResidualBlock, INVERTED | {"squeeze": 4}, ("squeeze",), "4 is out of range; expected from 0 to 1"),
    Wrong(InvertedResidualBlock, INVERTED | {"squeeze": True}, ("squeeze", "value"), NOT_A_NUMBER),
    # Blocks of several kernels
    Wrong(MultiKernelBlock, {"kind": "multi_kernel"}, ("filters",), MISSING),
    Wrong(MultiKernelBlock, MULTI | {"kernel_size": 3}, ("kernel_size",), UNKNOWN),
    Wrong(MultiKernelBlock, MULTI | {"padding": "valid"}, ("padding",), UNKNOWN),
    Wrong(MultiKernelBlock, MULTI | {"kernel_sizes": 3}, ("kernel_sizes",), LISTS),
    Wrong(MultiKernelBlock, MULTI | {"kernel_sizes": [1, 3, 5]}, ("kernel_sizes",), LISTS),
    Wrong(MultiKernelBlock, MULTI | {"kernel_sizes": [[1, 3], 5]}, ("kernel_sizes",), LISTS),
    Wrong(MultiKernelBlock, MULTI | {"kernel_sizes": {"low": 1, "high": 5}}, ("kernel_sizes",), LISTS),
    Wrong(MultiKernelBlock, MULTI | {"kernel_sizes": []}, ("kernel_sizes",), NOTHING),
    Wrong(
        MultiKernelBlock, MULTI | {"kernel_sizes": [[]]}, ("kernel_sizes",), "[] is not a choice; expected at least one"
    ),
    Wrong(MultiKernelBlock, MULTI | {"kernel_sizes": [[1], [3, 3]]}, ("kernel_sizes",), "[3, 3] is not a choice"),
    Wrong(MultiKernelBlock, MULTI | {"kernel_sizes": [[1, 3.0]]}, ("kernel_sizes", 0, 1), NOT_WHOLE),
    Wrong(MultiKernelBlock, MULTI | {"kernel_sizes": [[1, 1025]]}, ("kernel_sizes",), "1025 is out of range"),
    # Progressions
    Wrong(Progression, {"start": 8}, ("growth",), MISSING),
    Wrong(Progression, {"growth": 2}, ("start",), MISSING),
    Wrong(Progression, PROGRESSION | {"stop": 64}, ("stop",), UNKNOWN),
    Wrong(Progression, PROGRESSION | {"start": 0}, ("start",), "0 is out of range; expected from 1 to 65536"),
    Wrong(Progression, PROGRESSION | {"start": 8.0}, ("start", "value"), NOT_WHOLE),
    Wrong(Progression, PROGRESSION | {"growth": [1.5, 0]}, ("growth",), "0 is out of range; expected from 0.1 to 10"),
    Wrong(Progression, PROGRESSION | {"growth": {"low": 1, "high": 11}}, ("growth",), "11 is out of range"),
    Wrong(Progression, PROGRESSION | {"growth": math.nan}, ("growth", "value"), NOT_FINITE),
    Wrong(ConvBlock, CONV | {"filters": {"start": 8}}, ("filters", "progression", "growth"), MISSING),
    Wrong(ConvBlock, CONV | {"filters": {"start": 0, "growth": 2}}, ("filters", "progression", "start"), "0 is out of"),
    Wrong(ConvBlock, CONV | {"filters": {}}, ("filters",), NO_MAPPING),
    Wrong(ConvBlock, CONV | {"filters": {"from": 8, "to": 16}}, ("filters",), NO_MAPPING),
    Wrong(ConvBlock, CONV | {"filters": {"low": 8, "growth": 2}}, ("filters",), NO_MAPPING),
    Wrong(ConvBlock, CONV | {"filters": [PROGRESSION]}, ("filters", "choice", 0), NOT_WHOLE),
    Wrong(ConvBlock, CONV | {"kernel_size": PROGRESSION}, ("kernel_size", "range", "low"), MISSING),
    # Heads
    Wrong(Head, {"pooling": "max"}, ("pooling", "value"), "'global_average' or 'flatten'"),
    Wrong(Head, {"units": -1}, ("units",), "-1 is out of range; expected from 0 to 65536"),
    Wrong(Head, {"units": [[64, 65_537]]}, ("units",), "65537 is out of range"),
    Wrong(Head, {"units": 0.5}, ("units", "value", "int"), NOT_WHOLE),
    Wrong(Head, {"dropout": 1}, ("dropout",), "1 is out of range; expected from 0 to under 1"),
    # Stages
    Wrong(Stages, {}, ("block",), MISSING),
    Wrong(Stages, STAGES | {"count": 0}, ("count",), "0 is out of range; expected from 1 to 32"),
    Wrong(Stages, STAGES | {"count": 33}, ("count",), "33 is out of range; expected from 1 to 32"),
    Wrong(Stages, STAGES | {"count": {"low": 1, "high": 10**12}}, ("count",), "1000000000000 is out of range"),
    Wrong(Stages, {"block": {"filters": 8}}, ("block", "block"), "Unable to extract tag using discriminator 'kind'"),
    Wrong(Stages, {"block": {"kind": "dense"}}, ("block", "block"), "expected tags: 'conv', 'residual'"),
    Wrong(Stages, {"block": []}, ("block", "blocks"), "an empty list leaves nothing to build a stage of"),
    Wrong(Stages, {"block": [CONV, CONV]}, ("block", "blocks"), "two blocks of kind 'conv'; expected one of each kind"),
    Wrong(Stages, {"block": [CONV, {"kind": "residual"}]}, ("block", "blocks", 1, "residual", "filters"), MISSING),
    # Augmentation
    Wrong(Augmentation, {"flip": True}, ("flip",), UNKNOWN),
    Wrong(Augmentation, {"horizontal_flip": 0}, ("horizontal_flip", "value"), NOT_A_FLAG),
    Wrong(Augmentation, {"horizontal_flip": [True, 0]}, ("horizontal_flip", "choice", 1), NOT_A_FLAG),
    Wrong(Augmentation, {"translation": 0.6}, ("translation",), "0.6 is out of range; expected from 0 to 0.5"),
    Wrong(Augmentation, {"rotation": 181}, ("rotation",), "181 is out of range; expected from 0 to 180"),
    Wrong(Augmentation, {"zoom": 0.95}, ("zoom",), "0.95 is out of range; expected from 0 to 0.9"),
    Wrong(Augmentation, {"contrast": 1.0}, ("contrast",), "1 is out of range; expected from 0 to under 1"),
    Wrong(Augmentation, {"erasing": True}, ("erasing", "value"), NOT_A_NUMBER),
    # Training
    Wrong(Training, {"optimizer": "lion"}, ("optimizer", "value"), "'adam', 'adamw' or 'sgd'"),
    Wrong(Training, {"learning_rate": 0}, ("learning_rate",), "0 is out of range; expected from 1e-08 to 100"),
    Wrong(Training, {"learning_rate": "1e-3"}, ("learning_rate", "value"), NOT_A_NUMBER),
    Wrong(Training, {"learning_rate": HUGE}, ("learning_rate", "value"), NOT_A_NUMBER),
    Wrong(Training, {"learning_rate": [0.1, math.inf]}, ("learning_rate", "choice", 1), NOT_FINITE),
    Wrong(Training, {"momentum": 1}, ("momentum",), "1 is out of range; expected from 0 to under 1"),
    Wrong(Training, {"nesterov": None}, ("nesterov", "value"), NOT_A_FLAG),
    Wrong(Training, {"weight_decay": -0.1}, ("weight_decay",), "-0.1 is out of range"),
    Wrong(Training, {"schedule": "step"}, ("schedule", "value"), "'cosine', 'one_cycle' or 'reduce_on_plateau'"),
    Wrong(Training, {"plateau_factor": 1.0}, ("plateau_factor",), "1 is out of range; expected from 0.01 to 0.99"),
    Wrong(Training, {"plateau_patience": 0}, ("plateau_patience",), "0 is out of range; expected from 1 to 1000"),
    Wrong(Training, {"early_stopping": -1}, ("early_stopping",), "-1 is out of range; expected from 0 to 1000"),
    Wrong(Training, {"batch_size": 0}, ("batch_size",), "0 is out of range; expected from 1 to 65536"),
    Wrong(Training, {"label_smoothing": 1.0}, ("label_smoothing",), "1 is out of range; expected from 0 to under 1"),
    # Limits and input
    Wrong(Limits, {"parameters": 0}, ("parameters",), "greater than or equal to 1"),
    Wrong(Limits, {"macs": 1e6}, ("macs",), NOT_WHOLE),
    Wrong(Limits, {"memory": True}, ("memory",), NOT_WHOLE),
    Wrong(Limits, {"int8_bytes": "64k"}, ("int8_bytes",), NOT_WHOLE),
    Wrong(Limits, {"flops": 1}, ("flops",), UNKNOWN),
    Wrong(Input, {"height": 0}, ("height",), "greater than or equal to 1"),
    Wrong(Input, {"width": 28.0}, ("width",), NOT_WHOLE),
    Wrong(Input, {"channels": True}, ("channels",), NOT_WHOLE),
    Wrong(Input, {"classes": 1}, ("classes",), "greater than or equal to 2"),
    # Spaces: the place goes all the way down
    Wrong(NetworkSpace, {}, ("stages",), MISSING),
    Wrong(NetworkSpace, {"stages": STAGES, "training": {}}, ("training",), UNKNOWN),
    Wrong(NetworkSpace, {"stages": STAGES, "stem": {"kind": "conv"}}, ("stem", "conv", "filters"), MISSING),
    Wrong(NetworkSpace, {"stages": STAGES, "head": None}, ("head",), "valid dictionary or instance of Head"),
    Wrong(SearchSpace, {"stages": STAGES, "data": {}}, ("data",), UNKNOWN),
    Wrong(
        SearchSpace,
        {"stages": {"block": [CONV | {"strides": [1, "2"]}]}},
        ("stages", "block", "blocks", 0, "conv", "strides", "choice", 1, "int"),
        NOT_WHOLE,
    ),
    Wrong(
        SearchSpace,
        {"stages": STAGES, "training": {"learning_rate": {"low": math.nan, "high": 1.0}}},
        ("training", "learning_rate", "range", "low"),
        NOT_FINITE,
    ),
    # Concrete layers
    Wrong(Layer, {"filters": 8}, (), "Unable to extract tag using discriminator 'kind'"),
    Wrong(Layer, {"kind": "conv3d"}, (), "does not match any of the expected tags: 'conv2d'"),
    Wrong(Layer, {"kind": "conv2d", "filters": 8}, ("conv2d", "kernel_size"), MISSING),
    Wrong(Conv2D, {"filters": 0, "kernel_size": 3}, ("filters",), "greater than or equal to 1"),
    Wrong(Conv2D, {"filters": [8, 16], "kernel_size": 3}, ("filters",), NOT_WHOLE),
    Wrong(Conv2D, {"filters": 8, "kernel_size": 3.0}, ("kernel_size",), "Input should be a valid tuple"),
    Wrong(Conv2D, {"filters": 8, "kernel_size": True}, ("kernel_size",), "Input should be a valid tuple"),
    Wrong(Conv2D, {"filters": 8, "kernel_size": (3, 0)}, ("kernel_size", 1), "greater than or equal to 1"),
    Wrong(Conv2D, {"filters": 8, "kernel_size": 3, "padding": "full"}, ("padding",), "'same' or 'valid'"),
    Wrong(Conv2D, {"filters": 8, "kernel_size": 1, "use_bias": 1}, ("use_bias",), NOT_A_FLAG),
    Wrong(DepthwiseConv2D, {}, ("kernel_size",), MISSING),
    Wrong(DepthwiseConv2D, {"kernel_size": 3, "filters": 8}, ("filters",), UNKNOWN),
    Wrong(DepthwiseConv2D, {"kernel_size": 3, "strides": (1, 2)}, ("strides",), NOT_WHOLE),
    Wrong(DepthwiseConv2D, {"kernel_size": 3, "strides": 0}, ("strides",), "greater than or equal to 1"),
    Wrong(SqueezeExcitation, {"units": 0}, ("units",), "greater than or equal to 1"),
    Wrong(Concatenate, {}, ("branches",), MISSING),
    Wrong(Concatenate, {"branches": ((DENSE,),)}, ("branches",), "at least 2 items"),
    Wrong(Concatenate, {"branches": ((), ({"kind": "dense"},))}, ("branches", 1, 0, "dense", "units"), MISSING),
    Wrong(Layer, {"kind": "batch_normalization", "axis": 1}, ("batch_normalization", "axis"), UNKNOWN),
    Wrong(Layer, {"kind": "layer_normalization", "axis": 1}, ("layer_normalization", "axis"), UNKNOWN),
    Wrong(Layer, {"kind": "activation", "function": "softmax"}, ("activation", "function"), "Input should be 'relu'"),
    Wrong(Pool2D, {"kind": "min_pooling2d"}, ("kind",), "'max_pooling2d' or 'average_pooling2d'"),
    Wrong(Pool2D, {"kind": "max_pooling2d", "pool_size": 0}, ("pool_size", 0), "greater than or equal to 1"),
    Wrong(SpatialDropout2D, {"rate": 0.0}, ("rate",), "greater than 0"),
    Wrong(SpatialDropout2D, {"rate": math.nan}, ("rate",), "less than 1"),
    Wrong(Dropout, {"rate": 1}, ("rate",), "less than 1"),
    Wrong(
        Layer, {"kind": "global_average_pooling2d", "keepdims": True}, ("global_average_pooling2d", "keepdims"), UNKNOWN
    ),
    Wrong(Layer, {"kind": "flatten", "units": 1}, ("flatten", "units"), UNKNOWN),
    Wrong(Dense, {"units": 0}, ("units",), "greater than or equal to 1"),
    Wrong(Residual, {"shortcut": ()}, ("body",), MISSING),
    Wrong(Residual, {"body": ({"kind": "dense", "units": "8"},)}, ("body", 0, "dense", "units"), NOT_WHOLE),
    # Concrete candidates
    Wrong(Architecture, {"input": {}, "stages": ()}, ("head",), MISSING),
    Wrong(Augment, {"rotation": math.inf}, ("rotation",), NOT_FINITE),
    Wrong(Augment, {"zoom": [0.1]}, ("zoom",), NOT_A_NUMBER),
    Wrong(Recipe, {"learning_rate": 0.1, "batch_size": 32}, ("optimizer",), MISSING),
    Wrong(Recipe, RECIPE | {"optimizer": "lion"}, ("optimizer",), "'adam', 'adamw' or 'sgd'"),
    Wrong(Recipe, RECIPE | {"learning_rate": 0.0}, ("learning_rate",), "greater than 0"),
    Wrong(Recipe, RECIPE | {"learning_rate": math.inf}, ("learning_rate",), NOT_FINITE),
    Wrong(Recipe, RECIPE | {"weight_decay": math.nan}, ("weight_decay",), NOT_FINITE),
    Wrong(Recipe, RECIPE | {"batch_size": 0}, ("batch_size",), "greater than or equal to 1"),
    Wrong(Recipe, RECIPE | {"augment": {"flip": True}}, ("augment", "flip"), UNKNOWN),
    Wrong(Recipe, "sgd", (), "valid dictionary or instance of Recipe"),
    Wrong(Candidate, {"architecture": ARCHITECTURE}, ("recipe",), MISSING),
]


def _name(value):
    text = repr(value) if not isinstance(value, type) else value.__name__
    return text if len(text) < 80 else text[:77] + "..."


@pytest.mark.parametrize(("schema", "example"), VALID, ids=_name)
def test_valid_examples_are_taken(schema, example):
    TypeAdapter(schema).validate_python(example)


@pytest.mark.parametrize(("schema", "example", "at", "because"), INVALID, ids=_name)
def test_invalid_examples_are_refused_with_the_reason_and_the_place(schema, example, at, because):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(schema).validate_python(example)
    reasons = {error["loc"]: error["msg"] for error in caught.value.errors()}
    assert at in reasons
    assert because in reasons[at]


@pytest.mark.parametrize("schema", dict.fromkeys(schema for schema, _ in VALID), ids=_name)
def test_every_schema_has_an_invalid_example(schema):
    assert any(wrong.schema is schema for wrong in INVALID)


def test_several_mistakes_are_told_at_once():
    with pytest.raises(ValidationError) as caught:
        SearchSpace.model_validate(
            {"stages": {"count": 0, "block": CONV | {"filters": "8"}}, "head": {"units": -1}, "limits": {"macs": 0}}
        )
    assert [error["loc"] for error in caught.value.errors()] == [
        ("stages", "count"),
        ("stages", "block", "block", "conv", "filters", "value"),
        ("head", "units"),
        ("limits", "macs"),
    ]


def test_schemas_are_frozen():
    with pytest.raises(ValidationError, match="Instance is frozen"):
        Input().height = 3
