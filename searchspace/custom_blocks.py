"""Blocks of a user's own."""

from __future__ import annotations

from typing import Any, get_args

from searchspace.blocks import Block, Pixels, Pooling, Rate, Repeat
from searchspace.custom import CustomLayer, calling, wrong_answer
from searchspace.dimensions import Picked
from searchspace.domains import Flag, Of
from searchspace.layers import Layer, Layers
from searchspace.progression import Filters

KNOWN = (CustomLayer, *get_args(get_args(Layer)[0]))


class CustomBlock(Block):
    """A user's own block, with what all blocks share: a subclass has a `kind`, fields, and `unit`.

    `unit` gives the layers for one set of values: those of `searchspace.layers`, and `CustomLayer`s; the latter, where
    they stand in the body of another layer, as `layer.concrete()`.
    """

    filters: Filters
    """Number of feature maps that come out."""
    strides: Pixels = 1
    """Pixels a kernel moves by; 2 halves height and width. Only the first of `repeat` units has them."""
    pooling: Of[Pooling] = "none"
    """What makes one pixel out of each window of `pool_size`."""
    pool_size: Pixels = 2
    """Height and width of a pooling window, and its strides. Used only with pooling."""
    early_pooling: Flag = False
    """Whether pooling comes before the block's last normalisation and activation instead of after them: these then see
    fewer pixels. Used only with pooling."""
    spatial_dropout: Rate = 0.0
    """Share of whole feature maps set to zero in training (SpatialDropout2D)."""
    repeat: Repeat = 1
    """How many units one after another."""

    def layers(self, picked: Picked, channels: int) -> Layers:
        """The layers for one set of values."""
        with calling(type(self), "unit"):
            found: tuple[Any, ...] = super().layers(picked, channels)
            for layer in found:
                if not isinstance(layer, KNOWN):
                    raise wrong_answer(type(self), "unit", layer, "layers of searchspace.layers and CustomLayers")
            return tuple(layer.concrete() if isinstance(layer, CustomLayer) else layer for layer in found)
