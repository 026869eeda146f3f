"""`fmsearch doctor`: a line a finding, and exit code 1 for what a search cannot do without."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from fmsearch.cli import main
from fmsearch.commands import doctor
from fmsearch.commands.doctor import Finding


@pytest.fixture(autouse=True)
def _on_a_plain_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("FMSEARCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)


def told(capsys, code):
    assert main(["doctor"]) == code
    return dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())


def test_a_line_a_finding(capsys, tmp_path):
    findings = told(capsys, 0)

    assert list(findings) == [
        "python", "platform", "cores", "memory",
        "fmsearch", "keras", "optuna", "numpy", "scikit-learn", "pillow",
        "backend", "gpu", "cache",
        "digits", "fashion_mnist", "mnist", "cifar10",
    ]  # fmt: skip  # a group a line
    assert findings["cache"] == str(tmp_path / "cache")
    assert findings["digits"] == "here"
    assert findings["mnist"] == "not here; fetched when it is first used"


def test_a_data_set_that_keras_has_fetched(capsys, tmp_path):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "mnist.npz").touch()

    assert told(capsys, 0)["mnist"] == "here"


def test_an_unknown_backend(capsys, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "theano")

    assert told(capsys, 1)["backend"] == "theano  PROBLEM: cannot train; set KERAS_BACKEND to tensorflow, jax or torch"


def test_a_missing_package(capsys, monkeypatch):
    def version(package):
        if package in {"jax", "keras"}:
            raise PackageNotFoundError
        return "1.0"

    monkeypatch.setattr(doctor, "version", version)
    monkeypatch.setenv("KERAS_BACKEND", "jax")

    findings = told(capsys, 1)
    assert findings["keras"] == "absent  PROBLEM: not installed; pip install keras"
    assert findings["backend"] == "jax absent  PROBLEM: not installed; pip install jax"
    assert findings["optuna"] == "1.0"


def test_a_cache_that_cannot_be_written_has_a_substitute(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    wanted = tmp_path / "file" / "cache"
    monkeypatch.setenv("FMSEARCH_CACHE", str(wanted))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    told_of = told(capsys, 0)["cache"]

    assert told_of.startswith(f"{tmp_path / 'fmsearch-'}")
    assert told_of.endswith(f", as {wanted} is not writable; FMSEARCH_CACHE names another")


def test_nowhere_to_write_is_a_problem(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    wanted = tmp_path / "file" / "cache"
    monkeypatch.setenv("FMSEARCH_CACHE", str(wanted))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))

    assert told(capsys, 1)["cache"] == f"{wanted}  PROBLEM: not writable; set FMSEARCH_CACHE to a folder that is"


def test_a_cache_in_a_home_that_nobody_has_is_a_folder_of_that_name(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FMSEARCH_CACHE", "~nobody-by-that-name/cache")
    monkeypatch.setenv("KERAS_HOME", "~nobody-by-that-name/keras")

    assert told(capsys, 0)["cache"] == "~nobody-by-that-name/cache"


def test_plain_lines_are_aligned():
    assert doctor.plain([Finding("python", "3.11"), Finding("fashion", "x [y]", "no")]) == (
        "python   3.11\nfashion  x [y]  PROBLEM: no"
    )


def test_a_terminal_gets_a_table(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert main(["doctor"]) == 0

    assert "\x1b[" in capsys.readouterr().out


def test_nothing_heavy_is_imported():
    script = (
        "import sys; from fmsearch.cli import main; code = main(['doctor']); "
        "print(*sorted({'keras', 'tensorflow', 'optuna', 'sklearn'} & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stderr == "\n"
