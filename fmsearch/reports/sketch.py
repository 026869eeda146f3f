"""An architecture in one line."""

from __future__ import annotations

from collections.abc import Iterator

from searchspace import Architecture, layers
from searchspace.shapes import extent

_SHORT = {"global_average_pooling2d": "gap", "flatten": "flat", "average_pooling2d": "avg", "max_pooling2d": "max"}


def sketch(architecture: Architecture) -> str:
    """The layers that carry weights or shrink the image: `conv16k3s2-max2 conv32k3 gap dense64`.

    `k` is the kernel, `s` the strides where not 1, `v` valid padding, `res(...)` a residual, `drop` spatial dropout.
    """
    parts = ["-".join(_words(stack)) for _, stack in architecture.sections()]
    return " ".join(part for part in parts if part)


def _words(stack: layers.Layers) -> Iterator[str]:
    for layer in stack:
        if word := _word(layer):
            yield word


def _word(layer: layers.Layer) -> str:
    match layer:
        case layers.Conv2D():
            strides = "" if layer.strides == (1, 1) else f"s{extent(layer.strides)}"
            return f"conv{layer.filters}k{extent(layer.kernel_size)}{strides}{'v' if layer.padding == 'valid' else ''}"
        case layers.Pool2D():
            return f"{_SHORT[layer.kind]}{extent(layer.pool_size)}"
        case layers.SpatialDropout2D() | layers.Dropout():
            return f"drop{layer.rate:g}"
        case layers.Residual():
            return f"res({'-'.join(_words(layer.body))})"
        case layers.Dense():
            return f"dense{layer.units}"
        case _:
            return _SHORT.get(layer.kind, "")
