"""Layers of a user's own are asked for their shapes and costs once, when a network is put together."""

from __future__ import annotations

from collections.abc import Sequence

from searchspace.costs import Cost
from searchspace.custom import Shape, answer_of
from searchspace.errors import InfeasibleError
from searchspace.layers import Concatenate, Custom, Layer, Layers, Residual
from searchspace.shapes import output_shape


def settled(parts: Sequence[Layers], shape: Shape) -> list[Layers]:
    """The same parts of a network, one after another from a shape on, with every layer of a user's own settled.

    Where the network cannot be built, what follows is left as it is: its analysis says why.
    """
    if not any(map(_has_custom, parts)):
        return list(parts)
    found = [list(part) for part in parts]
    try:
        for part in found:
            for position, layer in enumerate(part):
                part[position] = _settled(layer, shape)
                shape = output_shape(part[position], shape)
    except InfeasibleError:
        pass
    return [tuple(part) for part in found]


def _settled(layer: Layer, shape: Shape) -> Layer:
    match layer:
        case Custom():
            after = output_shape(layer, shape)
            cost = answer_of(layer, "cost", shape, after, is_right=_is_cost, expected="a Cost of whole numbers")
            return layer.model_copy(update={"after": after, "cost": tuple(cost)})
        case Residual(body=body, shortcut=shortcut):
            parts = [*settled([body], shape), *settled([shortcut], shape)]
            return layer.model_copy(update=dict(zip(("body", "shortcut"), parts, strict=True)))
        case Concatenate(branches=branches):
            return layer.model_copy(update={"branches": tuple(settled([one], shape)[0] for one in branches)})
        case _:
            return layer


def _is_cost(answer: object) -> bool:
    return (
        isinstance(answer, tuple)
        and len(answer) == len(Cost._fields)
        and all(type(number) is int and number >= 0 for number in answer)
    )


def _has_custom(layers: Layers) -> bool:
    return any(
        isinstance(layer, Custom)
        or (isinstance(layer, Residual) and (_has_custom(layer.body) or _has_custom(layer.shortcut)))
        or (isinstance(layer, Concatenate) and any(map(_has_custom, layer.branches)))
        for layer in layers
    )
