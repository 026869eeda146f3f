"""TensorFlow with oneDNN's kernels on every processor (decision 20).

It takes them by itself on processors with AVX-512 VNNI or AMX alone; on others a network trains for twice as long. It
looks for the setting once, while it is imported.
"""

from __future__ import annotations

import os
import sys

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
ONEDNN = "1"
TOO_LATE = (
    "TensorFlow was imported in this process before fmsearch, with other kernels; import fmsearch first, set "
    f"{VARIABLE}={ONEDNN}, or use the executor `processes`"
)

_late = False


def choose() -> None:
    """Choose oneDNN's, here and in processes begun from here, unless the user has chosen."""
    global _late  # noqa: PLW0603 - TensorFlow, too, looks once a process
    _late = "tensorflow" in sys.modules and VARIABLE not in os.environ
    os.environ.setdefault(VARIABLE, ONEDNN)


def chosen_too_late() -> bool:
    """Whether TensorFlow had been imported when the choice was made, and did not see it."""
    return _late
