"""The stages of a network: how many, and what each may be made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast, get_args

from pydantic import AfterValidator, Discriminator, Field, Tag

from searchspace.blocks import Block, Place
from searchspace.bounds import within
from searchspace.dimensions import Dimension, Picked
from searchspace.domains import Choice, Schema, Value, Whole, as_domain
from searchspace.plain_blocks import ConvBlock, MultiKernelBlock, SeparableBlock
from searchspace.residual_blocks import InvertedResidualBlock, ResidualBlock

AnyBlock: TypeAlias = Annotated[
    ConvBlock | ResidualBlock | SeparableBlock | InvertedResidualBlock | MultiKernelBlock,
    Field(discriminator="kind"),
]
KINDS: tuple[type[Block], ...] = get_args(get_args(AnyBlock)[0])


def _of_different_kinds(blocks: Sequence[AnyBlock]) -> tuple[AnyBlock, ...]:
    if not blocks:
        raise ValueError("an empty list leaves nothing to build a stage of; expected at least one block")
    kinds = [block.kind for block in blocks]
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise ValueError(f"two blocks of kind '{kind}'; expected one of each kind, with all its values as choices")
    return tuple(blocks)


def one_or_several(block: Any) -> Any:
    """The type of a field with one block, or a choice among several."""
    return Annotated[
        Annotated[block, Tag("block")] | Annotated[Sequence[block], AfterValidator(_of_different_kinds), Tag("blocks")],
        Discriminator(lambda field: "blocks" if isinstance(field, list | tuple) else "block"),
    ]


if TYPE_CHECKING:
    Blocks: TypeAlias = AnyBlock | Sequence[AnyBlock]
else:
    Blocks = one_or_several(AnyBlock)


class Stages(Schema):
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
            yield from self._stage(stage, None if always else "stages.count", enough)

    def _stage(self, stage: int, parent: str | None, when: frozenset[Value]) -> Iterator[Dimension]:
        scope = f"stages.{stage}"
        if len(self.alternatives) > 1:
            kinds = tuple(block.kind for block in self.alternatives)
            yield Dimension(scope, "block", Choice(kinds), parent, when)
        for block in self.alternatives:
            if len(self.alternatives) > 1:
                parent, when = f"{scope}.block", frozenset([block.kind])
            yield from block.dimensions_at(self._place(block, stage), parent, when)

    def pick(self, picked: Mapping[str, Picked], stage: int) -> tuple[Block, Picked]:
        """The block that a stage chose, and its values."""
        kind = picked[f"stages.{stage}"].get("block", self.alternatives[0].kind)
        block = next(block for block in self.alternatives if block.kind == kind)
        return block, block.picked_at(self._place(block, stage), picked)

    def _place(self, block: Block, stage: int) -> Place:
        kind = f".{block.kind}" if len(self.alternatives) > 1 else ""
        return Place(stage, f"stages.{stage}{kind}", f"stages{kind}.filters")
