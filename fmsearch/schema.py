"""The JSON Schema of a study file: what an editor completes and checks while one is written."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from fmsearch.study import Study


def study_schema(study: type[Study] = Study) -> dict[str, Any]:
    """The schema of the whole file, draft 2020-12, with descriptions for completion."""
    schema = study.model_json_schema(schema_generator=_Generator)
    plain: dict[str, Any] = _on_one_line(schema)
    return {"$schema": GenerateJsonSchema.schema_dialect, **plain}


def schema_text(study: type[Study] = Study) -> str:
    """The same as the text of a file."""
    return json.dumps(study_schema(study), indent=2, ensure_ascii=False) + "\n"


class _Generator(GenerateJsonSchema):
    """Pydantic's schema in the terms of editors, which know no discriminators."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No title beside each key: it would be the key again."""
        del schema
        return False

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Any of the alternatives: a list such as `[3, 5]` is a choice, but has the shape of one extent too."""
        union = super().tagged_union_schema(schema)
        union.pop("discriminator", None)
        return {"anyOf": union.pop("oneOf"), **union}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A `kind` has to be written, since it decides which keys may follow."""
        model = super().model_schema(schema)
        if "const" in model.get("properties", {}).get("kind", {}):
            model["required"] = ["kind", *model.get("required", ())]
        return model


def _on_one_line(node: Any) -> Any:
    """The same with the lines of each description joined."""
    if isinstance(node, list):
        return [_on_one_line(item) for item in node]
    if not isinstance(node, dict):
        return node
    joined = {name: _on_one_line(item) for name, item in node.items()}
    if isinstance(joined.get("description"), str):
        joined["description"] = " ".join(joined["description"].split())
    return joined
