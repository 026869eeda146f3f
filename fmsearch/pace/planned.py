"""A final stage whose epochs are known beforehand. Pure."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import final

MOMENT = 0.1  # epochs are planned to


def whole(epochs: float, most: float) -> float:
    """Epochs as they are planned: in tenths, one at the least, or the most there may be."""
    return min(most, max(MOMENT, round(math.floor(epochs / MOMENT + 1e-9) * MOMENT, 1)))


@final
class Planned:
    """Trainings whose epochs are known beforehand, first all members with one seed, then all with the next."""

    has_time = True

    def __init__(self, epochs: Mapping[int, float], seeds: int) -> None:
        self.members = tuple(epochs)
        self._epochs = epochs
        self._waiting = deque((number, replica) for replica in range(seeds) for number in epochs)

    @property
    def waiting(self) -> bool:
        """Whether there are trainings that have not begun."""
        return bool(self._waiting)

    def begin(self) -> tuple[int, int, float]:
        """The next training: candidate, replica, epochs."""
        number, replica = self._waiting.popleft()
        return number, replica, self._epochs[number]

    def end(self, number: int, *, stored: bool) -> None:
        """Nothing depends on it."""
