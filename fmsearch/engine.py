"""Who proposes: the `engine` section of a study, and what each engine cannot do, said before anything runs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from searchspace import Analysis, Choice, Dimension
from searchspace.domains import Schema

SamplerName: TypeAlias = Literal["front", "random", "tpe", "nsga2", "nsga3", "gp", "qmc", "cmaes", "grid"]
TunerName: TypeAlias = Literal["hyperband", "bayesian", "random", "grid"]
PATH = re.compile(r"[^\s:].*:[A-Za-z_]\w*")


def _is_path(text: str) -> str:
    if not PATH.fullmatch(text):
        raise PydanticCustomError("import_path", "expected module:Class")
    return text


SamplerPath: TypeAlias = Annotated[
    str, AfterValidator(_is_path), Field(json_schema_extra={"pattern": f"^{PATH.pattern}$"})
]

LEAST_OF_CMAES = 2  # dimensions
NEEDED = {
    "gp": "torch",
    "cmaes": "cmaes",
}
"""What a sampler imports beside Optuna."""


class Scalarize(Schema):
    """Accuracy and size as one number, a weighted sum, for engines with a single objective."""

    accuracy: FiniteFloat = 1.0
    """What an accuracy of 1 is worth."""
    log_parameters: FiniteFloat = 0.0
    """Weight of the base-10 logarithm of the parameters, such as -0.05."""
    log_macs: FiniteFloat = 0.0
    """Weight of the base-10 logarithm of the multiply-accumulates."""
    log_memory: FiniteFloat = 0.0
    """Weight of the base-10 logarithm of the bytes of activations."""

    def score(self, accuracy: float, analysis: Analysis) -> float:
        """The sum."""
        sizes = {"parameters": self.log_parameters, "macs": self.log_macs, "memory": self.log_memory}
        logs = (weight * math.log10(max(1, getattr(analysis, name))) for name, weight in sizes.items())
        return self.accuracy * accuracy + math.fsum(logs)


class Engine(Schema):
    """Who proposes candidates."""

    name: Literal["optuna", "keras_tuner"] = "optuna"
    """The library that proposes."""
    sampler: SamplerName | SamplerPath | None = None
    """With `optuna`; by default `front`. That is our own, written as an Optuna sampler: it grows candidates from the
    front, at every size alike. Optuna's are `random`; `tpe`, a tree-structured Parzen estimator; `nsga2` and `nsga3`,
    genetic algorithms; `gp`, a Gaussian process, which needs PyTorch; `qmc`, Sobol's quasi-random sequence; `cmaes`,
    the covariance matrix adaptation of an evolution strategy, which needs the package cmaes, and two dimensions or
    more, all of them ranges and in every candidate; `grid`, every point once, ten of a continuous range.
    `my_module:MySampler` is a sampler of your own, from a file `my_module.py` beside the study or from an installed
    module."""
    tuner: TunerName | None = None
    """With `keras_tuner`; by default `hyperband`: its brackets take the place of cohorts and rungs. They run from the
    first to the last of `budget.rungs`, each training `1 / keep` times as long as the one before. The others are
    `random`; `bayesian`, a Gaussian process; `grid`, every point in turn, ten of a continuous or logarithmic range."""
    scalarize: Scalarize | None = None
    """For an engine with one objective (`cmaes`, and all of KerasTuner's): how accuracy and size become one number.
    Without it, the highest accuracy below a size is sought, for four sizes in turn."""

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, fields: Any) -> Any:
        if not isinstance(fields, dict):
            return fields
        usual = {"optuna": ("sampler", "front"), "keras_tuner": ("tuner", "hyperband")}
        key, value = usual.get(str(fields.get("name", "optuna")), ("", ""))
        return {**fields, key: value} if key and fields.get(key) is None else fields

    @property
    def kind(self) -> str:
        """Its sampler, or its tuner."""
        return str(self.tuner if self.name == "keras_tuner" else self.sampler)

    @property
    def has_rungs(self) -> bool:
        """Whether it says itself how long each candidate trains."""
        return self.name == "keras_tuner" and self.tuner == "hyperband"

    @property
    def is_single(self) -> bool:
        """Whether it knows one objective alone."""
        return self.name == "keras_tuner" or self.sampler == "cmaes"

    @property
    def code(self) -> str:
        """The module or file of a sampler of one's own; empty for any other."""
        return (self.sampler or "").rpartition(":")[0]

    def resolve(self, base_folder: Path) -> Self:
        """The same, with a file beside the study in the place of a module's name.

        Args:
            base_folder: the study file's folder.
        """
        file = (base_folder / f"{self.code.removesuffix('.py')}.py").resolve()
        if not self.code or not file.is_file():
            return self
        return self.model_copy(update={"sampler": f"{file}:{self.kind.rpartition(':')[2]}"})


def objection(engine: Engine, dimensions: Iterable[Dimension]) -> tuple[str, str] | None:
    """What of an engine does not go with a space, the key and why; None if it can search it.

    Args:
        engine: who shall propose.
        dimensions: what there is to choose.
    """
    for key, other, instead in (("tuner", "optuna", "sampler"), ("sampler", "keras_tuner", "tuner")):
        if engine.name == other and getattr(engine, key) is not None:
            owner = "keras_tuner" if key == "tuner" else "optuna"
            return key, f"{other} has no `{key}`; expected `name: {owner}`, or `{instead}` in place of `{key}`"
    module = NEEDED.get(engine.sampler or "")
    if module and find_spec(module) is None:
        return "sampler", f"{engine.sampler} needs {module}, which is not installed; `pip install {module}` installs it"
    if engine.scalarize and not engine.is_single:
        why = f"{engine.kind} knows both objectives, so there is nothing to scalarize"
        return "scalarize", f"{why}; expected no `scalarize`"
    if engine.sampler == "cmaes" and (why := _cmaes_objection(tuple(dimensions))):
        return "sampler", f"{why}, or another sampler, such as tpe"
    return None


def _cmaes_objection(free: Sequence[Dimension]) -> str:
    names = {dimension.name for dimension in free}
    for dimension in free:
        if isinstance(dimension.domain, Choice):
            return (
                f"cmaes moves through ranges of numbers, but {dimension.name} is a list to choose from; expected "
                "{low, high} everywhere"
            )
        if dimension.parent in names:
            return (
                f"cmaes needs every dimension in every candidate, but {dimension.name} exists only for some values of "
                f"{dimension.parent}; expected a single value of that"
            )
    return "" if len(free) >= LEAST_OF_CMAES else "cmaes needs two dimensions at the least; expected more to vary"
