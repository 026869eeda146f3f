"""What a search tells those who watch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from fmsearch.evaluation import Evaluation, Result
from searchspace import Analysis, Candidate


@dataclass(frozen=True, slots=True)
class Began:
    """A run begins, or resumes after `seconds`; an epoch has `images` images."""

    seconds: float
    images: int = 0


@dataclass(frozen=True, slots=True)
class Proposed:
    """A cohort is proposed. `rejected` and `repeated` count proposals that cost no training, in the whole study."""

    cohort: int
    taken: int
    rejected: int
    repeated: int


@dataclass(frozen=True, slots=True)
class Started:
    """An evaluation began on a worker."""

    number: int
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class Ended:
    """A worker is done with an evaluation, whether or not anything came of it."""

    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class Finished:
    """An evaluation has a result; `stored` if it was found in the store. `size` is in the objective's unit."""

    number: int
    candidate: Candidate
    analysis: Analysis
    size: int
    evaluation: Evaluation
    result: Result
    stored: bool


@dataclass(frozen=True, slots=True)
class FinalStage:
    """The search is over; these candidates are trained again."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should know."""

    text: str


Event: TypeAlias = Began | Proposed | Started | Ended | Finished | FinalStage | Note


class Observer(Protocol):
    """Somebody who watches; what an observer does has no effect on the search."""

    def notice(self, event: Event) -> None:
        """Something happened."""


class Both:
    """Two that watch the same."""

    def __init__(self, first: Observer, second: Observer) -> None:
        self._watching = first, second

    def notice(self, event: Event) -> None:
        """Tell both."""
        for observer in self._watching:
            observer.notice(event)
