"""Layers of a user's own: what they must say of themselves, and where they are found by name."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, TypeAlias

from pydantic import ValidationError

from searchspace.domains import Schema, Value
from searchspace.errors import InfeasibleError, OwnCodeError, SearchSpaceError
from searchspace.layers import Custom

Shape: TypeAlias = tuple[int, ...]

MEANT = {"output_shape": (InfeasibleError,)}
"""What a method may raise to say something; from another it is a mistake."""

_KNOWN: dict[tuple[str, str], type[CustomLayer]] = {}


class CustomLayer(Schema):
    """A layer of a user's own. A subclass has fields with plain values, and says what they mean.

    Its cost is given as a `searchspace.costs.Cost`; by default it keeps the shape and costs nothing.
    """

    code: ClassVar[str] = ""
    """The digest of the file that defines it."""

    def output_shape(self, shape: Shape) -> Shape:
        """The shape it makes of (height, width, channels) or (units,), without the batch."""
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


def register(layer: type[CustomLayer], code: str) -> None:
    """Make a layer known by its name and the digest of the file that defines it."""
    layer.code = code
    _KNOWN[layer.__name__, code] = layer


def implementation(layer: Custom) -> CustomLayer:
    """What a layer of a network stands for.

    Raises:
        SearchSpaceError: the file that defines it was not loaded, or another version of it.
    """
    known = _KNOWN.get((layer.layer, layer.code))
    if known is None:
        raise SearchSpaceError(
            f"The layer {layer.layer} is not known: its file was not loaded, or has changed since.",
            fix="Name the file in the study's `blocks`, or with --blocks, and restore it if it was edited.",
        )
    return known(**dict(layer.fields))


def answer_of(layer: Custom, what: str, *given: object, is_right: Callable[[Any], bool], expected: str) -> Any:
    """What a layer answers.

    Args:
        layer: of a network.
        what: the name of the method.
        given: its arguments.
        is_right: whether an answer is one.
        expected: what would be one.

    Raises:
        InfeasibleError: as the layer raised it, of what may say that it cannot be built.
        OwnCodeError: it failed in another way, or its answer is none.
    """
    found = implementation(layer)
    with calling(type(found), what, *MEANT.get(what, ())):
        answer = getattr(found, what)(*given)
        if not is_right(answer):
            raise wrong_answer(type(found), what, answer, expected)
    return answer


@contextmanager
def calling(owner: type, what: str, *meant: type[Exception]) -> Iterator[None]:
    """A call of a method of a user's own: what it raises is told with its place, but for what it is meant to raise.

    Raises:
        OwnCodeError: something else was raised.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, (OwnCodeError, *meant)):
            raise
        told = failure(error, file_of(owner), f"{owner.__name__}.{what} failed: ")
        raise OwnCodeError(told, fix="Fix it there.") from error


def wrong_answer(owner: type, what: str, answer: object, expected: str) -> OwnCodeError:
    """That a method of a user's own gave what it must not."""
    return OwnCodeError(f"{file_of(owner)}: {owner.__name__}.{what} gave {answer!r}.", fix=f"Expected {expected}.")


def failure(error: Exception, file: str, what: str = "") -> str:
    """Where in a user's file something went wrong, and what: as in `my.py:7: NameError: name not defined`."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if isinstance(error, SyntaxError) and error.filename == file:
        lines, message = [error.lineno], error.msg
    elif isinstance(error, ValidationError):
        message = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    else:
        message = " ".join(str(error).split())
    place = f"{file}:{lines[-1]}" if lines else file
    return f"{place}: {what}{type(error).__name__}: {message}".rstrip(".") + "."


def file_of(owner: Callable[..., Any]) -> str:
    """The file that defines something; its module, where there is none."""
    try:
        return inspect.getfile(owner)
    except (OSError, TypeError):
        return owner.__module__
