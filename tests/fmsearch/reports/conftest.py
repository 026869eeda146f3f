import os
import pty
import threading

import pytest
from terminals import RICH, read_all


@pytest.fixture
def terminal(monkeypatch):
    """A terminal to write to, and what closes it and says what was written."""
    for name in RICH:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    ours, theirs = pty.openpty()
    parts = []
    reader = threading.Thread(target=lambda: parts.append(read_all(ours)))
    reader.start()
    stream = os.fdopen(theirs, "w", encoding="utf-8")

    def written():
        stream.close()
        reader.join()
        return parts[0]

    yield stream, written
    written()
    os.close(ours)
