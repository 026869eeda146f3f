"""`fmsearch leaderboard`: formats, pipes, a run that goes on, and wrong paths."""

import json
import os
import subprocess
import sys

import pytest
from handmade_run import done, evaluation, finished_run, network, write
from terminals import on_a_terminal

from fmsearch.cli import main
from fmsearch.store import Store


@pytest.fixture
def run(tmp_path):
    return str(finished_run(tmp_path / "run").path)


def test_a_pipe_gets_a_plain_table_with_whole_architectures(run, capsys):
    assert main(["leaderboard", run, "--top", "4"]) == 0

    lines = capsys.readouterr().out.splitlines()
    told = "● 1 d26925c3 0.3150 0.3050 ± 0.0071 50 1,172 768 6 2 min 04 s conv2k3-max2 gap-dense10"
    assert lines[2].split() == told.split()
    assert lines[6].endswith("  conv4k3 res(conv8k3s2-conv8k3) res(conv8k3)-drop0.1 gap-dense10")
    assert lines[-1].endswith(" is both as small and as accurate (4 of 7 shown)")
    assert "\x1b" not in "".join(lines)


def test_in_a_pipe_the_longest_architecture_is_whole(tmp_path, capsys):
    deep = network(*range(8, 72))
    folder = write(tmp_path / "run", [(deep, evaluation(deep), done(0.5))])
    assert main(["leaderboard", str(folder.path)]) == 0
    assert "conv8k3-max2 conv9k3" in (line := capsys.readouterr().out.splitlines()[2])
    assert line.endswith(" conv71k3-max2 gap-dense10")


@pytest.mark.parametrize("form", ["json", "csv", "markdown"])
def test_data_goes_out_as_it_is(run, form, capsys):
    from fmsearch.reports.leaderboard import render
    from fmsearch.reports.rows import rows
    from fmsearch.run_folder import RunFolder

    with Store(RunFolder.existing(run).store, writable=False) as store:
        table = rows(store)

    assert main(["leaderboard", run, "--format", form, "--top", "5"]) == 0

    assert capsys.readouterr().out == render(table, form, 5)


def test_a_run_that_goes_on_can_be_looked_at(tmp_path, capsys):
    folder = write(tmp_path / "run", [(network(2), evaluation(network(2)), done(0.5))])
    later = network(4)
    with Store(folder.store) as store:
        store.take(1, 0, later)
        store.add(evaluation(later), done(0.6))
        store.use(1, evaluation(later).key)
        assert main(["leaderboard", str(folder.path), "--format", "json"]) == 0

    assert [record["accuracy"] for record in json.loads(capsys.readouterr().out)] == [0.5, 0.6]


def test_a_terminal_gets_colours(run):
    text = on_a_terminal("leaderboard", run, "--top", "1", COLUMNS="90")

    assert "\x1b[1;32m  0.3150\x1b[0m" in text


def test_colours_can_be_declined(run):
    text = on_a_terminal("leaderboard", run, "--top", "1", NO_COLOR="1")

    assert "0.3150" in text
    assert "32m" not in text


def test_a_stream_of_ascii_gets_ascii(run):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "fmsearch", "leaderboard", run]

    done = subprocess.run(command, capture_output=True, env=environment, check=True)

    assert done.stdout.isascii()
    assert done.stdout.splitlines()[2].startswith(b"*     1  d26925c3")


def test_wrong_paths_and_options(tmp_path, capsys):
    assert main(["leaderboard", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"fmsearch: {tmp_path} is not a run folder. Expected one that `fmsearch run` wrote, as in runs/small.\n"
    )
    for top in ("0", "-1", "x", "²"):
        with pytest.raises(SystemExit) as ended:
            main(["leaderboard", str(tmp_path), f"--top={top}"])
        assert ended.value.code == 2
        assert f"expected a whole number, 1 or more, not '{top}'" in capsys.readouterr().err


def test_data_needs_nothing_heavy(run):
    script = (
        "import sys; from fmsearch.cli import main; main(sys.argv[1:]); "
        "print(*sorted({'keras', 'tensorflow', 'optuna', 'sklearn', 'numpy', 'rich'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script, "leaderboard", run, "--format", "json"]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == ""
