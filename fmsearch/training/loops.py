"""The quickest way to train on a backend. All train as `model.fit` does; a test holds them to it."""

from __future__ import annotations

import keras

from fmsearch.training.trainee import Loop, Split, Trainee


def choose_loop(trainee: Trainee, train: Split) -> Loop:
    """Whole epochs compiled where the backend compiles, step by step in PyTorch."""
    match keras.backend.backend():
        case "tensorflow":
            from fmsearch.training.compiled import Compiled

            return Compiled(trainee, train)
        case "jax":
            from fmsearch.training.scanned import Scanned

            return Scanned(trainee, train)
        case "torch":
            from fmsearch.training.eager import Eager

            return Eager(trainee, train)
        case other:
            raise ValueError(f"Keras's backend '{other}' does not train networks")
