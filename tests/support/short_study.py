"""A study that trains in seconds, the command that runs it, and what its folder then holds."""

import json
import sqlite3
import subprocess
import sys

from processes import heed_ctrl_c

from fmsearch.run_folder import RunFolder

STUDY = """
name: tiny
data: {dataset: digits, validation: 0.3}
space:
  stages:
    count: [1, 2]
    block: {kind: conv, filters: [4, 8, 16], kernel_size: [1, 3], pooling: max, spatial_dropout: [0.0, 0.1]}
  augmentation: {translation: [0.0, 0.1]}
training: {learning_rate: {low: 0.003, high: 0.03, log: true}}
budget: {candidates: 6, rungs: [1, 2], cohort: 2, keep: 0.5}
final: {epochs: 2, seeds: 2}
"""


def fmsearch(*arguments):
    command = [sys.executable, "-m", "fmsearch", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, preexec_fn=heed_ctrl_c, **pipes)  # noqa: PLW1509  # it sets a signal, no more


def completed(*arguments):
    process = fmsearch(*arguments)
    out, err = process.communicate(timeout=600)
    return process.returncode, out, err


def leaderboard(folder):
    """The JSON that the command prints, but for times."""
    code, out, err = completed("leaderboard", folder, "--format", "json")
    assert (code, err) == (0, "")
    return [{key: value for key, value in row.items() if key != "seconds"} for row in json.loads(out)]


def evaluations(folder):
    with sqlite3.connect(f"file:{RunFolder(folder).store}?mode=ro", uri=True) as store:
        count = store.execute("SELECT count(*) FROM evaluations").fetchone()[0]
    store.close()
    return count
