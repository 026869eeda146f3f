"""Printing for a person: with colours on a terminal, as plain text anywhere else."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass
from typing import Protocol, TextIO, final

from rich.box import SIMPLE_HEAD, Box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table

PIPE_WIDTH = 100
_ASCII_HEAD = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


class Maker(Protocol):
    """Makes something for a width, and for ASCII characters alone if it must be."""

    def __call__(self, width: int, *, ascii_only: bool) -> RenderableType:
        """What fits."""


@final
@dataclass(frozen=True)
class Fitted:
    """Something made for what it is printed on.

    Args:
        make: what makes it.
    """

    make: Maker

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.make(options.max_width, ascii_only=options.ascii_only)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person sits at the other end, with a screen that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "").lower() not in {"dumb", "unknown"}


def terminal(stream: TextIO) -> Console:
    """A terminal as rich writes to it: nothing is coloured but what we colour, no character is too strange."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return Console(file=stream, highlight=False)


def ruled(*, ascii_only: bool = False) -> Table:
    """An empty table with a rule below its heading and no other."""
    head = _ASCII_HEAD if ascii_only else SIMPLE_HEAD
    table = Table(box=head, padding=(0, 1, 0, 0), show_edge=False, caption_justify="left")
    table.header_style = table.border_style = table.caption_style = "dim"
    return table


class _Page(io.StringIO):
    """Text on its way to a stream with an encoding of its own."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]  # io.StringIO has none
        """That of the stream."""
        return self._encoding


def plain(renderable: RenderableType, width: int = PIPE_WIDTH, encoding: str = "utf-8") -> str:
    """The text of something, without colours and without blanks at the ends of lines."""
    page = _Page(encoding)
    console = Console(
        file=page,
        width=width,
        color_system=None,
        force_terminal=False,
        legacy_windows=False,
        highlight=False,
        _environ={},
    )
    console.print(renderable)
    text = "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())
    if console.options.ascii_only:
        text = text.replace("\u2026", "~")
    return text.encode(encoding, "backslashreplace").decode(encoding)


def show(renderable: RenderableType, width: int = PIPE_WIDTH) -> None:
    """Print to standard output; `width` is that of plain text."""
    if is_terminal(sys.stdout):
        terminal(sys.stdout).print(renderable)
    else:
        print(plain(renderable, width, sys.stdout.encoding or "utf-8"), end="")  # noqa: T201  # what this function is for
