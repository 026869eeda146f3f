"""TensorFlow with oneDNN's kernels on every processor (decision 20).

It takes them by itself on processors with AVX-512 VNNI or AMX alone; on others a network trains for twice as long. It
looks for the setting once, while it is imported.
"""

from __future__ import annotations

import functools
import os
import sys

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
ONEDNN = "1"
TOO_LATE = (
    "TensorFlow was imported in this process before fmsearch, with other kernels; import fmsearch first, set "
    f"{VARIABLE}={ONEDNN}, or use the executor `processes`"
)


@functools.cache
def choose() -> bool:
    """Choose oneDNN's, here and in processes begun from here, unless the user has chosen.

    Returns:
        Whether TensorFlow will see the choice: not if it was imported before the first call.
    """
    in_time = VARIABLE in os.environ or "tensorflow" not in sys.modules
    os.environ.setdefault(VARIABLE, ONEDNN)
    return in_time
