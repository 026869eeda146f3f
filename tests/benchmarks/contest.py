"""fmsearch against its peers on Fashion-MNIST: the same machine, the same minutes, one after another.

    python tests/benchmarks/contest.py --peers DIR [--minutes 10] [--seeds 0 1 2] [--only NAME ...]

`DIR` holds the peers' scripts and `front_score.py`. A peer's name with ", oneDNN" gives it fmsearch's kernels. Every
run is appended to docs/benchmarks/contest/runs.jsonl, and one that is there already is not run again; then the page and
its plots are drawn anew. Nothing else may run meanwhile.

Expected before the first measurement, at ten minutes: peers 0.70 to 0.80; fmsearch 0.89 in their space, 0.905 in its
own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from contest_page import ONEDNN, machine_of, write
from training import NETWORKS, side_by_side

from fmsearch.environment import Environment

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "benchmarks" / "contest"
RUNS = FOLDER / "runs.jsonl"
EPOCHS = 10  # of each of a peer's models, as their users choose
YARDSTICK = NETWORKS["convolutions 16-32-64"]  # an epoch of which says how fast a machine is
SPACES = {"own space": ROOT / "studies" / "fashion.yaml", "peers' space": Path(__file__).parent / "peers_space.yaml"}
PEERS = {
    "Optuna NSGA-II": ("peer_optuna.py", "nsga2"),
    "Optuna TPE": ("peer_optuna.py", "tpe"),
    "KerasTuner Hyperband": ("peer_keras_tuner.py", "hyperband"),
}
# fmsearch has TensorFlow use oneDNN's kernels; a peer's users have them where TensorFlow takes them by itself.
KERNELS = "TF_ENABLE_ONEDNN_OPTS"


@dataclass(frozen=True)
class Entry:
    """One run of the contest."""

    name: str
    minutes: float
    seed: int
    changes: tuple[str, ...] = ()

    @property
    def key(self):
        """What tells it from others."""
        return [self.name, self.minutes, self.seed]


def peer(entry, peers):
    """Run a peer; its models as (seconds, parameters, validation, test)."""
    script, kind = PEERS[entry.name.removesuffix(ONEDNN)]
    command = [sys.executable, script, str(60 * entry.minutes), kind, str(EPOCHS), str(entry.seed)]
    environment = {name: value for name, value in os.environ.items() if name != KERNELS}  # fmsearch has set it
    if entry.name.endswith(ONEDNN):
        environment[KERNELS] = "1"
    ran = subprocess.run(command, cwd=peers, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return json.loads(ran.stdout.splitlines()[-1])["rows"], None


def fmsearch(entry, peers):
    """Run fmsearch; the models of its final stage, which all are there at the end, and how busy its workers were."""
    del peers
    base = entry.name.removeprefix("fmsearch, ").split("; ")[0]
    changes = [
        f"--set={change}" for change in (f"budget.time={60 * entry.minutes}", f"seed={entry.seed}", *entry.changes)
    ]
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        command = [sys.executable, "-m", "fmsearch", "run", str(SPACES[base]), "--out", folder, "--quiet", *changes]
        subprocess.run(command, check=True, cwd=ROOT)
        wall = time.monotonic() - start
        told = [sys.executable, "-m", "fmsearch", "leaderboard", folder, "--format", "json"]
        table = json.loads(subprocess.run(told, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout)
    final = [row for row in table if row["test_accuracy"] is not None]
    models = [(wall, row["parameters"], row["accuracy"], row["test_accuracy"]) for row in final]
    trained = sum(row["seconds"] for row in table)
    return models, {"candidates": len(table), "wall": wall, "busy": trained / wall / len(os.sched_getaffinity(0))}


def known():
    """The runs that were made before."""
    if not RUNS.is_file():
        return []
    return [json.loads(line) for line in RUNS.read_text(encoding="utf-8").splitlines()]


def main():
    """Run what is missing, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--only", nargs="+", default=[*(f"fmsearch, {space}" for space in SPACES), *PEERS])
    parser.add_argument("--set", dest="changes", nargs="+", default=[], help="changes to the study, for an ablation")
    parser.add_argument("--label", default="", help="what the ablation is called")
    options = parser.parse_args()
    sys.path.insert(0, str(options.peers))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        for name in options.only:
            label = f"{name}; {options.label}" if options.label else name
            entry = Entry(label, options.minutes, seed, tuple(options.changes))
            here = {"instructions": Environment.here().instructions}
            if (entry.key, machine_of(here)) in [(run["key"], machine_of(run)) for run in known()]:
                continue
            here["yardstick"] = side_by_side("bare", YARDSTICK, augmenting=False)
            models, more = (peer if name.removesuffix(ONEDNN) in PEERS else fmsearch)(entry, options.peers)
            run = {"key": entry.key, "changes": entry.changes, "models": models, **here, **(more or {})}
            with RUNS.open("a", encoding="utf-8") as file:
                file.write(json.dumps(run) + "\n")
            write(FOLDER, known())
    write(FOLDER, known())


if __name__ == "__main__":
    main()
