"""A layer in a few words."""

from __future__ import annotations

from searchspace import layers
from searchspace.shapes import extent


def described(layer: layers.Layer) -> str:
    """What it is, as Keras names it, and what sets it apart: `conv2d 16, 3x3, strides 2, valid`."""
    match layer:
        case layers.Conv2D():
            words = _convolution(layer, f"{layer.kind} {layer.filters}, ", extent(layer.strides))
        case layers.DepthwiseConv2D():
            words = _convolution(layer, f"{layer.kind} ", str(layer.strides))
        case layers.Pool2D():
            words = f"{layer.kind} {extent(layer.pool_size)}"
        case layers.SpatialDropout2D() | layers.Dropout():
            words = f"{layer.kind} {layer.rate:g}"
        case layers.Dense() | layers.SqueezeExcitation():
            words = f"{layer.kind} {layer.units}"
        case layers.Custom():
            fields = ", ".join(f"{name} {value}" for name, value in layer.fields)
            words = f"{layer.layer} {fields}".rstrip()
        case layers.Activate():
            words = layer.function
        case layers.Residual():
            words = f"add body and {'shortcut' if layer.shortcut else 'input'}"
        case layers.Concatenate():
            words = f"{layer.kind} {len(layer.branches)} branches"
        case _:
            words = layer.kind
    return words


def _convolution(layer: layers.Conv2D | layers.DepthwiseConv2D, name: str, strides: str) -> str:
    words = [name + "x".join(map(str, layer.kernel_size))]
    if strides != "1":
        words.append(f"strides {strides}")
    if layer.padding == "valid":
        words.append("valid")
    if not layer.use_bias:
        words.append("no bias")
    return ", ".join(words)
