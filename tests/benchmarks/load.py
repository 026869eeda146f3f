"""What the coordinator itself costs, as a study grows: `python tests/benchmarks/load.py`.

Training is a stand-in that answers at once, on 64 workers in this process, so that all the time that goes by beside it
is the coordinator's. Each figure comes from a process of its own. Writes docs/benchmarks/load.md and load.svg. Expected
before the first measurement: 3 ms an evaluation, the same at 5,000 candidates; 150 MB; a continuation of 1,000 in 4 s;
500 candidates of 100,000 parameters in 10 MB.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from textwrap import fill

from machine import machine

from fmsearch.reports import figures

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "benchmarks"
SIZES = (100, 1_000, 5_000)
EACH, MEMORY, AGAIN = 3, 150, 4  # milliseconds, MB and seconds, as expected
SAMPLERS = ("random", "nsga2", "front", "tpe")
SUPPORT = ROOT / "tests" / "support"
SMALL = "{stages: {count: [1, 2, 3], block: {kind: conv, filters: [4, 8, 16, 32], kernel_size: [1, 3]}}}"
LARGE = "{stages: {count: 2, block: {kind: conv, filters: [64, 80, 96, 112, 128, 144, 160], kernel_size: 3}}}"
COMMAND = """
name: load
data: {{dataset: digits, validation: 0.3}}
space: {space}
training: {{learning_rate: {{low: 0.003, high: 0.03, log: true}}}}
engine: {{sampler: {sampler}}}
budget: {{candidates: {candidates}, rungs: [1, 3, 9]}}
final: {{epochs: 27}}
"""
SLOW = {"tpe": 1_000, "front": 1_000}  # whose own time a proposal is long, or grows
WORKERS = 64


def run(path, candidates, sampler):
    """In a fresh process: a study over the store at a path; what it took."""
    sys.path.insert(0, str(SUPPORT))
    from stubs import StubExecutor, search, stub_study

    from fmsearch.engine import Engine
    from fmsearch.study import Budget, Final

    class Timed(StubExecutor):
        seconds = 0.0

        def submit(self, ticket, call):
            start = time.perf_counter()
            super().submit(ticket, call)
            self.seconds += time.perf_counter() - start

        def next(self, timeout=None):
            start = time.perf_counter()
            finished = super().next(timeout)
            self.seconds += time.perf_counter() - start
            return finished

    study = stub_study(
        engine=Engine(sampler=sampler), budget=Budget(candidates=candidates, rungs=(1, 3, 9)), final=Final(epochs=9)
    )
    executor = Timed(WORKERS)
    start = time.perf_counter()
    search(study, Path(path), executor)
    seconds = time.perf_counter() - start - executor.seconds
    status = Path("/proc/self/status").read_text(encoding="ascii")  # getrusage counts what the parent had, too
    memory = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return {"seconds": seconds, "evaluations": executor.calls, "memory": memory}


def leaderboard(path):
    """In a fresh process: reading the store and ranking."""
    from fmsearch.reports.rows import rows
    from fmsearch.store import Store

    start = time.perf_counter()
    with Store(Path(path), writable=False) as store:
        count = len(rows(store))
    return {"seconds": time.perf_counter() - start, "rows": count}


def fresh(*arguments):
    """What one of the above gives, in a process of its own."""
    command = [sys.executable, __file__, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def command(folder, space, sampler, candidates, **stub):
    """As a user would: a run, the same again with all in the store, the leaderboard; seconds of each whole process."""
    sys.path.insert(0, str(SUPPORT))
    from bench import Bench

    bench = Bench(Path(folder), COMMAND.format(space=space, sampler=sampler, candidates=candidates))
    seconds = []
    for ask in (partial(bench.finish, **stub), partial(bench.finish, **stub), bench.leaderboard):
        start = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - start)
    run_folder = bench.store().parent
    files = [file for file in run_folder.rglob("*") if file.is_file()]
    return {
        "evaluations": len(bench.begun()),
        "again": seconds[1],
        "leaderboard": seconds[2],
        "models": sum(file.suffix == ".keras" for file in files),
        "disk": sum(file.stat().st_size for file in files) / 2**20,
        "parameters": sorted(row["parameters"] for row in bench.leaderboard())[candidates // 2],
    }


def measure(candidates, sampler):
    """All figures of one study."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "evaluations.sqlite"
        first, again = fresh("run", path, candidates, sampler), fresh("run", path, candidates, sampler)
        ranking = fresh("leaderboard", path)
        return {
            "candidates": candidates,
            "sampler": sampler,
            "each": 1000 * (first["seconds"] - ranking["seconds"]) / first["evaluations"],
            "memory": first["memory"],
            "store": sum(file.stat().st_size for file in Path(folder).iterdir()) / 2**20,
            "again": again["seconds"],
            "leaderboard": ranking["seconds"],
        }


def cells(row):
    """A row as text, bold where it is more than was expected."""
    again = AGAIN if row["candidates"] <= 1_000 else float("inf")  # of more, nothing was expected
    return [
        row["sampler"],
        f"{row['candidates']:,}",
        _told(row["each"], EACH, "{:.1f} ms"),
        _told(row["again"], again, "{:.1f} s"),
        f"{row['leaderboard']:.2f} s",
        _told(row["memory"], MEMORY, "{:.0f} MB"),
        f"{row['store']:.1f} MB",
    ]


def _told(figure, most, form):
    text = form.format(figure)
    return f"**{text}**" if figure > most else text


def page(rows, again, disk):
    """The figures as Markdown."""
    lines = [f"| {' | '.join(cells(row))} |" for row in rows]
    commands = fill(
        "As whole commands, with worker processes and Python's own start: of a study with nsga2 whose "
        f"{again['evaluations']:,} evaluations are in the store, `fmsearch run` takes {again['again']:.1f} s, and "
        f"`fmsearch leaderboard` {again['leaderboard']:.1f} s. The run folder of {disk['candidates']} candidates of "
        f"about {disk['parameters']:,} parameters (the median) takes {disk['disk']:.1f} MB on disk, the "
        f"{figures.several(disk['models'], 'model')} of its front included, real but untrained Keras files.",
        120,
        break_on_hyphens=False,
    )
    told = fill(
        "`python tests/benchmarks/load.py`: three rungs, a stand-in for training that answers at once on "
        f"{WORKERS} workers, one core of {machine()}, Python {platform.python_version()}. An evaluation's cost is all "
        "the time that goes by beside the stand-in, ranking at the end apart, over the number of evaluations. A "
        f"continuation finds everything in the store. Expected beforehand: {EACH} ms an evaluation at any size, "
        f"{MEMORY} MB, and {AGAIN} s for a continuation of up to 1,000; what is more is bold.",
        120,
        break_on_hyphens=False,
    )
    return f"""\
# Load

{told}

| sampler | candidates | an evaluation | a continuation | the leaderboard | memory | store |
|---|---|---|---|---|---|---|
{chr(10).join(lines)}

{commands}

![Cost of an evaluation, of a continuation and of the leaderboard](load.svg)
"""


def plot(rows):
    """The three times against the number of candidates."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "load"
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(11, 3.4))
    titles = {"each": "an evaluation, ms", "again": "a continuation, s", "leaderboard": "the leaderboard, s"}
    for axis, (name, title) in zip(axes, titles.items(), strict=True):
        for sampler in SAMPLERS:
            mine = [row for row in rows if row["sampler"] == sampler]
            axis.plot([row["candidates"] for row in mine], [row[name] for row in mine], marker="o", label=sampler)
        axis.set(title=title, xlabel="candidates", xscale="log", ylim=(0, None))
    axes[0].legend()
    figure.tight_layout()
    figure.savefig(FOLDER / "load.svg", metadata={"Date": None})


def main():
    """Measure every sampler at every size."""
    rows = [
        measure(candidates, sampler)
        for sampler in SAMPLERS
        for candidates in SIZES
        if candidates <= SLOW.get(sampler, SIZES[-1])
    ]
    with tempfile.TemporaryDirectory() as folder:
        again = command(folder, SMALL, "nsga2", 650)
    with tempfile.TemporaryDirectory() as folder:
        disk = {"candidates": 500, **command(folder, LARGE, "random", 500, models=1)}
    text = page(rows, again, disk)
    (FOLDER / "load.md").write_text(text, encoding="utf-8")
    plot(rows)
    print(text)


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        print(json.dumps(run(sys.argv[2], int(sys.argv[3]), sys.argv[4])))
    elif sys.argv[1:2] == ["leaderboard"]:
        print(json.dumps(leaderboard(sys.argv[2])))
    else:
        main()
