"""The contest's raw runs as a page and two plots."""

from __future__ import annotations

import statistics
from collections import defaultdict

ABLATED = "; "
EARLIER = " (earlier)"
OWN, THEIRS = "fmsearch, own space", "fmsearch, peers' space"
ABLATIONS = """\
The own space, ten minutes, seed 0, unless told, with one thing changed, against the run without that change. One run
each, whose luck is about 0.005: less than that is nothing. Where no draw is preferred, learning curves do not tell
those that fall longer either (decisions 22 and 17); nor do they where all are drawn at random. The hours are of earlier
code, against the hour above: all changes since lie between them, and checks ran beside them at the lowest priority. The
one by the rules before learning curves ran on a machine half as fast as the one without a play-off, and was interrupted
once.
"""
SIZES = ("1k", "3k", "10k", "30k", "100k", "300k", "1M")
HEAD = """\
# fmsearch and its peers at equal time

`python tests/benchmarks/contest.py --peers DIR`: Fashion-MNIST, {cores} cores, one run after another on the same
machine, nothing else running but what is said below. Test accuracy of the model that validation chooses at or under
each number of parameters; the front score is its mean over budgets spaced evenly in the logarithm from 1,000 to
1,000,000 parameters (chance, 0.1, where no model fits). Nothing about the test set informed a choice. `runs.jsonl`
holds every model of every run.

fmsearch trains with its own schedule (one cycle) in both spaces; in the peers' space, optimizer, learning rates,
architectures and augmentation are the peers'. Peers train each model for ten epochs. Figures are means over seeds, with
the worst and the best in brackets.

The column `machine` says how fast it was: what an epoch of three convolutions takes in a bare loop
([training](../training.md)), two side by side, right before each run. Rows from before that was taken have none.

{notes}"""
NOTES = """\
Ten minutes are all of one kind of machine, without AVX-512, and half as fast as that of the peers' hour. When seed 0 of
its own space ran for the first time, fmsearch took 632 s, 5.3 % more than it may: its last training was slower by half
than all before it. That run is among the earlier ones; the one that counts took 613 s and came to the same score, by
0.899 at 30k and 0.925 at 100k then, and 0.922 and 0.921 now.
Beside seeds 0 and 2 of the peers, and of fmsearch where no draw is preferred to another, tests ran at the lowest
priority now and then, which even so may take a seventh of the machine; beside the others nothing but some seconds of
reading. The hours are of two other machines: fmsearch's ran by earlier code on one about two thirds as fast as that of
NSGA-II's, beside which checks ran at the lowest priority. Seventy minutes of TPE and of Hyperband ran side by side,
each on one core, with checks beside them: worth some half an hour of both cores, as TPE trained 7 models where NSGA-II,
which begins alike, trains 2 in ten minutes of both, and Hyperband 19 where 7. An hour of theirs on both cores is not
measured.

For one seed, NSGA-II and TPE begin with the same random candidates, and ten minutes end during that: TPE would have
NSGA-II's rows. With one to four models in that time, it is luck which sizes a peer has any model for.
"""
PAST = """\
Earlier code of fmsearch, and peers, ten minutes unless told. Those that tell how fast the machine was ran on one like
that of the ten minutes above, the others on machines up to twice as fast: those of fmsearch from before its learning
curves (decision 17) and the peers on one, the rest of fmsearch's on one about two thirds as fast.
"""


def write(folder, runs):
    """Write the page and the plots for all runs."""
    page = HEAD.format(cores=2, notes=NOTES)
    whole = [run for run in runs if ABLATED not in run["key"][0] and EARLIER not in run["key"][0]]
    for minutes in sorted({run["key"][1] for run in whole}):
        timed = [run for run in whole if run["key"][1] == minutes]
        page += f"\n## {minutes:g} minutes\n\n{_table(timed)}{_leads(timed)}"
    page += _ablations(runs)
    past = [run for run in runs if ABLATED not in run["key"][0] and EARLIER in run["key"][0]]
    page += f"\n## Earlier\n\n{PAST}\n{_table(past)}" if past else ""
    page += "\n![Front score against time](time.svg)\n\n![Fronts at ten minutes](fronts.svg)\n"
    (folder / "README.md").write_text(page, encoding="utf-8")
    _plots(folder, whole)


def _leads(runs):
    """Seed by seed, how far fmsearch is ahead of the best peer."""
    from front_score import front_score

    scores = defaultdict(dict)
    for run in runs:
        name, _, seed = run["key"]
        scores[seed][name] = front_score(_points(run))
    lines = []
    for seed, by_name in sorted(scores.items()):
        best = max((score for name, score in by_name.items() if name not in {OWN, THEIRS}), default=None)
        if best is not None and {OWN, THEIRS} <= by_name.keys():
            ours = " | ".join(f"{by_name[name]:.3f} ({by_name[name] - best:+.3f})" for name in (OWN, THEIRS))
            lines.append(f"| {seed} | {best:.3f} | {ours} |")
    if not lines:
        return ""
    return (
        "\n".join(
            [
                "\nSeed by seed, against the best peer:\n",
                f"| seed | best peer | {OWN} | {THEIRS} |",
                "|---|---|---|---|",
                *lines,
            ]
        )
        + "\n"
    )


def _ablations(runs):
    """What each technique adds: runs without it beside the one, of the same minutes and seed, with all."""
    from front_score import best_at, front_score

    by_key = {tuple(run["key"]): run for run in runs}
    lines = []
    for (name, minutes, seed), run in by_key.items():
        base, _, label = name.partition(ABLATED)
        if EARLIER not in base and label and (base, minutes, seed) in by_key:
            points = _points(run)
            score, usual = front_score(points), front_score(_points(by_key[base, minutes, seed]))
            sizes = " | ".join(f"{best_at(points)[at]:.3f}" for at in SIZES)
            lines.append(f"| {label} | {score:.3f} | {score - usual:+.3f} | {len(points)} | {sizes} |")
    if not lines:
        return ""
    table = [f"| changed | front score | difference | models | {' | '.join(SIZES)} |", f"|---|{'---|' * 10}", *lines]
    return f"\n## What each technique adds\n\n{ABLATIONS}\n" + "\n".join(table) + "\n"


def _points(run):
    return [tuple(model[1:]) for model in run["models"]]


def _table(runs):
    from front_score import best_at, front_score

    lines = [
        f"| contestant | seeds | front score | models | {' | '.join(SIZES)} | busy | machine |",
        f"|---|---|---|---|{'---|' * len(SIZES)}---|---|",
    ]
    by_name = defaultdict(list)
    for run in runs:
        by_name[run["key"][0]].append(run)
    scored = {name: [front_score(_points(run)) for run in group] for name, group in by_name.items()}
    for name in sorted(scored, key=lambda name: -statistics.fmean(scored[name])):
        group, scores = by_name[name], scored[name]
        sizes = [best_at(_points(run)) for run in group]
        cells = [f"{statistics.fmean(size[at] for size in sizes):.3f}" for at in SIZES]
        models = statistics.fmean(len(run["models"]) for run in group)
        busy, machine = _mean(group, "busy", "{:.2f}"), _mean(group, "yardstick", "{:.1f} s")
        spread = f"{statistics.fmean(scores):.3f} ({min(scores):.3f} to {max(scores):.3f})"
        lines.append(f"| {name} | {len(group)} | {spread} | {models:.0f} | {' | '.join(cells)} | {busy} | {machine} |")
    return "\n".join(lines) + "\n"


def _mean(runs, field, form):
    """Of what some runs tell."""
    told = [run[field] for run in runs if field in run]
    return form.format(statistics.fmean(told)) if told else ""


def _plots(folder, runs):
    import matplotlib as mpl
    from front_score import curve, front_score

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "contest"
    from matplotlib import pyplot as plt

    names = sorted({run["key"][0] for run in runs})
    figure, axes = plt.subplots(figsize=(8, 4.5))
    for name, colour in zip(names, mpl.color_sequences["tab20"], strict=False):
        ours = name.startswith("fmsearch")
        for number, run in enumerate(run for run in runs if run["key"][0] == name):
            label = None if number else name
            if ours:
                at = run["key"][1]
                axes.plot([at], [front_score(_points(run))], "o", color=colour, label=label)
            else:
                times = curve([tuple(model) for model in run["models"]], step=15)
                axes.plot([t / 60 for t, _ in times], [s for _, s in times], color=colour, label=label, alpha=0.7)
    axes.set(xlabel="minutes", ylabel="front score")
    axes.legend()
    figure.savefig(folder / "time.svg", metadata={"Date": None}, bbox_inches="tight")
    figure, axes = plt.subplots(figsize=(8, 4.5))
    for name, colour in zip(names, mpl.color_sequences["tab20"], strict=False):
        group = [run for run in runs if run["key"][:2] == [name, 10]]
        for number, run in enumerate(group):
            chosen = _chosen(_points(run))
            axes.step(
                [size for size, _ in chosen],
                [test for _, test in chosen],
                where="post",
                marker=".",
                color=colour,
                label=None if number else name,
                alpha=0.7,
            )
    axes.set(xscale="log", xlabel="parameters", ylabel="test accuracy", ylim=(0.5, 0.95))
    axes.legend()
    figure.savefig(folder / "fronts.svg", metadata={"Date": None}, bbox_inches="tight")
    plt.close("all")


def _chosen(points):
    """Size and test accuracy of what validation chooses as the budget grows."""
    best, chosen = -1.0, []
    for size, validation, test in sorted(points):
        if validation > best:
            best = validation
            chosen.append((size, test))
    return chosen
