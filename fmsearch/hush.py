"""Standard error held back while libraries are imported whose C++ half makes noise on it.

TensorFlow's first messages heed no setting, so the descriptor itself is turned aside for as long as the import takes.
Whoever sets TF_CPP_MIN_LOG_LEVEL to less than 3 gets the whole log, as when an import ends the process.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from fmsearch.errors import InputError

VARIABLE = "TF_CPP_MIN_LOG_LEVEL"
QUIET = "3"
STDERR = 2


@contextmanager
def importing(module: str) -> Iterator[None]:
    """A block in which a module is imported quietly, unless the user wants to hear it or it is there already."""
    wanted = os.environ.setdefault(VARIABLE, QUIET)
    if wanted != QUIET or module in sys.modules:
        yield
        return
    with hushed():
        yield


@contextmanager
def importing_keras() -> Iterator[None]:
    """A block in which Keras is imported quietly.

    Raises:
        InputError: its backend is not there.
    """
    try:
        with importing("keras"):
            yield
    except (ImportError, ValueError) as error:
        fix = "Install the backend that KERAS_BACKEND or keras.json names, or name another: tensorflow, jax or torch."
        raise InputError(f"Keras cannot be imported: {str(error).rstrip('.')}.", fix) from error


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
