"""NumPy archives from strangers: sizes and types are known before anything is decoded, and nothing is unpickled."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy

from fmsearch.datasets.base import MAX_BYTES
from fmsearch.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUFFIX = ".npy"


@dataclass(frozen=True)
class Header:
    """What an archive declares of one of its arrays."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def read_headers(path: Path) -> dict[str, Header]:
    """Shape and type of every array in an archive, without decoding any.

    Raises:
        InputError: the file is not there, is broken, or holds pickled objects or too much.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Expected an archive written by np.savez_compressed.")
    with _complaining(path), zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(SUFFIX)]
        headers = {member.filename.removesuffix(SUFFIX): _header(archive, member, path) for member in members}
    declared = sum(_bytes(header) for header in headers.values())
    if declared > MAX_BYTES:
        fix = f"Expected at most {MAX_BYTES / 2**30:g} GiB; save fewer or smaller images, as uint8."
        raise InputError(f"The arrays of {path} take {declared / 2**30:.3g} GiB.", fix)
    return headers


def read_array(path: Path, name: str) -> NDArray[Any]:
    """One array of an archive whose headers have been read.

    Raises:
        InputError: it is broken.
    """
    with _complaining(path), np.load(path, allow_pickle=False) as archive:
        array: NDArray[Any] = archive[name]
    return array


def require(headers: Mapping[str, Header], names: tuple[str, ...], path: Path) -> None:
    """See that an archive has the arrays it must have.

    Raises:
        InputError: one is missing.
    """
    for name in names:
        if name not in headers:
            found = ", ".join(headers) or "nothing"
            fix = f"It holds {found}; expected {' and '.join(names)}."
            raise InputError(f"{path} has no array {name!r}.", fix)


def _header(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> Header:
    with archive.open(member) as file:
        if npy.read_magic(file) == (1, 0):
            shape, _, dtype = npy.read_array_header_1_0(file)
        else:
            shape, _, dtype = npy.read_array_header_2_0(file)
        header = Header(shape, dtype)
        if dtype.hasobject:
            fix = "Expected plain numbers or text; pickles may run code and are never read. Save without dtype=object."
            raise InputError(f"{member.filename.removesuffix(SUFFIX)} in {path} holds pickled objects.", fix)
        if min(shape, default=0) < 0 or file.tell() + _bytes(header) != member.file_size:
            raise zipfile.BadZipFile(f"{member.filename} is not as long as it says")
    return header


def _bytes(header: Header) -> int:
    return math.prod(header.shape) * header.dtype.itemsize


@contextmanager
def _complaining(path: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, RuntimeError, ValueError, TokenError) as error:
        fix = "Expected an archive written by np.savez or np.savez_compressed; write it again."
        raise InputError(f"{path} cannot be read as a NumPy archive: {str(error).rstrip('.')}.", fix) from error
