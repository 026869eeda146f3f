"""A data set in a NumPy archive: x, y, and optionally x_test, y_test, class_names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from fmsearch.datasets.archive import Header, read_array, read_headers, require
from fmsearch.datasets.base import Description, Source
from fmsearch.datasets.checks import (
    as_images,
    as_labels,
    check_classes,
    check_every_class,
    check_labels,
    check_scale,
    class_count,
    image_shape,
    pixel_scale,
)
from fmsearch.errors import InputError

if TYPE_CHECKING:
    from fmsearch.datasets.base import Labels

NAMES = "class_names"


def describe_npz(path: Path) -> Description:
    """What the headers of an archive say; only names, or else labels, are decoded.

    Raises:
        InputError: the archive is missing, is broken, or has not the arrays it should.
    """
    headers = _checked_headers(path)
    shape = image_shape(headers["x"].shape, headers["x"].dtype, f"x in {path}")
    return Description(shape, _class_names(path, headers))


def read_npz(path: Path) -> Source:
    """Every image and label of an archive.

    Raises:
        InputError: the archive is missing, is broken, or its arrays are no images and labels.
    """
    headers = _checked_headers(path)
    names = _class_names(path, headers)
    y = _labels(path, headers, "y", len(names))
    check_every_class(y, names, str(path))
    x = read_array(path, "x")
    scale = pixel_scale(x, f"x in {path}")
    images = as_images(x, f"x in {path}", scale)
    if "x_test" not in headers:
        return Source(images, y, names)
    x_test = read_array(path, "x_test")
    check_scale(x_test, f"x_test in {path}", scale)
    test = as_images(x_test, f"x_test in {path}", scale), _labels(path, headers, "y_test", len(names))
    return Source(images, y, names, test)


def _checked_headers(path: Path) -> dict[str, Header]:
    """The headers of an archive whose arrays fit together."""
    headers = read_headers(path)
    require(headers, ("x", "y"), path)
    pairs = [("x", "y")]
    if "x_test" in headers or "y_test" in headers:
        require(headers, ("x_test", "y_test"), path)
        pairs.append(("x_test", "y_test"))
    shapes = {}
    for x, y in pairs:
        shapes[x] = image_shape(headers[x].shape, headers[x].dtype, f"{x} in {path}")
        check_labels(headers[y].shape, headers[y].dtype, headers[x].shape[0], f"{y} in {path}")
    if shapes.get("x_test", shapes["x"]) != shapes["x"]:
        fix = "Expected test images of the same height, width and channels."
        raise InputError(f"In {path}, x has images {shapes['x']} and x_test {shapes['x_test']}.", fix)
    return headers


def _labels(path: Path, headers: dict[str, Header], name: str, classes: int | None) -> Labels:
    count = headers[name].shape[0]
    return as_labels(read_array(path, name), count, f"{name} in {path}", classes)


def _class_names(path: Path, headers: dict[str, Header]) -> tuple[str, ...]:
    """The names that an archive gives its classes, or else their numbers."""
    if NAMES in headers:
        names = _given_names(path, headers[NAMES], headers["y"].shape[0])
    else:
        names = tuple(str(label) for label in range(class_count(_labels(path, headers, "y", None))))
    check_classes(names, str(path))
    return names


def _given_names(path: Path, header: Header, count: int) -> tuple[str, ...]:
    if header.dtype.kind != "U" or len(header.shape) != 1:
        fix = "Expected one text per class, such as np.array(['cat', 'dog'])."
        raise InputError(f"{NAMES} in {path} has type {header.dtype} and shape {header.shape}.", fix)
    if header.shape[0] > count:
        what = f"{NAMES} in {path} has {header.shape[0]} names for {count} images."
        raise InputError(what, "Expected one name per class.")
    names = tuple(str(name) for name in read_array(path, NAMES))
    for name, times in Counter(names).items():
        if times > 1:
            what = f"{NAMES} in {path} has {name!r} {times} times."
            raise InputError(what, "Expected a different name for each class.")
    return names
