"""Blocks of a user's own: the file of the how-to page, compared with Keras, searched, exported, read without it."""

import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fmsearch.cli import main
from fmsearch.engine import Engine
from fmsearch.errors import InputError
from fmsearch.proposers import make
from fmsearch.schema import study_schema
from fmsearch.study import Objectives, load_study, study_with
from searchspace import Input, analyse
from searchspace.errors import OwnCodeError

PAGE = (Path(__file__).parents[2] / "docs/how-to/your-own-blocks.md").read_text(encoding="utf-8")
BLOCKS = re.search(r"```python\n(# my_blocks\.py\n.*?)```", PAGE, re.DOTALL)[1]
STUDY = """\
name: ghosts
data: {dataset: digits, validation: 0.3}
blocks: [my_blocks.py]
space:
  stages: {count: [1, 2], block: {kind: ghost, filters: [8, 16], pooling: max}}
budget: {candidates: 3, rungs: [1], cohort: 2}
final: {epochs: 1}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "my_blocks.py").write_text(BLOCKS, encoding="utf-8")
    (tmp_path / "ghosts.yaml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def told(capsys, *arguments):
    code = main([*map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_static_analysis_is_compared_with_keras(folder, capsys):
    code, out, err = told(capsys, "check", folder / "ghosts.yaml")
    assert (code, err) == (0, "")
    assert out.endswith(f"\nblocks  {folder}/my_blocks.py: static analysis and Keras agree on 5 candidates\n")


def test_a_layer_within_another_is_compared_too(folder, capsys):
    unit = 'return (Ghost(filters=picked["filters"]), '
    nested = (
        'filters = picked["filters"]\n'
        "        inner = Ghost(filters=filters).concrete()\n"
        "        return (Conv2D(filters=filters, kernel_size=(1, 1)), Residual(body=(inner,)), "
    )
    assert unit in BLOCKS
    blocks = BLOCKS.replace(unit, nested).replace("import Activate", "import Activate, Conv2D, Residual")
    (folder / "my_blocks.py").write_text(blocks, encoding="utf-8")
    code, out, err = told(capsys, "check", folder / "ghosts.yaml")
    assert (code, err) == (0, "")
    assert out.endswith("static analysis and Keras agree on 5 candidates\n")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("bias=2 * half", "bias=half", r"Ghost filters \d+, at stage_\d_0_custom on \(.*\): its static analysis says "),
        ("(*shape[:2], self.filters)", "(*shape[:2], 2)", r"its static analysis says shape \(8, 8, 2\), Keras builds "),
        (
            "return GhostConv2D(self.filters, name=name)",
            "pass",
            r"Ghost\.keras_layer gave None\. Expected a Keras layer ",
        ),
        ("keras.ops.concatenate([", "keras.ops.concat([", r"my_blocks\.py:\d+: Ghost\.keras_layer failed: Attr"),
        ("    filters: int\n", "    filters: int\n    act: str | None = None\n", r"GhostBlock\.unit failed: Validat"),
        ("9 * half", "9 * hlf", r"my_blocks\.py:\d+: Ghost\.cost failed: NameError: name 'hlf' is not defined"),
    ],
)
def test_a_layer_that_says_what_is_not_so_is_found_out(folder, capsys, right, wrong, message):
    (folder / "my_blocks.py").write_text(BLOCKS.replace(right, wrong), encoding="utf-8")
    code, _, err = told(capsys, "check", folder / "ghosts.yaml")
    assert code == 2
    assert re.search(message, err)
    assert f"{folder}/my_blocks.py" in err


@pytest.mark.parametrize(
    "lacking",
    ['@keras.saving.register_keras_serializable("my_blocks")\n', ', "filters": self.filters'],
    ids=["registration", "configuration"],
)
def test_a_layer_that_could_not_be_exported_is_found_out(folder, capsys, lacking):
    assert lacking in BLOCKS
    (folder / "my_blocks.py").write_text(BLOCKS.replace(lacking, ""), encoding="utf-8")
    code, _, err = told(capsys, "check", folder / "ghosts.yaml")
    assert code == 2
    assert f"{folder}/my_blocks.py: the Keras layer GhostConv2D cannot be saved and loaded: " in err
    assert "register_keras_serializable" in err


def test_a_wrong_cost_is_told_with_both_figures(folder, capsys):
    (folder / "my_blocks.py").write_text(BLOCKS.replace("bias=2 * half", "bias=half"), encoding="utf-8")
    _, _, err = told(
        capsys,
        "check",
        folder / "ghosts.yaml",
        "--set",
        "space.stages.count=1",
        "--set",
        "space.stages.block={kind: ghost, filters: 8}",
    )
    assert "its static analysis says parameters 44, Keras builds 48." in err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("x = 1\ndef", ":2: SyntaxError: invalid syntax. Expected a Python file with a CustomBlock in it."),
        ("import nothing_of_the_kind", ":1: ModuleNotFoundError: No module named"),
        ("x = 1", "defines no block"),
        (BLOCKS.replace('"ghost"', '"conv"'), "the kind 'conv' of GhostBlock is taken"),
        (
            BLOCKS.replace('kind: Literal["ghost"] = "ghost"', "other: int = 1"),
            "GhostBlock has no kind. Expected a line kind: Lit",
        ),
        (
            BLOCKS.replace("def unit(", "def other("),
            "GhostBlock has no `unit`. Expected a static method of that name that returns layers",
        ),
    ],
)
def test_a_file_that_is_none_is_told_with_line_and_column(folder, content, message):
    (folder / "my_blocks.py").unlink()
    if content is not None:
        (folder / "my_blocks.py").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(folder / "ghosts.yaml")
    assert str(caught.value).startswith(f"{folder}/ghosts.yaml:3:10: blocks: {folder}/my_blocks.py")
    assert message in str(caught.value)


def test_a_relative_file_is_told_with_its_line_as_well(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "my_blocks.py").write_text("x = 1\ny = z", encoding="utf-8")

    code, _, err = told(capsys, "schema", "--blocks", "my_blocks.py")
    assert code == 2
    assert f"{folder}/my_blocks.py:2: NameError: name 'z' is not defined" in err


def test_a_second_name_of_a_block_is_no_second_block(folder):
    (folder / "my_blocks.py").write_text(f"{BLOCKS}\n\nAlias = GhostBlock\n", encoding="utf-8")

    assert load_study(folder / "ghosts.yaml").blocks == (f"{folder}/my_blocks.py",)


def test_one_may_be_the_stem(folder):
    text = STUDY.replace("space:", "space:\n  stem: {kind: ghost, filters: 6}")
    (folder / "ghosts.yaml").write_text(text, encoding="utf-8")
    space = load_study(folder / "ghosts.yaml").search_space(Input(height=8, width=8))
    candidate = space.sample(random.Random(0))
    assert candidate.architecture.stem[0].layer == "Ghost"
    assert analyse(candidate.architecture).rows[0].after == (8, 8, 6)


def test_a_kind_is_defined_once(folder):
    (folder / "other.py").write_text(BLOCKS, encoding="utf-8")
    text = STUDY.replace("[my_blocks.py]", "[my_blocks.py, other.py]")
    (folder / "ghosts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(folder / "ghosts.yaml")
    told = "/other.py: the kind 'ghost' of GhostBlock is that of a block in "
    assert str(caught.value).startswith(f"{folder}/ghosts.yaml:3:24: blocks: {folder}{told}{folder}/my_blocks.py.")


def test_mistakes_in_an_own_block_have_their_place_and_a_suggestion(folder):
    (folder / "ghosts.yaml").write_text(STUDY.replace("pooling", "poolin"), encoding="utf-8")
    with pytest.raises(InputError, match=r"ghosts\.yaml:5:\d+: unknown key 'poolin' .*did you mean 'pooling'"):
        load_study(folder / "ghosts.yaml")


def test_the_schema_knows_them(folder):
    from fmsearch.own_code import load

    own = load(folder / "my_blocks.py")
    assert "GhostBlock" in study_schema(study_with(own.blocks))["$defs"]
    assert "GhostBlock" not in study_schema()["$defs"]


def test_the_reference_knows_them(folder, capsys):
    code, out, err = told(capsys, "schema", "--reference", "--blocks", folder / "my_blocks.py")
    assert (code, err) == (0, "")
    assert "## A block of kind `ghost`" in out
    plain = told(capsys, "schema", "--reference")[1]
    assert out.split("## Top level")[1].splitlines()[2] == plain.split("## Top level")[1].splitlines()[2] != ""


def test_two_files_with_one_kind_are_told_apart(folder, capsys):
    shutil.copy(folder / "my_blocks.py", folder / "other.py")
    code, _, err = told(capsys, "schema", "--blocks", folder / "my_blocks.py", "--blocks", folder / "other.py")
    assert code == 2
    assert "the kind 'ghost' of GhostBlock is that of a block in" in err


def test_a_failure_for_a_rare_value_is_the_blocks_and_not_the_samplers(folder):
    """One that no sample of `check` has met."""
    wrong = BLOCKS.replace("return (Ghost(", 'assert picked["filters"] != 777\n        return (Ghost(')
    assert wrong != BLOCKS
    (folder / "my_blocks.py").write_text(wrong, encoding="utf-8")
    study = STUDY.replace("filters: [8, 16]", "filters: {low: 776, high: 778}").replace("count: [1, 2]", "count: 1")
    path = folder / "ghosts.yaml"
    path.write_text(study.replace("budget:", "engine: {sampler: grid}\nbudget:"), encoding="utf-8")
    space = load_study(path).search_space(Input(height=8, width=8))
    proposer = make(Engine(sampler="grid"), space, Objectives(), seed=0)
    with pytest.raises(OwnCodeError, match=r"my_blocks\.py:\d+: GhostBlock\.unit failed: AssertionError"):
        [proposer.ask() for _ in range(3)]


def leaderboard(capsys, folder):
    _, out, _ = told(capsys, "leaderboard", folder, "--format", "json")
    return [{name: value for name, value in row.items() if name != "seconds"} for row in json.loads(out)]


def test_a_whole_study(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    code, out, err = told(capsys, "run", "ghosts.yaml", "--out", "two", "--workers", "2")
    assert (code, err) == (0, "")
    assert f"note: Blocks are made by code in {folder}/my_blocks.py." in out
    assert told(capsys, "run", "ghosts.yaml", "--out", "one", "--executor", "inline", "--quiet") == (0, "", "")
    table = leaderboard(capsys, "two")
    assert leaderboard(capsys, "one") == table
    assert {row["architecture"].split("-")[0] for row in table} <= {"ghost8", "ghost16"}

    code, out, err = told(capsys, "export", "two", "--to", "best.keras")
    assert (code, err) == (0, "")
    card = Path("best.md").read_text(encoding="utf-8")
    assert "needs:\n- my_blocks.py\n" in card
    assert "--blocks my_blocks.py" in card
    assert told(capsys, "verify", "two", "--count", "1")[0] == 0

    shutil.move("my_blocks.py", "elsewhere.py")
    assert leaderboard(capsys, "two") == table
    predicts_with_the_file_alone("elsewhere.py")


def predicts_with_the_file_alone(blocks):
    """In a process that has not loaded it: the export needs it, and says so."""
    Image.fromarray(np.zeros((8, 8), np.uint8)).save("zero.png")
    twice = (
        "import sys; from fmsearch.cli import main; command = ['predict', 'best.keras', 'zero.png']; "
        f"print(main(command), file=sys.stderr); print(main([*command, '--blocks', {blocks!r}]), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", twice], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert "for one with blocks of your own, name their file with --blocks" in lines[0]
    assert lines[-2:] == ["2", "0"]
    assert done.stdout.startswith("zero.png")
