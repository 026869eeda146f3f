"""What every proposer does: ask for candidates, and be told what came of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from searchspace import Analysis, Candidate


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate, and the number under which its proposer remembers it; None for one that no proposer made.

    `epochs` is how long it is to train, from a proposer that has rungs of its own.
    """

    number: int | None
    candidate: Candidate
    epochs: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What was measured: `accuracy` in [0, 1], larger better; `size` in the objective's unit, smaller better."""

    accuracy: float
    size: float


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why nothing was trained: by what share limits were exceeded; infinite for what cannot be built."""

    excess: float


@dataclass(frozen=True, slots=True)
class Failed:
    """Training failed."""


Verdict: TypeAlias = Evaluated | Rejected | Failed

Wanted: TypeAlias = Callable[[Analysis], bool]


def anything(analysis: Analysis) -> bool:
    """Every network is wanted."""
    del analysis
    return True


class Proposer(Protocol):
    """Proposes candidates; what it proposes depends on its seed and on what it was told before, and on nothing else."""

    def ask(self) -> Proposal | None:
        """The next proposal; any point of the space, whether it can be built or not. None if there is none for now."""

    def tell(self, number: int, verdict: Verdict) -> None:
        """What came of a proposal; each is told once."""


class Forgetful:
    """Remembers nothing."""

    def note(self, name: str, value: Any) -> None:
        """Pass over it."""

    def fact(self, name: str) -> None:
        """Nothing."""


FORGETFUL = Forgetful()
