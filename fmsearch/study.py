"""A study: the whole of one YAML file, as a schema."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, create_model, field_validator, model_validator

from fmsearch import complaints, own_code, source
from fmsearch.datasets.spec import Data
from fmsearch.duration import Duration
from fmsearch.engine import Engine, objection
from fmsearch.errors import InputError, sentence
from fmsearch.evaluation import Passes
from fmsearch.final import Final
from searchspace import Analysis, Input, Limits, NetworkSpace, SearchSpace, Training, dimensions
from searchspace.blocks import Block
from searchspace.domains import Schema
from searchspace.extended import extended

CANDIDATES = 36
MOST_CANDIDATES = 100_000
ANY_IMAGES = Input(height=32, width=32, channels=1, classes=10)  # dimensions are the same for all


class Objectives(Schema):
    """What a better model is."""

    maximize: Literal["accuracy"] = "accuracy"
    """Accuracy on the validation split."""
    minimize: Literal["parameters", "macs", "memory"] = "parameters"
    """Size: parameters, multiply-accumulates for one image, or bytes of activations alive at once."""
    down_to: Annotated[int, Field(ge=1)] = 1
    """Sizes below this one count as equal to it: of models that small, the most accurate wins."""

    def size(self, analysis: Analysis) -> int:
        """A network's size."""
        size: int = getattr(analysis, self.minimize)
        return size

    def counted(self, analysis: Analysis) -> int:
        """What counts as its size."""
        return max(self.down_to, self.size(analysis))


class Budget(Schema):
    """How much is searched."""

    candidates: Annotated[int, Field(ge=1, le=MOST_CANDIDATES)] = CANDIDATES
    """Number of different candidates trained, at the first rung at least; with `time` or `macs`, unless set, as many
    as that allows."""
    time: Duration | None = None
    """How long the whole run may take, final stage included: `10m`, `1h30m`, or seconds. Where it is long enough, the
    best of all cohorts train four times as long before the front is chosen; the same holds for `macs`."""
    macs: Annotated[float, Field(gt=0, le=1e21)] | None = None
    """How much compute the whole run may take, final stage included, on any machine the same: multiply-accumulates of
    the forward pass, for every image of every training. In ten minutes, two cores do some `5e12`. At least two
    cohorts are trained, whatever the limit. Not together with `time`."""
    rungs: Annotated[tuple[Passes, ...], Field(min_length=1, strict=False)] = (1, 3, 9)
    """Epochs at each rung, fewest first: all candidates train for the first number, the best go on to the next. 0.25 is
    an epoch of a quarter of the images. With `time` or `macs`, a candidate that costs four times as much as is usual
    for its size trains for half as many epochs."""
    keep: Annotated[float, Field(gt=0, le=1)] = 1 / 3
    """Share of a cohort that goes on from one rung to the next, rounded up."""
    cohort: Annotated[int, Field(ge=1, le=1_000)] = 12
    """Candidates proposed together, from the results of all cohorts but the one before: with two cohorts or fewer, no
    proposal is based on a result."""

    @model_validator(mode="before")
    @classmethod
    def _a_limit_alone_sets_no_count(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and (fields.get("time") or fields.get("macs")) is not None:
            return {"candidates": MOST_CANDIDATES, **fields}
        return fields

    @model_validator(mode="after")
    def _has_one_limit(self) -> Self:
        if self.time is not None and self.macs is not None:
            raise complaints.elsewhere(("macs",), "budget.time is given, too; expected one of the two")
        return self

    @property
    def is_limited(self) -> bool:
        """Whether something other than a number of candidates ends the search."""
        return self.time is not None or self.macs is not None

    @field_validator("rungs")
    @classmethod
    def _rises(cls, rungs: tuple[float, ...]) -> tuple[float, ...]:
        if list(rungs) != sorted(set(rungs)):
            raise ValueError(f"rungs {list(rungs)} do not rise; expected more epochs at each, as in [1, 3, 9]")
        return rungs


class Study(Schema):
    """A study: what may vary, on which images, and how much to search."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    """Name of the study, and of its run folder."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """Where all randomness begins: the same study with the same seed gives the same front; with `budget.time`, only
    within one run folder."""
    data: Data = Data()
    """The images."""
    blocks: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Python files with blocks of your own, which the study runs. A relative path starts at the study file's folder."""
    space: NetworkSpace
    """Which networks are acceptable."""
    training: Training = Training()
    """How they are trained; fields may vary as those of the space."""
    objectives: Objectives = Objectives()
    """What is traded off."""
    limits: Limits = Limits()
    """What no candidate may exceed."""
    engine: Engine = Engine()
    """Who proposes."""
    budget: Budget = Budget()
    """How much is searched."""
    final: Final = Final()
    """How the front is trained in the end."""

    @model_validator(mode="after")
    def _trains_the_front_longest(self) -> Self:
        if self.final.epochs < self.budget.rungs[-1]:
            raise complaints.elsewhere(
                ("final", "epochs") if "epochs" in self.final.model_fields_set else ("budget", "rungs"),
                f"final.epochs is {self.final.epochs}, below the last of budget.rungs, {self.budget.rungs[-1]}; "
                "expected at least as many",
            )
        return self

    @model_validator(mode="after")
    def _can_be_searched(self) -> Self:
        if found := objection(self.engine, dimensions(self.search_space(ANY_IMAGES))):
            key, why = found
            raise complaints.elsewhere(("engine", key), f"engine.{key}: {why}")
        return self

    def search_space(self, images: Input) -> SearchSpace:
        """The declared space, for images of one shape."""
        parts = {name: getattr(self.space, name) for name in type(self.space).model_fields}
        rest = {"input": images, "training": self.training, "limits": self.limits}
        # Validated as the study was: a block of a user's own is none to the usual schema.
        return SearchSpace(stages=self.space.stages).model_copy(update=parts | rest)

    def resolve(self, base_folder: Path) -> Self:
        """The same with absolute paths.

        Args:
            base_folder: where relative paths start. `~` is the home folder.

        Raises:
            InputError: nobody has the home folder that a path starts with.
        """
        try:
            blocks = tuple(str((base_folder / Path(file).expanduser()).resolve()) for file in self.blocks)
            data, engine = self.data.resolve(base_folder), self.engine.resolve(base_folder)
        except RuntimeError as error:
            raise InputError(sentence(str(error)), "Write the path in full.") from None
        return self.model_copy(update={"blocks": blocks, "data": data, "engine": engine})

    @property
    def identity(self) -> dict[str, Any]:
        """What makes two studies one search: all but the name and how long it goes on."""
        how_long = {"candidates", "time", "macs"}
        return self.model_dump(mode="json", exclude={"name": True, "final": True, "budget": how_long})


def load_study(path: str | Path, assignments: tuple[str, ...] = (), *, to_run: bool = False) -> Study:
    """The study that a YAML file declares. Relative paths in it start at the file's folder.

    Args:
        path: the file.
        assignments: changes on top of it, as in `budget.candidates=12`.
        to_run: whether it is to be run: then a sampler of the user's own is loaded.

    Raises:
        InputError: the file cannot be read, or something in it is wrong; with file:line:column.
    """
    path = Path(path)
    document = source.read(path)
    for assignment in assignments:
        document.assign(assignment)
    own = _own_blocks(document, path.parent)
    schema = study_with(tuple(block for one in own for block in one.blocks))
    try:
        study = schema.model_validate(document.data)
    except ValidationError as error:
        raise InputError(complaints.describe(error, document, schema)) from None
    try:
        resolved = study.resolve(path.parent)
    except InputError as error:
        raise document.wrong(document.mark(("data",)), f"data: {error.what.rstrip('.').lower()}", error.fix) from None
    if to_run:
        _look_at_sampler(resolved.engine, document)
    return resolved


@cache
def study_with(blocks: tuple[type[Block], ...]) -> type[Study]:
    """The schema of studies that may have blocks of a user's own."""
    if not blocks:
        return Study
    space = Field(description=Study.model_fields["space"].description)
    return create_model("Study", __base__=Study, __doc__=Study.__doc__, space=(extended(blocks), space))


def _look_at_sampler(engine: Engine, document: source.Document) -> None:
    """See that a sampler of the user's own is there."""
    try:
        if engine.code:
            own_code.named(engine.kind)
    except InputError as error:
        told = f"engine.sampler: {error}".rstrip(".")
        raise document.wrong(document.mark(("engine", "sampler")), told) from error


def _own_blocks(document: source.Document, base_folder: Path) -> list[own_code.Own]:
    """The files with blocks that a study names, run; a mistake in naming them is left to the schema."""
    named = document.data.get("blocks") if isinstance(document.data, dict) else None
    found: list[own_code.Own] = []
    for position, name in enumerate(named if isinstance(named, list) else ()):
        if isinstance(name, str):
            try:
                own = own_code.load((base_folder / Path(name).expanduser()).resolve())
                own_code.tell_apart([*found, own])
            except (InputError, RuntimeError) as error:  # of a home folder that nobody has
                raise document.wrong(document.mark(("blocks", position)), f"blocks: {error}".rstrip(".")) from error
            found.append(own)
    return found
