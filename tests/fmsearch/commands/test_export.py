"""`fmsearch export`: what it says, and its exit codes."""

import pytest

from fmsearch.cli import main
from fmsearch.commands.export import told
from fmsearch.export.choose import Selection


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_it_says(delivery):
    row, found = delivery.row, delivery.verification
    test = f"{row.test_accuracy:.4f} ± {row.test_accuracy_std:.4f}"
    size = f"{row.parameters:,} parameters"
    again = f"run again on {found.images} validation images, it answers as the trained model"

    assert told(delivery) == [
        f"{delivery.model}: model {row.id}, {size}, accuracy {row.accuracy:.4f}, on test images {test}",
        f"verified: {again} (accuracy {found.accuracy:.4f})",
        f"{delivery.card}: its card",
    ]


def test_the_smallest_end_to_end(finished_run, tmp_path, capfd):
    to = tmp_path / "new" / "small.keras"

    assert main(["export", str(finished_run.path), "--max-parameters", "100", "--to", str(to)]) == 0

    said = capfd.readouterr()
    assert (len(said.out.splitlines()), said.err) == (3, "")
    assert sorted(path.name for path in to.parent.iterdir()) == ["small.keras", "small.md"]


@pytest.mark.parametrize(
    ("options", "selection"),
    [
        ([], Selection()),
        (["--best"], Selection()),
        (["--knee"], Selection(knee=True)),
        (["--max-parameters", "5000"], Selection(max_parameters=5_000)),
        (["88c2"], Selection(id="88c2")),
    ],
)
def test_each_option_asks_for_what_its_help_says(options, selection, finished_run, delivery, monkeypatch):
    asked = []
    deliver = "fmsearch.export.delivery.deliver"
    monkeypatch.setattr(deliver, lambda *what, **how: asked.append((what[1], how)) or delivery)
    assert main(["export", str(finished_run.path), *options, "--to", "x.keras", "--force"]) == 0
    assert asked == [(selection, {"force": True})]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--to", "x.onnx"], "Expected .keras (Keras)."),
        (["--to", "folder"], "Expected .keras (Keras)."),
        (["zz", "--to", "x.keras"], "No model's id begins with 'zz'."),
        (["--max-parameters", "1", "--to", "x.keras"], "No model on the front has at most 1 parameters."),
    ],
)
def test_wrong_input(arguments, told, finished_run, here, capsys):
    assert main(["export", str(finished_run.path), *arguments]) == 2

    said = capsys.readouterr()
    assert (said.out, said.err.startswith("fmsearch: "), told in said.err) == ("", True, True)
    assert list(here.iterdir()) == []


def test_no_run(tmp_path, capsys):
    assert main(["export", str(tmp_path), "--to", "x.keras"]) == 2
    assert "is not a run folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["abc", "--knee", "--to", "x.keras"],
        ["--best", "--knee", "--to", "x.keras"],
        ["--max-parameters", "0", "--to", "x.keras"],
    ],
)
def test_options_that_do_not_go_together(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["export", "run", *arguments])

    assert ended.value.code == 2
    assert "usage: fmsearch export" in capsys.readouterr().err
