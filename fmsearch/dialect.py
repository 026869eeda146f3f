"""The YAML of study files: plain, with the scalars of version 1.2."""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

MOST_DEEP = 50
MOST_DIGITS = 18
LINE_LENGTH = 120

_DIGITS = r"[0-9](?:_?[0-9])*"
_SCALARS = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (rf"[-+]?{_DIGITS}", list("-+0123456789")),
    "float": (
        rf"[-+]?(?:{_DIGITS}\.(?:{_DIGITS})?|\.{_DIGITS}|{_DIGITS}(?=[eE]))(?:[eE][-+]?[0-9]+)?",
        list("-+.0123456789"),
    ),
}
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class RefusedError(yaml.MarkedYAMLError):
    """Valid YAML that has no place in a study.

    Args:
        what: what stands there.
        place: where.
        fix: what would be right.
    """

    def __init__(self, what: str, place: yaml.Mark, fix: str = "") -> None:
        super().__init__(problem=what, problem_mark=place, note=fix)


class _Loader(yaml.SafeLoader):
    """`1e-3` is a number; `no`, `on`, `0x10` and dates are words; digits may be grouped, as in `200_000`."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML's way: a class with its own inherits none
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse what a study may not hold before anything is built of it."""
        event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it out
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor or tag:
            what = f"the {f'anchor or alias {anchor!r}' if anchor else f'tag {tag!r}'} is not allowed in a study"
            raise RefusedError(what, event.start_mark, "Write the value itself.")
        if self.depth == MOST_DEEP:
            fix = f"Expected at most {MOST_DEEP} levels."
            raise RefusedError("lists and mappings nested too deeply", event.start_mark, fix)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


for _name, (_pattern, _first) in _SCALARS.items():
    _Loader.add_implicit_resolver(_name, re.compile(rf"^(?:{_pattern})$"), _first)


def compose(text: str) -> yaml.Node | None:
    """The nodes of the one document that a text holds; None where it holds nothing.

    Raises:
        yaml.YAMLError: it is no YAML, or a `RefusedError` what has no place in a study.
    """
    return _Loader(text).get_single_node()


class _Dumper(yaml.SafeDumper):
    """Writes what reads the same: text that this dialect would take for something else stands in quotes."""


def _represented(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    is_other = any(re.fullmatch(pattern, text) for pattern, _ in _SCALARS.values())
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if is_other else None)


_Dumper.add_representer(str, _represented)


def write(data: Any) -> str:
    """Plain values as a text that `compose` reads again; lists and mappings of scalars take a line each, or few."""
    return yaml.dump(
        data, Dumper=_Dumper, default_flow_style=None, sort_keys=False, allow_unicode=True, width=LINE_LENGTH
    )


def scalar(node: yaml.Node) -> str | int | float | bool | None:
    """The value of a node that is neither mapping nor list.

    Raises:
        RefusedError: a number is too large, or a text no line of text.
    """
    text: str = node.value
    match node.tag:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int" if sum(map(str.isdecimal, text)) <= MOST_DIGITS:
            return int(text)
        case "float" if math.isfinite(float(text)):
            return float(text)
        case "int":
            raise RefusedError("a number too large", node.start_mark, f"Expected at most {MOST_DIGITS} digits.")
        case "float":
            raise RefusedError("a number too large", node.start_mark, "Expected less than 1.8e308.")
    if found := _UNSPEAKABLE.search(text):
        fix = r"Expected a line of text; in double quotes, a backslash is written \\."
        raise RefusedError(f"text with the control character {found[0]!a}", node.start_mark, fix)
    return text
