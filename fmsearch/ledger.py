"""What a search has wanted and what came of it: cohorts, their trainings, results and costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from fmsearch.effort import Relative
from fmsearch.evaluation import MOST_PASSES
from fmsearch.finalists import Finalist
from fmsearch.pace import Price, Spent
from fmsearch.pareto import Point, front
from fmsearch.playoff import TIMES
from fmsearch.results import Results, at
from fmsearch.schedule import Cohort
from fmsearch.trials import Trials


@dataclass
class Entry:
    """A cohort, or a play-off.

    Attributes:
        cohort: how far it has climbed.
        prescribed: by member, the epochs that an engine with rungs of its own asks for, or None.
        costs: of its trainings.
    """

    cohort: Cohort
    prescribed: dict[int, float | None]
    costs: list[float] = field(default_factory=list)


class Ledger:
    """Keeps the books of a search; whoever says when it ends reads them.

    Args:
        trials: where candidates are trained.
        rungs: the study's, in epochs.
        keep: the share of a cohort that goes on from one rung to the next.
        relative: how many times as much as usual a network is to pay; it trains for so many times fewer epochs.
    """

    def __init__(self, trials: Trials, rungs: Sequence[float], keep: float, relative: Relative) -> None:
        self._trials = trials
        self._rungs = rungs
        self._keep = keep
        self._relative = relative
        self._entry_of: dict[tuple[int, float], int] = {}
        self._answered: set[tuple[int, float]] = set()
        self.entries: list[Entry] = []
        self.results = Results(lambda number: trials.taken[number].analysis.macs)
        self.last_rung = rungs[-1]
        """Epochs of the study's last rung, or of the last play-off."""

    @property
    def answered(self) -> bool:
        """Whether any training has ended."""
        return bool(self._answered)

    @property
    def spent(self) -> list[Spent]:
        """What each cohort has cost, and each play-off."""
        # Added up without rounding: to the last bit, a sum must not depend on what finished first.
        return [Spent(math.fsum(entry.costs), entry.cohort.is_complete) for entry in self.entries]

    @property
    def front(self) -> list[Finalist]:
        """The candidates that nobody dominates, each by its longest training."""
        contest = self.trained
        return [contest[i] for i in front([reached.point for reached in contest])]

    @property
    def trained(self) -> list[Finalist]:
        """All candidates that were trained with success, each by its longest training."""
        return self.results.finalists()

    @property
    def proven(self) -> list[Finalist]:
        """The front, and all that came to the last rung: what others would reach is too uncertain."""
        contest, prescribed = self.trained, self._most_prescribed
        leading = set(front([one.point for one in contest]))

        def is_proven(one: Finalist) -> bool:
            return one.trained >= (prescribed or self.epochs(one.number, self._rungs[-1]))

        return [one for index, one in enumerate(contest) if index in leading or is_proven(one)]

    @property
    def climbed(self) -> list[Finalist]:
        """Those that were trained with success at the last rung, or in the last play-off."""
        return [one for one in self.trained if one.trained == self.epochs(one.number, self.last_rung)]

    @property
    def digests(self) -> list[str]:
        """The digests of all candidates, by number."""
        return [taken.candidate.digest for taken in self._trials.taken]

    @property
    def skipped(self) -> list[tuple[str, float]]:
        """Which trainings, by candidate and epochs, were wanted and have no answer."""
        digests = self.digests
        return [(digests[number], epochs) for number, epochs in sorted(self._entry_of.keys() - self._answered)]

    def add(self, prescribed: dict[int, float | None], rungs: Sequence[float]) -> int:
        """Add a cohort, given by member the epochs that an engine prescribes; its index."""
        self.entries.append(Entry(Cohort(list(prescribed), rungs, self._keep), prescribed))
        return len(self.entries) - 1

    def add_play_off(self, entrants: Sequence[int]) -> int:
        """Add one, which trains several times as long as the last rung; its index."""
        self.last_rung *= TIMES
        return self.add(dict.fromkeys(entrants), [self.last_rung])

    def want(self, number: int, epochs: float, index: int) -> None:
        """A training is wanted for a cohort."""
        self._entry_of[number, epochs] = index

    def epochs(self, number: int, rung: float) -> float:
        """Epochs of a candidate at a rung: fewer for one that is to pay more (see `effort`)."""
        times = self._relative(self._trials.taken[number].analysis)
        return rung if times == 1.0 else min(MOST_PASSES, float(f"{rung / times:.3g}"))

    def record(self, number: int, epochs: float, point: Point | None, price: Price, passes: float) -> tuple[int, bool]:
        """Fold one result into its cohort.

        Args:
            number: of the candidate.
            epochs: that were asked of it.
            point: what it reached; None if it failed.
            price: what it cost.
            passes: the epochs that it trained.

        Returns:
            The cohort's index, and whether another rung is open now.
        """
        index = self._entry_of[number, epochs]
        self._answered.add((number, epochs))
        entry = self.entries[index]
        cohort, rung = entry.cohort, entry.cohort.rung
        if point is not None:
            self.results.record(number, epochs, point, price)
        entry.costs.append(price.setup + passes * price.epoch)
        cohort.record(number, at(point, epochs, cohort.epochs) if point else None)
        return index, cohort.rung != rung

    @property
    def _most_prescribed(self) -> float | None:
        """The most epochs that an engine prescribed; None of one that leaves them to the study."""
        asked = (epochs for entry in self.entries for epochs in entry.prescribed.values() if epochs is not None)
        return max(asked, default=None)
