"""Every engine on one study: `python tests/benchmarks/engines.py [--only NAME ...]`.

Each runs `studies/small.yaml` three times: with two workers, with one, and with two and a kill in the middle that the
same command goes on from. The three leaderboards must be equal. Writes docs/benchmarks/engines.md; rows of engines that
are not run again are kept in engines.jsonl. Nothing else may run meanwhile. Expected before the first measurement: a
minute a run, `bayesian` and `gp` two; front scores within 0.02 of one another, as the front is trained again by all;
ten asks a second at the least, but for those two.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from textwrap import fill

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "benchmarks"
ROWS = FOLDER / "engines.jsonl"
STUDY = ROOT / "studies" / "small.yaml"
SAMPLERS = ("front", "random", "tpe", "nsga2", "nsga3", "qmc", "grid", "gp")
TUNERS = ("random", "grid", "hyperband", "bayesian")
ENGINES = {
    **{f"Optuna {name}" if name != "front" else name: f"{{sampler: {name}}}" for name in SAMPLERS},
    **{f"KerasTuner {name}": f"{{name: keras_tuner, tuner: {name}}}" for name in TUNERS},
}
ASKS = 60
FINISHED = 1_000
BAYESIAN = 200
CONTINUATION = "a Bayesian continuation"


def command(engine, folder, workers):
    """The command of a run."""
    changes = [f"--set=engine={engine}", f"--out={folder}", f"--workers={workers}", "--quiet"]
    return [sys.executable, "-m", "fmsearch", "run", str(STUDY), *changes]


def leaderboard(folder):
    """What a run gave, times apart."""
    told = [sys.executable, "-m", "fmsearch", "leaderboard", folder, "--format", "json"]
    rows = json.loads(subprocess.run(told, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout)
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def killed(engine, folder, seconds):
    """A run that is killed after so many seconds, and goes on."""
    process = subprocess.Popen(command(engine, folder, 2), cwd=ROOT)
    time.sleep(seconds)
    assert process.poll() is None, "it ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    subprocess.run(command(engine, folder, 2), check=True, cwd=ROOT)


def asking(engine):
    """In a fresh process: asks a second over a study's first proposals; seconds of a cohort after a thousand trials."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from random import Random

    from fmsearch.engine import Engine
    from fmsearch.proposers import Evaluated, Rejected, make
    from fmsearch.schedule import Brackets
    from fmsearch.study import load_study
    from searchspace import InfeasibleError, Input, analyse

    study = load_study(STUDY, (f"engine={engine}",))
    space = study.search_space(Input(height=8, width=8, channels=1, classes=10))
    dice = Random(0)

    def cohorts(count):
        brackets = Brackets(candidates=10**6, unit=2, longest=9, factor=2)
        proposer = make(Engine.model_validate(study.engine), space, study.objectives, 0, brackets=brackets)
        for _ in range(count):
            start = time.perf_counter()
            asked = [proposal for proposal in (proposer.ask() for _ in range(12)) if proposal]
            yield time.perf_counter() - start
            for proposal in asked:
                try:
                    parameters = analyse(proposal.candidate.architecture).parameters
                    proposer.tell(proposal.number, Evaluated(dice.random(), parameters))
                except InfeasibleError:
                    proposer.tell(proposal.number, Rejected(1.0))

    first = list(cohorts(ASKS // 12))
    later = None if "gp" in engine or "bayesian" in engine else list(cohorts(FINISHED // 12 + 1))[-1]
    return {"asks": ASKS / sum(first), "later": later}


def measure(name):
    """One engine's row."""
    engine = ENGINES[name]
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        subprocess.run(command(engine, f"{folder}/two", 2), check=True, cwd=ROOT)
        seconds = time.monotonic() - start
        subprocess.run(command(engine, f"{folder}/one", 1), check=True, cwd=ROOT)
        killed(engine, f"{folder}/killed", seconds / 2)
        boards = [leaderboard(f"{folder}/{run}") for run in ("two", "one", "killed")]
        compared = [sys.executable, "-m", "fmsearch", "compare", f"{folder}/two", f"{folder}/one", "--format", "json"]
        compared += ["--sizes", "100", "50000"]
        told = json.loads(subprocess.run(compared, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout)
    run = told["runs"][0]
    asked = [sys.executable, __file__, "--asking", engine]
    asks = json.loads(subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
    return {
        "name": name,
        "seconds": seconds,
        "equal": boards[0] == boards[1] == boards[2],
        "candidates": run["candidates"],
        "trainings": run["trainings"],
        "front": len(run["front"]),
        "score": run["score"],
        "test": run["test_score"],
        **asks,
    }


def continuation():
    """Seconds from typing the command to the first new evaluation, of a Bayesian study of 200 that may have 212.

    Training is a stand-in that answers at once; processes and proposals are real.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        log.mkdir()
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests" / "support"), "STUB_LOG": str(log)}
        changes = ["--set=engine={name: keras_tuner, tuner: bayesian}", f"--out={folder}/run", "--workers=2", "--quiet"]
        run = [sys.executable, "-m", "stub_training", "run", str(STUDY), *changes]
        subprocess.run([*run, f"--set=budget.candidates={BAYESIAN}"], check=True, cwd=ROOT, env=environment)
        known, start = len(list(log.iterdir())), time.monotonic()
        process = subprocess.Popen([*run, f"--set=budget.candidates={BAYESIAN + 12}"], cwd=ROOT, env=environment)
        while len(list(log.iterdir())) == known and process.poll() is None:
            time.sleep(0.02)
        seconds = time.monotonic() - start
        process.kill()
        process.wait()
    return {"name": CONTINUATION, "seconds": seconds}


HEADING = (
    "engine",
    "front score",
    "on test",
    "front",
    "candidates",
    "trainings",
    "two workers",
    "asks a second",
    f"a cohort at {FINISHED:,}",
    "equal",
)


def cells(row):
    """One row of the table."""
    later = "not measured" if row["later"] is None else f"{row['later']:.2f} s"
    yield from (row["name"], f"{row['score']:.4f}", f"{row['test']:.4f}", row["front"], row["candidates"])
    yield from (row["trainings"], f"{row['seconds']:.0f} s", f"{row['asks']:,.1f}", later)
    yield "yes" if row["equal"] else "NO"


def page(rows):
    """The rows as Markdown."""
    ordered = [rows[name] for name in ENGINES if name in rows]
    lines = [HEADING, ["---"] * len(HEADING), *map(cells, ordered)]
    table = "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
    told = fill(
        "`python tests/benchmarks/engines.py`: `studies/small.yaml` (digits, 60 candidates) with each engine, by "
        f"`--set engine=...` alone; 2 cores, Python {platform.python_version()} on {platform.machine()}, nothing "
        "else running but what is said below. The front score is the mean over sizes from 100 to 50,000 parameters, "
        "spread evenly by their logarithm, of the accuracy of the best model that fits: on the validation split, and "
        "on the test set. One "
        "seed each, so that small differences say nothing. Asks are those of the first "
        f"{ASKS} proposals, and of a cohort of 12 after {FINISHED:,} finished trials. Leaderboards are those of two "
        "workers, of one, and of a run that was killed in the middle and went on: equal in every digit, times apart.",
        120,
        break_long_words=False,
        break_on_hyphens=False,
    )
    again = rows.get(CONTINUATION)
    more = (
        f"\nA study of {BAYESIAN} candidates with KerasTuner's `bayesian`, done with a stand-in for training, and then "
        f"allowed 12 more:\n{again['seconds']:.1f} s from the command to the first new evaluation.\n"
        if again
        else ""
    )
    notes = (FOLDER / "engines.notes.txt").read_text(encoding="utf-8")
    return f"# Engines\n\n{told}\n\n{notes}\n{table}\n{more}"


def main():
    """Measure what is asked for, and write all rows anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[*ENGINES, CONTINUATION], choices=[*ENGINES, CONTINUATION])
    parser.add_argument("--asking", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.asking:
        print(json.dumps(asking(options.asking)))
        return
    known = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()] if ROWS.is_file() else []
    rows = {row["name"]: row for row in known}
    for name in options.only:
        rows[name] = continuation() if name == CONTINUATION else measure(name)
        ROWS.write_text("".join(f"{json.dumps(row)}\n" for row in rows.values()), encoding="utf-8")
        print(json.dumps(rows[name]))
    (FOLDER / "engines.md").write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
