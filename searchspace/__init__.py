"""Declared spaces of convolutional networks: what may vary, what it costs, and what cannot be built.

Standard library and Pydantic alone. A space is written in Python as in YAML:

    space = SearchSpace(stages=Stages(count=[1, 2, 3], block=ConvBlock(filters=[8, 16], kernel_size=[3, 5])))
    candidate = space.sample(random.Random(0))
    analyse(candidate.architecture).parameters
"""

from searchspace.analysis import Analysis, Refusal, Row, Violation, analyse, examined, excess, violations
from searchspace.candidate import Architecture, Candidate, Input
from searchspace.costs import Cost
from searchspace.custom import CustomLayer
from searchspace.custom_blocks import CustomBlock
from searchspace.decode import cardinality, decode, dimensions, from_values
from searchspace.dimensions import Dimension
from searchspace.domains import Choice, Integer, Real
from searchspace.errors import DomainError, InfeasibleError, SearchSpaceError
from searchspace.head import Head
from searchspace.plain_blocks import ConvBlock, MultiKernelBlock, SeparableBlock
from searchspace.progression import Progression
from searchspace.residual_blocks import InvertedResidualBlock, ResidualBlock
from searchspace.space import Limits, NetworkSpace, SearchSpace
from searchspace.stages import Stages
from searchspace.training import Augment, Augmentation, Recipe, Training

__all__ = [
    "Analysis",
    "Architecture",
    "Augment",
    "Augmentation",
    "Candidate",
    "Choice",
    "ConvBlock",
    "Cost",
    "CustomBlock",
    "CustomLayer",
    "Dimension",
    "DomainError",
    "Head",
    "InfeasibleError",
    "Input",
    "Integer",
    "InvertedResidualBlock",
    "Limits",
    "MultiKernelBlock",
    "NetworkSpace",
    "Progression",
    "Real",
    "Recipe",
    "Refusal",
    "ResidualBlock",
    "Row",
    "SearchSpace",
    "SearchSpaceError",
    "SeparableBlock",
    "Stages",
    "Training",
    "Violation",
    "analyse",
    "cardinality",
    "decode",
    "dimensions",
    "examined",
    "excess",
    "from_values",
    "violations",
]
