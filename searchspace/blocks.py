"""What every block has in common. A block is a template of layers: what a stage, or the stem, may be made of."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeAlias

from searchspace.bounds import within
from searchspace.dimensions import Dimension, Picked, Template
from searchspace.domains import Extent, Fraction, Value, Whole
from searchspace.layers import (
    Activate,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Layer,
    LayerNormalization,
    Layers,
    Pool2D,
    PoolKind,
    SpatialDropout2D,
)
from searchspace.progression import Filters, Progression

Normalization: TypeAlias = Literal["none", "batch", "layer"]
Pooling: TypeAlias = Literal["none", "max", "average"]
Pixels: TypeAlias = Annotated[Extent, within(1, 1_024)]
SquarePixels: TypeAlias = Annotated[Whole, within(1, 1_024)]
Rate: TypeAlias = Annotated[Fraction, within(0, 1, open_high=True)]
Repeat: TypeAlias = Annotated[Whole, within(1, 64)]


class Place(NamedTuple):
    """Where a block stands.

    Attributes:
        stage: counted from 0; a stem is the first of its own.
        scope: of the dimensions that are this stage's own.
        shared: of the dimensions of a progression, which all stages share.
    """

    stage: int
    scope: str
    shared: str


class Block(Template):
    """What a stage is made of; subclasses say which layers their picked values mean."""

    conditions: ClassVar = dict.fromkeys(("pool_size", "early_pooling"), ("pooling", lambda pooling: pooling != "none"))

    kind: str
    filters: Filters
    """Number of feature maps that come out."""

    @staticmethod
    @abstractmethod
    def unit(picked: Picked, channels: int, strides: Any) -> Layers:
        """What is repeated, applied to an image of so many channels."""

    def layers(self, picked: Picked, channels: int) -> Layers:
        """The layers for one set of values, applied to an image of so many channels."""
        first = self.unit(picked, channels, picked["strides"])
        more = picked["repeat"] - 1
        rest = self.unit(picked, picked["filters"], 1) * more if more else ()
        units = (*first, *rest)
        pooled = len(units) - _pixelwise(units) if picked.get("early_pooling", False) else len(units)
        return (*units[:pooled], *_pooling(picked), *units[pooled:], *_dropout(picked))

    def dimensions_at(
        self, place: Place, parent: str | None = None, when: frozenset[Value] = frozenset()
    ) -> Iterator[Dimension]:
        """This block's dimensions where it stands, all of them hanging on `parent`."""
        yield from self.dimensions(place.scope, parent, when)
        if isinstance(self.filters, Progression):
            yield from self.filters.dimensions_in(place.stage, place.shared, parent, when)

    def picked_at(self, place: Place, picked: Mapping[str, Picked]) -> Picked:
        """The values picked where it stands, the number of filters worked out."""
        if isinstance(self.filters, Progression):
            return {**picked[place.scope], "filters": self.filters.in_stage(place.stage, picked[place.shared])}
        return picked[place.scope]


def convolution(picked: Picked, strides: Any, kernel_size: Any = None) -> Conv2D:
    """The convolution to `filters` feature maps; with normalisation it needs no bias."""
    return Conv2D(
        filters=picked["filters"],
        kernel_size=kernel_size or picked["kernel_size"],
        strides=strides,
        padding=picked.get("padding", "same"),
        use_bias=picked["normalization"] == "none",
    )


def depthwise(picked: Picked, strides: Any, *, use_bias: bool) -> DepthwiseConv2D:
    """The convolution of each feature map with a kernel of its own."""
    return DepthwiseConv2D(
        kernel_size=picked["kernel_size"],
        strides=strides,
        padding=picked.get("padding", "same"),
        use_bias=use_bias,
    )


def normalization(picked: Picked) -> Layers:
    """The normalisation, if there is any."""
    match picked["normalization"]:
        case "batch":
            return (BatchNormalization(),)
        case "layer":
            return (LayerNormalization(),)
        case _:
            return ()


def _pixelwise(layers: Sequence[Layer]) -> int:
    """How many layers at the end do the same to every pixel: normalisation and activation."""
    same = (BatchNormalization, LayerNormalization, Activate)
    return len(list(takewhile(lambda layer: isinstance(layer, same), reversed(layers))))


def _pooling(picked: Picked) -> Layers:
    if picked["pooling"] == "none" or picked["pool_size"] in {1, (1, 1)}:
        return ()
    kind: PoolKind = "max_pooling2d" if picked["pooling"] == "max" else "average_pooling2d"
    return (Pool2D(kind=kind, pool_size=picked["pool_size"]),)


def _dropout(picked: Picked) -> Layers:
    return (SpatialDropout2D(rate=picked["spatial_dropout"]),) if picked["spatial_dropout"] else ()
