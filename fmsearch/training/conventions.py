"""What networks are built and trained by, whatever a user's `keras.json`, environment or own code has set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras

# Each a name in `keras.config`, and Keras's own default; the policy last, for it is made of the floats.
DEFAULTS = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "max_epochs": None,
    "max_steps_per_epoch": None,
    "dtype_policy": "float32",
}


@contextmanager
def conventions() -> Iterator[None]:
    """Keras's own defaults, on which digits and shapes of every network depend; what was set is set again afterwards.

    Serves as a decorator, too.
    """
    before = {name: getattr(keras.config, name)() for name in DEFAULTS}
    _set(DEFAULTS)
    try:
        yield
    finally:
        _set(before)


def _set(values: dict[str, object]) -> None:
    for name, value in values.items():
        getattr(keras.config, f"set_{name}")(value)
