"""Runs of one study, each in a process of its own, with a stand-in for training that can go wrong."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from processes import heed_ctrl_c

from fmsearch.run_folder import RunFolder

STUDY = """
name: stubbed
data: {dataset: digits, validation: 0.3}
space:
  stages:
    count: [1, 2, 3]
    block: {kind: conv, filters: [4, 8, 16, 32], kernel_size: [1, 3], pooling: [none, max]}
training: {learning_rate: {low: 0.003, high: 0.03, log: true}}
budget: {candidates: 24, rungs: [1, 3], cohort: 6, keep: 0.5}
final: {epochs: 6, seeds: 2}
"""
SUPPORT = Path(__file__).parent


class Bench:
    """Starts runs of one study, each in a process of its own."""

    def __init__(self, path, study=STUDY):
        self.path = path
        self.log = path / "log"
        self.log.mkdir()
        self._started = []
        (path / "stubbed.yaml").write_text(study, encoding="utf-8")

    def start(self, folder="run", workers=2, **stub):
        variables = {f"STUB_{name.upper()}": str(value) for name, value in stub.items()}
        environment = {**os.environ, "PYTHONPATH": str(SUPPORT), "STUB_LOG": str(self.log), **variables}
        command = [sys.executable, "-m", "stub_training", "run", "stubbed.yaml", "--out", folder, "--workers", workers]
        process = subprocess.Popen(
            [*map(str, command)],
            cwd=self.path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heed_ctrl_c,  # noqa: PLW1509  # it sets a signal, no more
        )
        self._started.append(process)
        return process

    def close(self):
        """Leave no process behind, should a test have failed."""
        for process in self._started:
            process.kill()
            process.communicate()

    def finish(self, folder="run", workers=2, **stub):
        """Run to the end; exit code, lines, and what was told on standard error."""
        process = self.start(folder, workers, **stub)
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in out + err
        return process.returncode, out.splitlines(), err

    def leaderboard(self, folder="run"):
        command = [sys.executable, "-m", "fmsearch", "leaderboard", folder, "--format", "json"]
        told = subprocess.run(command, cwd=self.path, capture_output=True, text=True, check=True).stdout
        return [{name: value for name, value in row.items() if name != "seconds"} for row in json.loads(told)]

    def begun(self):
        """How often each evaluation has begun."""
        return Counter(file.name.split(".")[0] for file in self.log.iterdir())

    def await_hanging(self):
        """Wait until an evaluation has begun that STUB_FAULT befalls."""
        deadline = time.monotonic() + 60
        while not any(self.log.glob("*.struck")):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def store(self, folder="run"):
        return RunFolder(self.path / folder).store
