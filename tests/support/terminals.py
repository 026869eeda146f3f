"""Commands on a real terminal, whatever the tests' own is like."""

import os
import pty
import subprocess
import sys
from contextlib import suppress

RICH = {"NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "LINES", "COLUMNS"}
"""Variables that Rich heeds."""


def read_all(descriptor):
    """All that is written to the other end of a terminal until it is closed."""
    parts = []
    with suppress(OSError):  # the other end is closed
        while part := os.read(descriptor, 4096):
            parts.append(part)
    return b"".join(parts).decode()


def on_a_terminal(*arguments, **variables):
    """What `fmsearch ARGUMENTS` prints on a terminal."""
    environment = {name: value for name, value in os.environ.items() if name not in RICH}
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "fmsearch", *arguments]
    with subprocess.Popen(command, stdout=theirs, env=environment | {"TERM": "xterm-256color", **variables}) as process:
        os.close(theirs)
        text = read_all(ours)
    os.close(ours)
    assert process.returncode == 0
    return text
