"""What is wrong with a study file, said so that a person can mend it: where, what, and what would be right."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fmsearch.source import Document, Mark, Trail

MOST_SHOWN = 10
LONGEST_VALUE = 60

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "tuple_type": "a list",
    "list_type": "a list",
    "is_instance_of": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "finite_number": "a finite number",
}


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong, and the place of it."""

    mark: Mark
    what: str


def describe(error: ValidationError, document: Document, schema: type[BaseModel]) -> str:
    """All that is wrong, each with `file:line:column` and the line it stands in."""
    grouped: defaultdict[tuple[Trail, bool], list[ErrorDetails]] = defaultdict(list)
    for details in error.errors():
        grouped[_where(details, document)].append(details)
    complaints = [
        Complaint(document.mark(trail, key=is_key), _what(trail, details, document, schema))
        for (trail, is_key), details in grouped.items()
    ]
    complaints.sort(key=lambda complaint: (complaint.mark.line, complaint.mark.column))
    shown = [_paragraph(complaint, document) for complaint in complaints[:MOST_SHOWN]]
    if len(complaints) > MOST_SHOWN:
        shown.append(f"... and {len(complaints) - MOST_SHOWN} more.")
    return "\n".join(shown)


def nearest(word: object, names: list[str]) -> str:
    """`did you mean 'kernel_size'?`, where one of the names is close."""
    close = difflib.get_close_matches(str(word), names, n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def _where(details: ErrorDetails, document: Document) -> tuple[Trail, bool]:
    """The path of what is wrong, and whether it is the key there rather than the value."""
    trail = document.resolve(details["loc"])
    return trail, details["type"] in {"extra_forbidden", "invalid_key"}


def _what(trail: Trail, errors: list[ErrorDetails], document: Document, schema: type[BaseModel]) -> str:
    first = errors[0]
    name = ".".join(map(str, trail)) or "the study"
    given, value = _short(document.at(trail)), document.at(trail)
    context = first.get("ctx", {})
    match first["type"]:
        case "extra_forbidden":
            names = _keys(schema, trail[:-1], document)
            expected = f"; expected {', '.join(names)}" if names else ""
            what = f"unknown key '{trail[-1]}'{_inside(trail[:-1])}{expected}{nearest(trail[-1], names)}"
        case "missing":
            missing = [f"`{error['loc'][-1]}`" for error in errors if error["type"] == "missing"]
            what = f"{' and '.join(missing)} missing{_inside(trail)}"
        case "literal_error":
            what = f"{name} is {given}; expected {context['expected']}{nearest(value, _quoted(context['expected']))}"
        case "union_tag_invalid":
            names = _quoted(context["expected_tags"])
            what = (
                f"{name} is of kind '{context['tag']}'; expected {' or '.join(names)}{nearest(context['tag'], names)}"
            )
        case "union_tag_not_found":
            what = f"`kind` missing{_inside(trail)}; expected for instance `kind: conv`"
        case "value_error":
            what = f"{name}: {context['error']}"
        case "string_pattern_mismatch":
            what = f"{name} is {given}; expected letters, digits, '.', '_' and '-' only, 64 at most"
        case _:
            what = f"{name} is {given}{_expectation(errors)}"
    return what


def _expectation(errors: list[ErrorDetails]) -> str:
    """What would have been right, where several alternatives were tried."""
    if all(error["type"] in _EXPECTED for error in errors):
        return f"; expected {' or '.join(dict.fromkeys(_EXPECTED[error['type']] for error in errors))}"
    told = dict.fromkeys(error["msg"] for error in errors if error["type"] not in _EXPECTED)
    return f": {'; '.join(message[:1].lower() + message[1:] for message in told)}"


def _quoted(text: str) -> list[str]:
    return re.findall(r"'([^']*)'", text)


def _paragraph(complaint: Complaint, document: Document) -> str:
    line = document.line(complaint.mark)
    text = f"{complaint.mark}: {complaint.what}."
    text = text.replace("?.", "?")
    if not line:
        return text
    return f"{text}\n    {line}\n    {' ' * (complaint.mark.column - 1)}^"


def _inside(trail: Trail) -> str:
    return f" in {'.'.join(map(str, trail))}" if trail else ""


def _short(value: object) -> str:
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."


def _keys(schema: type[BaseModel], trail: Trail, document: Document) -> list[str]:
    """The keys that may stand at a path, read off the JSON Schema."""
    root = schema.model_json_schema()
    nodes = [root]
    for depth, step in enumerate(trail):
        data = document.at(trail[: depth + 1])
        nodes = [found for node in nodes for found in _step(node, step, data, root)]
    return list(dict.fromkeys(key for node in nodes for key in _variants_keys(node, root)))


def _variants(node: dict[str, Any], root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas without alternatives that a schema stands for."""
    if "$ref" in node:
        yield from _variants(root["$defs"][node["$ref"].rsplit("/", 1)[1]], root)
    for alternative in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        yield from _variants(alternative, root)
    if "properties" in node or "items" in node:
        yield node


def _variants_keys(node: dict[str, Any], root: dict[str, Any]) -> list[str]:
    return [key for variant in _variants(node, root) for key in variant.get("properties", ())]


def _step(node: dict[str, Any], step: str | int, data: Any, root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for variant in _variants(node, root):
        target = variant.get("items") if isinstance(step, int) else variant.get("properties", {}).get(step)
        if target is not None:
            yield from (found for found in _variants(target, root) if _of_kind(found, data))


def _of_kind(node: dict[str, Any], data: Any) -> bool:
    kind = node.get("properties", {}).get("kind", {}).get("const")
    return kind is None or not isinstance(data, dict) or data.get("kind", kind) == kind
