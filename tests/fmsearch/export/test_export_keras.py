"""What is loaded, and what is refused."""

import zipfile

import keras
import pytest

from fmsearch.errors import InputError
from fmsearch.export.formats import FORMATS, format_of
from fmsearch.export.keras import KERAS, load, snippet


def saved(path, model):
    model.save(path)
    return path


def classifier(shape=(4, 5, 3), dtype="uint8", **layer):
    pixels = keras.Input(shape, dtype=dtype)
    flat = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(pixels))
    return keras.Model(pixels, keras.layers.Dense(2, activation="softmax", **layer)(flat))


def test_a_classifier(tmp_path):
    found = load(saved(tmp_path / "x.keras", classifier()))

    assert (found.shape, found.classes) == ((4, 5, 3), 2)


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(lambda: classifier(dtype="float32"), id="scaled pixels"),
        pytest.param(lambda: classifier(shape=(4, 5, 2)), id="two channels"),
        pytest.param(lambda: classifier(shape=(4, 5)), id="no channels"),
        pytest.param(
            lambda: keras.Sequential([keras.Input((4, 5, 3), dtype="uint8"), keras.layers.Rescaling(1.0)]),
            id="no classes",
        ),
    ],
)
def test_another_kind_of_model(model, tmp_path):
    with pytest.raises(InputError, match="is another kind of Keras model"):
        load(saved(tmp_path / "x.keras", model()))


def test_a_model_that_brings_code_along(tmp_path):
    pixels = keras.Input((4, 5, 3), dtype="uint8")
    hostile = keras.Model(pixels, keras.layers.Lambda(lambda tensor: tensor)(pixels))

    with pytest.raises(InputError, match=r"x\.keras cannot be loaded as a Keras model: "):
        load(saved(tmp_path / "x.keras", hostile))


def test_a_file_that_is_no_model(tmp_path):
    path = tmp_path / "x.keras"
    path.write_text("hello")

    with pytest.raises(InputError, match=r"x\.keras is not a complete \.keras file\. Expected a file that"):
        load(path)


def test_an_archive_that_is_no_model(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.keras", "w") as archive:
        archive.writestr("hello.txt", "hello")

    with pytest.raises(InputError, match=r"x\.keras cannot be loaded as a Keras model: .*Expected a file that"):
        load(tmp_path / "x.keras")


def test_no_file(tmp_path):
    with pytest.raises(InputError, match=r"There is no file .*x\.keras"):
        load(tmp_path / "x.keras")


@pytest.mark.parametrize("name", ["x.onnx", "x.tflite", "folder", "x.KERAS", ".keras"])
def test_formats_that_there_are_not(name, tmp_path):
    with pytest.raises(InputError, match=r"Expected \.keras \(Keras\)\.$"):
        format_of(tmp_path / name)


def test_formats_that_there_are(tmp_path):
    assert format_of(tmp_path / "x.keras") is KERAS
    assert all(suffix == kind.suffix for suffix, kind in FORMATS.items())


@pytest.mark.parametrize(("channels", "mode"), [(1, '"L"'), (3, '"RGB"')])
def test_the_snippet_is_python_whatever_the_names_are(channels, mode):
    code = snippet('a"b.keras', (4, 5, channels), ['say "hi"', "back\\slash", "셋"])

    compile(code, "snippet", "exec")
    assert mode in code
