"""The one walk from choices to a candidate, which every chooser shares."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeAlias

from searchspace.candidate import Candidate
from searchspace.dimensions import Dimension, Picked
from searchspace.domains import Value
from searchspace.errors import DomainError

Choose: TypeAlias = Callable[[Dimension], Value]
"""Whoever decides: an engine, a random generator, a table."""


class Space(Protocol):
    """What the walk needs of a space."""

    @property
    def plan(self) -> tuple[Dimension, ...]:
        """Every dimension, fixed ones too, parents before what hangs on them."""

    def assemble(self, picked: Mapping[str, Picked]) -> Candidate:
        """The candidate for the values picked, by scope and field."""


def decode(space: Space, choose: Choose) -> Candidate:
    """The candidate that `choose` leads to.

    `choose` is asked for each dimension that counts, parents first, and never for one that does not (a third
    stage's filters in a network of two) nor for one that is fixed.
    """
    values: dict[str, Value] = {}
    picked: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for dimension in space.plan:
        if dimension.parent is None or values.get(dimension.parent) in dimension.when:
            domain = dimension.domain
            value = domain.at(0) if dimension.is_fixed else domain.canonical(choose(dimension))
            values[dimension.name] = picked[dimension.scope][dimension.field] = value
    return space.assemble(picked)


def from_values(space: Space, values: Mapping[str, Value]) -> Candidate:
    """The candidate with these values by dimension name; those it does not need are passed over.

    Raises:
        DomainError: a value that counts is missing.
    """

    def look_up(dimension: Dimension) -> Value:
        if dimension.name not in values:
            raise DomainError(f"{dimension.name} has no value.", fix=f"Expected one of {dimension.domain}.")
        return values[dimension.name]

    return decode(space, look_up)


def dimensions(space: Space) -> tuple[Dimension, ...]:
    """What there is to choose: the dimensions that are not fixed."""
    return tuple(dimension for dimension in space.plan if not dimension.is_fixed)


def cardinality(space: Space) -> float:
    """How many different sets of choices there are: a whole number, or infinity with a continuous range."""
    children: defaultdict[str | None, list[Dimension]] = defaultdict(list)
    for dimension in space.plan:
        children[dimension.parent].append(dimension)

    def choices(dimension: Dimension) -> float:
        hanging = children[dimension.name]
        if not hanging:
            return dimension.domain.size
        ways = [product(d for d in hanging if value in d.when) for value in dimension.domain.values]
        return math.inf if math.inf in ways else sum(ways)

    def product(dims: Iterable[Dimension]) -> float:
        ways = [choices(dimension) for dimension in dims]
        return math.inf if math.inf in ways else math.prod(ways)

    return product(children[None])
