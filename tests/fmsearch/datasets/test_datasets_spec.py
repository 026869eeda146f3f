import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from fmsearch.datasets import Data


def test_naming_nothing_means_digits():
    assert Data() == Data(dataset="digits") == Data.model_validate({"dataset": None})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dataset": "mnist", "npz": "a.npz"}, "dataset and npz are named; expected one of dataset, npz, folder"),
        ({"npz": "a.npz", "folder": "a"}, "npz and folder are named"),
        ({"dataset": "imagenet"}, "'digits', 'fashion_mnist', 'mnist' or 'cifar10'"),
        ({"npz": ""}, "at least 1 character"),
        ({"labels": "ko"}, "labels: ko is for fashion_mnist only, not digits"),
        ({"folder": "a", "labels": "ko"}, "labels: ko is for fashion_mnist only, not a folder"),
        ({"validation": 0.0}, "greater than 0"),
        ({"validation": 1}, "less than 1"),
        ({"test": float("nan")}, "less than 1"),
        ({"dataset": "mnist", "image_size": 14}, "image_size is for a folder of images; mnist has its own"),
        ({"npz": "a.npz", "channels": 3}, "channels is for a folder of images; an npz archive has its own"),
        ({"folder": "a", "image_size": 0}, "greater than or equal to 1"),
        ({"folder": "a", "image_size": [1, 2, 3]}, "at most 2 items"),
        ({"folder": "a", "channels": 4}, "1 or 3"),
        ({"folder": "a", "size": 4}, "Extra inputs"),
    ],
)
def test_impossible_sections_are_refused(fields, message):
    with pytest.raises(ValidationError) as caught:
        Data.model_validate(fields)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "shape"),
    [
        ({}, (32, 32, 3)),
        ({"image_size": 48, "channels": 1}, (48, 48, 1)),
        ({"image_size": [24, 48]}, (24, 48, 3)),
    ],
)
def test_the_shape_of_a_folder(fields, shape):
    assert Data.model_validate({"folder": "a", **fields}).folder_shape == shape


def test_a_section_survives_being_written_down():
    data = Data.model_validate({"folder": "a", "image_size": [24, 48], "validation": 0.25})
    assert Data.model_validate(data.model_dump(mode="json")) == data


def test_relative_paths_start_at_the_study_file(tmp_path):
    assert Data(npz="a/b.npz").resolve(tmp_path) == Data(npz=str(tmp_path / "a/b.npz"))
    assert Data(folder=str(tmp_path)).resolve(Path("elsewhere")) == Data(folder=str(tmp_path))
    assert Data(folder="~/a").resolve(tmp_path) == Data(folder=str(Path.home() / "a"))
    assert Data().resolve(tmp_path) == Data()
    assert Path(Data(npz="a.npz").resolve(Path()).npz or "").is_absolute()


def test_every_field_is_described():
    properties = Data.model_json_schema()["properties"]
    assert all(field["description"] for field in properties.values())


def test_describing_imports_no_array_library(tmp_path):
    (tmp_path / "cats").mkdir()
    (tmp_path / "dogs").mkdir()
    program = f"""
import sys
from pathlib import Path
from fmsearch.datasets import Data, describe
describe(Data(dataset="cifar10"), Path())
describe(Data(folder={str(tmp_path)!r}), Path())
print([name for name in ("PIL", "keras", "sklearn", "tensorflow") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_importing_the_section_imports_no_numpy():
    program = "import sys, fmsearch.datasets.spec; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
