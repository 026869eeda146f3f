"""The one walk from choices to a candidate, which every chooser shares."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeAlias

from searchspace.candidate import Candidate
from searchspace.dimensions import Dimension, Picked
from searchspace.domains import Value
from searchspace.errors import DomainError

Choose: TypeAlias = Callable[[Dimension], Value]
"""Whoever decides: an engine, a random generator, a table."""

_Ways: TypeAlias = Mapping[frozenset[str], float]
"""How many sets of choices there are, by the shared dimensions that are still to be chosen for each of them."""


class Space(Protocol):
    """What the walk needs of a space."""

    @property
    def plan(self) -> tuple[Dimension, ...]:
        """Every dimension, fixed ones too, parents before their children; shared ones several times."""

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
        name, domain = dimension.name, dimension.domain
        counts = dimension.parent is None or values.get(dimension.parent) in dimension.when
        if counts and name not in values:
            value = domain.at(0) if dimension.is_fixed else domain.canonical(choose(dimension))
            values[name] = picked[dimension.scope][dimension.field] = value
    return space.assemble(picked)


def from_values(space: Space, values: Mapping[str, Value]) -> Candidate:
    """The candidate with these values by dimension name; those it does not need are passed over.

    Raises:
        DomainError: a value that counts is missing, or not in its domain.
    """

    def look_up(dimension: Dimension) -> Value:
        if dimension.name not in values:
            raise DomainError(f"{dimension.name} has no value.", fix=f"Expected one of {dimension.domain}.")
        return values[dimension.name]

    return decode(space, look_up)


def dimensions(space: Space) -> tuple[Dimension, ...]:
    """What there is to choose: the dimensions that are not fixed."""
    first = {dimension.name: dimension for dimension in reversed(space.plan)}
    return tuple(d for d in space.plan if not d.is_fixed and first[d.name] is d)


def cardinality(space: Space) -> float:
    """How many different sets of choices there are: a whole number, or infinity with a continuous range."""
    children: defaultdict[str | None, list[Dimension]] = defaultdict(list)
    for dimension in space.plan:
        children[dimension.parent].append(dimension)
    sizes = {dimension.name: dimension.domain.size for dimension in space.plan}
    times_named = Counter(dimension.name for dimension in space.plan)

    def choices(dimension: Dimension) -> _Ways:
        if times_named[dimension.name] > 1:
            return {frozenset([dimension.name]): 1}
        hanging = children[dimension.name]
        if not hanging:
            return {frozenset(): dimension.domain.size}
        ways: defaultdict[frozenset[str], float] = defaultdict(int)
        for value in dimension.domain.values:
            for shared, count in together(d for d in hanging if value in d.when).items():
                ways[shared] = _finite(sum, ways[shared], count)
        return ways

    def together(dims: Iterable[Dimension]) -> _Ways:
        ways: _Ways = {frozenset(): 1}
        for one in map(choices, dims):
            product: defaultdict[frozenset[str], float] = defaultdict(int)
            for (shared, count), (more, times) in itertools.product(ways.items(), one.items()):
                product[shared | more] = _finite(sum, product[shared | more], _finite(math.prod, count, times))
            ways = product
        return ways

    every = together(children[None]).items()
    return _finite(sum, *(_finite(math.prod, count, *(sizes[name] for name in shared)) for shared, count in every))


def _finite(fold: Callable[[Iterable[float]], float], *numbers: float) -> float:
    """The sum or product of whole numbers, however large; infinite where one of them is."""
    return math.inf if math.inf in numbers else fold(numbers)
