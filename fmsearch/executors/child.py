"""A worker process: calls in on standard input, outcomes out on standard output, a line of JSON each.

Functions named as arguments are called first; what comes of them is told by the calls that need it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import queue
import signal
import sys
import threading
from dataclasses import asdict

from fmsearch.executors.base import Call, run

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answer calls until standard input ends; then go at once, even in the middle of one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a library prints must not be taken for an answer.
    os.dup2(2, 1)
    calls: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(calls,), daemon=True).start()
    for first in sys.argv[1:]:
        run(Call(first, ""))
    is_new = True
    while True:
        function, argument = json.loads(calls.get())
        answers.write(json.dumps(asdict(run(Call(function, argument)))) + "\n")
        answers.flush()
        if is_new:
            _keep_what_is_imported()
            is_new = False


def _keep_what_is_imported() -> None:
    """Have the garbage collector look no more at what is there now: for large libraries, a third of a second a look."""
    gc.collect()
    gc.freeze()


def _die_with_parent() -> None:
    """Have Linux end this process when its coordinator dies, should it hang where not even `_read` can run."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _read(calls: queue.Queue[str]) -> None:
    for line in sys.stdin:
        calls.put(line)
    os._exit(0)


if __name__ == "__main__":
    main()
