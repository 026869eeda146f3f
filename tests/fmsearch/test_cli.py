"""The command line as a whole: help, exit codes, errors without tracebacks, and documentation."""

import re
import subprocess
import sys

import pytest

from fmsearch import commands
from fmsearch.cli import main
from fmsearch.commands import check
from fmsearch.errors import FmsearchError, InputError
from searchspace import SearchSpaceError

NAMES = [command.__name__.rsplit(".", 1)[1] for command in commands.ALL]
HEAVY = "{'keras', 'tensorflow', 'jax', 'torch', 'optuna', 'sklearn', 'numpy', 'rich'}"


def test_commands_have_names_of_their_own():
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_help_of_a_command_says_what_it_does_and_gives_examples(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])

    assert ended.value.code == 0
    told = capsys.readouterr().out
    examples = told.partition("\nexamples:\n")[2].splitlines()
    assert examples
    assert all(re.match(rf"  (?:[A-Z_]+=\S+ )?fmsearch {name}\b", line) for line in examples)
    description = told.split("\n\n")[1]
    assert description[0].isupper()
    assert description.endswith(".")


def test_help_lists_every_command_with_a_line(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert [name for name in NAMES if not re.search(rf"^    {name}\s+\S", told, re.MULTILINE)] == []
    assert "Exit codes: 0 done; 1 the work failed; 2 the input is wrong; 130 interrupted." in told


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["check"], ["check", "x.yaml", "--no-such-option"]])
def test_wrong_options_are_wrong_input(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: fmsearch")


@pytest.mark.parametrize(
    ("raised", "code", "told"),
    [
        (InputError("What.", "Fix."), 2, "fmsearch: What. Fix.\n"),
        (FmsearchError("What."), 1, "fmsearch: What.\n"),
        (FmsearchError("No mysql://me:pw@db/x?ssl_key=abc."), 1, "fmsearch: No mysql://me:***@db/x?ssl_key=***\n"),
        (OSError("s3://me:pw@host/x is gone"), 1, "fmsearch: s3://me:***@host/x is gone\n"),
        (SearchSpaceError("What.", fix="Fix."), 1, "fmsearch: What. Fix.\n"),
        (PermissionError(13, "Permission denied", "x"), 1, "fmsearch: [Errno 13] Permission denied: 'x'\n"),
        (KeyboardInterrupt(), 130, "fmsearch: interrupted; running a study again, without --fresh, resumes it\n"),
    ],
)
def test_what_a_command_raises_is_a_paragraph_and_an_exit_code(raised, code, told, capsys, monkeypatch):
    def run(_options):
        raise raised

    monkeypatch.setattr(check, "run", run)

    assert main(["check", "x.yaml"]) == code
    assert capsys.readouterr() == ("", told)


@pytest.mark.parametrize("raised", [InputError("What."), FmsearchError("What."), SearchSpaceError("What.")])
def test_debug_shows_the_traceback(raised, monkeypatch):
    def run(_options):
        raise raised

    monkeypatch.setattr(check, "run", run)

    with pytest.raises(type(raised), match="What"):
        main(["--debug", "check", "x.yaml"])


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (1, 1)])
def test_what_a_command_returns_is_the_exit_code(returned, code, monkeypatch):
    monkeypatch.setattr(check, "run", lambda _options: returned)

    assert main(["check", "x.yaml"]) == code


def test_as_a_process(tmp_path):
    command = [sys.executable, "-m", "fmsearch", "check", str(tmp_path / "no.yaml")]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"fmsearch: {tmp_path / 'no.yaml'}: cannot be read (No such file or directory). "
        "Expected the path of a study file.\n"
    )


def test_a_reader_that_has_seen_enough_is_no_error():
    program = f"{sys.executable} -m fmsearch schema | head -n 1"

    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("{\n", "")


def test_help_imports_nothing_that_takes_time():
    script = f"""\
import sys
from fmsearch.cli import main
try:
    main(["--help"])
except SystemExit:
    print(*sorted({HEAVY} & set(sys.modules)), file=sys.stderr)
"""

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stderr == "\n"
