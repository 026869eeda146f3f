"""A real run: real processes, real training, real interruptions."""

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from bench import Bench
from processes import children, gone, heed_ctrl_c

from fmsearch import executors
from fmsearch.cli import main
from fmsearch.commands.run import Politeness
from fmsearch.datasets import Data
from fmsearch.errors import InputError
from fmsearch.events import Began, Note
from fmsearch.run_folder import RunFolder
from fmsearch.runner import run
from fmsearch.study import Budget, Final, Study, load_study
from searchspace import ConvBlock, NetworkSpace, Stages

STUDY = """
name: tiny
data: {dataset: digits, validation: 0.3}
space:
  stages:
    count: [1, 2]
    block: {kind: conv, filters: [4, 8, 16], kernel_size: [1, 3], pooling: max, spatial_dropout: [0.0, 0.1]}
  augmentation: {translation: [0.0, 0.1]}
training: {learning_rate: {low: 0.003, high: 0.03, log: true}}
budget: {candidates: 6, rungs: [1, 2], cohort: 2, keep: 0.5}
final: {epochs: 2, seeds: 2}
"""


@pytest.fixture
def study_file(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def fmsearch(*arguments):
    command = [sys.executable, "-m", "fmsearch", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, preexec_fn=heed_ctrl_c, **pipes)  # noqa: PLW1509  # it sets a signal, no more


def completed(*arguments):
    process = fmsearch(*arguments)
    out, err = process.communicate(timeout=600)
    return process.returncode, out, err


def leaderboard(folder):
    """The JSON that the command prints, but for times."""
    code, out, err = completed("leaderboard", folder, "--format", "json")
    assert (code, err) == (0, "")
    return [{key: value for key, value in row.items() if key != "seconds"} for row in json.loads(out)]


def evaluations(folder):
    with sqlite3.connect(f"file:{RunFolder(folder).store}?mode=ro", uri=True) as store:
        count = store.execute("SELECT count(*) FROM evaluations").fetchone()[0]
    store.close()
    return count


def test_inline_and_an_interrupted_run_of_two_workers_give_the_same_leaderboard(study_file, tmp_path):
    changes = ("budget.candidates=4", "final.seeds=1")
    options = [f"--set={change}" for change in changes]
    run(load_study(study_file, changes), tmp_path / "inline", executor="inline")
    expected = leaderboard(tmp_path / "inline")
    assert len(expected) == 4
    assert any(row["test_accuracy"] is not None for row in expected)

    interrupted(study_file, tmp_path / "two", signal.SIGINT, *options)
    before = evaluations(tmp_path / "two")
    code, out, err = completed("run", study_file, "--out", tmp_path / "two", "--workers", "2", *options)
    assert code == 0, err
    assert leaderboard(tmp_path / "two") == expected
    assert len(re.findall(r" stored$", out, re.MULTILINE)) == before


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The leaderboard of an undisturbed run by one worker."""
    folder = tmp_path_factory.mktemp("expected")
    (folder / "tiny.yaml").write_text(STUDY, encoding="utf-8")
    code, _, err = completed("run", folder / "tiny.yaml", "--out", folder / "run", "--quiet", "--workers", "1")
    assert code == 0, err
    return leaderboard(folder / "run")


@pytest.mark.nightly
@pytest.mark.parametrize("workers", [2, 3, 5])
def test_any_number_of_workers_gives_the_same_leaderboard(study_file, tmp_path, expected, workers):
    code, _, err = completed("run", study_file, "--out", tmp_path / "run", "--quiet", "--workers", workers)
    assert code == 0, err
    assert leaderboard(tmp_path / "run") == expected


@pytest.mark.nightly
@pytest.mark.parametrize("whom", ["coordinator", "worker"])
def test_kills_at_random_moments_of_real_trainings_change_nothing(study_file, tmp_path, expected, whom):
    dice, folder, kills, code = random.Random(whom), tmp_path / "run", 0, None
    while code != 0:
        process = fmsearch("run", study_file, "--out", folder, "--workers", "2")
        deadline = time.monotonic() + dice.uniform(4, 9)
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        started = children(process.pid) if process.poll() is None else []
        if started:
            os.kill(process.pid if whom == "coordinator" else dice.choice(started), signal.SIGKILL)
            kills += 1
        _, err = process.communicate(timeout=600)
        assert err == ""
        assert gone(started)
        code = process.returncode
    assert kills
    assert leaderboard(folder) == expected


def interrupted(study_file, folder, how, *options):
    """A run that is ended once it has evaluated something."""
    process = fmsearch("run", study_file, "--out", folder, "--workers", "2", *options)
    for line in process.stdout:
        if re.match(r"\[ *2/", line):
            break
    workers = children(process.pid)
    process.send_signal(how)
    _, err = process.communicate(timeout=600)
    assert (process.returncode, err) == (130, "fmsearch: interrupted; the same command goes on where it was\n")
    assert workers
    assert gone(workers)


def test_images_outside_the_folder_of_the_study_are_named(tmp_path):
    (tmp_path / "studies").mkdir()
    x, y = np.zeros((60, 8, 8), np.uint8), np.arange(60) % 3
    np.savez(tmp_path / "x.npz", x=x, y=y)
    data, space = "{npz: studies/../x.npz}", "{stages: {block: {kind: conv, filters: [4, 8]}}}"
    bench = Bench(tmp_path, f"name: outside\ndata: {data}\nspace: {space}\nbudget: {{candidates: 2, cohort: 2}}\n")
    code, lines, err = bench.finish()
    assert (code, err) == (0, "")
    assert lines[0] == f"note: Images are read from {tmp_path / 'x.npz'}."


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


def test_before_the_search_an_interruption_ends_the_command_at_once(monkeypatch):
    handlers = []
    monkeypatch.setattr(signal, "signal", lambda number, handler: handlers.append((number, handler)))
    stop = threading.Event()
    polite = Politeness(stop)
    polite.notice(Note("getting ready"))
    assert handlers == []
    polite.notice(Began(0.0, 100))
    [(number, interrupted)] = handlers
    assert number == signal.SIGINT
    interrupted(signal.SIGINT, None)
    assert stop.is_set()
    with pytest.raises(KeyboardInterrupt):
        interrupted(signal.SIGINT, None)


@pytest.mark.nightly
def test_a_terminated_run_ends_as_an_interrupted_one(study_file, tmp_path):
    interrupted(study_file, tmp_path / "run", signal.SIGTERM)


def test_only_the_front_keeps_models(finished_run):
    front = {row["id"] for row in leaderboard(finished_run.path) if row["on_front"]}
    assert len(finished_run.models()) == len(front)


def test_the_folder_of_another_study_is_refused_and_left_as_it_was(study_file, finished_run):
    folder = finished_run.path
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, out, err = completed("run", study_file, "--out", folder)
    assert (code, out) == (2, "")
    assert err.startswith(f"fmsearch: {folder} holds another study: ")
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--workers", "0"), "0 workers cannot work. Expected --workers 1 or more."),
        (("--executor", "inline", "--workers", "2"), "The inline executor cannot have 2 workers."),
        (("--set", "limits.parameters=20"), "None of 2,200 proposals can be trained; the nearest miss: parameters"),
        (("--set", "data.npz=absent.npz", "--set", "data.dataset=null"), "absent.npz"),
    ],
)
def test_wrong_input_ends_with_code_2_and_one_short_paragraph(study_file, tmp_path, options, message):
    code, out, err = completed("run", study_file, "--out", tmp_path / "run", *options)
    assert code == 2
    assert message in err
    assert "Traceback" not in err + out


def test_a_folder_that_cannot_be_written_is_wrong_input(study_file, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InputError, match="cannot be made"):
        run(load_study(study_file), tmp_path / "file" / "run")


def test_every_executor_that_the_command_offers_exists():
    assert set(executors.NAMES) == {"processes", "inline"}
