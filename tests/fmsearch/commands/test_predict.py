"""`fmsearch predict`: what an export sees in image files."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import PIL.Image
import pytest
from korean import KOREAN

from fmsearch.cli import main
from fmsearch.datasets import load
from fmsearch.study import load_study


@pytest.fixture(scope="module")
def pixels(korean_run):
    return load(load_study(korean_run.study).data, korean_run.path).x_test[:3]


@pytest.fixture(scope="module")
def expected(delivery, pixels):
    return keras.saving.load_model(delivery.model).predict(pixels, verbose=0)


@pytest.fixture
def image(pixels, tmp_path, monkeypatch):
    """Writes an image file into the current folder, a new one, and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(name, number=0, size=(8, 8), *, dark=False):
        grey = pixels[number, :, :, 0]
        picture = PIL.Image.fromarray(255 - grey if dark else grey)
        picture.resize(size, PIL.Image.Resampling.NEAREST).save(name)
        return name

    return write


@pytest.fixture
def model(delivery):
    return str(delivery.model)


def test_names_and_probabilities(model, image, expected, capsys):
    assert main(["predict", model, image("a.png", 0), image("bb.png", 1)]) == 0

    said = capsys.readouterr()
    lines = [line.split() for line in said.out.splitlines()]
    assert said.err == ""
    assert [line[0] for line in lines] == ["a.png"] * 3 + ["bb.png"] * 3
    for row, block in zip(expected, (lines[:3], lines[3:]), strict=False):
        best = np.argsort(-row)[:3]
        assert [line[2] for line in block] == [KOREAN[index] for index in best]
        assert [float(line[1]) for line in block] == pytest.approx(row[best], abs=1e-4)


def test_json(model, image, expected, capsys):
    path = image("a.png")

    assert main(["predict", model, path, path, "--format", "json", "--top", "99"]) == 0

    first, second = json.loads(capsys.readouterr().out)
    assert first == second
    assert (first["image"], len(first["classes"])) == (path, 10)
    assert first["classes"][0]["index"] == expected[0].argmax()
    assert all(guess["name"] == KOREAN[guess["index"]] for guess in first["classes"])
    assert sum(guess["probability"] for guess in first["classes"]) == pytest.approx(1, abs=1e-4)


def test_a_large_jpeg(model, image, expected, capsys):
    assert main(["predict", model, image("a.jpg", size=(160, 160)), "--top", "1", "--format", "json"]) == 0

    (guess,) = json.loads(capsys.readouterr().out)[0]["classes"]
    assert guess["probability"] == pytest.approx(expected[0][guess["index"]], abs=0.1)


def test_dark_on_light(model, image, capsys):
    main(["predict", model, image("a.png"), "--format", "json"])
    main(["predict", model, image("b.png", dark=True), "--format", "json", "--invert"])

    one, end = json.JSONDecoder().raw_decode(text := capsys.readouterr().out)
    assert one[0]["classes"] == json.loads(text[end:])[0]["classes"]


def test_without_a_card_classes_have_numbers(model, image, expected, capsys):
    path = image("a.png")
    shutil.copy(model, "alone.keras")

    assert main(["predict", "alone.keras", path, "--top", "1"]) == 0

    said = capsys.readouterr()
    assert said.out.split()[2] == str(expected[0].argmax())
    reason = "there is no card alone.md beside the model"
    assert said.err == f"fmsearch: {reason}, so classes have numbers instead of names.\n"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("sha256: ", "sha256: 0"), "is the card of another model"),
        (("- 영\n", ""), "has no names for 10 classes"),
    ],
)
def test_a_card_that_does_not_fit(change, told, delivery, image, capsys):
    path = image("a.png")
    shutil.copy(delivery.model, "x.keras")
    Path("x.md").write_text(delivery.card.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")

    assert main(["predict", "x.keras", path]) == 0

    assert told in capsys.readouterr().err


def test_no_class_at_all_is_wrong_input(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["predict", "best.keras", "a.png", "--top", "0"])
    assert ended.value.code == 2
    assert "argument --top: expected a whole number, 1 or more, not '0'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no.keras", "a.png"], "There is no file no.keras."),
        (["a.png", "a.png"], "a.png has the suffix .png, which is not a known model format."),
        (["text.keras", "a.png"], "text.keras is not a complete .keras file."),
        (["MODEL", "no.png"], "There is no file no.png."),
        (["MODEL", "a.png", "text.keras"], "text.keras cannot be read as an image"),
    ],
)
def test_wrong_input(arguments, told, model, image, capsys):
    image("a.png")
    Path("text.keras").write_text("hello")

    assert main(["predict", *(model if argument == "MODEL" else argument for argument in arguments)]) == 2

    said = capsys.readouterr()
    assert (said.out, told in said.err) == ("", True)


def test_no_word_of_the_backend(model, image):
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    interpreter = [sys.executable, "-X", "utf8", "-m", "fmsearch"]
    command = [*interpreter, "predict", model, image("a.png"), "--top", "1"]

    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)

    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 1)
