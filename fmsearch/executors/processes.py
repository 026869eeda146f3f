"""Calls run in processes of their own, which stay warm between calls.

A worker is `python -m fmsearch.executors.child`: calls go in as lines of JSON on its standard input, outcomes come
back as lines on its standard output. So nothing is pickled, a script needs no `if __name__ == "__main__"`, and a worker
whose coordinator is gone sees its input end and goes too.
"""

from __future__ import annotations

import json
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast, final

from fmsearch.executors.base import Call, Outcome

PATIENCE = 5.0  # seconds that an ended process is given to go


@final
@dataclass(eq=False)
class _Worker:
    process: subprocess.Popen[str]
    ticket: int | None = None
    deadline: float = math.inf
    reader: threading.Thread | None = field(default=None, repr=False)

    def send(self, ticket: int, call: Call) -> None:
        self.ticket = ticket
        self.deadline = time.monotonic() + call.seconds
        # A worker that has just died is noticed by its reader, which answers for the ticket.
        with suppress(OSError):
            self.calls.write(json.dumps([call.function, call.argument]) + "\n")
            self.calls.flush()

    @property
    def calls(self) -> IO[str]:
        return cast("IO[str]", self.process.stdin)

    @property
    def answers(self) -> IO[str]:
        return cast("IO[str]", self.process.stdout)

    def end(self) -> int:
        """End the process, however it stands; its exit code."""
        self.process.kill()
        with suppress(subprocess.TimeoutExpired):  # one that waits for a disk or a driver goes when that lets it
            self.process.wait(PATIENCE)
        code = self.process.returncode if self.process.returncode is not None else -signal.SIGKILL
        with suppress(OSError):
            self.calls.close()
        if self.reader is not None:
            self.reader.join(PATIENCE)
            if self.reader.is_alive():  # closing would wait for what it reads
                return code
        self.answers.close()
        return code


@final
class ProcessExecutor:
    """Runs calls in up to `workers` processes, started when first needed and replaced when they die.

    Args:
        workers: how many.
        log: a file for what they write to standard error; thrown away if None.
    """

    def __init__(self, workers: int, log: Path | None = None) -> None:
        self.workers = workers
        self._log = log
        self._pool: list[_Worker] = []
        self._messages: queue.Queue[tuple[_Worker, str | None]] = queue.Queue()

    def warm(self, function: str) -> None:
        """Start a worker now; a call that comes in the meantime waits for it."""
        self._start(function)

    def submit(self, ticket: int, call: Call) -> None:
        """Start a call on an idle worker, or on a new one."""
        worker = next((worker for worker in self._pool if worker.ticket is None), None) or self._start()
        worker.send(ticket, call)

    def next(self, timeout: float | None = None) -> tuple[int, Outcome] | None:
        """The next outcome; a call whose worker died, or that took too long, has an external fault."""
        end = math.inf if timeout is None else time.monotonic() + timeout
        while busy := [worker for worker in self._pool if worker.ticket is not None]:
            first = min(busy, key=lambda worker: worker.deadline)
            try:
                worker, line = self._messages.get(timeout=_until(min(end, first.deadline)))
            except queue.Empty:
                if time.monotonic() < first.deadline:
                    return None
                return self._give_up(first)
            if worker not in self._pool:  # it was given up
                continue
            ticket, worker.ticket = worker.ticket, None
            if line is None:
                self._pool.remove(worker)
            outcome = _outcome(worker, line)
            if ticket is not None:
                return ticket, outcome
        return None

    def close(self) -> None:
        """End all workers at once."""
        for worker in self._pool:
            worker.process.kill()
        while self._pool:
            self._pool.pop().end()

    def _give_up(self, worker: _Worker) -> tuple[int, Outcome]:
        """End a worker that takes too long."""
        ticket = cast("int", worker.ticket)
        self._pool.remove(worker)
        worker.end()
        return ticket, Outcome(error="the worker process did not answer in time and was ended", external=True)

    def _start(self, *first: str) -> _Worker:
        with _opened(self._log) as log:
            process = subprocess.Popen(  # noqa: S603  # this Python, and functions named in our own code
                # A file `keras.py` in the current folder is not Keras.
                [sys.executable, "-P", "-m", "fmsearch.executors.child", *first],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                # Ctrl-C in a terminal goes to the whole group: the coordinator alone is to decide what it means.
                start_new_session=True,
            )
        worker = _Worker(process)
        worker.reader = threading.Thread(target=self._listen, args=(worker,), daemon=True)
        worker.reader.start()
        self._pool.append(worker)
        return worker

    def _listen(self, worker: _Worker) -> None:
        """Pass on each line; at the end of them, None."""
        for line in worker.answers:
            if line.endswith("\n"):  # or it died while it wrote
                self._messages.put((worker, line))
        self._messages.put((worker, None))


def _until(moment: float) -> float | None:
    """Seconds until then; None if it never comes."""
    return None if moment == math.inf else max(0.0, moment - time.monotonic())


def _opened(log: Path | None) -> IO[str]:
    return Path(os.devnull).open("w") if log is None else log.open("a", encoding="utf-8")


def _outcome(worker: _Worker, line: str | None) -> Outcome:
    """What a worker answered; one that died is ended for good."""
    if line is not None:
        return Outcome(**json.loads(line))
    code = worker.end()
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    if code == -signal.SIGKILL:
        how += ", perhaps because memory ran out"
    return Outcome(error=f"the worker process {how}", external=True)
