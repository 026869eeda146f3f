"""Children of candidates: choices changed or exchanged, widths moved, stages added. Pure but for its dice."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from searchspace import Augment, Candidate, Choice, Dimension, Integer, Real, SearchSpace, decode
from searchspace.domains import Value

Values: TypeAlias = dict[str, Value]

CROSSED = 0.5  # share of children with two parents
RESIZED = 0.5  # share of children all of whose widths move one step
CHANGES = 1.5  # choices that a child changes, on average
WIDE = 10  # times its least value, above which a range of learning rates has some that are too low
STRIDE = 0.15  # standard deviation of a change in a continuous range, as a share of it
REGULARIZATION = frozenset({"dropout", "spatial_dropout", *Augment.model_fields})
WIDTHS = frozenset({"filters", "units", "start"})
STAGE = re.compile(r"stages\.(\d+)\.")


@dataclass(frozen=True, slots=True)
class Individual:
    """A candidate and the choices that lead to it, by dimension."""

    values: Values
    candidate: Candidate


def draw(space: SearchSpace, dice: Random, widest: float = 1.0) -> Individual:
    """One drawn at random, each choice evenly, but with as little regularization as there can be, and no low rate.

    In the few epochs of a search regularization costs every network accuracy, and of many such choices, one is soon
    drawn; of a wide range of learning rates, the lower half leads nowhere.

    Args:
        space: what may be drawn.
        dice: the randomness.
        widest: the share of their values, from the least on, that widths are drawn from; 0 is the least value alone.
    """
    values: Values = {}

    def choose(dimension: Dimension) -> Value:
        domain, field = dimension.domain, dimension.field
        if field in REGULARIZATION:
            value = _least(domain)
        elif field in WIDTHS and widest < 1.0:
            value = _up_to(domain, widest, dice.random())
        elif field == "learning_rate" and _is_wide(domain):
            value = _upper_half(domain, dice.random())
        else:
            value = domain.at(dice.random())
        return values.setdefault(dimension.name, value)

    return Individual(values, decode(space, choose))


def child(space: SearchSpace, first: Mapping[str, Value], second: Mapping[str, Value], dice: Random) -> Individual:
    """One with choices like those of two parents, with a few changes.

    Crossover is uniform. In a stage that its parents lack, a child repeats the stage before (Wei et al., 2016, deepen
    a network so); where widths move, all move one step the same way.
    """
    values: Values = {}
    crossed = dice.random() < CROSSED
    step = dice.choice((-1, 1)) if dice.random() < RESIZED else 0
    free = {dimension.name for dimension in space.plan if not dimension.is_fixed}  # stages may share some
    chance = CHANGES / max(1, len(free & first.keys()))

    def choose(dimension: Dimension) -> Value:
        other = crossed and dice.random() < 1 / 2
        value = (second if other else first).get(dimension.name, first.get(dimension.name))
        if value is None:
            value = _before(dimension.name, values)
            value = dimension.domain.at(dice.random()) if value is None else value
        elif dice.random() < chance:
            value = _changed(dimension, value, dice)
        elif step and dimension.field in WIDTHS:
            value = _moved(dimension, value, step)
        values[dimension.name] = dimension.domain.canonical(value)
        return values[dimension.name]

    return Individual(values, decode(space, choose))


def _before(name: str, values: Mapping[str, Value]) -> Value | None:
    """The value of the same field one stage before."""
    match = STAGE.match(name)
    return values.get(STAGE.sub(f"stages.{int(match[1]) - 1}.", name, count=1)) if match else None


def _changed(dimension: Dimension, value: Value, dice: Random) -> Value:
    """Another value: of numbers one nearby, otherwise any."""
    domain = dimension.domain
    if isinstance(domain, Choice):
        if _are_numbers(domain):
            return _moved(dimension, value, dice.choice((-1, 1)))
        return dice.choice([other for other in domain.values if other != value] or [value])
    return _shifted(domain, value, dice.gauss(0.0, STRIDE))


def _moved(dimension: Dimension, value: Value, steps: int) -> Value:
    """The value so many steps up or down; at the end of its domain the last."""
    domain = dimension.domain
    if not isinstance(domain, Choice):
        return _shifted(domain, value, steps * STRIDE)
    if not _are_numbers(domain):
        return value
    ladder = sorted(domain.values)
    return ladder[min(len(ladder) - 1, max(0, ladder.index(value) + steps))]


def _least(domain: Choice | Integer | Real) -> Value:
    return min(domain.values) if isinstance(domain, Choice) else domain.at(0.0)


def _up_to(domain: Choice | Integer | Real, share: float, place: float) -> Value:
    """A value from the lowest share of a domain."""
    if not isinstance(domain, Choice):
        return domain.at(share * place)
    ladder = sorted(domain.values, key=_total)
    return ladder[int(place * max(1, round(share * len(ladder))))]


def _is_wide(domain: Choice | Integer | Real) -> bool:
    """Whether its values differ by more than an order of magnitude."""
    ends: Any = domain.values if isinstance(domain, Choice) else (domain.low, domain.high)
    return bool(max(ends) > WIDE * min(ends))


def _upper_half(domain: Choice | Integer | Real, place: float) -> Value:
    """A value from the upper half of a domain."""
    place = (1.0 + place) / 2
    return sorted(domain.values)[int(place * len(domain.values))] if isinstance(domain, Choice) else domain.at(place)


def _total(width: Any) -> float:
    """A width, or the sum of several dense layers'."""
    return float(sum(width) if isinstance(width, tuple) else width)


def _are_numbers(domain: Choice) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in domain.values)


def _place(domain: Integer | Real, value: Any) -> float:
    """Where a value lies in a range, from 0 to 1."""
    if domain.low == domain.high:
        return 0.0
    if domain.log:
        return math.log(value / domain.low) / math.log(domain.high / domain.low)
    return float(value - domain.low) / (domain.high - domain.low)


def _shifted(domain: Integer | Real, value: Any, share: float) -> Value:
    """The value that share of a range further up or down; a whole number at least to its neighbour, if it has one."""
    shifted = _at(domain, _place(domain, value) + share)
    if isinstance(domain, Integer) and shifted == value:
        return _on_grid(domain, value + math.copysign(domain.step, share))
    return shifted


def _at(domain: Integer | Real, place: float) -> Value:
    """The value at a place of a range."""
    place = min(1.0, max(0.0, place))
    span = domain.high - domain.low
    value = domain.low * (domain.high / domain.low) ** place if domain.log else domain.low + place * span
    return value if isinstance(domain, Real) else _on_grid(domain, value)


def _on_grid(domain: Integer, number: float) -> int:
    """The value of a range that is nearest to a number."""
    steps = round((number - domain.low) / domain.step)
    return domain.low + domain.step * min(int(domain.size) - 1, max(0, steps))
