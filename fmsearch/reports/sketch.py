"""An architecture in one line."""

from __future__ import annotations

from collections.abc import Iterator

from searchspace import Architecture, layers
from searchspace.shapes import extent

_SHORT = {"global_average_pooling2d": "gap", "flatten": "flat", "average_pooling2d": "avg", "max_pooling2d": "max"}


def sketch(architecture: Architecture) -> str:
    """The layers that carry weights or shrink the image: `conv16k3s2-max2 conv32k3 gap dense64`.

    `k` is the kernel, `s` the strides where not 1, `v` valid padding, `dw` a depthwise convolution, `se`
    squeeze-and-excitation, `res(...)` a residual, `cat(...|...)` what is joined, `drop` spatial dropout.
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
            word = f"conv{layer.filters}{_kernel(layer, extent(layer.strides))}"
        case layers.DepthwiseConv2D():
            word = f"dw{_kernel(layer, str(layer.strides))}"
        case layers.Pool2D():
            word = f"{_SHORT[layer.kind]}{extent(layer.pool_size)}"
        case layers.SpatialDropout2D() | layers.Dropout():
            word = f"drop{layer.rate:g}"
        case layers.Residual():
            word = f"res({'-'.join(_words(layer.body))})"
        case layers.Concatenate():
            word = f"cat({'|'.join('-'.join(_words(branch)) for branch in layer.branches)})"
        case layers.SqueezeExcitation():
            word = f"se{layer.units}"
        case layers.Custom():
            word = f"{layer.layer.lower()}{dict(layer.fields).get('filters', '')}"
        case layers.Dense():
            word = f"dense{layer.units}"
        case _:
            word = _SHORT.get(layer.kind, "")
    return word


def _kernel(layer: layers.Conv2D | layers.DepthwiseConv2D, strides: str) -> str:
    shown = "" if strides == "1" else f"s{strides}"
    return f"k{extent(layer.kernel_size)}{shown}{'v' if layer.padding == 'valid' else ''}"
