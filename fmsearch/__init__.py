"""Declarative architecture search for Keras: a study in, the best networks at every size out.

study = fmsearch.load_study("studies/small.yaml")
leaderboard = fmsearch.run(study, out="runs/small")
model = fmsearch.build_model(leaderboard[0].candidate)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fmsearch import kernels

if TYPE_CHECKING:
    from fmsearch.runner import run
    from fmsearch.study import Study, load_study
    from fmsearch.training.build import build_model

__all__ = ["Study", "build_model", "load_study", "run"]

kernels.choose()  # before anything imports TensorFlow

_HOMES = {"Study": "study", "load_study": "study", "run": "runner", "build_model": "training.build"}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the command line must answer before Keras has loaded."""
    if name not in _HOMES:
        raise AttributeError(f"module 'fmsearch' has no attribute '{name}'")
    return getattr(import_module(f"fmsearch.{_HOMES[name]}"), name)
