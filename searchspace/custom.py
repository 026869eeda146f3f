"""Layers of a user's own: what they must say of themselves, and where they are found by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias, TypeVar

from searchspace.domains import Model, Value
from searchspace.errors import InfeasibleError, SearchSpaceError
from searchspace.layers import Custom

Shape: TypeAlias = tuple[int, ...]
T = TypeVar("T")

_KNOWN: dict[tuple[str, str], type[CustomLayer]] = {}


class CustomLayer(Model):
    """A layer of a user's own. A subclass has fields with plain values, and says what they mean.

    What it costs is said in the terms of `searchspace.costs.Cost`; without a word it keeps the shape and costs nothing.
    """

    code: ClassVar[str] = ""
    """The digest of the file that defines it."""
    file: ClassVar[str] = ""
    """That file."""

    def output_shape(self, shape: Shape) -> Shape:
        """What it makes of an image (height, width, channels), or of (units,); batch apart."""
        return shape

    def output_channels(self, channels: int) -> int:
        """How many feature maps it makes of so many, whatever the size of the image."""
        return int(getattr(self, "filters", channels))

    def cost(self, before: Shape, after: Shape) -> Any:
        """Its `Cost` between these shapes."""
        del before, after
        return (0, 0, 0, 0, 0)

    def keras_layer(self, name: str) -> Any:
        """The Keras layer that it stands for, of that name; Keras is to be imported here."""
        raise NotImplementedError(f"{type(self).__name__} has no keras_layer")

    def concrete(self) -> Custom:
        """The layer as part of a network."""
        fields: dict[str, Value] = {name: getattr(self, name) for name in type(self).model_fields}
        return Custom(layer=type(self).__name__, code=self.code, fields=tuple(sorted(fields.items())))


def register(layer: type[CustomLayer], code: str, file: str) -> None:
    """Make a layer known by its name and the digest of the file that defines it."""
    layer.code, layer.file = code, file
    _KNOWN[layer.__name__, code] = layer


def implementation(layer: Custom) -> CustomLayer:
    """What a layer of a network stands for.

    Raises:
        SearchSpaceError: the file that defines it was not loaded, or another version of it.
    """
    known = _KNOWN.get((layer.layer, layer.code))
    if known is None:
        raise SearchSpaceError(
            f"The layer {layer.layer} is defined in a file that was not loaded, or is not what it was.",
            fix="Name that file in `blocks` of the study, or with --blocks.",
        )
    return known(**dict(layer.fields))


def asked(layer: Custom, what: str, ask: Callable[[CustomLayer], T]) -> T:
    """What a layer answers; its own errors are told with its name and file.

    Raises:
        InfeasibleError: as the layer raised it.
        SearchSpaceError: it failed in another way.
    """
    found = implementation(layer)
    try:
        return ask(found)
    except InfeasibleError:
        raise
    except Exception as error:
        told = f"{layer.layer}.{what} in {found.file} failed: {type(error).__name__}: {error}".rstrip(".")
        raise SearchSpaceError(f"{told}.", fix="Mend it there.") from error
