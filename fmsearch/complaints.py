"""What is wrong with a study file, said so that a person can mend it: where, what, and what would be right."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from fmsearch.source import Document, Mark, Trail, shorten

MOST_SHOWN = 10
LONGEST_VALUE = 60

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "string_pattern_mismatch": "a letter or digit, then letters, digits, '.', '_' and '-', 64 at most",
    "string_too_short": "some text",
    "import_path": "module:Class",
    "tuple_type": "a list",
    "list_type": "a list",
    "is_instance_of": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
    "too_short": "{min_length} or more values",
    "too_long": "{max_length} values",
}
_OF_ANOTHER_TYPE = re.compile(r"\w+_type|is_instance_of")


def describe(error: ValidationError, document: Document, schema: type[BaseModel]) -> str:
    """All that is wrong, each with `file:line:column` and the line it stands in, in the order of the file."""
    grouped = _grouped(error.errors(), document)
    places = sorted(((_mark(trail, grouped[trail], document), trail) for trail in grouped), key=_order)
    shown = [
        _paragraph(mark, _what(trail, grouped[trail], document, schema), document)
        for mark, trail in places[:MOST_SHOWN]
    ]
    if len(places) > MOST_SHOWN:
        shown.append(f"... and {len(places) - MOST_SHOWN} more.")
    return "\n".join(shown)


def _grouped(errors: list[ErrorDetails], document: Document) -> dict[Trail, list[ErrorDetails]]:
    """The errors by the path of what is wrong, without those of a list or mapping that something inside explains."""
    grouped: defaultdict[Trail, list[ErrorDetails]] = defaultdict(list)
    for details in errors:
        context = details.get("ctx", {})
        of_kind = details["type"] == "union_tag_invalid" and context["discriminator"] == "'kind'"
        below = ("kind",) if of_kind else context.get("below", ())
        grouped[*document.resolve(details["loc"], details["input"]), *below].append(details)
    explained = {trail[:depth] for trail in grouped for depth in range(len(trail))}
    return {
        trail: found
        for trail, found in grouped.items()
        if trail not in explained or any(details["type"] not in _EXPECTED for details in found)
    }


def _mark(trail: Trail, errors: list[ErrorDetails], document: Document) -> Mark:
    return document.mark(trail, key=errors[0]["type"] == "extra_forbidden")


def _order(place: tuple[Mark, Trail]) -> tuple[int, int]:
    return place[0].line, place[0].column


def elsewhere(below: Trail, what: str) -> PydanticCustomError:
    """The error of a validator of a whole section, that something at a path below it is wrong."""
    return PydanticCustomError("elsewhere", "{what}", {"below": below, "what": what})


def nearest(word: object, names: list[str]) -> str:
    """`; did you mean 'kernel_size'?`, where one of the names is close."""
    close = difflib.get_close_matches(str(word), names, n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def written(value: object) -> str:
    """A value as a study file writes it, cut where it is long."""
    return shorten(_yaml(value), LONGEST_VALUE)


def _yaml(value: object) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case str():
            return f"'{value}'"
        case dict():
            return f"{{{', '.join(f'{key}: {_yaml(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_yaml, value))}]"
        case _:
            return str(value)


def _what(trail: Trail, errors: list[ErrorDetails], document: Document, schema: type[BaseModel]) -> str:
    first = errors[0]
    match first["type"]:
        case "elsewhere":
            return first["msg"]
        case "missing":
            missing = [f"`{error['loc'][-1]}`" for error in errors if error["type"] == "missing"]
            return f"{' and '.join(missing)} missing{_inside(trail)}"
        case "union_tag_not_found":
            return f"`kind` missing{_inside(trail)}; expected for instance `kind: conv`"
        case "extra_forbidden":
            names = _keys(schema, trail[:-1], document)
            expected = f"; expected {', '.join(names)}" if names else ""
            return f"unknown key '{trail[-1]}'{_inside(trail[:-1])}{expected}{nearest(trail[-1], names)}"
        case _:
            return _what_value(_dotted(trail) or "the study", document.at(trail), errors)


def _what_value(name: str, value: object, errors: list[ErrorDetails]) -> str:
    first = errors[0]
    context = first.get("ctx", {})
    match first["type"]:
        case "value_error":
            return f"{name}: {context['error']}"
        case "union_tag_invalid" if context["discriminator"] != "'kind'":
            return f"{name} is a mapping; expected a value or a list of values"
        case "union_tag_invalid":
            names = _quoted(context["expected_tags"])
            *others, last = map(repr, names)
            return f"{name} is {written(value)}; expected {', '.join(others)} or {last}{nearest(value, names)}"
        case _:
            names = _quoted(context.get("expected", ""))
            return f"{name} is {written(value)}{_expectation(errors)}{nearest(value, names)}"


def _expectation(errors: list[ErrorDetails]) -> str:
    """What would have been right; of several alternatives, those of the type that was given."""
    errors = [error for error in errors if not _OF_ANOTHER_TYPE.fullmatch(error["type"])] or errors
    if all(error["type"] in _EXPECTED for error in errors):
        told = dict.fromkeys(_EXPECTED[error["type"]].format_map(_figures(error)) for error in errors)
        return f"; expected {' or '.join(told)}"
    told = dict.fromkeys(error["msg"] for error in errors if error["type"] not in _EXPECTED)
    return f": {'; '.join(message[:1].lower() + message[1:] for message in told)}"


def _figures(error: ErrorDetails) -> dict[str, object]:
    """An error's bounds as a person writes them."""
    context = error.get("ctx", {})
    return {name: f"{value:.12g}" if isinstance(value, float) else value for name, value in context.items()}


def _quoted(text: str) -> list[str]:
    return re.findall(r"'([^']*)'", text)


def _paragraph(mark: Mark, what: str, document: Document) -> str:
    return f"{mark}: {what}{'' if what.endswith('?') else '.'}{document.excerpt(mark)}"


def _inside(trail: Trail) -> str:
    return f" in {_dotted(trail)}" if trail else ""


def _dotted(trail: Trail) -> str:
    return shorten(".".join(map(str, trail)), LONGEST_VALUE)


@cache
def _json_schema(schema: type[BaseModel]) -> dict[str, Any]:
    return schema.model_json_schema()


def _keys(schema: type[BaseModel], trail: Trail, document: Document) -> list[str]:
    """The keys that may stand at a path, read off the JSON Schema."""
    root = _json_schema(schema)
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
            yield from _taken_for([found for found in _variants(target, root) if _of_kind(found, data)], data)


def _taken_for(nodes: list[dict[str, Any]], data: Any) -> list[dict[str, Any]]:
    """Of several mappings those that know one of the keys: a range is none of start and growth."""
    keys = data.keys() if isinstance(data, dict) else ()
    return [node for node in nodes if not node.get("properties", {}).keys().isdisjoint(keys)] or nodes


def _of_kind(node: dict[str, Any], data: Any) -> bool:
    kind = node.get("properties", {}).get("kind", {}).get("const")
    return kind is None or not isinstance(data, dict) or data.get("kind", kind) == kind
