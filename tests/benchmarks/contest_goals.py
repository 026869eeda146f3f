"""The contest's goals, beside what came of them."""

from __future__ import annotations

import statistics

OWN, THEIRS = "fmsearch, own space", "fmsearch, peers' space"
SIZES = ("1k", "3k", "10k", "30k", "100k")
LEADS = {THEIRS: 0.08, OWN: 0.10}
SCORE, BUSY, LATE = 0.905, 0.92, 0.05
ACCURACIES = {10: (0.84, 0.88, 0.905, 0.918, 0.928), 60: (0.86, 0.89, 0.913, 0.925, 0.935)}


def goals(runs):
    """A table of the goals for which there are runs.

    Args:
        runs: of fmsearch, and of peers as their users run them.
    """
    lines = [*_leads(runs), *_score(runs), *_hour(runs), *_accuracies(runs), *_busy(runs), *_time(runs)]
    return "\n".join(["| what | goal | measured | met |", "|---|---|---|---|", *lines, ""])


def _at_least(what, goal, found, form="{:.3f}"):
    met = "yes" if round(found, 3) >= round(goal, 3) else "no"
    return f"| {what} | {form.format(goal)} | {form.format(found)} | {met} |"


def _scores(runs, name, minutes):
    """The front score of each seed."""
    from front_score import front_score

    return {
        run["key"][2]: front_score([tuple(model[1:]) for model in run["models"]])
        for run in runs
        if run["key"][:2] == [name, minutes]
    }


def _peers(runs, minutes):
    """The best front score of each seed among peers, and whose it is."""
    names = {run["key"][0] for run in runs} - {OWN, THEIRS}
    best = {}
    for name in names:
        for seed, score in _scores(runs, name, minutes).items():
            best[seed] = max((score, name), best.get(seed, (0.0, "")))
    return best


def _leads(runs):
    best = _peers(runs, 10)
    for name, goal in LEADS.items():
        for seed, score in sorted(_scores(runs, name, 10).items()):
            if seed in best:
                peer, whose = best[seed]
                what = f"{name}, 10 minutes, seed {seed}: lead over the best peer, {whose}"
                yield _at_least(what, goal, score - peer, "{:+.3f}")


def _score(runs):
    if found := _scores(runs, OWN, 10):
        yield _at_least(f"{OWN}, 10 minutes: front score, the worst of {_count(found)}", SCORE, min(found.values()))


def _hour(runs):
    if (found := _scores(runs, OWN, 5)) and (best := _peers(runs, 60)):
        score, whose = max(best.values())
        what = f"{OWN}, 5 minutes, {_count(found)}: the front score of the best peer's hour, {whose}"
        yield _at_least(what, score, min(found.values()))


def _accuracies(runs):
    from front_score import best_at

    for minutes, wanted in ACCURACIES.items():
        fronts = [
            best_at([tuple(model[1:]) for model in run["models"]]) for run in runs if run["key"][:2] == [OWN, minutes]
        ]
        for size, goal in zip(SIZES, wanted, strict=True):
            if fronts:
                found = statistics.fmean(front[size] for front in fronts)
                yield _at_least(f"{OWN}, {minutes} minutes, {_count(fronts)}: test accuracy at {size}", goal, found)


def _busy(runs):
    found = [run["busy"] for run in runs if run["key"][1] == 10 and "busy" in run]
    if found:
        yield _at_least("10 minutes: workers busy, the least of all runs", BUSY, min(found))


def _time(runs):
    """How far from its limit a run ended, the worst of all."""
    found = [run["wall"] / (60 * run["key"][1]) - 1 for run in runs if "wall" in run]
    if found:
        worst = max(found, key=abs)
        met = "yes" if abs(worst) <= LATE else "no"
        what = f"fmsearch: the time that was given, the worst of {len(found)} runs"
        yield f"| {what} | within {LATE:.0%} | {worst:+.1%} | {met} |"


def _count(seeds):
    return f"{len(seeds)} seeds" if len(seeds) > 1 else "1 seed"
