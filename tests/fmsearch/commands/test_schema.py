"""`fmsearch schema`: the generated files are up to date, and the schema says what the checker says."""

import json
from pathlib import Path

import pytest

from fmsearch import commands, reference
from fmsearch.cli import main
from fmsearch.schema import schema_text, study_schema
from fmsearch.study import Study

DOCS = Path(__file__).parents[3] / "docs"
GENERATED = {
    "study.schema.json": ("fmsearch schema --to docs/study.schema.json", schema_text),
    "reference/study-file.md": (
        "fmsearch schema --reference --to docs/reference/study-file.md",
        reference.reference,
    ),
    "reference/commands.md": (
        "fmsearch schema --commands --to docs/reference/commands.md",
        lambda: reference.commands_reference(commands.ALL),
    ),
}


@pytest.mark.parametrize("name", GENERATED)
def test_generated_files_are_up_to_date(name):
    command, text = GENERATED[name]

    path = DOCS / name
    is_current = path.is_file() and path.read_text(encoding="utf-8") == text()

    assert is_current, f"docs/{name} is stale; renew it with: {command}"


@pytest.mark.parametrize("name", GENERATED)
def test_the_command_that_renews_a_file(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    command, text = GENERATED[name]
    arguments = command.split()[1:]

    assert main(arguments) == 0

    assert (tmp_path / "docs" / name).read_text(encoding="utf-8") == text()
    assert capsys.readouterr().out == f"Wrote docs/{name}.\n"
    assert main(arguments[:-2]) == 0
    assert capsys.readouterr().out == text()


def test_where_nothing_can_be_written(tmp_path, capsys):
    assert main(["schema", "--to", str(tmp_path)]) == 2

    assert capsys.readouterr().err == f"fmsearch: {tmp_path} cannot be written: Is a directory. Name a file.\n"


def test_the_schema_names_every_key_and_describes_it():
    schema = study_schema()

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "Study"
    assert list(schema["properties"]) == list(Study.model_fields)
    for definition in (schema, *schema["$defs"].values()):
        assert definition["additionalProperties"] is False
        assert definition["description"]
        for key, field in definition["properties"].items():
            assert key == "kind" or "description" in field or "$ref" in field


def test_a_block_has_to_name_its_kind():
    for name in ("ConvBlock", "ResidualBlock", "SeparableBlock", "InvertedResidualBlock", "MultiKernelBlock"):
        assert study_schema()["$defs"][name]["required"] == ["kind", "filters"]


def test_alternatives_do_not_exclude_each_other():
    text = json.dumps(study_schema())

    assert "oneOf" not in text
    assert "discriminator" not in text


def test_every_key_stands_in_the_reference():
    text = reference.reference()

    for definition in study_schema()["$defs"].values():
        for key in definition["properties"]:
            assert f"| `{key}` |" in text
