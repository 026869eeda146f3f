"""What ends every network."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from searchspace.blocks import Rate
from searchspace.bounds import within
from searchspace.dimensions import Picked, Template
from searchspace.domains import Integer, Of, OfRange
from searchspace.layers import Activate, Activation, Dense, Dropout, Flatten, GlobalAveragePooling2D, Layer, Layers

Units: TypeAlias = Annotated[OfRange[int | tuple[int, ...], Integer], within(0, 65_536)]


def _hidden(units: int | tuple[int, ...]) -> tuple[int, ...]:
    """Units of each hidden dense layer; those of none leave no layer."""
    return tuple(n for n in (units if isinstance(units, tuple) else (units,)) if n)


class Head(Template):
    """From feature maps to a number per class."""

    conditions: ClassVar = {"activation": ("units", lambda units: bool(_hidden(units)))}

    pooling: Of[Literal["global_average", "flatten"]] = "global_average"
    """`global_average` keeps the mean of each feature map; `flatten` keeps every pixel."""
    units: Units = 0
    """Units of the dense layers before the last: 0 for none, a number for one, `[128, 64]` inside a list for two."""
    activation: Of[Activation] = "relu"
    """Activation of those dense layers."""
    dropout: Rate = 0.0
    """Share of numbers set to zero in training, before each dense layer but the first, or before the only one."""

    @staticmethod
    def layers(picked: Picked, classes: int) -> Layers:
        """The layers for one set of values; the last gives a logit for each class."""
        hidden = _hidden(picked["units"])
        drop = (Dropout(rate=picked["dropout"]),) if picked["dropout"] else ()
        layers: list[Layer] = [GlobalAveragePooling2D() if picked["pooling"] == "global_average" else Flatten()]
        for n in hidden:
            layers += [Dense(units=n), Activate(function=picked["activation"]), *drop]
        return (*layers, *(() if hidden else drop), Dense(units=classes))
