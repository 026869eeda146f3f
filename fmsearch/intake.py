"""From a proposer's proposals to candidates worth training: each can be built, keeps the limits and is new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import TypeAlias

from fmsearch.errors import InputError
from fmsearch.proposers import Proposal, Proposer, Rejected, Verdict
from searchspace import Analysis, Candidate, Refusal, SearchSpace, examined

Training: TypeAlias = tuple[int, float | None]

# So many proposals in a row without a new candidate, and the proposer counts as stuck: draws at random take its place.
PATIENCE = 200
# So many draws in a row, and the space counts as exhausted, or the limits as unmeetable.
DRAWS = 2_000


@dataclass(frozen=True)
class Taken:
    """A candidate that the study trains, under its number in the study; for so many epochs if its proposer says so."""

    number: int
    candidate: Candidate
    analysis: Analysis
    epochs: float | None = None

    @property
    def training(self) -> Training:
        """What is told apart: an engine with rungs of its own proposes one candidate for several trainings."""
        return self.number, self.epochs


class Intake:
    """Takes candidates from a proposer, and passes every verdict back to it.

    Args:
        proposer: who proposes.
        space: where candidates are drawn from when the proposer is stuck, and whose limits they must keep.
        seed: of those draws.
        prescribes: whether the proposer says how long its candidates train; then none but its own are taken.
    """

    def __init__(self, proposer: Proposer, space: SearchSpace, seed: int, *, prescribes: bool = False) -> None:
        self._proposer = proposer
        self._space = space
        self._random = Random(seed)  # noqa: S311  # a search, not a secret
        self._proposals: dict[Training, list[int | None]] = {}
        self._verdicts: dict[Training, Verdict] = {}
        self._known: dict[str, Taken] = {}
        self._later: list[Taken] = []
        self._nearest: Refusal | None = None
        self.rejected = 0
        self.repeated = 0
        self.prescribes = prescribes
        self.exhausted = False

    def take(self, count: int) -> Iterator[Taken]:
        """The next candidates one by one, as soon as each is found; fewer than `count` only if there is nothing new.

        Raises:
            InputError: not one proposal of the whole study could be trained.
        """
        taken: set[int] = set()
        waiting, self._later = self._later, []
        for one in waiting:
            if self._is_for_now(one, taken):
                yield one
        idle, has_more = 0, True
        while len(taken) < count and not self.exhausted:
            proposal = self._proposer.ask() if has_more and idle < PATIENCE else None
            if proposal is None and self.prescribes:
                self.exhausted = not (self._proposals or taken)
                break
            has_more = proposal is not None
            new = self._consider(proposal or self._draw())
            if new is not None:
                idle = 0
                if self._is_for_now(new, taken):
                    yield new
            else:
                idle += 1
                self.exhausted = idle >= PATIENCE + DRAWS
        if not self._known:
            raise self._nothing_fits()

    def _nothing_fits(self) -> InputError:
        """What was tried in vain, and how near the best of it came."""
        tried = f"None of {PATIENCE + DRAWS:,} proposals can be trained"
        if self.prescribes:
            tried = "The engine found no candidate that can be trained"
        missed = f"; the nearest miss: {self._nearest.why}" if self._nearest else ""
        fix = "Raise `limits`, or allow smaller networks in `space`."
        if self._nearest and not self._nearest.broken:
            fix = "Allow `padding: same`, fewer stages, or smaller kernels and strides."
        return InputError(f"{tried}{missed}.", fix)

    def _is_for_now(self, one: Taken, taken: set[int]) -> bool:
        """One candidate has one training in a cohort; another one of it waits for the next."""
        if one.number in taken:
            self._later.append(one)
            return False
        taken.add(one.number)
        return True

    def settle(self, training: Training, verdict: Verdict) -> None:
        """What came of a training: told to the proposer, for each proposal that led to it."""
        self._verdicts[training] = verdict
        for proposal in self._proposals.pop(training, ()):
            self._tell(proposal, verdict)

    def _draw(self) -> Proposal:
        return Proposal(None, self._space.sample(self._random))

    def _tell(self, number: int | None, verdict: Verdict) -> None:
        """Tell the proposer, if it was the one who proposed."""
        if number is not None:
            self._proposer.tell(number, verdict)

    def _consider(self, proposal: Proposal) -> Taken | None:
        known = self._known.get(proposal.candidate.digest)
        if known is not None:
            return self._again(proposal, replace(known, epochs=proposal.epochs))
        found = examined(proposal.candidate.architecture, self._space.limits)
        if isinstance(found, Refusal):
            self._reject(proposal, found)
            return None
        taken = Taken(len(self._known), proposal.candidate, found, proposal.epochs)
        self._known[proposal.candidate.digest] = taken
        self._proposals[taken.training] = [proposal.number]
        return taken

    def _again(self, proposal: Proposal, taken: Taken) -> Taken | None:
        """A candidate that is known: the same training again costs nothing, a longer one is taken."""
        training = taken.training
        if training in self._verdicts:
            self._tell(proposal.number, self._verdicts[training])
        elif training in self._proposals:
            self._proposals[training].append(proposal.number)
        else:
            self._proposals[training] = [proposal.number]
            return taken
        self.repeated += 1
        return None

    def _reject(self, proposal: Proposal, refusal: Refusal) -> None:
        self.rejected += 1
        if self._nearest is None or refusal.excess < self._nearest.excess:
            self._nearest = refusal
        self._tell(proposal.number, Rejected(refusal.excess))
