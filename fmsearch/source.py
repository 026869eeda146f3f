"""Reading a YAML file so that every value remembers where it stands."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from fmsearch import dialect
from fmsearch.errors import InputError

Trail: TypeAlias = tuple[str | int, ...]
MOST_BYTES = 100_000
WIDEST_LINE = 100
LONGEST_ORIGIN = 60
COMMON_MISTAKES = {
    "mapping values are not allowed": "A key needs a space after its colon, here or in the line above.",
    r"'\t'": "YAML is indented with spaces, not with tabs.",
}
"""What to do about what PyYAML says."""


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
    """What a text says, and where each of its keys and values stands. `text` is empty for that of an option."""

    origin: str
    text: str = ""
    data: Any = None
    keys: dict[Trail, Mark] = field(default_factory=dict)
    values: dict[Trail, Mark] = field(default_factory=dict)

    def resolve(self, loc: Sequence[str | int], value: object) -> Trail:
        """The path in this document that a pydantic location means, whose names of union members are passed over.

        Args:
            loc: the location.
            value: what stands there; decides where a union member is named as a key is.
        """
        paths = list(_paths(self.data, tuple(loc)))
        return next((path for path in paths if self.at(path) == value), paths[0])

    def at(self, path: Trail) -> Any:
        """The value at a path."""
        here: Any = self.data
        for step in path:
            here = here[step]
        return here

    def assign(self, assignment: str) -> None:
        """Take over `budget.candidates=12` as if the file said so.

        Raises:
            InputError: it is no assignment, or leads into something that has no keys.
        """
        origin = f"--set {shorten(assignment, LONGEST_ORIGIN)}"
        key, equals, text = assignment.partition("=")
        steps = key.strip().split(".")
        if not equals or not all(steps):
            raise InputError(f"{origin}: not an assignment.", "Expected key=value, as in budget.candidates=12.")
        here: Any = self.data
        path: Trail = ()
        for step in steps[:-1]:
            path = (*path, _subscript(here, step, origin, key))
            if here[path[-1]] is None:
                here[path[-1]] = {}
                self._remark(path, origin)
            here = here[path[-1]]
        path = (*path, _subscript(here, steps[-1], origin, key))
        here[path[-1]] = parse(text, Document(origin)).data
        self._remark(path, origin)

    def _remark(self, path: Trail, origin: str) -> None:
        """What stands at a path, and everything in it, comes from an option now."""
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
        return self.values.get(path, self.place(1, 1))

    def place(self, line: int, column: int) -> Mark:
        """A line and column of this text, counted from 1; the option itself where it is that of an option."""
        return Mark(self.origin, line, column) if self.text else Mark(self.origin)

    def excerpt(self, mark: Mark) -> str:
        """The line that a mark points into and a caret below it; empty for what came from an option."""
        lines = self.text.splitlines()
        if mark.origin != self.origin or not 0 < mark.line <= len(lines):
            return ""
        start = max(0, mark.column - WIDEST_LINE * 2 // 3)
        line = printable(lines[mark.line - 1][start : start + WIDEST_LINE].rstrip())
        wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in line[: mark.column - 1 - start])
        return f"\n    {line}\n    {' ' * (mark.column - 1 - start + wide)}^"

    def wrong(self, mark: Mark, what: str, fix: str = "") -> InputError:
        """The error that something is wrong at a mark."""
        return InputError(f"{mark}: {what}.{fix and f' {fix}'}{self.excerpt(mark)}")


def shorten(text: str, most: int) -> str:
    """`text` on one line, cut where it is longer than `most`."""
    return printable(text if len(text) <= most else f"{text[:most]}...")


def printable(text: str) -> str:
    """`text` with a space for each character that moves a terminal's cursor or has no glyph."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def read(path: Path) -> Document:
    """The mapping that a YAML file holds.

    Raises:
        InputError: the file cannot be read, is no YAML, or is not one mapping; with line and column.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read ({reason}).", "Expected the path of a study file.") from None
    if len(content) > MOST_BYTES:
        raise InputError(f"{path}:1:1: larger than {MOST_BYTES:,} bytes.", "Expected a study file, a page or two.")
    text = _decoded(content, path)
    document = parse(text, Document(str(path), text))
    if document.data is None:
        raise InputError(f"{path}:1:1: the file is empty.", "`fmsearch init` writes a study to start from.")
    if not isinstance(document.data, dict):
        fix = "Expected keys such as `name:` and `space:`."
        raise document.wrong(document.mark(()), "the file is not a mapping", fix)
    return document


def _decoded(content: bytes, path: Path) -> str:
    """The text of a file, without its byte order mark.

    Raises:
        InputError: it is not UTF-8.
    """
    body = content.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        before = body[: error.start].decode().split("\n")
        where = f"{path}:{len(before)}:{len(before[-1]) + 1}"
        place = len(content) - len(body) + error.start
        raise InputError(f"{where}: not UTF-8 text (byte {place}).", "Expected YAML: save it as UTF-8.") from None


def parse(text: str, document: Document) -> Document:
    """Fill `document` with the plain mappings, lists and scalars that a text says.

    Raises:
        InputError: the text is no YAML, or holds what has no place in a study.
    """
    try:
        node = dialect.compose(text)
        document.data = None if node is None else _build(node, (), document)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        mark = document.place(place.line + 1, place.column + 1) if place else Mark(document.origin)
        if isinstance(error, dialect.RefusedError):
            raise document.wrong(mark, str(error.problem), error.note or "") from None
        what = ", ".join(part for part in (error.context, error.problem) if part)
        fix = next((fix for sign, fix in COMMON_MISTAKES.items() if sign in what), "")
        raise document.wrong(mark, f"not valid YAML: {what}", fix) from None
    except yaml.reader.ReaderError as error:
        upto = f"{text[: error.position]}?".splitlines()
        mark = document.place(len(upto), len(upto[-1]))
        what = f"not valid YAML: the character {text[error.position]!a} is not allowed"
        raise document.wrong(mark, what, "Remove it.") from None
    return document


def _build(node: yaml.Node, path: Trail, document: Document) -> Any:
    """The plain value of a node, noting where everything in it stands."""
    document.values[path] = _mark(node, document)
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = dialect.scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                fix = "Expected a word, or a text in quotes."
                raise dialect.RefusedError("this key is not text", key_node.start_mark, fix)
            if key in result:
                first = document.keys[*path, key]
                fix = f"The first is in line {first.line}: remove one." if first.line else "Remove one."
                raise dialect.RefusedError(f"duplicate key '{key}'", key_node.start_mark, fix)
            document.keys[*path, key] = _mark(key_node, document)
            result[key] = _build(value_node, (*path, key), document)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, index), document) for index, item in enumerate(node.value)]
    return dialect.scalar(node)


def _mark(node: yaml.Node, document: Document) -> Mark:
    return document.place(node.start_mark.line + 1, node.start_mark.column + 1)


def _paths(here: Any, loc: Trail) -> Iterator[Trail]:
    """The paths that a location may mean, the longest first."""
    if not loc:
        yield ()
        return
    step, rest = loc[0], loc[1:]
    is_index = isinstance(here, list) and isinstance(step, int) and 0 <= step < len(here)
    if is_index or (isinstance(here, dict) and step in here):
        yield from ((step, *path) for path in _paths(here[step], rest))
    yield from _paths(here, rest)


def _subscript(here: Any, step: str, origin: str, name: str) -> str | int:
    """What `here` is subscripted with for a step of a path; a key that is absent is there afterwards."""
    if isinstance(here, dict):
        here.setdefault(step, None)
        return step
    if isinstance(here, list) and step in map(str, range(len(here))):
        return int(step)
    raise InputError(f"{origin}: there is no {name} to set.", "Expected the path of a key in the study.")
