"""What a worker process does: one evaluation a call, everything in and out as JSON text."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from fmsearch import kernels, own_code
from fmsearch.datasets import Dataset, open_shared
from fmsearch.environment import ONE_THREAD, chosen_backend
from fmsearch.evaluation import Evaluation
from fmsearch.training import quiet
from searchspace.domains import Schema

EVALUATE = "fmsearch.training.worker:evaluate"
PREPARE = "fmsearch.training.worker:prepare"
ONLY_NEEDED_MEMORY = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


class Job(Schema):
    """An evaluation, where on this machine its images lie and its model goes, and files with blocks of a user's own."""

    evaluation: Evaluation
    data: str
    keep: str | None = None
    blocks: tuple[str, ...] = ()


def prepare(text: str) -> str:
    """Import what every evaluation takes."""
    os.environ["KERAS_BACKEND"] = chosen_backend()
    share_the_machine()
    from fmsearch.training import train

    del train
    return text


def evaluate(text: str) -> str:
    """Run a `Job`, given and answered as JSON; the answer is a `Result`."""
    job = Job.model_validate_json(text)
    os.environ["KERAS_BACKEND"] = job.evaluation.environment.backend
    share_the_machine()
    for path in job.blocks:
        own_code.load(Path(path))
    from fmsearch.training import train

    result = train.evaluate(job.evaluation, _data(job.data), Path(job.keep) if job.keep else None)
    return result.model_dump_json()


@functools.lru_cache(maxsize=1)
def _data(path: str) -> Dataset:
    return open_shared(Path(path))


@functools.lru_cache(maxsize=1)
def share_the_machine() -> None:
    """One thread a process: a second buys 15 % and costs the bits, a second process buys nearly 100 %.

    And of a GPU's memory what is needed: unless told, the first process takes most of it.
    """
    for variable, value in ONLY_NEEDED_MEMORY.items():
        os.environ.setdefault(variable, value)
    for variable in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[variable] = "1"
    match chosen_backend():
        case "tensorflow":
            if not kernels.choose():
                raise RuntimeError(kernels.TOO_LATE)
            quiet.import_keras()
            import tensorflow as tf

            try:
                tf.config.threading.set_intra_op_parallelism_threads(1)
                tf.config.threading.set_inter_op_parallelism_threads(1)
            except RuntimeError:
                fix = "use the executor `processes`, or begin in a fresh process"
                raise RuntimeError(f"TensorFlow was used in this process before, with other threads; {fix}") from None
            # For networks this small, rewriting the graph takes longer than it saves.
            tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        case "torch":
            import torch

            torch.set_num_threads(1)
        case "jax":
            os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {ONE_THREAD}".strip()
