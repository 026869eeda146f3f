"""`fmsearch verify`: evaluations trained again for real, and compared digit by digit."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from fmsearch import salvage
from fmsearch.cli import main
from fmsearch.evaluation import Evaluation, Result
from fmsearch.runner import run
from fmsearch.study import load_study

STUDY = """
name: tiny
data: {dataset: digits, validation: 0.3}
space: {stages: {count: 1, block: {kind: conv, filters: [4, 8], kernel_size: [1, 3]}}}
budget: {candidates: 2, rungs: [1]}
final: {epochs: 1}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify")
    (folder / "tiny.yaml").write_text(STUDY, encoding="utf-8")
    run(load_study(folder / "tiny.yaml"), folder / "run", workers=2)
    return folder / "run"


@pytest.fixture
def tiny_run(made, tmp_path):
    """A copy of the run, to be spoilt."""
    return Path(shutil.copytree(made, tmp_path / "run"))


@pytest.fixture
def changed(tiny_run):
    """Changes every stored evaluation."""
    path = tiny_run / "evaluations.sqlite"

    def change(evaluation=lambda one: one, result=lambda one: one):
        with sqlite3.connect(path) as store:
            for key, *texts in store.execute("SELECT key, evaluation, result FROM evaluations").fetchall():
                one = evaluation(Evaluation.model_validate_json(texts[0])).model_dump_json()
                other = result(Result.model_validate_json(texts[1])).model_dump_json()
                store.execute(
                    "UPDATE evaluations SET evaluation = ?, result = ?, checksum = ? WHERE key = ?",
                    (one, other, salvage.checksum(key, one, other), key),
                )
        store.close()

    return change


def test_every_digit_is_the_same(tiny_run, capsys):
    assert main(["verify", str(tiny_run), "--count", "99"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"[34] evaluations trained again: every digit is the same", out)
    assert out.count("the same\n") + out.count("the same ") >= 4
    assert "the search" in out
    assert "the final stage" in out


def test_a_digit_that_differs_is_shown_and_is_a_failure(tiny_run, changed, capsys):
    changed(result=lambda one: one.model_copy(update={"loss": one.loss + 1e-9}))
    assert main(["verify", str(tiny_run), "--count", "1", "--seed", "0", "--workers", "1"]) == 1
    out = capsys.readouterr().out
    assert re.search(r"loss: \d\.\d+ stored, \d\.\d+\s+now", out)
    assert "1 of 1 evaluation differs" in out


@pytest.mark.parametrize(
    "change",
    [
        lambda one: {"curve": (one.curve[0].model_copy(update={"validation_accuracy": 0.0}), *one.curve[1:])},
        lambda one: {} if one.test_accuracy is None else {"test_accuracy": 0.0},
    ],
    ids=["of an epoch", "on test images"],
)
def test_any_digit_that_differs_is_a_failure(tiny_run, changed, change):
    changed(result=lambda one: one.model_copy(update=change(one)))
    assert main(["verify", str(tiny_run), "--count", "99"]) == 1


def test_other_images_are_wrong_input(tiny_run, capsys):
    text = (tiny_run / "study.yaml").read_text(encoding="utf-8")
    (tiny_run / "study.yaml").write_text(text.replace("validation: 0.3", "validation: 0.2"), encoding="utf-8")
    assert main(["verify", str(tiny_run)]) == 2
    assert "The images are not those that the run trained on." in capsys.readouterr().err


def test_what_was_made_elsewhere_cannot_be_verified_here(tiny_run, changed, capsys):
    def elsewhere(one):
        return one.model_copy(update={"environment": one.environment.model_copy(update={"backend_version": "1.0"})})

    changed(evaluation=elsewhere)
    assert main(["verify", str(tiny_run)]) == 2
    err = capsys.readouterr().err
    assert "can be verified here: backend_version 1.0, here 2" in err
    assert "Traceback" not in err


def test_a_run_that_goes_on_elsewhere_says_so_and_mixes_nothing(tiny_run, changed, capsys):
    def elsewhere(one):
        return one.model_copy(update={"environment": one.environment.model_copy(update={"instructions": "sve"})})

    changed(evaluation=elsewhere)
    with sqlite3.connect(tiny_run / "evaluations.sqlite") as store:
        for key, text in store.execute("SELECT key, evaluation FROM evaluations").fetchall():
            moved = Evaluation.model_validate_json(text).key
            result = store.execute("SELECT result FROM evaluations WHERE key = ?", (key,)).fetchone()[0]
            store.execute(
                "UPDATE evaluations SET key = ?, checksum = ? WHERE key = ?",
                (moved, salvage.checksum(moved, text, result), key),
            )
    store.close()

    assert main(["run", str(tiny_run / "study.yaml"), "--out", str(tiny_run), "--workers", "1"]) == 0

    out = capsys.readouterr().out
    assert re.search(r"note: [34] evaluations in this folder, made in another environment \(instructions sve,", out)
    assert " stored\n" not in out


def test_a_run_without_evaluations(tmp_path, capsys):
    from fmsearch.store import Store

    Store(tmp_path / "evaluations.sqlite").close()
    assert main(["verify", str(tmp_path)]) == 2
    assert "holds no evaluation yet" in capsys.readouterr().err
