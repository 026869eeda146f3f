"""How a candidate is trained: the template that declares it, and the concrete recipe."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field, FiniteFloat, model_validator

from searchspace.bounds import within
from searchspace.dimensions import Picked, Template
from searchspace.domains import Flag, Fraction, Of, Schema, Whole

Optimizer: TypeAlias = Literal["adam", "adamw", "sgd"]
Schedule: TypeAlias = Literal["constant", "cosine", "one_cycle", "reduce_on_plateau"]
Share: TypeAlias = Annotated[Fraction, within(0, 1, open_high=True)]


class Augmentation(Template):
    """How training images may be distorted; each image draws its own amount, up to these.

    What a move uncovers is black.
    """

    horizontal_flip: Flag = False
    """Mirror left and right, for half of the images."""
    vertical_flip: Flag = False
    """Mirror top and bottom, for half of the images."""
    translation: Annotated[Fraction, within(0, 0.5)] = 0.0
    """Largest shift, as a share of height and of width."""
    rotation: Annotated[Fraction, within(0, 180)] = 0.0
    """Largest turn either way, in degrees."""
    zoom: Annotated[Fraction, within(0, 0.9)] = 0.0
    """Largest zoom in or out, as a share of the image."""
    contrast: Share = 0.0
    """Largest change of contrast, as a share."""
    erasing: Share = 0.0
    """Largest rectangle hidden, as a share of the image's area."""


class Training(Template):
    """What of the training may vary."""

    conditions: ClassVar = {
        "momentum": ("optimizer", lambda optimizer: optimizer == "sgd"),
        "nesterov": ("optimizer", lambda optimizer: optimizer == "sgd"),
        "weight_decay": ("optimizer", lambda optimizer: optimizer != "adam"),
        "plateau_factor": ("schedule", lambda schedule: schedule == "reduce_on_plateau"),
        "plateau_patience": ("schedule", lambda schedule: schedule == "reduce_on_plateau"),
    }

    optimizer: Of[Optimizer] = "adamw"
    """Keras's optimizer."""
    learning_rate: Annotated[Fraction, within(1e-8, 100)] = 0.003
    """Learning rate; with a schedule, its peak."""
    momentum: Share = 0.9
    """Momentum. Used only with `sgd`."""
    nesterov: Flag = True
    """Whether the momentum is Nesterov's. Used only with `sgd`."""
    weight_decay: Share = 0.0005
    """Share of each weight taken away a step, times the learning rate. Not used with `adam`."""
    schedule: Of[Schedule] = "one_cycle"
    """`constant`; `cosine` falls to zero; `one_cycle` rises for a fifth of the steps, then falls to zero;
    `reduce_on_plateau` is Keras's ReduceLROnPlateau on the validation loss."""
    plateau_factor: Annotated[Fraction, within(0.01, 0.99)] = 0.5
    """What the learning rate is multiplied by on a plateau."""
    plateau_patience: Annotated[Whole, within(1, 1_000)] = 2
    """Epochs without improvement that make a plateau."""
    early_stopping: Annotated[Whole, within(0, 1_000)] = 0
    """Epochs without improvement of the validation loss that end training, the best weights kept; 0 for never."""
    batch_size: Annotated[Whole, within(1, 65_536)] = 128
    """Images a step."""
    label_smoothing: Share = 0.0
    """Share of each label's certainty spread over all classes."""


class Augment(Schema):
    """How training images are distorted; the fields mean what they mean in `Augmentation`."""

    horizontal_flip: bool = False
    vertical_flip: bool = False
    translation: FiniteFloat = 0.0
    rotation: FiniteFloat = 0.0
    zoom: FiniteFloat = 0.0
    contrast: FiniteFloat = 0.0
    erasing: FiniteFloat = 0.0


class Recipe(Schema):
    """How a candidate is trained; the fields mean what they mean in `Training`, None where one does not count."""

    optimizer: Optimizer
    learning_rate: Annotated[FiniteFloat, Field(gt=0)]
    momentum: FiniteFloat | None = None
    nesterov: bool | None = None
    weight_decay: FiniteFloat | None = None
    schedule: Schedule = "constant"
    plateau_factor: FiniteFloat | None = None
    plateau_patience: int | None = None
    early_stopping: int = 0
    batch_size: Annotated[int, Field(ge=1)]
    label_smoothing: FiniteFloat = 0.0
    augment: Augment = Augment()

    @model_validator(mode="before")
    @classmethod
    def _one_name_for_one_way(cls, fields: Any) -> Any:
        """AdamW without decay is Adam; decay of nothing is none; without momentum Nesterov's is no other."""
        if not isinstance(fields, dict):
            return fields
        fields = dict(fields)
        if not fields.get("weight_decay"):
            fields["weight_decay"] = None
            if fields.get("optimizer") == "adamw":
                fields["optimizer"] = "adam"
        if not fields.get("momentum"):
            fields["momentum"] = fields["nesterov"] = None
        return fields


def recipe(training: Picked, augmentation: Picked) -> Recipe:
    """The recipe for one set of values of `Training` and `Augmentation`."""
    return Recipe(**training, augment=Augment(**augmentation))
