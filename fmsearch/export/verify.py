"""An export must answer as the model that the run kept, and be as accurate as the leaderboard says.

Both are run again, each in a process of its own that knows nothing of this one: `python -m fmsearch.export.verify MODEL
PIXELS.npy PROBABILITIES.npy` loads a model and writes what it makes of an array of images. They run on one thread of
the CPU, as the worker that trained the model did, so that equal models give equal bits.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fmsearch import own_code
from fmsearch.errors import WRONG_INPUT, FmsearchError, InputError
from fmsearch.export.formats import format_of

if TYPE_CHECKING:
    from fmsearch.datasets.base import Labels
    from fmsearch.export.base import Pixels, Probabilities

POINTS = 0.001
"""How far the accuracy may be from what the leaderboard says; one image where that is more."""
MODULE = "fmsearch.export.verify"
ROUNDING = 1e-9
DISCARDED = "Nothing was written."
ONE_CPU_THREAD = {
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "JAX_PLATFORMS": "cpu",
}


@dataclass(frozen=True, eq=False)
class Claim:
    """What the leaderboard says of a model: its accuracy on these images."""

    pixels: Pixels
    labels: Labels
    accuracy: float


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes:
        images: how many were compared.
        accuracy: the export's on them.
        largest_difference: of any probability from the kept model's.
        other_classes: how many images it puts in another class than the kept model.
    """

    images: int
    accuracy: float
    largest_difference: float
    other_classes: int


def verify(exported: Path, kept: Path, claim: Claim, blocks: Sequence[str] = ()) -> Verification:
    """Compare an export with the model that the run kept, and with what the leaderboard says of it.

    Args:
        exported: the file.
        kept: that of the run.
        claim: what the leaderboard says.
        blocks: files with the blocks of a user's own that the model is made of.

    Raises:
        FmsearchError: they differ, or one cannot be run.
    """
    reference, probabilities = _run([kept, exported], claim.pixels, blocks)
    if probabilities.shape != reference.shape:
        what = f"The export answers with {probabilities.shape[1:]} numbers, the kept model with {reference.shape[1:]}."
        raise FmsearchError(what, DISCARDED)
    found = measure(reference, probabilities, claim.labels)
    _require_same(found, format_of(exported).tolerance)
    _require_claimed(found, claim.accuracy)
    return found


def measure(reference: Probabilities, probabilities: Probabilities, labels: Labels) -> Verification:
    """How an export's answers differ from the kept model's, and how many are right."""
    import numpy as np

    chosen = probabilities.argmax(axis=1)
    return Verification(
        images=len(labels),
        accuracy=float(np.mean(chosen == labels)),
        largest_difference=float(np.abs(probabilities - reference).max()),
        other_classes=int(np.sum(chosen != reference.argmax(axis=1))),
    )


def _require_same(found: Verification, tolerance: float) -> None:
    if found.largest_difference <= tolerance and not found.other_classes:  # a NaN is not within any tolerance
        return
    raise FmsearchError(
        "The export does not answer as the model that the run kept: probabilities differ by up to "
        f"{found.largest_difference:.2g}, and {found.other_classes} of {found.images:,} images change their class.",
        f"Expected a difference of at most {tolerance:g} and no other class. {DISCARDED}",
    )


def _require_claimed(found: Verification, accuracy: float) -> None:
    if abs(found.accuracy - accuracy) <= max(POINTS, 1 / found.images) + ROUNDING:
        return
    raise FmsearchError(
        f"The model's accuracy is {found.accuracy:.4f} on the validation images; it was {accuracy:.4f} when the run "
        "trained it.",
        f"Either the run's weights were changed since, or Keras computes otherwise here. {DISCARDED}",
    )


def _run(models: Sequence[Path], pixels: Pixels, blocks: Sequence[str]) -> list[Probabilities]:
    """What each model makes of the images; the processes run side by side."""
    import numpy as np

    with tempfile.TemporaryDirectory(prefix="fmsearch-") as folder, ThreadPoolExecutor(len(models)) as pool:
        images = Path(folder) / "pixels.npy"
        np.save(images, pixels)
        outputs = [Path(folder) / f"probabilities{i}.npy" for i in range(len(models))]
        list(pool.map(partial(_run_one, blocks), models, [images] * len(models), outputs))
        return [np.load(output) for output in outputs]


def _run_one(blocks: Sequence[str], model: Path, images: Path, output: Path) -> None:
    done = subprocess.run(  # noqa: S603  # our own interpreter and module
        # -P: a file keras.py in the current folder is not Keras.
        [sys.executable, "-P", "-m", MODULE, str(model), str(images), str(output), *blocks],
        env=os.environ | ONE_CPU_THREAD,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        what = last if done.returncode == WRONG_INPUT else f"{model} cannot be run: {last.rstrip('.')}."
        raise FmsearchError(what, DISCARDED)


def main(arguments: Sequence[str]) -> int:
    """In the fresh process: load a model, and write what it makes of the images."""
    import numpy as np

    model, images, output, *blocks = (Path(argument) for argument in arguments)
    try:
        for file in blocks:
            own_code.load(file)
        probabilities = format_of(model).load(model).predict(np.load(images))
    except InputError as error:
        print(error, file=sys.stderr)  # noqa: T201  # read by the process that started this one
        return WRONG_INPUT
    np.save(output, probabilities)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
