"""Numbers of filters: free in each stage, or a progression that all stages share."""

from __future__ import annotations

import fractions
import math
from collections.abc import Iterator
from typing import Annotated, TypeAlias

from pydantic import Discriminator, Tag

from searchspace.bounds import within
from searchspace.dimensions import Dimension, Picked, Template
from searchspace.domains import Fraction, Integer, Schema, Several, Value, Whole, shape_of


class Progression(Template):
    """Numbers of filters that grow from stage to stage: stage k, counted from 0, has start * growth ** k.

    Rounded to the nearest whole number, half up, and at least 1. The search chooses one `start` and one `growth` for
    all stages (of a kind, where stages choose among several); in a stem, `start` alone counts.
    """

    start: Annotated[Whole, within(1, 65_536)]
    """Number of filters in the first stage."""
    growth: Annotated[Fraction, within(0.1, 10)]
    """What the number is multiplied by from each stage to the next; below 1, stages get narrower."""

    def dimensions_in(self, stage: int, scope: str, parent: str | None, when: frozenset[Value]) -> Iterator[Dimension]:
        """The dimensions that count in a stage: the first has not grown yet."""
        for dimension in self.dimensions(scope, parent, when):
            if stage or dimension.field != "growth":
                yield dimension

    @staticmethod
    def in_stage(stage: int, picked: Picked) -> int:
        """The number of filters in a stage, by the decimal digits of `growth`, so the same on every machine."""
        growth = fractions.Fraction(str(picked["growth"])) if stage else 1
        filters: int = math.floor(picked["start"] * growth**stage + fractions.Fraction(1, 2))
        return max(1, filters)


def _written_as(field: object) -> str | None:
    """Which way of writing a number of filters this is; None for a mapping that is of neither kind, or of both."""
    if isinstance(field, Progression):
        return "progression"
    if not isinstance(field, dict):
        return shape_of(field)
    kinds: dict[str, type[Schema]] = {"range": Integer, "progression": Progression}
    named = [kind for kind, schema in kinds.items() if not field.keys().isdisjoint(schema.model_fields)]
    return named[0] if len(named) == 1 else None


Filters: TypeAlias = Annotated[
    Annotated[
        Annotated[int, Tag("value")]
        | Annotated[Several[int], Tag("choice")]
        | Annotated[Integer, Tag("range")]
        | Annotated[Progression, Tag("progression")],
        Discriminator(
            _written_as,
            custom_error_type="filters_mapping",
            custom_error_message="Expected `low` and `high` for a range, or `start` and `growth` for a progression",
        ),
    ],
    within(1, 65_536),
]
"""A number of filters: one, a choice, a range, or a progression."""
