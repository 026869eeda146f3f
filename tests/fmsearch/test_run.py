"""A real run: real processes, real training, real interruptions."""

import os
import random
import re
import signal
import threading
import time

import numpy as np
import pytest
from bench import Bench
from processes import children, gone
from short_study import STUDY, completed, evaluations, fmsearch, leaderboard

from fmsearch.commands.run import Politeness
from fmsearch.errors import InputError
from fmsearch.events import Began, Finished, Note
from fmsearch.runner import run
from fmsearch.study import Study, load_study


def test_a_study_in_a_home_that_nobody_has_is_wrong_input(tmp_path):
    space = {"stages": {"block": {"kind": "conv", "filters": 4}}}
    study = Study.model_validate({"name": "x", "data": {"folder": "~nobody-by-that-name/x"}, "space": space})

    with pytest.raises(InputError, match=r"Could not determine home directory\. Write the path in full"):
        run(study, tmp_path / "run")


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
    assert process.returncode == 130
    assert err == "fmsearch: interrupted; running a study again, without --fresh, resumes it\n"
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


def test_what_a_limit_allows_is_told_before_anything_is_trained(tmp_path):
    bench = Bench(tmp_path, STUDY.replace("candidates: 6", "macs: 3.0e+9"))
    code, lines, err = bench.finish()
    assert (code, err) == (0, "")
    assert re.fullmatch(
        r"note: 3e\+09 MACs: 1\.5e\+09 to search, about \d+ candidates; 1\.5e\+09 to train the front\.", lines[0]
    )


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


def test_a_stop_that_is_set_ends_a_run_from_python_which_goes_on_later(study_file, tmp_path):
    stop = threading.Event()

    class Stopping:
        def notice(self, event):
            if isinstance(event, Finished):
                stop.set()

    study = load_study(study_file, ("budget.candidates=2", "final.seeds=1"))
    with pytest.raises(KeyboardInterrupt):
        run(study, tmp_path / "run", executor="inline", observer=Stopping(), stop=stop)
    assert evaluations(tmp_path / "run") == 1
    assert len(run(study, tmp_path / "run", executor="inline")) == 2


@pytest.mark.nightly
def test_a_time_limit_is_kept_by_a_real_clock(study_file, tmp_path):
    changes = ("--set", "budget={time: 60s, rungs: [1, 3]}", "--set", "final.epochs=1000")
    start = time.monotonic()
    code, _, err = completed("run", study_file, "--out", tmp_path / "run", "--quiet", *changes)
    assert (code, err) == (0, "")
    assert time.monotonic() - start < 60 * 1.05


def test_a_backend_that_does_not_train_is_told_before_anything_runs(study_file, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "numpy")
    with pytest.raises(InputError, match=r"'numpy' does not train networks\. Expected KERAS_BACKEND to be tensorflow,"):
        run(load_study(study_file), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.nightly
def test_a_terminated_run_ends_as_an_interrupted_one(study_file, tmp_path):
    interrupted(study_file, tmp_path / "run", signal.SIGTERM)


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
