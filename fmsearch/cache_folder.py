"""Where on this machine fmsearch keeps what can be made again, and Keras its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "FMSEARCH_CACHE"


def keras_home() -> Path:
    """Keras's own folder, as it takes it: `$KERAS_HOME` as it stands, or `~/.keras`."""
    return Path(os.environ.get("KERAS_HOME") or _expanded("~/.keras"))


def roots() -> Iterator[Path]:
    """Where to write, the best place first."""
    from platformdirs import user_cache_path

    chosen = os.environ.get(VARIABLE)
    yield Path(_expanded(chosen)) if chosen else user_cache_path("fmsearch")
    user = getattr(os, "getuid", int)()
    yield Path(tempfile.gettempdir()) / f"fmsearch-{user}"


def _expanded(path: str) -> str:
    """With `~` replaced; as it stands where nobody has such a home."""
    return os.path.expanduser(path)  # noqa: PTH111  # pathlib's raises
