"""Times as a study file writes them: `90s`, `10m`, `1h30m`, or a number of seconds."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

WRITTEN = re.compile(r"(?:(?P<hours>\d+(?:\.\d+)?)h)?(?:(?P<minutes>\d+(?:\.\d+)?)m)?(?:(?P<seconds>\d+(?:\.\d+)?)s)?")


def seconds(written: Any) -> Any:
    """The seconds that a text means; whatever else it is given, as it is, for pydantic to judge."""
    if not isinstance(written, str):
        return written
    match = WRITTEN.fullmatch(written.replace(" ", ""))
    if match is None or not any(match.groups()):
        raise ValueError(f"'{written}' is not a time; expected one as in 90s, 10m or 1h30m")
    hours, minutes, rest = (float(group or 0) for group in match.group("hours", "minutes", "seconds"))
    return 3600 * hours + 60 * minutes + rest


Duration: TypeAlias = Annotated[
    float,
    BeforeValidator(seconds),
    Field(gt=0, le=31_536_000, allow_inf_nan=False),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": "^[0-9.hms ]+$"}]}
    ),
]
"""Seconds."""
