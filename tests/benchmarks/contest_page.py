"""The contest's raw runs as a page and two plots."""

from __future__ import annotations

import statistics
from collections import defaultdict

from contest_goals import OWN, THEIRS, goals

ABLATED = "; "
EARLIER = " (earlier)"
ONEDNN = ", oneDNN"
ABLATIONS = """\
The own space, ten minutes, seed 0, unless told, with one thing changed, and in brackets the difference from the run
without that change. What is kept is chosen by the score on the validation split. One run each, whose luck is about
0.005: less than that is nothing. Where no draw is preferred, learning curves do not tell those that fall longer either
(decisions 22 and 17), but in the hour. What is told of draws is a change of the code; all else, of the study.
"""
SIZES = ("1k", "3k", "10k", "30k", "100k", "300k", "1M")
HEAD = """\
# fmsearch and its peers at equal time

`python tests/benchmarks/contest.py --peers DIR`: Fashion-MNIST, {cores} cores, one run after another on the same
machine, nothing else running but what is said below. Test accuracy of the model that validation chooses at or under
each number of parameters; the front score is its mean over budgets spaced evenly in the logarithm from 1,000 to
1,000,000 parameters (chance, 0.1, where no model fits). Nothing about the test set informed a choice. `runs.jsonl`
holds every model of every run; of fmsearch, those of the final stage. The peers' scripts, `DIR`, are not part of this
repository.

fmsearch trains with its own schedule (one cycle) in both spaces; in the peers' space, optimizer, learning rates,
architectures and augmentation are the peers'. Left as fmsearch has them are how weights begin (He's), how normalisation
averages (a momentum of 0.9), the mirroring of large models in the final stage, and which 5,000 images validate. Peers
train each model for ten epochs, Hyperband for ten at the most. fmsearch has TensorFlow use oneDNN's kernels
([decision 20](../../decisions/0020-onednn-on-every-processor.md)); a peer's users have what TensorFlow takes by itself,
which without AVX-512 are slower ones. With ", oneDNN" a peer had them, too. Figures are means over seeds, with the
worst and the best in brackets.

The column `busy` is the share of cores times wall time that workers spend on trainings, from building a network to
measuring it.

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
reading. NSGA-II's hour is of another machine, about twice as fast, and checks ran beside it at the lowest priority, as
they did beside fmsearch's for a minute. Seventy minutes of TPE and of Hyperband ran side by side, each on one core,
with checks beside them: worth some half an hour of both cores, as TPE trained 7 models where NSGA-II, which begins
alike, trains 2 in ten minutes of both, and Hyperband 19 where 7. An hour of theirs on both cores is not measured. A GPU
was not to be had.

For one seed, NSGA-II and TPE begin with the same random candidates, and ten minutes end during that: TPE would have
NSGA-II's rows. With one to four models in that time, it is luck which sizes a peer has any model for. With oneDNN's
kernels, in seed 1, NSGA-II trained the same four models, each in three quarters of the time, and came no further.
"""
GOALS = """\
They were set before the first run. Leads are over the best peer as its users run it. What was tried where a goal is
missed stands in the decisions [9](../../decisions/0009-neighbours-in-size-compete.md) to
[12](../../decisions/0012-no-averaging-and-no-distillation.md) and
[16](../../decisions/0016-a-play-off-of-all-cohorts.md) to
[22](../../decisions/0022-the-most-promising-of-several-draws.md).
"""
PAST = """\
Earlier code of fmsearch, and peers, ten minutes unless told. Those that tell how fast the machine was ran on one like
that of the ten minutes above, the others on machines up to twice as fast: those of fmsearch from before its learning
curves (decision 17) and the peers on one, the rest of fmsearch's on one about two thirds as fast; the hour before its
learning curves on one half as fast as the hour without a play-off. Beside hours, checks ran at the lowest priority.
"""


def write(folder, runs):
    """Write the page and the plots for all runs."""
    page = HEAD.format(cores=2, notes=NOTES)
    whole = [run for run in runs if ABLATED not in run["key"][0] and EARLIER not in run["key"][0]]
    for minutes in sorted({run["key"][1] for run in whole}):
        timed = [run for run in whole if run["key"][1] == minutes]
        page += f"\n## {minutes:g} minutes\n\n{_table(timed)}{_leads(timed)}"
    usual = [run for run in whole if not run["key"][0].endswith(ONEDNN)]
    page += f"\n## Goals\n\n{GOALS}\n{goals(usual)}" + _ablations(runs)
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
        peers = {name: score for name, score in by_name.items() if name not in {OWN, THEIRS}}
        best = max((score for name, score in peers.items() if not name.endswith(ONEDNN)), default=None)
        if best is not None and {OWN, THEIRS} <= by_name.keys():
            equipped = max((score for name, score in peers.items() if name.endswith(ONEDNN)), default=None)
            ours = " | ".join(f"{by_name[name]:.3f} ({by_name[name] - best:+.3f})" for name in (OWN, THEIRS))
            lines.append(f"| {seed} | {best:.3f} | {'' if equipped is None else f'{equipped:.3f}'} | {ours} |")
    head = [f"| seed | best peer | best{ONEDNN} | {OWN} | {THEIRS} |", "|---|---|---|---|---|"]
    return "\n".join(["\nSeed by seed, against the best peer:\n", *head, *lines, ""]) if lines else ""


def _ablations(runs):
    """What each technique adds: runs without it beside the one, of the same minutes and seed, with all."""
    from front_score import best_at, front_score

    by_key = {tuple(run["key"]): run for run in runs}
    lines = []
    for (name, minutes, seed), run in by_key.items():
        base, _, label = name.partition(ABLATED)
        if EARLIER not in base and label and (base, minutes, seed) in by_key:
            points = _points(run)
            usual = _points(by_key[base, minutes, seed])
            scores = " | ".join(
                f"{front_score(these):.3f} ({front_score(these) - front_score(those):+.3f})"
                for these, those in ((points, usual), (_validated(points), _validated(usual)))
            )
            sizes = " | ".join(f"{best_at(points)[at]:.3f}" for at in SIZES)
            lines.append(f"| {label} | {scores} | {len(points)} | {sizes} |")
    if not lines:
        return ""
    head = f"| changed | front score | on validation | models | {' | '.join(SIZES)} |"
    table = [head, f"|---|{'---|' * 10}", *lines]
    return f"\n## What each technique adds\n\n{ABLATIONS}\n" + "\n".join(table) + "\n"


def _points(run):
    return [tuple(model[1:]) for model in run["models"]]


def _validated(points):
    """The same with the accuracy on the validation split in place of that on the test images."""
    return [(size, validation, validation) for size, validation, _ in points]


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
