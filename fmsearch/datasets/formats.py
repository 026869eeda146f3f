"""The file formats of the well-known data sets. A file says how large it is before that much of it is decoded."""

from __future__ import annotations

import gzip
import math
import tarfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from fmsearch.datasets.base import MAX_BYTES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Raw: TypeAlias = tuple[NDArray[Any], NDArray[Any]]

MAGIC = 4  # bytes before the extents: two zeros, type, rank
UNSIGNED_BYTES = 8
"""What an IDX file writes for the type of its numbers."""
CIFAR_SHAPE = (3, 32, 32)
"""Red, green and blue of an image come one after another, row by row."""
CIFAR_FOLDER = "cifar-10-batches-bin"
CIFAR_TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
CIFAR_TEST = ("test_batch.bin",)
CIFAR_BATCH = 10_000


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array in a compressed IDX file: two zeros, type, rank, the extents in four bytes each, the numbers.

    Raises:
        ValueError: it is damaged, or larger than a data set may be.
    """
    try:
        with gzip.open(path) as file:
            magic = file.read(MAGIC)
            extents = file.read(4 * magic[3]) if len(magic) == MAGIC else b""
            shape = tuple(np.frombuffer(extents, ">u4").tolist()) if len(extents) % 4 == 0 else ()
            size = math.prod(shape)
            content = file.read(size + 1) if shape and size <= MAX_BYTES else b""
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: {error}") from error
    if magic[:3] != bytes([0, 0, UNSIGNED_BYTES]) or not shape or len(content) != size:
        raise ValueError(f"{path} is not an IDX file of unsigned bytes, or is cut short")
    return np.frombuffer(content, np.uint8).reshape(shape)


def read_cifar(path: Path) -> tuple[Raw, Raw]:
    """Training and test set of CIFAR-10 in its binary version: records of a label and an image, nothing pickled.

    Raises:
        ValueError: the archive is damaged, or is another one.
    """
    try:
        with tarfile.open(path, "r:gz") as archive:
            return _batches(archive, CIFAR_TRAIN), _batches(archive, CIFAR_TEST)
    except (tarfile.TarError, KeyError, OSError, EOFError, ValueError, zlib.error) as error:
        raise ValueError(f"{path}: {error.args[0]}") from error


def _batches(archive: tarfile.TarFile, names: tuple[str, ...]) -> Raw:
    record = 1 + math.prod(CIFAR_SHAPE)
    contents = []
    for name in names:
        member = archive.getmember(f"{CIFAR_FOLDER}/{name}")
        file = archive.extractfile(member) if member.isreg() else None
        if file is None or member.size % record or member.size > CIFAR_BATCH * record:
            raise ValueError(f"{name} is not a batch of images")
        contents.append(file.read())
    records = np.frombuffer(b"".join(contents), np.uint8).reshape(-1, record)
    images = records[:, 1:].reshape(-1, *CIFAR_SHAPE)
    return np.moveaxis(images, 1, -1), records[:, 0]
