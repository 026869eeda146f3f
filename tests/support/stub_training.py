"""A stand-in for training: quick and pure, so that a run of real processes takes a second or two, and can go wrong.

`python -m stub_training ARGUMENTS` is `fmsearch ARGUMENTS` with it. In the environment, STUB_FAULT names what happens
to every evaluation of a few candidates, and STUB_LOG a folder where each evaluation that begins leaves a file; with
STUB_ONCE set, what has begun before goes well. STUB_PATIENCE is how many seconds an evaluation of those few may take,
STUB_SECONDS how many any other does. With STUB_MODELS set, final evaluations save real models, untrained.
"""

from __future__ import annotations

import math
import os
import random
import resource
import sys
import time
from pathlib import Path

from fmsearch.evaluation import Epoch, Evaluation, Result
from fmsearch.training.worker import Job
from searchspace import analyse

EPOCH = Epoch(loss=1.0, accuracy=0.5, validation_loss=1.0, validation_accuracy=0.5, learning_rate=0.1)
STRUCK = "3"  # a few of any two dozen candidates have a digest below
SECONDS = float(os.environ.get("STUB_SECONDS", "0.02"))


def learned(evaluation: Evaluation) -> Result:
    """A pure stand-in for training: larger networks and longer trainings do better, and each has luck of its own."""
    analysis = analyse(evaluation.candidate.architecture)
    luck = random.Random(f"{evaluation.candidate.digest} {evaluation.seed}").uniform(-0.05, 0.05)
    accuracy = min(0.9999, 1 - 1 / (1 + analysis.parameters**0.3 * evaluation.epochs**0.2) + luck)
    test = accuracy - 0.01 if evaluation.purpose == "final" else None
    curve = (EPOCH,) * math.ceil(evaluation.epochs)
    return Result(status="done", accuracy=accuracy, loss=1 - accuracy, test_accuracy=test, curve=curve, seconds=1.0)


def prepare(text: str) -> str:
    """Nothing: what evaluations take is here."""
    return text


def evaluate(text: str) -> str:
    """What a worker process does instead of training."""
    job = Job.model_validate_json(text)
    key, struck = job.evaluation.key, is_struck(job.evaluation)
    log = os.environ.get("STUB_LOG")
    begun = bool(log) and any(Path(log).glob(f"{key}*"))
    if log:
        (Path(log) / f"{key}.{time.monotonic_ns()}{'.struck' * struck}").touch()
    if struck and not (begun and os.environ.get("STUB_ONCE")):
        go_wrong(os.environ.get("STUB_FAULT", ""))
        if os.environ.get("STUB_FAULT") == "nan":
            return Result(status="failed", reason="the loss became nan in epoch 1").model_dump_json()
    time.sleep(SECONDS)
    if job.keep:
        Path(job.keep).parent.mkdir(parents=True, exist_ok=True)
        if os.environ.get("STUB_MODELS"):
            save_untrained(job.evaluation, job.keep)
        else:
            Path(job.keep).write_bytes(b"a model")
    return learned(job.evaluation).model_dump_json()


def is_struck(evaluation: Evaluation) -> bool:
    """Whether it is one of those that STUB_FAULT befalls: the same on every machine."""
    return evaluation.candidate.digest < STRUCK


def save_untrained(evaluation: Evaluation, path: str) -> None:
    """A model as large as the trained one would be."""
    from fmsearch.training.build import build, deployable

    deployable(evaluation.candidate.architecture, build(evaluation.candidate.architecture)).save(path)


def go_wrong(how: str) -> None:
    match how:
        case "die":
            os.kill(os.getpid(), 9)
        case "crash":
            os.abort()
        case "hang":
            time.sleep(3_600)
        case "raise":
            raise RuntimeError("no such kernel")
        case "memory":
            resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
            bytearray(2**34)


def main() -> int:
    from fmsearch import cli, runner

    runner.EVALUATE, runner.PREPARE = "stub_training:evaluate", "stub_training:prepare"
    if os.environ.get("STUB_PATIENCE"):
        lose_patience(float(os.environ["STUB_PATIENCE"]))
    return cli.main(sys.argv[1:])


def lose_patience(short: float) -> None:
    """Wait no longer than that for what hangs; for all else as ever, be the machine as busy as it may."""
    from fmsearch.evaluator import Evaluator

    want = Evaluator.want

    def impatient(self, number, evaluation, priority, *, seconds, stored_only=False):
        seconds = (lambda: short) if is_struck(evaluation) else seconds
        want(self, number, evaluation, priority, seconds=seconds, stored_only=stored_only)

    Evaluator.want = impatient


if __name__ == "__main__":
    sys.exit(main())
