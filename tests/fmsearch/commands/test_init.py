"""`fmsearch init`: what it writes is a study that passes `fmsearch check`."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from fmsearch.cli import main
from fmsearch.commands.init import KNOWN
from fmsearch.datasets.spec import Name
from fmsearch.study import load_study

EXPECTED = "Expected digits, fashion_mnist, mnist, cifar10, folder:PATH or npz:PATH."


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def images(tmp_path):
    for name in ("cats", "dogs"):
        (tmp_path / "it's images" / name).mkdir(parents=True)
    np.savez_compressed(tmp_path / "8x8.npz", x=np.zeros((9, 40, 30), np.uint8), y=np.arange(9) % 3)


def test_it_knows_the_data_sets_that_studies_know():
    assert get_args(Name) == KNOWN


def test_the_default_is_a_study_of_digits(tmp_path, capsys):
    assert main(["init"]) == 0

    assert capsys.readouterr().out == "Wrote study.yaml. Next: fmsearch check study.yaml\n"
    text = (tmp_path / "study.yaml").read_text()
    assert text.splitlines()[0] == (
        "# 8x8 grey images of digits: which networks are acceptable, and how much to search."
    )
    assert load_study("study.yaml").name == "digits"


@pytest.mark.parametrize(
    ("path", "data", "name", "line"),
    [
        ("study.yaml", "digits", "digits", "data: {dataset: digits, validation: 0.1}"),
        ("study.yaml", "fashion_mnist", "fashion_mnist", "data: {dataset: fashion_mnist, validation: 0.1}"),
        ("2024.yaml", "digits", "2024", "data: {dataset: digits, validation: 0.1}"),
        ("null.yaml", "digits", "null", "data: {dataset: digits, validation: 0.1}"),
        ("가나.yaml", "digits", "study", "data: {dataset: digits, validation: 0.1}"),
        ("my study.yaml", "npz:8x8.npz", "my-study", "data: {npz: '8x8.npz', validation: 0.1, test: 0.2}"),
        ("study.yaml", "npz:8x8.npz", "8x8", "data: {npz: '8x8.npz', validation: 0.1, test: 0.2}"),
        (
            "study.yaml",
            "folder:it's images/",
            "it-s-images",
            "data: {folder: 'it''s images', image_size: 32, channels: 3, validation: 0.1, test: 0.2}",
        ),
    ],
)
@pytest.mark.usefixtures("images")
def test_what_is_written_passes_check(capsys, path, data, name, line):
    assert main(["init", path, "--data", data]) == 0

    assert line in Path(path).read_text(encoding="utf-8").splitlines()
    assert load_study(path).name == name
    assert main(["check", path]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("images")
def test_a_path_starts_at_the_folder_of_the_new_file(tmp_path):
    (tmp_path / "studies").mkdir()

    assert main(["init", "studies/x.yaml", "--data", "npz:8x8.npz"]) == 0

    assert "data: {npz: '../8x8.npz'," in (tmp_path / "studies" / "x.yaml").read_text()
    assert main(["check", "studies/x.yaml"]) == 0


def test_an_existing_file_is_left_as_it_is(tmp_path, capsys):
    (tmp_path / "study.yaml").write_text("mine")

    assert main(["init"]) == 2

    assert (tmp_path / "study.yaml").read_text() == "mine"
    assert capsys.readouterr().err == (
        "fmsearch: study.yaml already exists. Name another file, or remove that one first.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "digit"], f"--data digit: unknown. {EXPECTED}"),
        (["--data", "folder:"], f"--data folder:: unknown. {EXPECTED}"),
        (["--data", "zip:x"], f"--data zip:x: unknown. {EXPECTED}"),
        (["--data", "npz:a\nb"], r"--data 'npz:a\nb': a path with control characters. Rename it."),
        (
            ["--data", "folder:~nobody-by-that-name/x"],
            "--data folder:~nobody-by-that-name/x: Could not determine home directory. Expected a path.",
        ),
        (
            ["no/x.yaml"],
            "no/x.yaml cannot be written: No such file or directory. Make its folder first, or name another file.",
        ),
    ],
)
def test_what_is_wrong_input(tmp_path, capsys, arguments, message):
    assert main(["init", *arguments]) == 2

    assert capsys.readouterr().err == f"fmsearch: {message}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", ["npz:no.npz", "folder:no"])
def test_images_that_are_not_there_are_wrong_input(tmp_path, capsys, data):
    assert main(["init", "--data", data]) == 2

    assert data.partition(":")[2] in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
