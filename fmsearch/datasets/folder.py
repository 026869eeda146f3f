"""A data set in a folder: one folder of images a class."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np

from fmsearch.datasets.base import MAX_BYTES, Source
from fmsearch.datasets.checks import check_classes
from fmsearch.datasets.images import read_image
from fmsearch.datasets.spec import Shape
from fmsearch.errors import InputError

LAYOUT = "Expected one folder of images per class, such as cats/1.jpg and dogs/1.jpg."
LITTER = frozenset({"thumbs.db", "desktop.ini"})


def class_folders(path: Path) -> dict[str, Path]:
    """The folder of every class by its name, in the order of their labels.

    Names are compared in Unicode's composed form, so that labels are the same on every file system.

    Raises:
        InputError: no such folder, or fewer than two folders in it.
    """
    folders = {name: entry for name, entry in _entries(path).items() if entry.is_dir()}
    check_classes(tuple(folders), f"The folder {path}")
    return folders


def read_folder(path: Path, shape: Shape) -> Source:
    """Every image of every class.

    Args:
        path: the folder.
        shape: (height, width, channels) that the images are resized and converted to.

    Raises:
        InputError: a class has no images, or something in its folder is no image that can be read.
    """
    files = {name: _images(folder) for name, folder in class_folders(path).items()}
    count = sum(len(group) for group in files.values())
    size = count * np.prod(shape, dtype=int)
    if size > MAX_BYTES:
        fix = f"Expected at most {MAX_BYTES / 2**30:g} GiB; lower `image_size`."
        raise InputError(f"The {count} images of {path} take {size / 2**30:.3g} GiB at {shape}.", fix)
    x = np.empty((count, *shape), np.uint8)
    for index, file in enumerate(file for group in files.values() for file in group):
        x[index] = read_image(file, shape)
    y = np.repeat(np.arange(len(files), dtype=np.int32), [len(group) for group in files.values()])
    return Source(x, y, tuple(files))


def _images(folder: Path) -> list[Path]:
    files = list(_entries(folder).values())
    if not files:
        raise InputError(f"The class folder {folder} is empty.", "Expected images in it; add some or remove it.")
    for file in files:
        if file.is_dir():
            raise InputError(f"There is a folder {file} inside a class folder.", LAYOUT)
    return files


def _entries(path: Path) -> dict[str, Path]:
    """What lies in a folder, by name in composed form, sorted; without hidden files."""
    try:
        found = [entry for entry in path.iterdir() if not _is_litter(entry.name)]
    except OSError as error:
        raise InputError(f"The folder {path} cannot be read: {error.strerror}.", LAYOUT) from error
    entries: dict[str, Path] = {}
    for entry in found:
        other = entries.setdefault(unicodedata.normalize("NFC", entry.name), entry)
        if other is not entry:
            what = f"{path} has two entries of one name, {entry.name!a} and {other.name!a}, written in two ways."
            raise InputError(what, "Rename one of them.")
    return dict(sorted(entries.items()))


def _is_litter(name: str) -> bool:
    return name.startswith(".") or name.lower() in LITTER
