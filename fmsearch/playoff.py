"""Play-offs: with time to spare, the best of all cohorts train longer before it is decided who is trained last. Pure.

What a network reaches after part of an epoch says little about what it reaches after thirty. Cohorts show where to
look; a play-off compares those that did well in theirs by trainings that say more.
"""

from __future__ import annotations

from collections.abc import Sequence

from fmsearch.finalists import Finalist
from fmsearch.schedule import survivors, trainings
from fmsearch.study import Study

SHARE = 1 / 3  # of what the search may spend
TIMES = 4  # as long as before
FINAL = 2  # as long as in a play-off, the final stage must be able to train
LEAST = 8  # candidates that make a play-off
MOST = 1 / 2  # share of those that have come so far


def rounds(study: Study, cohort: float, total: float) -> int:
    """How many play-offs there will be, each of those that did best in the one before.

    Args:
        study: what is searched.
        cohort: what one cohort costs.
        total: what the whole search may cost.
    """
    budget = study.budget
    if study.engine.has_rungs:  # which end in long trainings
        return 0
    counts = trainings(budget.cohort, budget.cohort, budget.rungs, budget.keep)
    training = cohort * budget.rungs[-1] / sum(count * epochs for epochs, count in counts.items())

    def is_worth_it(count: int) -> bool:
        times: int = TIMES**count
        pays_for_enough = LEAST * times * training <= SHARE * total / count
        return pays_for_enough and FINAL * times * budget.rungs[-1] <= study.final.epochs

    count = 0
    while is_worth_it(count + 1):
        count += 1
    return count


def entrants(climbed: Sequence[Finalist], total: float) -> list[Finalist]:
    """Who takes part: as many as a total pays for, and of each range of sizes the one that promises most.

    Args:
        climbed: those that have come so far.
        total: what the play-off may cost.

    Returns:
        Those whose trainings cost most first; nobody if it pays for too few.
    """
    known = {one.number: one for one in climbed}
    longest = TIMES * max((one.trained for one in climbed), default=0.0)
    promises = {one.number: one.promise(longest) for one in climbed}
    for count in range(int(MOST * len(climbed)), LEAST - 1, -1):
        chosen = [known[number] for number in survivors(promises, count / len(climbed))]
        if sum(map(_cost, chosen)) <= total:
            return sorted(chosen, key=lambda one: (-_cost(one), one.number))
    return []


def _cost(one: Finalist) -> float:
    return one.cost(TIMES * one.trained)
