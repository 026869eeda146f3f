"""The package as a whole: light to import, documented to the last field."""

import subprocess
import sys

import pytest

import searchspace
from searchspace import (
    Augmentation,
    ConvBlock,
    Head,
    Input,
    Integer,
    InvertedResidualBlock,
    Limits,
    MultiKernelBlock,
    NetworkSpace,
    Progression,
    Real,
    ResidualBlock,
    SearchSpace,
    SeparableBlock,
    Stages,
    Training,
)

WRITTEN_BY_PEOPLE = [
    Augmentation,
    ConvBlock,
    Head,
    Input,
    Integer,
    InvertedResidualBlock,
    Limits,
    MultiKernelBlock,
    NetworkSpace,
    Progression,
    Real,
    ResidualBlock,
    SearchSpace,
    SeparableBlock,
    Stages,
    Training,
]


def test_importing_it_needs_pydantic_alone():
    heavy = "keras", "tensorflow", "torch", "jax", "optuna", "keras_tuner", "numpy", "yaml", "fmsearch"
    script = f"import sys, searchspace; print(*sorted({set(heavy)} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_what_is_public_is_there_and_sorted():
    assert searchspace.__all__ == sorted(searchspace.__all__)
    assert all(hasattr(searchspace, name) for name in searchspace.__all__)


@pytest.mark.parametrize("name", searchspace.__all__)
def test_what_is_public_is_documented(name):
    assert getattr(searchspace, name).__doc__


@pytest.mark.parametrize("schema", WRITTEN_BY_PEOPLE)
def test_every_field_a_person_writes_is_described(schema):
    for name, field in schema.model_fields.items():
        if name != "kind":
            assert field.description, f"{schema.__name__}.{name} has no description"
            assert field.description.endswith("."), f"{schema.__name__}.{name} is not described in a sentence"


def test_the_example_in_the_documentation_runs():
    example = searchspace.__doc__.split(":\n\n", 1)[1]
    names = {name: getattr(searchspace, name) for name in searchspace.__all__}
    exec(f"import random\nif True:\n{example}\nassert analyse(candidate.architecture).parameters > 0", names)


def test_a_space_has_a_json_schema_with_every_description():
    schema = SearchSpace.model_json_schema()
    assert schema["$defs"]["ConvBlock"]["properties"]["filters"]["description"].startswith("Number of kernels")
