"""Templates, whose fields are domains, and the dimensions they add to a space."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeAlias

from searchspace.domains import Domain, Schema, Value, as_domain

Picked: TypeAlias = Mapping[str, Any]
"""A template's field names with the value picked for each; unused conditional fields are absent."""


@dataclass(frozen=True)
class Dimension:
    """One thing that a space lets vary (or holds fixed).

    A plan may list one under several parents: it counts, once, where any of them says so.

    Attributes:
        scope: the dotted path of the template that has the field: `stages.0`.
        field: the field: `filters`.
        domain: the values it may take.
        parent: the dimension it depends on, by name; None where it always counts.
        when: the values of the parent for which it counts.
    """

    scope: str
    field: str
    domain: Domain
    parent: str | None = None
    when: frozenset[Value] = frozenset()

    @cached_property
    def name(self) -> str:
        """The dotted path, `stages.0.filters`: what engines call it."""
        return f"{self.scope}.{self.field}"

    @cached_property
    def is_fixed(self) -> bool:
        """Whether there is nothing to choose."""
        return self.domain.size == 1


class Template(Schema):
    """A schema whose fields, `kind` and other templates aside, are domains."""

    conditions: ClassVar[Mapping[str, tuple[str, Callable[[Any], bool]]]] = {}
    """For a field that counts only sometimes: the field it depends on, and for which values of that."""

    def dimensions(
        self, scope: str, parent: str | None = None, when: frozenset[Value] = frozenset()
    ) -> Iterator[Dimension]:
        """This template's dimensions under `scope`, all of them hanging on `parent`; parents come first."""
        for field in type(self).model_fields:
            if field == "kind" or isinstance(getattr(self, field), Template):
                continue
            domain = as_domain(getattr(self, field))
            if field in self.conditions:
                switch, counts = self.conditions[field]
                values = as_domain(getattr(self, switch)).values
                on = frozenset(value for value in values if counts(value))
                yield Dimension(scope, field, domain, f"{scope}.{switch}", on)
            else:
                yield Dimension(scope, field, domain, parent, when)
