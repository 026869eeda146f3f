"""What says when a search ends, what it is told of the search, and what it says of the final stage."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from fmsearch.evaluation import Result
from fmsearch.facts import Facts
from fmsearch.finalists import Finalist
from searchspace import Analysis


class Price(NamedTuple):
    """What a training cost, in what is limited: `setup` once, `epoch` for each epoch."""

    setup: float
    epoch: float


class Spent(NamedTuple):
    """What a cohort has cost so far, and whether it will cost no more."""

    cost: float
    complete: bool


class Standing(Protocol):
    """How a search stands, or how it ended. Working it out takes long, so it is asked only where it counts."""

    @property
    def spent(self) -> Sequence[Spent]:
        """What each cohort has cost, and each play-off."""

    @property
    def front(self) -> Sequence[Finalist]:
        """The candidates that nobody dominates, each by its longest training."""

    @property
    def trained(self) -> Sequence[Finalist]:
        """All candidates that were trained, each by its longest training."""

    @property
    def proven(self) -> Sequence[Finalist]:
        """The front, and all that came to the last rung: what others would reach is too uncertain."""

    @property
    def climbed(self) -> Sequence[Finalist]:
        """Those that were trained with success at the last rung, or in the last play-off."""

    @property
    def digests(self) -> Sequence[str]:
        """The digests of all candidates, by number."""

    @property
    def skipped(self) -> Sequence[tuple[str, float]]:
        """Which trainings, by candidate and epochs, were wanted and have no answer."""


class Finals(Protocol):
    """The trainings of the final stage."""

    @property
    def members(self) -> Sequence[int]:
        """The numbers of the candidates that train, smallest first."""

    @property
    def has_time(self) -> bool:
        """Whether there is time for them."""

    @property
    def waiting(self) -> bool:
        """Whether there are trainings that have not begun."""

    def begin(self) -> tuple[int, int, float]:
        """The next training: candidate, replica, epochs."""

    def end(self, number: int, *, stored: bool) -> None:
        """A training of a candidate has ended, or was found stored."""


class Pace(Protocol):
    """Paces a search."""

    @property
    def searched(self) -> bool:
        """Whether time is up: what no worker has begun stays untrained."""

    @property
    def left(self) -> float:
        """Seconds until the search must end; infinite if no clock decides, or has already decided."""

    def skips(self, digest: str, epochs: float) -> bool:
        """Whether an earlier sitting's clock left out this training of a candidate."""

    def price(self, analysis: Analysis, result: Result, passes: float) -> Price:
        """What a training of so many epochs cost."""

    def admits(self, standing: Standing) -> bool:
        """Whether one more cohort may be proposed."""

    def play_off(self, standing: Standing) -> Sequence[int]:
        """The candidates of all cohorts that train longer, before it is decided who is in the final stage.

        Asked again after each play-off, until nobody trains.
        """

    def finals(self, standing: Standing) -> Finals:
        """The final trainings, once the search has ended."""


class Timeless:
    """What a pace says of time where no clock decides."""

    searched = False
    left = math.inf

    def skips(self, digest: str, epochs: float) -> bool:
        """None."""
        del digest, epochs
        return False


class Trail(Facts, Protocol):
    """What a run noted, and how far it had come."""

    @property
    def cohorts(self) -> int:
        """How many cohorts it had opened."""
