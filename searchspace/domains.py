"""What one field may vary over: `Choice`, `Integer`, `Real`, and their shorthands.

In a study file and in Python alike a scalar is fixed, a list is a choice, and `{low, high}` with `step` or `log`
is a range. Fields keep the shorthand they were written in, so that a space goes from YAML to Python and back
without loss; `as_domain` gives the one form that everything else works with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self, TypeAlias, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    FiniteFloat,
    Tag,
    model_validator,
)

from searchspace.errors import DomainError

T = TypeVar("T")
R = TypeVar("R")
Pair: TypeAlias = tuple[int, int]
Value: TypeAlias = bool | int | float | str | tuple[int, ...]

SIGNIFICANT_DIGITS = 6


class Schema(BaseModel):
    """The manner of every schema here: frozen, strict about types, and no unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, which works out anew what it keeps beside its fields: `update` may give it others."""
        copied = super().model_copy(update=update, deep=deep)
        for name in vars(copied).keys() - type(copied).model_fields.keys():
            del vars(copied)[name]
        return copied


class Integer(Schema):
    """Whole numbers from `low` to `high`, both included."""

    low: int
    """The smallest value."""
    high: int
    """The largest value."""
    step: Annotated[int, Field(ge=1)] = 1
    """The distance between neighbouring values."""
    log: bool = False
    """Whether to spread proposals evenly over the logarithm; not together with `step`."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        _check_range(self.low, self.high, log=self.log, stepped=self.step != 1)
        return self

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value, smallest first."""
        return tuple(range(self.low, self.high + 1, self.step))

    @property
    def size(self) -> float:
        """How many values there are."""
        return (self.high - self.low) // self.step + 1

    def at(self, share: float) -> Value:
        """The value at `share` of the way, from 0 (`low`) to just under 1 (`high`)."""
        if self.log:
            edge, end = math.log(self.low - 0.5), math.log(self.high + 0.5)
            return min(self.high, max(self.low, round(math.exp(edge + share * (end - edge)))))
        return self.low + self.step * int(share * self.size)

    def canonical(self, value: Any) -> Value:
        """`value` as this domain writes it; a `DomainError` where it is not one of the values."""
        if value not in range(self.low, self.high + 1, self.step):
            raise DomainError(f"{value!r} is not in the range.", fix="Expected one of its values.", culprit=self)
        return int(value)


class Real(Schema):
    """Real numbers from `low` to `high`, both included; with `step`, only every so many."""

    low: FiniteFloat
    """The smallest value."""
    high: FiniteFloat
    """The largest value."""
    step: Annotated[FiniteFloat, Field(gt=0)] | None = None
    """The distance between neighbouring values; none for a continuum."""
    log: bool = False
    """Whether to spread proposals evenly over the logarithm; not together with `step`."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        _check_range(self.low, self.high, log=self.log, stepped=self.step is not None)
        finest = max(abs(self.low), abs(self.high)) / 10 ** (SIGNIFICANT_DIGITS - 1)
        if self.step is not None and self.step < finest:
            what = f"step {self.step:g} is finer than {SIGNIFICANT_DIGITS} digits tell"
            raise ValueError(f"{what}; expected at least {finest:g}")
        return self

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value, smallest first; a `DomainError` without `step`, as there is no end of them."""
        if self.step is None:
            raise DomainError("A continuous range cannot be enumerated.", fix="Give it a `step`.", culprit=self)
        return tuple(self.canonical(self.low + k * self.step) for k in range(int(self.size)))

    @property
    def size(self) -> float:
        """How many values there are; infinite without `step`."""
        if self.low == self.high:
            return 1
        return math.inf if self.step is None else math.floor((self.high - self.low) / self.step + 1e-9) + 1

    def at(self, share: float) -> Value:
        """The value at `share` of the way, from 0 (`low`) to just under 1 (`high`)."""
        if self.step is not None:
            return self.canonical(self.low + self.step * int(share * self.size))
        if self.log:
            return self.canonical(self.low * (self.high / self.low) ** share)
        return self.canonical(self.low + share * (self.high - self.low))

    def canonical(self, value: Any) -> Value:
        """`value` as this domain writes it: on its grid, with six significant digits; `low` and `high` as they are.

        So a value prints as it is, and digests do not depend on the last bits of an engine's arithmetic.
        """
        if self.step is not None:
            steps = min(self.size - 1, max(0, round((value - self.low) / self.step)))
            value = self.low + steps * self.step
        value = min(self.high, max(self.low, value))
        if value in (self.low, self.high):
            return cast("float", value)
        return min(self.high, max(self.low, float(f"{value:.{SIGNIFICANT_DIGITS}g}")))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, in the order they were written; a single one is a fixed field."""

    values: tuple[Value, ...]

    @property
    def size(self) -> float:
        """How many values there are."""
        return len(self.values)

    def at(self, share: float) -> Value:
        """The value at `share` of the way, from 0 (the first) to just under 1 (the last)."""
        return self.values[int(share * len(self.values))]

    def canonical(self, value: Any) -> Value:
        """`value` as this domain writes it; a `DomainError` where it is not one of the values."""
        value = tuple(value) if isinstance(value, list) else value
        if value not in self.values:
            raise DomainError(f"{value!r} is not a choice.", fix="Expected one of its values.", culprit=self)
        return self.values[self.values.index(value)]


Domain: TypeAlias = Choice | Integer | Real


def _check_range(low: float, high: float, *, log: bool, stepped: bool) -> None:
    if low > high:
        raise ValueError(f"low ({plain(low)}) is above high ({plain(high)}); expected low <= high")
    if log and low <= 0:
        raise ValueError(f"a logarithmic range needs low > 0, not {plain(low)}")
    if log and stepped:
        raise ValueError("a range has `log` or `step`, not both")


def plain(number: float) -> str:
    """A number as a person writes it; a whole number, however large, in full."""
    return str(number) if isinstance(number, int) else f"{number:g}"


def as_domain(field: object) -> Domain:
    """The domain that a field's shorthand stands for: scalar, sequence or range."""
    if isinstance(field, Integer | Real):
        return field
    if isinstance(field, list | tuple):
        return Choice(tuple(field))
    return Choice((cast("Value", field),))


def shape_of(field: object) -> str:
    """Which of the three ways of writing a domain this is; pydantic then validates that one alone."""
    if isinstance(field, dict | Integer | Real):
        return "range"
    return "choice" if isinstance(field, list | tuple) else "value"


def _distinct(values: Sequence[T]) -> tuple[T, ...]:
    """The choices, each once."""
    if not values:
        raise ValueError("an empty list leaves nothing to choose; expected at least one value")
    return tuple(dict.fromkeys(values))


def _tuples(values: object) -> object:
    """Lists in lists (pairs, layer lists) as tuples: values must be hashable. In a list, which JSON's arrays are."""
    return [tuple(v) if isinstance(v, list) else v for v in cast("Sequence[object]", values)]


Several: TypeAlias = Annotated[Sequence[T], BeforeValidator(_tuples), AfterValidator(_distinct)]
"""A choice among values of T."""

Of: TypeAlias = Annotated[
    Annotated[T, Tag("value")] | Annotated[Several[T], Tag("choice")],
    Discriminator(shape_of),
]
"""A field with one value of T, or a choice among several."""

OfRange: TypeAlias = Annotated[
    Annotated[T, Tag("value")] | Annotated[Several[T], Tag("choice")] | Annotated[R, Tag("range")],
    Discriminator(shape_of),
]
"""The same, or a range R of them."""

Size: TypeAlias = int | Pair
"""An extent in pixels: one number for a square, or `[height, width]`."""

Flag: TypeAlias = Of[bool]
Whole: TypeAlias = OfRange[int, Integer]
Fraction: TypeAlias = OfRange[FiniteFloat, Real]
Extent: TypeAlias = OfRange[Size, Integer]
