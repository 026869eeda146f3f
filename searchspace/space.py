"""A search space: every network, and every way to train one, that a person would accept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from random import Random
from typing import Annotated

from pydantic import Field

from searchspace.blocks import Place
from searchspace.candidate import Architecture, Candidate, Input
from searchspace.decode import decode
from searchspace.dimensions import Dimension, Picked
from searchspace.domains import Schema
from searchspace.head import Head
from searchspace.settling import settled
from searchspace.shapes import output_channels
from searchspace.stages import AnyBlock, Stages
from searchspace.training import Augmentation, Training, recipe

STEM = Place(0, "stem", "stem.filters")


class Limits(Schema):
    """What a candidate must not exceed; a proposal that does costs no training."""

    parameters: Annotated[int, Field(ge=1)] | None = None
    """Most parameters, non-trainable ones included (Keras's `count_params`)."""
    macs: Annotated[int, Field(ge=1)] | None = None
    """Most multiply-accumulate operations for one image."""
    memory: Annotated[int, Field(ge=1)] | None = None
    """Most bytes of activations alive at once for one image, in float32."""
    int8_bytes: Annotated[int, Field(ge=1)] | None = None
    """Most bytes that the weights would take in int8, batch normalisation folded into convolutions. It is computed;
    fmsearch quantises nothing."""


class NetworkSpace(Schema):
    """Which networks are acceptable, and how their training images may be distorted."""

    stem: AnyBlock | None = None
    """A block before the first stage."""
    stages: Stages
    """The body of the network."""
    head: Head = Head()
    """From feature maps to classes."""
    augmentation: Augmentation = Augmentation()
    """Distortions of the training images."""


class SearchSpace(NetworkSpace):
    """Everything that may vary, for images of one shape."""

    input: Input = Input()
    """The images and the number of classes."""
    training: Training = Training()
    """How a network is trained."""
    limits: Limits = Limits()
    """What a candidate must not exceed."""

    @cached_property
    def plan(self) -> tuple[Dimension, ...]:
        """Every dimension, fixed ones too, parents before their children; shared ones once per stage."""
        return tuple(
            dimension
            for group in (
                self.stem.dimensions_at(STEM) if self.stem else (),
                self.stages.dimensions(),
                self.head.dimensions("head"),
                self.augmentation.dimensions("augmentation"),
                self.training.dimensions("training"),
            )
            for dimension in group
            if dimension.parent is None or dimension.when
        )

    def assemble(self, picked: Mapping[str, Picked]) -> Candidate:
        """The candidate for the values picked, by scope and field."""
        channels = self.input.channels
        stem = self.stem.layers(self.stem.picked_at(STEM, picked), channels) if self.stem else ()
        channels = output_channels(stem, channels)
        stages = []
        for stage in range(picked["stages"]["count"]):
            block, values = self.stages.pick(picked, stage)
            stages.append(block.layers(values, channels))
            channels = output_channels(stages[-1], channels)
        stem, *stages = settled([stem, *stages], self.input.shape)
        head = self.head.layers(picked["head"], self.input.classes)
        return Candidate(
            architecture=Architecture(input=self.input, stem=stem, stages=tuple(stages), head=head),
            recipe=recipe(picked["training"], picked["augmentation"]),
        )

    def sample(self, rng: Random) -> Candidate:
        """A candidate drawn at random, each choice evenly; it may break limits or be infeasible."""
        return decode(self, lambda dimension: dimension.domain.at(rng.random()))
