"""Keras without the noise that TensorFlow's C++ half makes on standard error while it is imported.

Its first messages heed no setting, so the descriptor itself is turned aside for as long as the import takes. Whoever
sets TF_CPP_MIN_LOG_LEVEL to less than 3 gets the whole log, as when an import ends the process.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

VARIABLE = "TF_CPP_MIN_LOG_LEVEL"
QUIET = "3"
STDERR = 2


def import_keras() -> Any:
    """The module `keras`, with its backend imported and quiet from now on."""
    wanted = os.environ.setdefault(VARIABLE, QUIET)
    if wanted != QUIET or "keras" in sys.modules:
        import keras

        return keras
    with hushed():
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.list_physical_devices()  # the first look for a GPU complains, too
    return keras


@contextmanager
def hushed() -> Iterator[None]:
    """Standard error held back, that of C and C++ included; when an exception ends the block, it is let out."""
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        kept = os.dup(STDERR)
    except OSError:  # there is no standard error to be quiet on
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), STDERR)
        told = b""
        try:
            yield
        except BaseException:
            held.seek(0)
            told = held.read()
            raise
        finally:
            os.dup2(kept, STDERR)
            os.close(kept)
            if told:
                os.write(STDERR, told)
