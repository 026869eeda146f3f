"""From a run to a file that a stranger to fmsearch can use."""

import re
import subprocess
import sys

import keras
import numpy as np
import PIL.Image
import pytest
import yaml
from korean import KOREAN

from fmsearch.datasets import load
from fmsearch.errors import FmsearchError, InputError
from fmsearch.export import card
from fmsearch.export.choose import Selection
from fmsearch.export.delivery import deliver
from fmsearch.run_folder import RunFolder
from fmsearch.study import load_study

MORE = """
import sys
assert "fmsearch" not in sys.modules
split = np.load("test.npz")
print((model.predict(split["x"], verbose=0).argmax(axis=1) == split["y"]).mean())
"""


@pytest.fixture(scope="module")
def images(korean_run):
    return load(load_study(korean_run.study).data, korean_run.path)


@pytest.fixture(scope="module")
def matter(delivery):
    return card.read(delivery.card)


@pytest.fixture(scope="module")
def told(delivery, images, tmp_path_factory):
    """What the card's own code says in a process without fmsearch, in a folder with nothing but the export."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "best.keras").write_bytes(delivery.model.read_bytes())
    PIL.Image.fromarray(images.x_test[0, :, :, 0]).save(folder / "image.png")
    np.savez(folder / "test.npz", x=images.x_test, y=images.y_test)
    code = re.search("```python\n(.*?)```\n", delivery.card.read_text(encoding="utf-8"), re.DOTALL)[1]
    (folder / "snippet.py").write_text(code + MORE, encoding="utf-8")
    command = [sys.executable, "-X", "utf8", "snippet.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_code_on_the_card_classifies_an_image(told, delivery, images):
    name, probability = told[0].split()
    expected = keras.saving.load_model(delivery.model).predict(images.x_test[:1], verbose=0)[0]

    assert name == KOREAN[expected.argmax()]
    assert float(probability) == pytest.approx(expected.max(), abs=1e-5)


def test_plain_keras_reaches_the_test_accuracy_of_the_leaderboard(told, matter):
    assert float(told[1]) == pytest.approx(matter["metrics"]["this_model"]["test_accuracy"], abs=0.005)


def test_the_front_matter(delivery, matter, korean_run, images):
    row = delivery.row

    assert matter["file"] == "best.keras"
    assert (matter["study"], matter["id"], matter["digest"]) == ("tiny", row.id, row.candidate.digest)
    assert (matter["evaluation"], matter["seed"]["study"]) == (row.key, 0)
    assert matter["class_names"] == KOREAN
    assert matter["input"]["shape"] == [8, 8, 1]
    assert matter["input"]["dtype"] == "uint8"
    assert matter["size"]["parameters"] == row.parameters
    assert matter["size"]["macs"] == row.macs
    assert matter["size"]["file_bytes"] == delivery.model.stat().st_size
    assert matter["sha256"] == card.sha256(delivery.model)
    assert matter["versions"]["keras"] == keras.__version__
    assert set(matter["versions"]) == {"fmsearch", "keras", matter["environment"]["backend"], "python"}
    assert matter["metrics"]["seeds"] == 2
    assert matter["metrics"]["validation_accuracy"] == row.accuracy
    assert matter["metrics"]["test_accuracy_std"] == row.test_accuracy_std
    assert matter["metrics"]["validation_accuracy_std"] > 0
    assert matter["verification"]["largest_difference"] <= 1e-6
    assert matter["verification"]["images"] == len(images.x_validation)
    assert str(korean_run.path) not in delivery.card.read_text(encoding="utf-8")


def test_the_study_on_the_card_is_the_study(delivery, korean_run, tmp_path):
    text = re.search("```yaml\n(.*?)```\n", delivery.card.read_text(encoding="utf-8"), re.DOTALL)[1]
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    again, original = load_study(tmp_path / "study.yaml"), load_study(korean_run.study)

    assert yaml.safe_load(text)["data"]["npz"] == "digits.npz"
    assert again.model_copy(update={"data": original.data}) == original


def test_the_export_is_the_kept_model_to_the_bit(delivery, korean_run):
    assert delivery.model.read_bytes() == korean_run.model(delivery.row.key).read_bytes()


def test_nothing_else_is_left_beside_it(delivery):
    assert sorted(path.name for path in delivery.model.parent.iterdir()) == ["best.keras", "best.md"]


@pytest.mark.parametrize("there", ["best.keras", "best.md"])
def test_what_is_there_is_not_written_over(there, finished_run, tmp_path):
    (tmp_path / there).write_text("mine")

    with pytest.raises(InputError, match=f"{there} already exists.*--force"):
        deliver(finished_run, Selection(), tmp_path / "best.keras")

    assert (tmp_path / there).read_text() == "mine"


def test_force_writes_over_what_is_there(finished_run, tmp_path):
    for name in ("best.keras", "best.md"):
        (tmp_path / name).write_text("mine")

    done = deliver(finished_run, Selection(), tmp_path / "best.keras", force=True)

    assert card.read(done.card)["sha256"] == card.sha256(done.model)


def test_a_model_changed_since_is_not_written_even_by_force(own_run, tmp_path):
    for path in own_run.models():
        model = keras.saving.load_model(path)
        model.trainable_variables[0].assign(-np.asarray(model.trainable_variables[0]))
        model.save(path)
    (tmp_path / "best.keras").write_text("an older one")

    with pytest.raises(FmsearchError, match="The model's accuracy is"):
        deliver(own_run, Selection(), tmp_path / "best.keras", force=True)

    assert (tmp_path / "best.keras").read_text() == "an older one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.keras", "run"]


def test_images_that_changed_since(own_run, tmp_path):
    text = own_run.study.read_text(encoding="utf-8")
    own_run.study.write_text(text.replace("validation: 0.1", "validation: 0.2"), encoding="utf-8")

    with pytest.raises(InputError, match="have changed since the run, so the export cannot be verified"):
        deliver(own_run, Selection(), tmp_path / "best.keras")


@pytest.mark.parametrize("to", ["file/best.keras", "file/sub/best.keras"])
def test_where_nothing_can_be_written(to, finished_run, tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(InputError, match=r"cannot be written \(.*Expected a folder"):
        deliver(finished_run, Selection(), tmp_path / to)


def test_no_run(tmp_path):
    with pytest.raises(InputError, match="is not a run folder"):
        RunFolder.existing(tmp_path)
