"""From an architecture to a Keras model."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any, TypeAlias

import keras

from fmsearch.training.conventions import conventions
from fmsearch.training.trainee import WHITE
from searchspace import Architecture, Candidate, layers
from searchspace.custom import CustomLayer, answer_of, calling, file_of, implementation
from searchspace.errors import OwnCodeError

Tensor: TypeAlias = Any
MakeLayer: TypeAlias = Callable[[layers.Layer, str], keras.layers.Layer]

# Keras's 0.99 needs hundreds of steps before the running means are worth anything; a rung may have thirty.
BATCH_NORMALIZATION_MOMENTUM = 0.9


def build_model(candidate: Candidate) -> keras.Model:
    """The candidate's network, untrained: images (batch, height, width, channels) in [0, 1] to logits."""
    return build(candidate.architecture)


@conventions()
def build(architecture: Architecture, make: MakeLayer | None = None) -> keras.Model:
    """The network, untrained: images (batch, height, width, channels) in [0, 1] to logits (batch, classes).

    Args:
        architecture: what is built.
        make: what makes the Keras layer of a name that a concrete layer stands for; `keras_layer` if None.
    """
    images = keras.Input(architecture.input.shape, name="images")
    return keras.Model(images, _through(architecture, images, make or keras_layer), name="network")


@conventions()
def deployable(architecture: Architecture, trained: keras.Model) -> keras.Model:
    """The trained network with its preprocessing inside: raw uint8 pixels to class probabilities."""
    pixels = keras.Input(architecture.input.shape, dtype="uint8", name="pixels")
    scaled = keras.layers.Rescaling(1 / WHITE, name="to_unit_range")(pixels)
    logits = _through(architecture, scaled, keras_layer)
    model = keras.Model(pixels, keras.layers.Softmax(name="probabilities")(logits), name="classifier")
    model.set_weights(trained.get_weights())
    return model


def _through(architecture: Architecture, tensor: Tensor, make: MakeLayer) -> Tensor:
    for scope, stack in scopes(architecture):
        tensor = _stack(stack, tensor, scope, make)
    return tensor


def scopes(architecture: Architecture) -> list[tuple[str, layers.Layers]]:
    """Its stacks, each with what the names of its Keras layers begin with."""
    return [(section.replace(" ", "_"), stack) for section, stack in architecture.sections()]


def scopes_within(layer: layers.Layer, scope: str) -> list[tuple[str, layers.Layers]]:
    """The stacks that a layer joins, in the same way."""
    match layer:
        case layers.Residual(body=body, shortcut=shortcut):
            return [(f"{scope}_body", body), (f"{scope}_shortcut", shortcut)]
        case layers.Concatenate(branches=branches):
            return [(f"{scope}_branch{number}", branch) for number, branch in enumerate(branches, start=1)]
        case _:
            return []


def _stack(stack: layers.Layers, tensor: Tensor, scope: str, make: MakeLayer) -> Tensor:
    for position, layer in enumerate(stack):
        name = f"{scope}_{position}_{layer.kind}"
        within = [_stack(part, tensor, inner, make) for inner, part in scopes_within(layer, f"{scope}_{position}")]
        match layer:
            case layers.Residual():
                tensor = keras.layers.Add(name=name)(within)
            case layers.Concatenate():
                tensor = keras.layers.Concatenate(name=name)(within)
            case layers.SqueezeExcitation():
                tensor = _squeeze_excitation(layer, tensor, name)
            case layers.Custom():
                with calling(type(implementation(layer)), "keras_layer"):  # which may fail when it is applied
                    tensor = make(layer, name)(tensor)
            case _:
                tensor = make(layer, name)(tensor)
    return tensor


def _squeeze_excitation(layer: layers.SqueezeExcitation, tensor: Tensor, name: str) -> Tensor:
    """On images of one pixel, a 1x1 convolution is a dense layer that keeps height and width."""
    means = keras.layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_means")(tensor)
    squeezed = _pointwise(layer.units, "relu", f"{name}_squeeze")(means)
    weights = _pointwise(tensor.shape[-1], "sigmoid", f"{name}_excite")(squeezed)
    return keras.layers.Multiply(name=name)([tensor, weights])


def _pointwise(filters: int, activation: str, name: str) -> keras.layers.Layer:
    return keras.layers.Conv2D(filters, 1, activation=activation, kernel_initializer="he_normal", name=name)


@singledispatch
def keras_layer(layer: layers.Layer, name: str) -> keras.layers.Layer:
    """The Keras layer that a concrete layer stands for."""
    raise NotImplementedError(f"no Keras layer is known for {layer!r} ({name})")


@keras_layer.register
def _(layer: layers.Conv2D, name: str) -> keras.layers.Layer:
    return keras.layers.Conv2D(
        layer.filters,
        layer.kernel_size,
        strides=layer.strides,
        padding=layer.padding,
        use_bias=layer.use_bias,
        kernel_initializer="he_normal",
        name=name,
    )


@keras_layer.register
def _(layer: layers.DepthwiseConv2D, name: str) -> keras.layers.Layer:
    return keras.layers.DepthwiseConv2D(
        layer.kernel_size,
        strides=layer.strides,
        padding=layer.padding,
        use_bias=layer.use_bias,
        depthwise_initializer="he_normal",
        name=name,
    )


@keras_layer.register
def _(layer: layers.BatchNormalization, name: str) -> keras.layers.Layer:
    del layer
    return keras.layers.BatchNormalization(momentum=BATCH_NORMALIZATION_MOMENTUM, name=name)


@keras_layer.register
def _(layer: layers.LayerNormalization, name: str) -> keras.layers.Layer:
    del layer
    return keras.layers.LayerNormalization(name=name)


@keras_layer.register
def _(layer: layers.Activate, name: str) -> keras.layers.Layer:
    return keras.layers.Activation(layer.function, name=name)


@keras_layer.register
def _(layer: layers.Pool2D, name: str) -> keras.layers.Layer:
    pooling = keras.layers.MaxPooling2D if layer.kind == "max_pooling2d" else keras.layers.AveragePooling2D
    return pooling(layer.pool_size, padding="same", name=name)


@keras_layer.register
def _(layer: layers.SpatialDropout2D, name: str) -> keras.layers.Layer:
    return keras.layers.SpatialDropout2D(layer.rate, name=name)


@keras_layer.register
def _(layer: layers.Dropout, name: str) -> keras.layers.Layer:
    return keras.layers.Dropout(layer.rate, name=name)


@keras_layer.register
def _(layer: layers.GlobalAveragePooling2D, name: str) -> keras.layers.Layer:
    del layer
    return keras.layers.GlobalAveragePooling2D(name=name)


@keras_layer.register
def _(layer: layers.Flatten, name: str) -> keras.layers.Layer:
    del layer
    return keras.layers.Flatten(name=name)


@keras_layer.register
def _(layer: layers.Custom, name: str) -> keras.layers.Layer:
    answer: keras.layers.Layer = answer_of(
        layer,
        "keras_layer",
        name,
        is_right=lambda answer: isinstance(answer, keras.layers.Layer) and answer.name == name,
        expected=f"a Keras layer of the name that it is given, {name}",
    )
    _require_storable(answer, implementation(layer))
    return answer


def _require_storable(made: keras.layers.Layer, own: CustomLayer) -> None:
    """See that a model with this layer can be saved and loaded: better told before a search than after it.

    Raises:
        OwnCodeError: it cannot.
    """
    try:
        keras.layers.deserialize(keras.layers.serialize(made))
    except Exception as error:  # whatever a user's code raises
        why = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise OwnCodeError(
            f"{file_of(type(own))}: the Keras layer {type(made).__name__} cannot be saved and loaded: {why}.",
            fix="Give it a get_config, and decorate it with @keras.saving.register_keras_serializable.",
        ) from error


@keras_layer.register
def _(layer: layers.Dense, name: str) -> keras.layers.Layer:
    return keras.layers.Dense(layer.units, name=name)
