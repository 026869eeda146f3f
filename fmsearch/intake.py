"""From a proposer's proposals to candidates worth training: each can be built, keeps the limits and is new."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from fmsearch.errors import InputError
from fmsearch.proposers import Proposal, Proposer, Rejected, Verdict
from searchspace import Analysis, Candidate, InfeasibleError, SearchSpace, Violation, analyse, violations

# So many proposals in a row without a new candidate, and the proposer counts as stuck: draws at random take its place.
PATIENCE = 200
# So many draws in a row, and the space counts as exhausted, or the limits as unmeetable.
DRAWS = 2_000


@dataclass(frozen=True)
class Taken:
    """A candidate that the study trains, under its number in the study."""

    number: int
    candidate: Candidate
    analysis: Analysis


@dataclass(frozen=True)
class _Miss:
    """A proposal that was rejected; `excess` is the share by which it broke its worst limit."""

    excess: float
    why: str


class Intake:
    """Takes candidates from a proposer, and passes every verdict back to it.

    Args:
        proposer: who proposes.
        space: where candidates are drawn from when the proposer is stuck, and whose limits they must keep.
        seed: of those draws.
    """

    def __init__(self, proposer: Proposer, space: SearchSpace, seed: int) -> None:
        self._proposer = proposer
        self._space = space
        self._random = Random(seed)  # noqa: S311  # a search, not a secret
        self._proposals: dict[int, list[int | None]] = {}
        self._verdicts: dict[int, Verdict] = {}
        self._numbers: dict[str, int] = {}
        self._nearest: _Miss | None = None
        self.rejected = 0
        self.repeated = 0
        self.exhausted = False

    def take(self, count: int) -> list[Taken]:
        """The next candidates, fewer than `count` only if there is nothing new.

        Raises:
            InputError: not one proposal of the whole study could be trained.
        """
        taken: list[Taken] = []
        idle = 0
        while len(taken) < count and not self.exhausted:
            new = self._consider(self._draw() if idle >= PATIENCE else self._proposer.ask())
            if new is not None:
                taken.append(new)
                idle = 0
            else:
                idle += 1
                self.exhausted = idle >= PATIENCE + DRAWS
        if not self._numbers:
            nearest = self._nearest.why if self._nearest else "none"
            raise InputError(
                f"None of {PATIENCE + DRAWS:,} proposals can be trained; the nearest miss: {nearest}.",
                "Raise `limits`, or allow smaller networks in `space`.",
            )
        return taken

    def settle(self, number: int, verdict: Verdict) -> None:
        """What came of a candidate: told to the proposer, for each proposal that led to it."""
        self._verdicts[number] = verdict
        for proposal in self._proposals.pop(number, ()):
            self._tell(proposal, verdict)

    def _draw(self) -> Proposal:
        return Proposal(None, self._space.sample(self._random))

    def _tell(self, number: int | None, verdict: Verdict) -> None:
        """Tell the proposer, if it was the one who proposed."""
        if number is not None:
            self._proposer.tell(number, verdict)

    def _consider(self, proposal: Proposal) -> Taken | None:
        digest = proposal.candidate.digest
        if digest in self._numbers:
            self._repeat(proposal, self._numbers[digest])
            return None
        try:
            analysis = analyse(proposal.candidate.architecture)
        except InfeasibleError as error:
            self._reject(proposal, _Miss(math.inf, error.what))
            return None
        if broken := violations(analysis, self._space.limits):
            self._reject(proposal, _Miss(_excess(broken), ", ".join(map(str, broken))))
            return None
        number = len(self._numbers)
        self._numbers[digest] = number
        self._proposals[number] = [proposal.number]
        return Taken(number, proposal.candidate, analysis)

    def _repeat(self, proposal: Proposal, number: int) -> None:
        """The same candidate again costs nothing: its verdict is known, or will be told to both."""
        self.repeated += 1
        if number in self._verdicts:
            self._tell(proposal.number, self._verdicts[number])
        else:
            self._proposals[number].append(proposal.number)

    def _reject(self, proposal: Proposal, miss: _Miss) -> None:
        self.rejected += 1
        if self._nearest is None or miss.excess < self._nearest.excess:
            self._nearest = miss
        self._tell(proposal.number, Rejected(miss.excess))


def _excess(broken: tuple[Violation, ...]) -> float:
    return max(violation.value / violation.most for violation in broken) - 1
