"""Commands that read a run leave it as it was."""

import pytest

from fmsearch.cli import main


@pytest.mark.parametrize(
    "command",
    ["leaderboard RUN", "show RUN", "compare RUN OTHER", "verify RUN --count 1", "export RUN --to best.keras"],
)
def test_what_reads_a_run_leaves_it_as_it_was(command, own_run, finished_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in own_run.path.rglob("*") if path.is_file()}
    places = {"RUN": str(own_run.path), "OTHER": str(finished_run.path)}

    assert main([places.get(word, word) for word in command.split()]) == 0

    assert {path: path.read_bytes() for path in before} == before
