"""`fmsearch show`: the best model, one by its id, and what is wrong."""

import pytest
from handmade_run import evaluation, failed, finished_run, network, write

from fmsearch.cli import main


@pytest.fixture
def run(tmp_path):
    return str(finished_run(tmp_path / "run").path)


def test_the_best_is_the_most_accurate_on_the_front(run, capsys):
    assert main(["show", run]) == 0

    text = capsys.readouterr().out
    assert text.startswith("5fe48f89  conv32k3-max2 conv32k3-max2 gap-dense10\nrank 3 of 7, on the front")
    assert "\x1b" not in text
    titles = [line for line in text.splitlines() if line in {"layers", "in all", "recipe", "trainings"}]
    assert titles == ["layers", "in all", "recipe", "trainings"]


def test_a_model_by_the_first_digits_of_its_id(run, capsys):
    assert main(["show", run, "057"]) == 0

    assert capsys.readouterr().out.startswith("057dccc1  conv4k3 res(conv8k3s2-conv8k3) res(conv8k3)-drop0.1")


@pytest.mark.parametrize(
    ("prefix", "told"),
    [("fff", "No model's id begins with 'fff'. "), ("05", "2 models' ids begin with '05'. ")],
)
def test_an_id_of_none_or_several(run, prefix, told, capsys):
    assert main(["show", run, prefix]) == 2

    fix = "`fmsearch leaderboard` lists the ids; give enough digits to match only one."
    assert capsys.readouterr() == ("", f"fmsearch: {told}{fix}\n")


def test_a_run_without_a_trained_model(tmp_path, capsys):
    one = network(2)
    folder = write(tmp_path / "run", [(one, evaluation(one), failed("x"))])

    assert main(["show", str(folder.path)]) == 1

    assert capsys.readouterr().err == (
        f"fmsearch: {folder.path} has no trained model yet. `fmsearch leaderboard` lists what there is.\n"
    )


def test_no_run(tmp_path, capsys):
    assert main(["show", str(tmp_path / "no")]) == 2

    assert "is not a run folder" in capsys.readouterr().err
