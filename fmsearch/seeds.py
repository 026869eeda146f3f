"""Seeds and names that depend on what they are made of, and on nothing else."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def derive_seed(*parts: object) -> int:
    """A seed of 31 bits that depends on all parts and nothing else."""
    return int(digest([str(part) for part in parts])[:8], 16) >> 1


def digest(content: Any) -> str:
    """64 hexadecimal digits of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
