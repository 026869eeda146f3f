"""What a run makes of a folder that is there: it goes on, moves it aside, or refuses."""

import signal
from pathlib import Path

import keras
import numpy as np
import pytest
from short_study import STUDY, completed, evaluations, fmsearch, leaderboard

from fmsearch.cli import main
from fmsearch.datasets import Data
from fmsearch.errors import FmsearchError, InputError
from fmsearch.run_folder import RunFolder
from fmsearch.runner import run
from fmsearch.study import Budget, Final, Study, load_study
from searchspace import ConvBlock, NetworkSpace, Stages


def test_a_study_made_in_python_goes_on_though_its_images_have_a_relative_path(tmp_path, monkeypatch):
    x, y = np.random.default_rng(0).integers(0, 255, (60, 8, 8), np.uint8), np.arange(60) % 3
    np.savez(tmp_path / "x.npz", x=x, y=y)
    monkeypatch.chdir(tmp_path)
    study = Study(
        name="mine",
        data=Data(npz="x.npz"),
        space=NetworkSpace(stages=Stages(block=ConvBlock(filters=[4, 8]))),
        budget=Budget(candidates=2, rungs=(1,)),
        final=Final(epochs=1),
    )
    first = run(study, "run", executor="inline")
    assert run(study, "run", executor="inline") == first
    assert load_study(tmp_path / "run/study.yaml").data.npz == str(tmp_path / "x.npz")


def test_a_limit_that_is_refused_changes_nothing(study_file, tmp_path):
    changes = ("budget.candidates=2", "budget.cohort=2", "budget.rungs=[1]", "final.epochs=1", "final.seeds=1")
    table = run(load_study(study_file, changes), tmp_path / "run", executor="inline")
    before = (tmp_path / "run/study.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match=r"budget\.time is 0\.1 s, but this run has taken"):
        run(load_study(study_file, (*changes, "budget.time=0.1")), tmp_path / "run", executor="inline")
    assert (tmp_path / "run/study.yaml").read_text(encoding="utf-8") == before
    assert run(load_study(study_file, changes), tmp_path / "run", executor="inline") == table


@pytest.mark.parametrize("fresh", [False, True])
def test_a_study_written_by_hand_is_not_written_over(tmp_path, fresh):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    with pytest.raises(InputError, match=r"study\.yaml was written by hand"):
        run(load_study(tmp_path / "study.yaml"), tmp_path, fresh=fresh)
    assert (tmp_path / "study.yaml").read_text(encoding="utf-8") == STUDY


def test_only_the_front_keeps_models(finished_run):
    front = {row["id"] for row in leaderboard(finished_run.path) if row["on_front"]}
    assert len(finished_run.models()) == len(front)


def test_the_folder_of_another_study_is_refused_and_left_as_it_was(study_file, finished_run):
    folder = finished_run.path
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, out, err = completed("run", study_file, "--out", folder)
    assert (code, out) == (2, "")
    assert err.startswith(f"fmsearch: {folder} holds another study, which differs in ")
    assert "--fresh" in err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_folder_in_use_is_refused_with_the_process_that_uses_it(study_file, tmp_path):
    process = fmsearch("run", study_file, "--out", tmp_path / "run", "--workers", "1")
    process.stdout.readline()
    process.send_signal(signal.SIGSTOP)  # or it may have ended before the other has begun
    code, _, err = completed("run", study_file, "--out", tmp_path / "run")
    process.kill()
    process.communicate()
    assert code == 2
    assert f"is in use by process {process.pid}" in err


def test_fresh_moves_the_earlier_run_aside(study_file, tmp_path):
    study = load_study(study_file, ("budget.candidates=1", "final.seeds=1"))
    first = run(study, tmp_path / "run", executor="inline")
    (tmp_path / "run/notes.txt").write_text("mine", encoding="utf-8")
    again = run(study, tmp_path / "run", executor="inline", fresh=True)
    assert [row.id for row in first] == [row.id for row in again]
    assert (tmp_path / "run/notes.txt").is_file()
    assert sorted(path.name for path in (tmp_path / "run.old1").iterdir()) == [
        "evaluations.sqlite",
        "models",
        "study.yaml",
    ]
    assert evaluations(tmp_path / "run") == evaluations(tmp_path / "run.old1")


def test_more_candidates_are_a_continuation(study_file, tmp_path):
    few = load_study(study_file, ("budget.candidates=2", "final.seeds=1"))
    more = load_study(study_file, ("budget.candidates=4", "final.seeds=1"))
    run(few, tmp_path / "run", executor="inline")
    assert len(run(more, tmp_path / "run", executor="inline")) == 4


def test_a_run_goes_on_from_its_own_study_file_and_from_any_spelling_of_it(study_file, tmp_path, monkeypatch):
    images = np.random.default_rng(0).integers(0, 255, (40, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "arrays.npz", x=images, y=np.arange(40) % 2)
    study_file.write_text(STUDY.replace("dataset: digits", "npz: arrays.npz"), encoding="utf-8")
    small = ["--set", "budget.candidates=2", "--set", "final.seeds=1", "--quiet", "--executor", "inline"]
    assert main(["run", str(study_file), "--out", str(tmp_path / "run"), *small]) == 0
    before = evaluations(tmp_path / "run")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["run", f"../{study_file.name}", "--out", "../run", *small]) == 0
    assert main(["run", "../run/study.yaml", "--quiet", "--executor", "inline"]) == 0
    assert evaluations(tmp_path / "run") == before
    assert not Path("runs").exists()


def test_a_model_that_was_lost_is_trained_again_to_the_last_bit(study_file, tmp_path):
    study = load_study(study_file, ("budget.candidates=2", "final.seeds=1"))
    run(study, tmp_path / "run", executor="inline")
    lost = RunFolder(tmp_path / "run").models()[0]
    weights = keras.saving.load_model(lost).get_weights()
    before = evaluations(tmp_path / "run")
    lost.unlink()

    run(study, tmp_path / "run", executor="inline")

    assert evaluations(tmp_path / "run") == before
    for old, new in zip(weights, keras.saving.load_model(lost).get_weights(), strict=True):
        assert np.array_equal(old, new)


def test_where_models_cannot_be_saved_results_are_kept_and_the_next_run_makes_them(study_file, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/models").touch()
    study = load_study(study_file, ("budget.candidates=2", "final.seeds=1"))
    with pytest.raises(FmsearchError, match=r"is not there: the model could not be saved in .*: File exists"):
        run(study, tmp_path / "run", executor="inline")
    before = evaluations(tmp_path / "run")
    (tmp_path / "run/models").unlink()

    table = run(study, tmp_path / "run", executor="inline")

    assert evaluations(tmp_path / "run") == before
    assert len(RunFolder(tmp_path / "run").models()) == sum(row.on_front for row in table)


def test_a_folder_that_cannot_be_written_is_wrong_input(study_file, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InputError, match="cannot be made"):
        run(load_study(study_file), tmp_path / "file" / "run")
