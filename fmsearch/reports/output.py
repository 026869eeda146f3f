"""Printing for a person: with colours on a terminal, as plain text anywhere else."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO, final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

PIPE_WIDTH = 100


@final
@dataclass(frozen=True)
class Fitted:
    """Something made for what it is printed on.

    Args:
        make: what makes it, given the width, and whether there are ASCII characters alone.
    """

    make: Callable[[int, bool], RenderableType]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.make(options.max_width, options.ascii_only)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person sits at the other end, with a screen that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "").lower() not in {"dumb", "unknown"}


def terminal(stream: TextIO) -> Console:
    """A terminal as rich writes to it: nothing is coloured but what we colour."""
    return Console(file=stream, highlight=False)


def plain(renderable: RenderableType, width: int = PIPE_WIDTH, encoding: str = "utf-8") -> str:
    """The text of something, without colours and without blanks at the ends of lines."""
    buffer = io.BytesIO()
    with io.TextIOWrapper(buffer, encoding=encoding, errors="backslashreplace", newline="\n") as file:
        console = Console(
            file=file, width=width, color_system=None, force_terminal=False, legacy_windows=False, highlight=False, _environ={}
        )
        console.print(renderable, soft_wrap=False)
        file.flush()
        text = buffer.getvalue().decode(encoding)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def show(renderable: RenderableType, width: int = PIPE_WIDTH) -> None:
    """Print to standard output; `width` is that of plain text."""
    if is_terminal(sys.stdout):
        terminal(sys.stdout).print(renderable)
    else:
        print(plain(renderable, width, sys.stdout.encoding or "utf-8"), end="")  # noqa: T201  # what this function is for
