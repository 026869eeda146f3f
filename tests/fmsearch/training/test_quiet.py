"""Standard error held back, to the descriptor."""

import os
import subprocess
import sys

import numpy as np
import pytest

from fmsearch.hush import hushed, importing


def fail():
    with hushed():
        os.write(2, b"why\n")
        raise ImportError


def test_nothing_is_heard(capfd):
    with hushed():
        os.write(2, b"from C\n")
        print("from Python", file=sys.__stderr__, flush=True)
    os.write(2, b"afterwards\n")

    assert capfd.readouterr() == ("", "afterwards\n")


def test_all_is_heard_when_it_fails(capfd):
    with pytest.raises(ImportError):
        fail()

    assert capfd.readouterr().err == "why\n"


@pytest.mark.parametrize(("level", "heard"), [("0", "from C\n"), ("3", "")])
def test_whoever_wants_the_log_of_an_import_hears_it(level, heard, capfd, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", level)
    with importing("a_module_that_nobody_has"):
        os.write(2, b"from C\n")
    assert capfd.readouterr().err == heard


def test_a_backend_that_is_not_there_is_told_without_a_traceback(tmp_path):
    np.savez(tmp_path / "model.keras", nothing=np.zeros(1))  # an archive, as a model is one
    environment = {**os.environ, "KERAS_BACKEND": "abacus"}
    command = [sys.executable, "-m", "fmsearch", "predict", "model.keras", "image.png"]
    (tmp_path / "model.keras.npz").rename(tmp_path / "model.keras")
    told = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "fmsearch: Keras cannot be imported: " in told.stderr
    assert "Traceback" not in told.stderr
