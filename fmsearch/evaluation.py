"""One evaluation: a pure function of what is in here, and what it gives."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, SerializeAsAny

from fmsearch.environment import Environment
from fmsearch.seeds import digest
from searchspace import Augment, Candidate, Recipe
from searchspace.domains import Schema

KEY_LENGTH = 24
# Raised whenever equal evaluations would give other digits than before: what an older version stored is then not found.
TRAINING = 4
TRAINING_BY = {"torch": 5}  # backends whose way alone has changed since
Purpose: TypeAlias = Literal["search", "final"]


def _whole(number: float) -> float:
    """A whole number as one, so that 3 and 3.0 are written, and digested, alike."""
    return int(number) if number == int(number) else number


MOST_PASSES = 10_000.0
Passes: TypeAlias = Annotated[float, Field(gt=0, le=MOST_PASSES), AfterValidator(_whole), SerializeAsAny()]
"""Epochs: passes over the training images. Half a one is a pass over half of them; whole ones are written so."""


class Evaluation(Schema):
    """One training of one candidate, with everything that its result depends on.

    A `final` one also reads the test set and keeps the trained model.

    Attributes:
        augment: how its images are distorted, where not as the candidate's recipe says.
    """

    candidate: Candidate
    dataset: str
    epochs: Passes
    seed: Annotated[int, Field(ge=0)]
    purpose: Purpose = "search"
    environment: Environment
    augment: Augment | None = None

    @property
    def recipe(self) -> Recipe:
        """How its candidate is trained in it."""
        recipe = self.candidate.recipe
        return recipe if self.augment is None else recipe.model_copy(update={"augment": self.augment})

    @cached_property
    def key(self) -> str:
        """The name under which the result is stored: a digest of all the above, and of the way of training."""
        content = self.model_dump(mode="json", exclude={"candidate"} if self.augment else {"candidate", "augment"})
        way = TRAINING_BY.get(self.environment.backend, TRAINING)
        return digest({**content, "candidate": self.candidate.digest, "training": way})[:KEY_LENGTH]


class Epoch(Schema):
    """How one epoch ended; losses are cross-entropies in nats, label smoothing included."""

    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float


class Result(Schema):
    """What an evaluation gives.

    `accuracy` and `loss` are of the validation split. `seconds` is wall time, of which `setup` went by before the first
    step and after the last. A failed one says why in `reason`; one that is done, in `remark` what went wrong beside it.
    """

    status: Literal["done", "failed"]
    accuracy: float | None = None
    loss: float | None = None
    test_accuracy: float | None = None
    curve: tuple[Epoch, ...] = ()
    seconds: float = 0.0
    setup: float = 0.0
    reason: str = ""
    remark: str = ""

    def passes(self, epochs: float) -> float:
        """Epochs that it trained, of so many that were asked: fewer where it stopped early or failed."""
        return min(epochs, len(self.curve))
