"""Static analysis against building the same network in Keras: `python tests/benchmarks/static_analysis.py`.

Candidates of one space are taken in turn: analysed, then built, so that a machine whose speed drifts slows both. Writes
docs/benchmarks/static-analysis.md. Expected before the first measurement: 5,000 analyses a second, 1,000 times as fast.
"""

from __future__ import annotations

import platform
import random
import statistics
import time
from pathlib import Path
from textwrap import fill

from machine import machine

from fmsearch.study import load_study
from fmsearch.training.quiet import import_keras
from searchspace import InfeasibleError, Input, analyse

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks" / "static-analysis.md"
CANDIDATES = 200
REPEATS = 20  # of each analysis, which alone is too short for the clock


def measure():
    """Seconds of each analysis and of each build, over sampled candidates of the Fashion-MNIST study."""
    keras = import_keras()

    from fmsearch.training.build import build_model

    space = load_study(ROOT / "studies" / "fashion.yaml").search_space(Input())
    rng = random.Random(0)
    analysed, built = [], []
    while len(built) < CANDIDATES:
        candidate = space.sample(rng)
        try:
            analyse(candidate.architecture)
        except InfeasibleError:
            continue
        start = time.perf_counter()
        for _ in range(REPEATS):
            analyse(candidate.architecture)
        analysed.append((time.perf_counter() - start) / REPEATS)
        keras.backend.clear_session()
        start = time.perf_counter()
        build_model(candidate)
        built.append(time.perf_counter() - start)
    return analysed, built


def page(analysed, built):
    """The figures as Markdown."""
    ratios = [b / a for a, b in zip(analysed, built, strict=True)]
    rate = len(analysed) / sum(analysed)
    told = fill(
        f"`python tests/benchmarks/static_analysis.py`: {CANDIDATES} feasible candidates of `studies/fashion.yaml`, "
        f"one core of {machine()}, Python {platform.python_version()}. Each candidate is analysed, then built in "
        "Keras, in turn.",
        120,
    )
    return f"""\
# Static analysis

{told}

| what | figure | expected |
|---|---|---|
| analyses a second | {rate:,.0f} | 5,000 |
| one analysis, median | {statistics.median(analysed) * 1e6:,.0f} us | |
| one Keras model built, median | {statistics.median(built) * 1e3:,.0f} ms | |
| Keras over analysis, median of {CANDIDATES} pairs | {statistics.median(ratios):,.0f} times | 1,000 times |
| the same, least and most | {min(ratios):,.0f} to {max(ratios):,.0f} times | |
"""


if __name__ == "__main__":
    text = page(*measure())
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    print(text)
