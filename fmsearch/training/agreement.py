"""What a network's static analysis says, layer by layer, against what Keras builds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fmsearch.training.build import build, scopes, scopes_within
from searchspace import Architecture, analyse, layers
from searchspace.analysis import Row


@dataclass(frozen=True)
class Difference:
    """One layer of which static analysis and Keras say different things.

    Attributes:
        name: of the Keras layer.
        row: what static analysis says of it.
        what: `parameters` or `shape`.
        said: by static analysis.
        found: by Keras.
    """

    name: str
    row: Row
    what: str
    said: object
    found: object


def differences(architecture: Architecture) -> Iterator[Difference]:
    """Every layer that differs, in the order of the network.

    Raises:
        InfeasibleError: it cannot be built.
    """
    rows = analyse(architecture).rows
    model = build(architecture)
    names = [name for scope, stack in scopes(architecture) for name in _names(stack, scope)]
    for name, row in zip(names, rows, strict=True):
        if isinstance(row.layer, layers.SqueezeExcitation):  # three Keras layers, of which none has the name
            continue
        built = model.get_layer(name)
        shape, parameters = tuple(built.output.shape[1:]), built.count_params()
        if tuple(row.after) != shape:
            yield Difference(name, row, "shape", tuple(row.after), shape)
        if row.cost.parameters != parameters:
            yield Difference(name, row, "parameters", row.cost.parameters, parameters)


def _names(stack: layers.Layers, scope: str) -> Iterator[str]:
    """The names of the Keras layers, in the order of an analysis's rows: what is joined before what joins it."""
    for position, layer in enumerate(stack):
        for inner, part in scopes_within(layer, f"{scope}_{position}"):
            yield from _names(part, inner)
        yield f"{scope}_{position}_{layer.kind}"
