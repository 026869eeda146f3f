"""One evaluation: a pure function of what is in here, and what it gives."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import re
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, SerializeAsAny

from fmsearch import kernels
from fmsearch.cache_folder import keras_home
from searchspace import Augment, Candidate, Recipe
from searchspace.domains import Model

KEY_LENGTH = 24
# Raised whenever equal evaluations would give other digits than before: what an older version stored is then not found.
TRAINING = 4
TRAINING_BY = {"torch": 5}  # backends whose way alone has changed since
NVIDIA_DEVICES = Path("/proc/driver/nvidia/gpus")
PROCESSOR = Path("/proc/cpuinfo")
INSTRUCTIONS = re.compile(r"avx\w*|fma|amx\w*|f16c|asimd\w*|sve\w*|bf16|i8mm")
ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
"""What our own workers add to XLA_FLAGS."""
SETTINGS = (
    kernels.VARIABLE,
    "ONEDNN_MAX_CPU_ISA",
    "DNNL_MAX_CPU_ISA",
    "TF_XLA_FLAGS",
    "XLA_FLAGS",
    "NVIDIA_TF32_OVERRIDE",
)
SETTINGS_OF = {
    "jax": ("JAX_PLATFORMS", "JAX_ENABLE_X64", "JAX_DEFAULT_MATMUL_PRECISION"),
    "torch": ("ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR"),
}
BACKENDS = ("tensorflow", "jax", "torch")
"""Those of Keras's that train."""

Purpose: TypeAlias = Literal["search", "final"]


def _whole(number: float) -> float:
    """A whole number as one, so that 3 and 3.0 are written, and digested, alike."""
    return int(number) if number == int(number) else number


MOST_PASSES = 10_000.0
Passes: TypeAlias = Annotated[float, Field(gt=0, le=MOST_PASSES), AfterValidator(_whole), SerializeAsAny()]
"""Epochs: passes over the training images. Half a one is a pass over half of them; whole ones are written so."""


class Environment(Model):
    """What else the digits of a result depend on.

    Attributes:
        device: on a GPU, digits may differ even from run to run: its kernels add in any order.
        machine: the kind of processor.
        instructions: those of its instruction sets for which numeric libraries have kernels of their own.
        settings: what the user set that chooses other kernels, as `NAME=value`.
    """

    backend: str
    backend_version: str
    keras_version: str
    device: Literal["cpu", "gpu"]
    machine: str
    instructions: str = ""
    settings: str = ""

    @classmethod
    def here(cls) -> Self:
        """This machine's, without importing a backend."""
        backend = chosen_backend()
        settings = (*SETTINGS, *SETTINGS_OF.get(backend, ()))
        return cls(
            backend=backend,
            backend_version=_version(backend),
            keras_version=_version("keras"),
            device="gpu" if _has_gpu() else "cpu",
            machine=platform.machine(),
            instructions=_instructions(),
            settings=" ".join(f"{name}={value}" for name in settings if (value := _set(name))),
        )

    def differences(self, other: Environment) -> list[str]:
        """What differs, as `backend_version 2.20.0, here 2.21.0`, from another that is `here`."""
        fields = ((name, getattr(self, name), getattr(other, name)) for name in type(self).model_fields)
        return [
            f"{name} {mine or 'unknown'}, here {there or 'unknown'}" for name, mine, there in fields if mine != there
        ]


class Evaluation(Model):
    """One training of one candidate, with everything that its result depends on.

    A `final` one also reads the test set and keeps the trained model.

    Attributes:
        augment: how its images are distorted, where not as the candidate's recipe says.
    """

    candidate: Candidate
    dataset: str
    epochs: Passes
    seed: Annotated[int, Field(ge=0)]
    purpose: Purpose = "search"
    environment: Environment
    augment: Augment | None = None

    @property
    def recipe(self) -> Recipe:
        """How its candidate is trained in it."""
        recipe = self.candidate.recipe
        return recipe if self.augment is None else recipe.model_copy(update={"augment": self.augment})

    @cached_property
    def key(self) -> str:
        """The name under which the result is stored: a digest of all the above, and of the way of training."""
        content = self.model_dump(mode="json", exclude={"candidate"} if self.augment else {"candidate", "augment"})
        way = TRAINING_BY.get(self.environment.backend, TRAINING)
        return _digest({**content, "candidate": self.candidate.digest, "training": way})[:KEY_LENGTH]


class Epoch(Model):
    """How one epoch ended; losses are cross-entropies in nats, label smoothing included."""

    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float


class Result(Model):
    """What an evaluation gives.

    `accuracy` and `loss` are of the validation split. `seconds` is wall time, of which `setup` went by before the first
    step and after the last. A failed one says why in `reason`; one that is done, in `remark` what went wrong beside it.
    """

    status: Literal["done", "failed"]
    accuracy: float | None = None
    loss: float | None = None
    test_accuracy: float | None = None
    curve: tuple[Epoch, ...] = ()
    seconds: float = 0.0
    setup: float = 0.0
    reason: str = ""
    remark: str = ""

    def passes(self, epochs: float) -> float:
        """Epochs that it trained, of so many that were asked: fewer where it stopped early or failed."""
        return min(epochs, len(self.curve))


def derive_seed(*parts: object) -> int:
    """A seed of 31 bits that depends on all parts and nothing else."""
    return int(_digest([str(part) for part in parts])[:8], 16) >> 1


def _set(name: str) -> str:
    """What a user set other than we do; a worker in this very process may have added its own."""
    value = os.environ.get(name, "").replace(ONE_THREAD, "").strip()
    return "" if (name, value) == (kernels.VARIABLE, kernels.ONEDNN) else value


def chosen_backend() -> str:
    """The backend that Keras will use: `KERAS_BACKEND`, or that of `keras.json`, or TensorFlow."""
    if backend := os.environ.get("KERAS_BACKEND"):
        return backend
    try:
        return str(json.loads((keras_home() / "keras.json").read_text(encoding="utf-8"))["backend"])
    except (OSError, ValueError, KeyError, TypeError):
        return "tensorflow"


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


@functools.cache
def _instructions() -> str:
    """Of the first core; empty where the system does not say."""
    try:
        text = PROCESSOR.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    listed = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return " ".join(sorted(filter(INSTRUCTIONS.fullmatch, listed[1].split()))) if listed else ""


def _has_gpu() -> bool:
    """Whether a backend would find an NVIDIA card: there is one, and it is not hidden."""
    return os.environ.get("CUDA_VISIBLE_DEVICES") not in {"", "-1"} and NVIDIA_DEVICES.is_dir()
