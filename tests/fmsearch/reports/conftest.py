import os
import pty
import threading
from contextlib import suppress

import pytest


@pytest.fixture
def terminal(monkeypatch):
    """A terminal to write to, and what closes it and says what was written."""
    monkeypatch.setenv("TERM", "xterm-256color")
    ours, theirs = pty.openpty()
    parts = []

    def read():
        with suppress(OSError):  # the other end is closed
            while part := os.read(ours, 4096):
                parts.append(part)

    reader = threading.Thread(target=read)
    reader.start()
    stream = os.fdopen(theirs, "w", encoding="utf-8")

    def written():
        stream.close()
        reader.join()
        return b"".join(parts).decode()

    yield stream, written
    written()
    os.close(ours)
