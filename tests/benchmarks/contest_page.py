"""The contest's raw runs as a page and two plots; what is to be said of the runs stands in `notes.txt` beside them."""

from __future__ import annotations

import statistics
from collections import defaultdict

from contest_goals import OWN, THEIRS, goals

MACHINES = ("with AVX-512", "without AVX-512")
ABLATED = "; "
EARLIER = " (earlier)"
ONEDNN = ", oneDNN"
ABLATIONS = """\
The own space, ten minutes, seed 0, unless told, with one thing changed, and in brackets the difference from the run
without that change, whose machine may have been faster or slower: the last column tells, "this, that". What is kept is
chosen by the score on the validation split. One run each, whose luck is about 0.005: less than that is nothing.
"""
FACTS = (("wall", "{:,.0f} s"), ("busy", "{:.2f}"), ("yardstick", "{:.1f} s"))
SIZES = ("1k", "3k", "10k", "30k", "100k", "300k", "1M")
HEAD = """\
# fmsearch and its peers at equal time

`python tests/benchmarks/contest.py --peers DIR`: Fashion-MNIST, one run after another on the same machine, nothing else
running but what is said below. Test accuracy of the model that validation chooses at or under each number of
parameters; the front score is its mean over budgets spaced evenly in the logarithm from 1,000 to 1,000,000 parameters
(chance, 0.1, where no model fits). `runs.jsonl` holds every model of every run; of fmsearch, those of the final stage,
all of which are there at the end and none before. The peers' scripts, `DIR`, are not part of this repository.

Nothing about the test set informed a choice. But what the sampler expects of a network ([decision
22](../../decisions/0022-the-most-promising-of-several-draws.md)) and how much a longer training promises ([decision
17](../../decisions/0017-one-learning-curve-for-all.md)) were learnt from searches of both spaces on the validation
split, seeds 0 to 2 among them. Seeds 3 to 5 ran after that, by code that was finished.

fmsearch trains with its own schedule (one cycle) in both spaces; in the peers' space, optimizer, learning rates,
architectures and augmentation are the peers'. These stay as in fmsearch: how weights begin (He's), how normalisation
averages (a momentum of 0.9), what a shift or a rotation uncovers (black; the peers' images are reflected there), the
mirroring of large models in the final stage, and which 5,000 images validate. It leaves out what has more than
1,000,000 parameters and so does not count; a peer may come across that. Peers train each model for ten epochs,
Hyperband for ten at the most. fmsearch has TensorFlow use oneDNN's kernels ([decision
20](../../decisions/0020-onednn-on-every-processor.md)); a peer's users have what TensorFlow takes by itself, which
without AVX-512 are slower ones. With ", oneDNN" a peer had them, too. Figures are means over seeds, with the worst and
the best in brackets.

The column `busy` is the share of cores times wall time that workers spend on trainings, from building a network to
measuring it.

The column `machine` says how fast it was: what an epoch of three convolutions takes in a bare loop
([training](../training.md)), two side by side, right before each run. Rows from before that was taken have none.

"""
GOALS = """\
They were set before the first run; those of an epoch stand on a [page of their own](../training.md). Leads are over the
best peer as its users run it. What was tried where a goal is missed stands in the decisions
[9](../../decisions/0009-neighbours-in-size-compete.md) to
[12](../../decisions/0012-no-averaging-and-no-distillation.md) and
[16](../../decisions/0016-a-play-off-of-all-cohorts.md) to
[22](../../decisions/0022-the-most-promising-of-several-draws.md).
"""


def write(folder, runs):
    """Write the page and the plots for all runs."""
    page = HEAD + (folder / "notes.txt").read_text(encoding="utf-8")
    whole = [run for run in runs if ABLATED not in run["key"][0] and EARLIER not in run["key"][0]]
    for minutes in sorted({run["key"][1] for run in whole}):
        for machine, timed in _by_machine(run for run in whole if run["key"][1] == minutes):
            page += f"\n## {minutes:g} minutes, {machine}\n\n{_table(timed)}{_leads(timed)}"
    page += f"\n## Goals\n\n{GOALS}"
    for machine, usual in _by_machine(run for run in whole if not run["key"][0].endswith(ONEDNN)):
        page += f"\n### {machine[0].upper()}{machine[1:]}\n\n{goals(usual)}"
    page += _ablations(runs)
    past = [run for run in runs if ABLATED not in run["key"][0] and EARLIER in run["key"][0]]
    page += f"\n## Earlier\n\n{_table(past)}" if past else ""
    page += "\n![Front score against time](time.svg)\n\n![Fronts at ten minutes](fronts.svg)\n"
    (folder / "README.md").write_text(page, encoding="utf-8")
    _plots(folder, whole)


def _by_machine(runs):
    """Runs of each kind of machine, where there are any."""
    groups = {machine: [] for machine in MACHINES}
    for run in runs:
        groups[machine_of(run)].append(run)
    return [(machine, group) for machine, group in groups.items() if group]


def machine_of(run):
    """The kind that it ran on. Rows from before that was written down stand with those without AVX-512."""
    return MACHINES["avx512" not in run.get("instructions", "")]


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

    by_key = {(*run["key"], machine_of(run)): run for run in runs}
    lines = []
    for (name, *alike), run in by_key.items():
        base, _, label = name.partition(ABLATED)
        if EARLIER not in base and label and (base, *alike) in by_key:
            points = _points(run)
            usual = _points(by_key[base, *alike])
            scores = " | ".join(
                f"{front_score(these):.3f} ({front_score(these) - front_score(those):+.3f})"
                for these, those in ((points, usual), (_validated(points), _validated(usual)))
            )
            sizes = " | ".join(f"{best_at(points)[at]:.3f}" for at in SIZES)
            pair = (run, by_key[base, *alike])
            candidates = ", ".join(str(one["candidates"]) for one in pair)
            machine = ", ".join(f"{one['yardstick']:.1f} s" for one in pair)
            lines.append(f"| {label} | {scores} | {len(points)} | {sizes} | {candidates} | {machine} |")
    if not lines:
        return ""
    head = f"| changed | front score | on validation | models | {' | '.join(SIZES)} | candidates | machine |"
    table = [head, f"|---|{'---|' * 12}", *lines]
    return f"\n## What each technique adds\n\n{ABLATIONS}\n" + "\n".join(table) + "\n"


def _points(run):
    return [tuple(model[1:]) for model in run["models"]]


def _validated(points):
    """The same with the accuracy on the validation split in place of that on the test images."""
    return [(size, validation, validation) for size, validation, _ in points]


def _table(runs):
    from front_score import best_at, front_score

    lines = [
        f"| contestant | seeds | front score | models | {' | '.join(SIZES)} | took | busy | machine |",
        f"|---|---|---|---|{'---|' * len(SIZES)}---|---|---|",
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
        spread = f"{statistics.fmean(scores):.3f} ({min(scores):.3f} to {max(scores):.3f})"
        facts = [_mean(group, *fact) for fact in FACTS]
        cells = [name, str(len(group)), spread, f"{models:.0f}", *cells, *facts]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _mean(runs, field, form):
    """Of what some runs tell."""
    told = [run[field] for run in runs if field in run]
    return form.format(statistics.fmean(told)) if told else ""


def _plots(folder, runs):
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "contest"
    names = sorted({run["key"][0] for run in runs})
    colours = dict(zip(names, mpl.color_sequences["tab20"], strict=False))
    _plot(folder / "time.svg", _growth, runs, colours, xlabel="minutes", ylabel="front score")
    ten = [run for run in runs if run["key"][1] == 10]
    limits = {"xscale": "log", "ylim": (0.5, 0.95)}
    _plot(folder / "fronts.svg", _front, ten, colours, xlabel="parameters", ylabel="test accuracy", **limits)


def _plot(path, draw, runs, colours, **settings):
    """One panel for each kind of machine, and a name once."""
    from matplotlib import pyplot as plt

    groups = _by_machine(runs)
    if not groups:
        return
    figure, panels = plt.subplots(1, len(groups), figsize=(6 * len(groups), 4.5), sharey=True, squeeze=False)
    for axes, (machine, group) in zip(panels[0], groups, strict=True):
        told = set()
        for run in group:
            name = run["key"][0]
            draw(axes, run, color=colours[name], label=None if name in told else name)
            told.add(name)
        axes.set(title=machine, **settings)
        axes.label_outer()
        axes.legend(loc="lower right", fontsize="small")
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)


def _growth(axes, run, **style):
    """A peer's front score as time passes; fmsearch's models all come at the end."""
    from front_score import curve, front_score

    if run["key"][0].startswith("fmsearch"):
        axes.plot([run["key"][1]], [front_score(_points(run))], "o", **style)
    else:
        times = curve([tuple(model) for model in run["models"]], step=15)
        axes.plot([t / 60 for t, _ in times], [s for _, s in times], alpha=0.7, **style)


def _front(axes, run, **style):
    chosen = _chosen(_points(run))
    axes.step([size for size, _ in chosen], [test for _, test in chosen], where="post", marker=".", alpha=0.7, **style)


def _chosen(points):
    """Size and test accuracy of what validation chooses as the budget grows."""
    best, chosen = -1.0, []
    for size, validation, test in sorted(points):
        if validation > best:
            best = validation
            chosen.append((size, test))
    return chosen
