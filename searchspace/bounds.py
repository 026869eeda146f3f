"""Bounds on the values of a field, whatever way it is written in; the JSON Schema says them too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from searchspace.domains import Integer, Real, Schema, as_domain, plain

T = TypeVar("T")


@dataclass(frozen=True)
class Bounds:
    """A check that every value of a field lies from `low` to `high`, or short of it with `open_high`."""

    low: float
    high: float
    open_high: bool

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The field's own schema, then the check."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The bounds beside each number."""
        json_schema = handler(schema)
        _note(json_schema, {"minimum": self.low, ("exclusiveMaximum" if self.open_high else "maximum"): self.high})
        return json_schema

    def check(self, field: T) -> T:
        """The field, if every value lies within."""
        expected = f"from {self.low:g} to {'under ' * self.open_high}{self.high:g}"
        for value in _extremes(field):
            if not self.low <= value <= self.high or (self.open_high and value == self.high):
                raise ValueError(f"{plain(value)} is out of range; expected {expected}")
        return field


def within(low: float, high: float, *, open_high: bool = False) -> Bounds:
    """A check that every value of a field lies from `low` to `high` (short of it, with `open_high`)."""
    return Bounds(low, high, open_high)


def _extremes(field: object) -> list[float]:
    """The numbers a bound has to hold for."""
    if isinstance(field, Integer | Real):
        return [field.low, field.high]
    if isinstance(field, Schema):  # its own fields are bounded
        return []
    values: tuple[Any, ...] = as_domain(field).values
    return [number for value in values for number in (value if isinstance(value, tuple) else (value,))]


def _note(node: Any, bounds: Mapping[str, float]) -> None:
    """Note bounds beside every number in a JSON Schema; those of a range stand in its own definition."""
    if isinstance(node, list):
        for item in node:
            _note(item, bounds)
    elif isinstance(node, dict):
        if node.get("type") in {"integer", "number"}:
            node.update(bounds)
        for item in list(node.values()):
            _note(item, bounds)
