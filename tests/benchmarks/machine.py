"""What a page says of the machine that it was measured on."""

from __future__ import annotations

import platform
import re
from pathlib import Path

from fmsearch.environment import Environment


def machine() -> str:
    """Its processor, as in "AMD EPYC (x86_64), with AVX-512"."""
    try:
        told = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        told = None
    architecture = platform.machine()
    processor = f"{told[1]} ({architecture})" if told else architecture
    if architecture != "x86_64":
        return processor
    return f"{processor}, {'with' if 'avx512' in Environment.here().instructions else 'without'} AVX-512"
