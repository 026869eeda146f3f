"""A search space: every network, and every way to train one, that a person would accept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from random import Random
from typing import Annotated, Any, Self, TypeAlias, cast

from pydantic import AfterValidator, Discriminator, Field, Tag

from searchspace.blocks import AnyBlock, Block, Head
from searchspace.bounds import within
from searchspace.candidate import Architecture, Candidate, Input
from searchspace.decode import decode
from searchspace.dimensions import Dimension, Picked
from searchspace.domains import Choice, Model, Value, Whole, as_domain
from searchspace.shapes import output_channels
from searchspace.training import Augmentation, Training, recipe


def _of_different_kinds(blocks: Sequence[AnyBlock]) -> tuple[AnyBlock, ...]:
    if not blocks:
        raise ValueError("an empty list leaves nothing to build a stage of; expected at least one block")
    kinds = [block.kind for block in blocks]
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise ValueError(f"two blocks of kind '{kind}'; expected one of each kind, with all its values as choices")
    return tuple(blocks)


Blocks: TypeAlias = Annotated[
    Annotated[AnyBlock, Tag("block")]
    | Annotated[Sequence[AnyBlock], AfterValidator(_of_different_kinds), Tag("blocks")],
    Discriminator(lambda field: "blocks" if isinstance(field, list | tuple) else "block"),
]


class Stages(Model):
    """The body of the network: stages one after another, each of which draws values of its own."""

    count: Annotated[Whole, within(1, 32)] = 1
    """Number of stages; a choice here makes depth part of the search."""
    block: Blocks
    """What a stage is made of; with a list of blocks, each stage chooses one."""

    @property
    def alternatives(self) -> tuple[Block, ...]:
        """The blocks a stage may choose among."""
        return tuple(self.block) if isinstance(self.block, Sequence) else (self.block,)

    def dimensions(self) -> Iterator[Dimension]:
        """The stages' dimensions; those of a stage count where there are enough stages."""
        domain = as_domain(self.count)
        yield Dimension("stages", "count", domain)
        counts = cast("tuple[int, ...]", domain.values)
        for stage in range(max(counts)):
            enough = frozenset(count for count in counts if count > stage)
            always = len(enough) == len(counts)
            yield from self._stage(f"stages.{stage}", None if always else "stages.count", enough)

    def _stage(self, scope: str, parent: str | None, when: frozenset[Value]) -> Iterator[Dimension]:
        if len(self.alternatives) == 1:
            yield from self.alternatives[0].dimensions(scope, parent, when)
            return
        kinds = tuple(block.kind for block in self.alternatives)
        yield Dimension(scope, "block", Choice(kinds), parent, when)
        for block in self.alternatives:
            yield from block.dimensions(f"{scope}.{block.kind}", f"{scope}.block", frozenset([block.kind]))

    def pick(self, picked: Mapping[str, Picked], stage: int) -> tuple[Block, Picked]:
        """The block that a stage chose, and its values."""
        scope = f"stages.{stage}"
        if len(self.alternatives) == 1:
            return self.alternatives[0], picked[scope]
        kind = picked[scope]["block"]
        return next(block for block in self.alternatives if block.kind == kind), picked[f"{scope}.{kind}"]


class Limits(Model):
    """What a candidate must not exceed; a proposal that does costs no training."""

    parameters: Annotated[int, Field(ge=1)] | None = None
    """Most parameters, non-trainable ones included (Keras's `count_params`)."""
    macs: Annotated[int, Field(ge=1)] | None = None
    """Most multiply-accumulate operations for one image."""
    memory: Annotated[int, Field(ge=1)] | None = None
    """Most bytes of activations alive at once for one image, in float32."""
    int8_bytes: Annotated[int, Field(ge=1)] | None = None
    """Most bytes of the weights when quantised to int8."""


class NetworkSpace(Model):
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
        """Every dimension, fixed ones too, parents before what hangs on them."""
        return tuple(
            dimension
            for group in (
                self.stem.dimensions("stem") if self.stem else (),
                self.stages.dimensions(),
                self.head.dimensions("head"),
                self.augmentation.dimensions("augmentation"),
                self.training.dimensions("training"),
            )
            for dimension in group
            if dimension.parent is None or dimension.when
        )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, which works out its own `plan`: `update` may give it other fields."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("plan", None)
        return copied

    def assemble(self, picked: Mapping[str, Picked]) -> Candidate:
        """The candidate for the values picked, by scope and field."""
        channels = self.input.channels
        stem = self.stem.layers(picked["stem"], channels) if self.stem else ()
        channels = output_channels(stem, channels)
        stages = []
        for stage in range(picked["stages"]["count"]):
            block, values = self.stages.pick(picked, stage)
            stages.append(block.layers(values, channels))
            channels = output_channels(stages[-1], channels)
        head = self.head.layers(picked["head"], self.input.classes)
        return Candidate(
            architecture=Architecture(input=self.input, stem=stem, stages=tuple(stages), head=head),
            recipe=recipe(picked["training"], picked["augmentation"]),
        )

    def sample(self, rng: Random) -> Candidate:
        """A candidate drawn at random, each choice evenly; it may break limits or be infeasible."""
        return decode(self, lambda dimension: dimension.domain.at(rng.random()))
