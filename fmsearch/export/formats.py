"""The formats there are, by suffix. A further one is a file beside `keras.py` and a line here."""

from __future__ import annotations

from pathlib import Path

from fmsearch.errors import InputError
from fmsearch.export.base import Format
from fmsearch.export.keras import KERAS

FORMATS = {kind.suffix: kind for kind in (KERAS,)}


def format_of(path: Path) -> Format:
    """The format of a file, by its name.

    Raises:
        InputError: there is no such format.
    """
    found = FORMATS.get(path.suffix)
    if found is None:
        there_are = ", ".join(f"{kind.suffix} ({kind.name})" for kind in FORMATS.values())
        unknown = f"the suffix {path.suffix}, which is not a known model format" if path.suffix else "no suffix"
        raise InputError(f"{path} has {unknown}.", f"Expected {there_are}.")
    return found
