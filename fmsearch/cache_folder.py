"""Where on this machine fmsearch keeps what can be made again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "FMSEARCH_CACHE"


def roots() -> Iterator[Path]:
    """Where to write, the best place first."""
    from platformdirs import user_cache_path

    chosen = os.environ.get(VARIABLE)
    yield Path(chosen).expanduser() if chosen else user_cache_path("fmsearch")
    user = getattr(os, "getuid", int)()
    yield Path(tempfile.gettempdir()) / f"fmsearch-{user}"
