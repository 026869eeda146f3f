"""How the last stage of a study trains its models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from fmsearch import complaints
from fmsearch.evaluation import Passes
from searchspace import Augment, Augmentation, Recipe
from searchspace.domains import Schema

BY_HEART = 10  # parameters times epochs, for each training image, from where on a network learns them by heart


class Final(Schema):
    """The last stage: the front trained again from the start, and the test set read once."""

    epochs: Passes = 30
    """Epochs of each training, at least those of the last rung; with `budget.time` or `budget.macs`, at most
    these: each model trains for as many as its part of the limit allows."""
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """With `budget.time` or `budget.macs`, the share of it that is kept for this stage."""
    seeds: Annotated[int, Field(ge=1, le=100)] = 1
    """Trainings of each model, with seeds of their own; the leaderboard shows mean and standard deviation."""
    augmentation: Augmentation = Augmentation()
    """How images are distorted, besides what a candidate's own recipe says, for a model that trains long enough to
    learn them by heart: one whose parameters times its epochs come to more than ten times the training images. Single
    values: nothing is searched any more."""

    @field_validator("augmentation")
    @classmethod
    def _is_fixed(cls, augmentation: Augmentation) -> Augmentation:
        """Nothing is searched any more."""
        for name in Augmentation.model_fields:
            if not isinstance(getattr(augmentation, name), bool | int | float):
                raise complaints.elsewhere(
                    (name,),
                    f"final.augmentation.{name} has several values; expected one, as nothing is searched any more",
                )
        return augmentation

    def augment(self, recipe: Recipe, parameters: int, epochs: float, images: int) -> Augment | None:
        """How the images of a training are distorted, where not as the candidate's recipe says.

        Args:
            recipe: of the candidate.
            parameters: of its network.
            epochs: of the training.
            images: in the training set.
        """
        if parameters * epochs <= BY_HEART * images:
            return None
        wanted = {
            name: max(getattr(recipe.augment, name), getattr(self.augmentation, name)) for name in Augment.model_fields
        }
        changed = Augment(**wanted)
        return None if changed == recipe.augment else changed
