"""A space as KerasTuner's hyperparameters, with its conditional scopes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from fmsearch.proposers.dialect import by_position, suggested, understood
from searchspace import Candidate, Choice, Dimension, Integer, SearchSpace, from_values
from searchspace.domains import Value

SLIGHTLY = 1e-6  # of a step


def register(space: SearchSpace, parameters: Any) -> dict[str, Any]:
    """Declare a space to a `keras_tuner.HyperParameters`; the values there of all that counts."""
    found: dict[str, Any] = {}
    for dimension in dict.fromkeys(space.plan):
        for conditions in _conditions(space, dimension):
            if dimension.is_fixed:
                continue
            with ExitStack() as scopes:
                for parent, values in conditions:
                    scopes.enter_context(parameters.conditional_scope(parent, values))
                value = _declared(parameters, dimension)
            if value is not None:
                found[dimension.name] = value
    return found


def _conditions(space: SearchSpace, dimension: Dimension) -> Iterator[list[tuple[str, list[Any]]]]:
    """Every way from the root to a dimension: the names that it depends on, each with the values for which it counts.

    Those on which nothing depends, as there is one value, are left out; where it is the wrong one, so is the way.
    """
    if dimension.parent is None:
        yield []
        return
    for parent in dict.fromkeys(one for one in space.plan if one.name == dimension.parent):
        right = [value for value in parent.domain.values if value in dimension.when]
        for before in _conditions(space, parent) if right else ():
            yield before if parent.is_fixed else [*before, (parent.name, [_told(parent, value) for value in right])]


def understood_by(space: SearchSpace, values: Mapping[str, Any]) -> Candidate:
    """The candidate that KerasTuner's values mean."""
    plan = {dimension.name: dimension for dimension in space.plan}
    known = {name: _understood(plan[name], value) for name, value in values.items() if name in plan}
    return from_values(space, known)


def _declared(parameters: Any, dimension: Dimension) -> Any:
    name, domain = dimension.name, dimension.domain
    match domain:
        case Choice(values):
            return parameters.Choice(name, [_told(dimension, value) for value in values], ordered=_is_ordered(domain))
        case Integer(low=low, high=high, step=step, log=log):
            return parameters.Int(name, low, high, step=None if log else step, sampling="log" if log else "linear")
        case _:
            # KerasTuner counts steps by a division that may come to just less than the last.
            last = domain.high if domain.step is None else domain.low + domain.step * (domain.size - 1 + SLIGHTLY)
            sampling = "log" if domain.log else "linear"
            return parameters.Float(name, domain.low, last, step=domain.step, sampling=sampling)


def _told(dimension: Dimension, value: Value) -> Any:
    """A value as KerasTuner takes it: of one type with the others of its choice; a pair or a mixture by position."""
    domain = dimension.domain
    return domain.values.index(value) if _is_mixed(domain) else suggested(domain, value)


def _understood(dimension: Dimension, value: Any) -> Value:
    domain = dimension.domain
    if isinstance(domain, Integer):  # KerasTuner's logarithmic ranges end one beyond
        value = min(value, domain.high)
    return domain.values[value] if _is_mixed(domain) else understood(domain, value)


def _is_mixed(domain: Any) -> bool:
    return isinstance(domain, Choice) and len({type(value) for value in domain.values}) > 1


def _is_ordered(domain: Choice) -> bool:
    """Whether neighbours in the list are alike, so that a model may go by their distance."""
    numbers = all(type(value) in {int, float} for value in domain.values)
    return numbers and not by_position(domain) and list(domain.values) == sorted(domain.values)
