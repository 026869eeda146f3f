"""The contest's goals, beside what came of them."""

from __future__ import annotations

import statistics

OWN, THEIRS = "fmsearch, own space", "fmsearch, peers' space"
SIZES = ("1k", "3k", "10k", "30k", "100k")
LEADS = {THEIRS: 0.08, OWN: 0.10}
SCORE, BUSY = 0.905, 0.92
ACCURACIES = {10: (0.84, 0.88, 0.905, 0.918, 0.928), 60: (0.86, 0.89, 0.913, 0.925, 0.935)}


def goals(runs):
    """A table of the goals for which there are runs.

    Args:
        runs: of fmsearch, and of peers as their users run them.
    """
    rows = [*_leads(runs), *_score(runs), *_hour(runs), *_accuracies(runs), *_busy(runs)]
    lines = []
    for what, form, goal, found in rows:
        met = "yes" if round(found, 3) >= round(goal, 3) else "no"
        lines.append(f"| {what} | {form.format(goal)} | {form.format(found)} | {met} |")
    return "\n".join(["| what | goal | measured | met |", "|---|---|---|---|", *lines, ""])


def _scores(runs, name, minutes):
    """The front score of each seed."""
    from front_score import front_score

    return {
        run["key"][2]: front_score([tuple(model[1:]) for model in run["models"]])
        for run in runs
        if run["key"][:2] == [name, minutes]
    }


def _peers(runs, minutes):
    """The best front score of each seed among peers."""
    names = {run["key"][0] for run in runs} - {OWN, THEIRS}
    best = {}
    for name in names:
        for seed, score in _scores(runs, name, minutes).items():
            best[seed] = max(score, best.get(seed, 0.0))
    return best


def _leads(runs):
    best = _peers(runs, 10)
    for name, goal in LEADS.items():
        for seed, score in sorted(_scores(runs, name, 10).items()):
            if seed in best:
                yield f"{name}, 10 minutes, seed {seed}: lead over the best peer", "{:+.3f}", goal, score - best[seed]


def _score(runs):
    if found := _scores(runs, OWN, 10):
        yield f"{OWN}, 10 minutes: front score, the worst of {len(found)} seeds", "{:.3f}", SCORE, min(found.values())


def _hour(runs):
    if (found := _scores(runs, OWN, 5)) and (best := _peers(runs, 60)):
        yield (
            f"{OWN}, 5 minutes: the front score of the best peer's hour",
            "{:.3f}",
            max(best.values()),
            min(found.values()),
        )


def _accuracies(runs):
    from front_score import best_at

    for minutes, wanted in ACCURACIES.items():
        fronts = [
            best_at([tuple(model[1:]) for model in run["models"]]) for run in runs if run["key"][:2] == [OWN, minutes]
        ]
        for size, goal in zip(SIZES, wanted, strict=True):
            if fronts:
                found = statistics.fmean(front[size] for front in fronts)
                yield f"{OWN}, {minutes} minutes: test accuracy at {size}", "{:.3f}", goal, found


def _busy(runs):
    found = [run["busy"] for run in runs if run["key"][1] == 10 and "busy" in run]
    if found:
        yield "10 minutes: workers busy, the least of all runs", "{:.3f}", BUSY, min(found)
