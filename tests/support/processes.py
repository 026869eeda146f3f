"""Looking at real processes."""

import signal
import time
from pathlib import Path


def alive(pid):
    """Whether a process runs; one that ended and was not collected yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1][0] != "Z"
    except FileNotFoundError:
        return False


def children(pid):
    """Processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def gone(pids, within=60):
    """Whether all of them end within so many seconds."""
    deadline = time.monotonic() + within
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(alive, pids))


def heed_ctrl_c():
    """A shell has its background jobs ignore Ctrl-C, and they hand that on: to the tests, and from those to a run."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
