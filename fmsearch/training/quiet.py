"""Keras without the noise that TensorFlow makes while it is imported."""

from __future__ import annotations

from typing import Any

from fmsearch.hush import importing_keras


def import_keras() -> Any:
    """The module `keras`, with its backend imported and quiet from now on.

    Raises:
        InputError: the backend is not there.
    """
    with importing_keras():
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.list_physical_devices()  # the first look for a GPU complains, too
    return keras
