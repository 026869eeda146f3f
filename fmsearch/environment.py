"""The machine and its software, as far as the digits of a result depend on them; nothing heavy is imported for it."""

from __future__ import annotations

import functools
import json
import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, Self

from fmsearch import kernels
from fmsearch.cache_folder import keras_home
from searchspace.domains import Schema

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


class Environment(Schema):
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
            settings=" ".join(f"{name}={value}" for name in settings if (value := _chosen(name))),
        )

    def differences(self, other: Environment) -> list[str]:
        """What differs, as `backend_version 2.20.0, here 2.21.0`, from another that is `here`."""
        fields = ((name, getattr(self, name), getattr(other, name)) for name in type(self).model_fields)
        return [
            f"{name} {mine or 'unknown'}, here {there or 'unknown'}" for name, mine, there in fields if mine != there
        ]


def _chosen(name: str) -> str:
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
