"""Arrays of any origin, made into uint8 images and int32 labels, or refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from fmsearch.datasets.spec import Shape
from fmsearch.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fmsearch.datasets.base import Images, Labels

    AnyArray: TypeAlias = NDArray[Any]

WHITE = 255
LEAST_CLASSES = 2
ALIKE = "Expected 0 to 255, or floats from 0 to 1, alike in x and x_test; save the pixels before normalising them."
BLOCK = 2**24
"""How many numbers are looked at in one go, so that temporary copies stay small."""


def image_shape(shape: tuple[int, ...], dtype: np.dtype[Any], name: str) -> Shape:
    """(height, width, channels) of the images in an array.

    Args:
        shape: the array's shape.
        dtype: the array's type.
        name: what the array is called in messages.

    Raises:
        InputError: no numbers, no images, or not (N, H, W) or (N, H, W, C) with 1 or 3 channels.
    """
    if dtype.kind not in "buif":
        raise InputError(f"{name} holds {dtype}, not numbers.", "Expected uint8 pixels from 0 to 255.")
    expected = "Expected images (N, H, W), or (N, H, W, C) with 1 or 3 channels"
    if len(shape) not in (3, 4):
        raise InputError(f"{name} has shape {shape}.", f"{expected}.")
    if 0 in shape:
        raise InputError(f"{name} has shape {shape}, which is empty.", f"{expected}.")
    channels = (*shape, 1)[3]
    if channels not in (1, 3):
        fix = f"{expected}; for channels first, save np.moveaxis(x, 1, -1)."
        raise InputError(f"{name} has shape {shape}, so {channels} channels.", fix)
    return shape[1], shape[2], channels


def pixel_scale(x: AnyArray, name: str) -> float:
    """What pixels are multiplied by to span 0 to 255: 255 for booleans and for floats up to 1, otherwise 1.

    Raises:
        InputError: a pixel is NaN or infinite.
    """
    if x.dtype.kind == "b" or (x.dtype.kind == "f" and _range(x, name)[1] <= 1):
        return WHITE
    return 1


def check_scale(x_test: AnyArray, name: str, scale: float) -> None:
    """See that test images that go no further than 1 do so because white is 1, as it is in the training images.

    Args:
        x_test: the test images.
        name: what the array is called in messages.
        scale: from `pixel_scale`, of the training images.

    Raises:
        InputError: they would be all but black.
    """
    own = pixel_scale(x_test, name)
    if own > scale or (own < scale and _range(x_test, name)[1] <= 1):
        white = "in x white is 255" if own > scale else "x has another type, in which white is 1"
        raise InputError(f"{name} has {x_test.dtype} pixels up to 1, but {white}.", ALIKE)


def as_images(x: AnyArray, name: str, scale: float) -> Images:
    """Pixels as uint8 (N, H, W, C), multiplied by `scale` and rounded.

    Args:
        x: (N, H, W) or (N, H, W, C).
        name: what the array is called in messages.
        scale: from `pixel_scale`, of the same array or of the training set it belongs to.

    Raises:
        InputError: a pixel is NaN, infinite, or does not lie between 0 and 255 then.
    """
    shape = (len(x), *image_shape(x.shape, x.dtype, name))
    if x.dtype == np.uint8:
        return np.ascontiguousarray(x, dtype=np.uint8).reshape(shape)
    low, high = _range(x, name)
    if low < 0 or high * scale > WHITE:
        raise InputError(f"{name} has pixels from {low:g} to {high:g}.", ALIKE)
    images = np.empty(x.shape, np.uint8)
    for start, block in _blocks(x):
        images[start : start + len(block)] = np.rint(block.astype(np.float64) * scale)
    return images.reshape(shape)


def as_labels(y: AnyArray, count: int, name: str, classes: int | None) -> Labels:
    """Labels as int32 (N).

    Args:
        y: (N) or (N, 1).
        count: how many images there are.
        name: what the array is called in messages.
        classes: how many classes there are, if that is known.

    Raises:
        InputError: not one whole number an image, or one outside 0 to `classes` - 1.
    """
    check_labels(y.shape, y.dtype, count, name)
    flat = y.reshape(-1)
    limit = count if classes is None else classes
    for index in np.flatnonzero((flat < 0) | (flat >= limit))[:1]:
        raise InputError(f"{name}[{index}] is {flat[index]}.", f"Expected labels from {_span(classes)}.")
    return flat.astype(np.int32)


def check_labels(shape: tuple[int, ...], dtype: np.dtype[Any], count: int, name: str) -> None:
    """See that an array can hold the labels of `count` images, by its shape (N) or (N, 1) and type.

    Raises:
        InputError: it cannot.
    """
    if dtype.kind not in "ui":
        made = "y.astype('int32')" if dtype.kind in "fb" else "np.unique(y, return_inverse=True)[1]"
        fix = f"Expected whole numbers, 0 for the first class; save them with {made}."
        raise InputError(f"The labels {name} have type {dtype}.", fix)
    if shape[1:] not in ((), (1,)) or not shape:
        fix = "Expected one label per image, (N,); convert one-hot labels with y.argmax(axis=1)."
        raise InputError(f"The labels {name} have shape {shape}.", fix)
    if shape[0] != count:
        raise InputError(f"{name} has {shape[0]} labels for {count} images.", "Expected one label per image.")


def class_count(y: Labels) -> int:
    """How many classes the labels of a training set without class names tell of."""
    return int(y.max()) + 1


def check_classes(names: Sequence[str], name: str) -> None:
    """See that there are at least two classes, with names that can be written down.

    Raises:
        InputError: there are not.
    """
    for one in names:
        if any("\ud800" <= letter <= "\udfff" for letter in one):
            raise InputError(f"{name} has a class {one!a}, whose name is not valid Unicode.", "Rename it.")
    if len(names) < LEAST_CLASSES:
        found = f"only one class, {names[0]!r}" if names else "no class"
        raise InputError(f"{name} has {found}.", "Expected at least two classes to tell apart.")


def check_every_class(y: Labels, names: Sequence[str], name: str) -> None:
    """See that every class has images.

    Raises:
        InputError: there are not.
    """
    for label in np.flatnonzero(np.bincount(y, minlength=len(names)) == 0)[:1]:
        fix = f"Expected every label from {_span(len(names))}; number the classes without gaps."
        raise InputError(f"{name} has no image of class {label} ({names[label]!r}).", fix)


def _span(classes: int | None) -> str:
    return "0 to the number of classes less one" if classes is None else f"0 to {classes - 1}"


def _range(x: AnyArray, name: str) -> tuple[float, float]:
    """The smallest and the largest pixel."""
    low, high = np.inf, -np.inf
    for start, block in _blocks(x):
        if x.dtype.kind == "f":
            finite = np.isfinite(block).reshape(len(block), -1).all(axis=1)
            for index in np.flatnonzero(~finite)[:1]:
                fix = "Expected finite pixels; repair or remove that image."
                raise InputError(f"{name}[{start + index}] has a pixel that is NaN or infinite.", fix)
        low, high = min(low, float(block.min())), max(high, float(block.max()))
    return low, high


def _blocks(x: AnyArray) -> Iterator[tuple[int, AnyArray]]:
    """Runs of images, each with the index of its first."""
    step = max(1, BLOCK // max(1, x[0].size))
    for start in range(0, len(x), step):
        yield start, x[start : start + step]
