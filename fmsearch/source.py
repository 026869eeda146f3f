"""Reading a YAML file so that every value remembers where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from fmsearch.errors import InputError

Trail: TypeAlias = tuple[str | int, ...]
MOST_BYTES = 1_000_000


class _Loader(yaml.SafeLoader):
    """YAML with the scalars of its version 1.2: `1e-3` is a number, and `no` and `on` are words."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":float", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF")
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*|[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?$"),
    "-+.0123456789",
)

_CONSTRUCTOR = _Loader("")


@dataclass(frozen=True)
class Mark:
    """Where something stands; line and column count from 1. `origin` is the file, or the option it came from."""

    origin: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.origin}:{self.line}:{self.column}" if self.line else self.origin


@dataclass
class Document:
    """A mapping read from a file, and where each of its keys and values stands."""

    origin: str
    text: str
    data: dict[str, Any]
    keys: dict[Trail, Mark] = field(default_factory=dict)
    values: dict[Trail, Mark] = field(default_factory=dict)

    def resolve(self, loc: Sequence[str | int]) -> Trail:
        """The path in this document that a pydantic location means: names of union members are passed over."""
        path: list[str | int] = []
        here: Any = self.data
        for step in loc:
            is_index = isinstance(here, list) and isinstance(step, int) and step < len(here)
            if is_index or (isinstance(here, dict) and step in here):
                here = here[step]
                path.append(step)
        return tuple(path)

    def at(self, path: Trail) -> Any:
        """The value at a path."""
        here: Any = self.data
        for step in path:
            here = here[step]
        return here

    def line(self, mark: Mark) -> str:
        """The line of text that a mark points into; empty for what came from an option."""
        lines = self.text.splitlines()
        return lines[mark.line - 1] if mark.origin == self.origin and 0 < mark.line <= len(lines) else ""

    def assign(self, assignment: str) -> None:
        """Take over `budget.candidates=12` as if the file said so.

        Raises:
            InputError: it is no assignment, or leads into something that has no keys.
        """
        origin = f"--set {assignment}"
        key, equals, text = assignment.partition("=")
        steps = [int(step) if step.isdigit() else step for step in key.strip().split(".")]
        if not equals or "" in steps:
            raise InputError(f"{origin}: no assignment.", "Expected key=value, as in budget.candidates=12.")
        here: Any = self.data
        for depth, step in enumerate(steps[:-1]):
            if isinstance(here, dict) and here.get(step) is None:
                here[step] = {}
            here = _enter(here, step, origin, ".".join(map(str, steps[: depth + 1])))
        if not isinstance(here, dict):
            _enter(here, steps[-1], origin, key)
        parsed = parse(text, origin)
        here[steps[-1]] = parsed.data
        path = tuple(steps)
        for marks in (self.keys, self.values):
            for stale in [known for known in marks if known[: len(path)] == path]:
                del marks[stale]
            marks[path] = Mark(origin)

    def mark(self, path: Trail, *, key: bool = False) -> Mark:
        """Where the value (or the key) at a path stands; the nearest container that has a place, otherwise."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Mark(self.origin, 1, 1))


def _enter(here: Any, step: str | int, origin: str, name: str) -> Any:
    try:
        return here[step]
    except (KeyError, IndexError, TypeError):
        raise InputError(f"{origin}: there is no {name} to set.", "Expected the path of a key in the study.") from None


def read(path: Path) -> Document:
    """The mapping that a YAML file holds.

    Raises:
        InputError: the file cannot be read, is no YAML, or is not one mapping; with line and column.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: larger than {MOST_BYTES:,} bytes.", "Expected a study file, a page or two.")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text (byte {error.start}).", "Expected a YAML file.") from None
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}).", "Expected the path of a study file."
        ) from None
    document = parse(text, str(path))
    if document.data is None:
        raise InputError(f"{path}: the file is empty.", "`fmsearch init` writes a study to start from.")
    if not isinstance(document.data, dict):
        raise InputError(f"{path}:1:1: a study is a mapping.", "Expected keys such as `name:` and `space:`.")
    return document


def parse(text: str, origin: str) -> Document:
    """Text as YAML: plain mappings, lists and scalars; no tags, anchors or aliases."""
    document = Document(origin, text, {})
    try:
        for event in yaml.parse(text, Loader=_Loader):
            _refuse_magic(event, origin)
        node = yaml.compose(text, Loader=_Loader)
        document.data = None if node is None else _build(node, (), document)  # type: ignore[assignment]  # checked by the reader
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        where = f":{place.line + 1}:{place.column + 1}" if place else ""
        raise InputError(f"{origin}{where}: no valid YAML: {error.problem or error.context}.") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f"{origin}: no valid YAML: {str(error).splitlines()[0]}.") from None
    return document


def _refuse_magic(event: yaml.Event, origin: str) -> None:
    anchor = getattr(event, "anchor", None)
    tag = getattr(event, "tag", None)
    place = event.start_mark
    if place is not None and (anchor or tag):
        what = f"the anchor or alias '{anchor}'" if anchor else f"the tag '{tag}'"
        raise InputError(
            f"{origin}:{place.line + 1}:{place.column + 1}: {what}.",
            "A study is plain YAML: write the value itself.",
        )


def _build(node: yaml.Node, path: Trail, document: Document) -> Any:
    """The plain value of a node, noting where everything in it stands."""
    document.values[path] = _mark(node, document)
    if isinstance(node, yaml.MappingNode):
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(key_node)
            if key in result:
                raise InputError(f"{_mark(key_node, document)}: the key '{key}' stands here a second time.")
            document.keys[*path, key] = _mark(key_node, document)
            result[key] = _build(value_node, (*path, key), document)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, index), document) for index, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        raise yaml.constructor.ConstructorError(None, None, "a key must be one word", node.start_mark)
    return _CONSTRUCTOR.construct_object(node)


def _mark(node: yaml.Node, document: Document) -> Mark:
    return Mark(document.origin, node.start_mark.line + 1, node.start_mark.column + 1)
