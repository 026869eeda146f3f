"""Spaces in which blocks of a user's own stand beside ours."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Union

from pydantic import Field, create_model

from searchspace.blocks import Block
from searchspace.space import NetworkSpace
from searchspace.stages import KINDS, Stages, one_or_several


@cache
def extended(own: tuple[type[Block], ...]) -> type[NetworkSpace]:
    """The schema of spaces that may have these blocks, too; it validates, and is described, as the usual one."""
    any_block: Any = Annotated[Union[(*KINDS, *own)], Field(discriminator="kind")]
    stages = create_model(
        "Stages", __base__=Stages, __doc__=Stages.__doc__, block=_as(Stages, "block", one_or_several(any_block))
    )
    return create_model(
        "NetworkSpace",
        __base__=NetworkSpace,
        __doc__=NetworkSpace.__doc__,
        stem=_as(NetworkSpace, "stem", any_block | None),
        stages=_as(NetworkSpace, "stages", stages),
    )


def _as(schema: type[Any], name: str, type_: Any) -> tuple[Any, Any]:
    """A field as it was, of another type."""
    field = schema.model_fields[name]
    default = ... if field.is_required() else field.default
    return type_, Field(default, description=field.description)
