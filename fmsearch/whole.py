"""Files that are whole or not there, whatever ends the process that writes them."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import IO


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file under another name, and rename it once it is on the disk.

    Args:
        path: the file; one that is there is replaced.
        write: writes it.

    Raises:
        OSError: it cannot be written. What was there is there still.
    """
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text so, in UTF-8; errors as of `write_whole`."""
    write_whole(path, lambda file: file.write(text.encode()))
