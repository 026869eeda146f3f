"""A candidate: one network and one way to train it, with a digest that names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field

from searchspace.domains import Schema
from searchspace.layers import Layers
from searchspace.training import Recipe

DIGEST_LENGTH = 16


class Input(Schema):
    """The images a network takes and the classes it tells apart."""

    height: Annotated[int, Field(ge=1)] = 28
    """Height in pixels."""
    width: Annotated[int, Field(ge=1)] = 28
    """Width in pixels."""
    channels: Annotated[int, Field(ge=1)] = 1
    """1 for grayscale, 3 for colour."""
    classes: Annotated[int, Field(ge=2)] = 10
    """Number of classes."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels)."""
        return (self.height, self.width, self.channels)


class Architecture(Schema):
    """A network from image to logits. Where one stage ends and the next begins is for the reader alone."""

    input: Input
    stem: Layers = ()
    stages: tuple[Layers, ...]
    head: Layers

    @property
    def layers(self) -> Layers:
        """All layers in order."""
        return tuple(layer for _, layers in self.sections() for layer in layers)

    def sections(self) -> Iterator[tuple[str, Layers]]:
        """The parts under their names: stem, stage 1, stage 2, ..., head."""
        if self.stem:
            yield "stem", self.stem
        for number, stage in enumerate(self.stages, start=1):
            yield f"stage {number}", stage
        yield "head", self.head


class Candidate(Schema):
    """A network and how it is trained."""

    architecture: Architecture
    recipe: Recipe

    def canonical(self) -> dict[str, Any]:
        """What makes this candidate what it is: equal for two that build and train the same way.

        Fields at their default are left out, so that a field added later changes no digest.
        """
        return {
            "input": _canonical(self.architecture.input, keep=Input.model_fields),
            "layers": _canonical(self.architecture.layers),
            "recipe": _canonical(self.recipe),
        }

    @cached_property
    def digest(self) -> str:
        """The name of this candidate: 16 hexadecimal digits of the SHA-256 of its canonical form."""
        text = json.dumps(self.canonical(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def _canonical(value: Any, keep: Any = ("kind",)) -> Any:
    if isinstance(value, tuple):
        return [_canonical(item) for item in value]
    if not isinstance(value, Schema):
        return value
    return {
        name: _canonical(getattr(value, name))
        for name, field in type(value).model_fields.items()
        if name in keep or getattr(value, name) != field.default
    }
