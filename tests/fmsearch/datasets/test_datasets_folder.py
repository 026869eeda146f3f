import os
import re
import unicodedata

import numpy as np
import pytest
from PIL import Image

from fmsearch.datasets import Data, Description, describe, load
from fmsearch.errors import InputError


@pytest.fixture
def folder(tmp_path):
    """Ten images of two classes each, of many sizes: dogs bright, cats dark."""
    for name, grey in (("dogs", 200), ("cats", 50)):
        (tmp_path / name).mkdir()
        for index in range(10):
            Image.new("RGB", (10 + index, 20), (grey, grey, index)).save(tmp_path / name / f"{index}.png")
    return tmp_path


def data(**fields):
    return Data(folder=".", validation=0.2, **fields)


def refusal(folder, read=load):
    with pytest.raises(InputError) as caught:
        read(data(), folder)
    return str(caught.value)


def test_classes_are_sorted_and_images_resized(folder):
    dataset = load(data(image_size=(12, 8)), folder)
    expected = Description((12, 8, 3), ("cats", "dogs"))
    assert dataset.description == describe(data(image_size=(12, 8)), folder) == expected
    assert [len(dataset.y_train), len(dataset.y_validation), len(dataset.y_test)] == [13, 3, 4]
    np.testing.assert_array_equal(dataset.x_train[:, 0, 0, 0] > 100, dataset.y_train == 1)


def test_grey_and_the_usual_size(folder):
    assert load(data(channels=1), folder).shape == describe(data(channels=1), folder).shape == (32, 32, 1)


def test_hidden_files_and_litter_are_no_images(folder):
    expected = load(data(), folder).fingerprint
    (folder / ".git").mkdir()
    (folder / "readme.txt").write_text("about")
    (folder / "cats" / ".DS_Store").write_text("")
    (folder / "cats" / "Thumbs.db").write_text("")
    assert load(data(), folder).fingerprint == expected


def test_names_are_composed(folder):
    (folder / "cats").rename(folder / unicodedata.normalize("NFD", "고양이"))
    assert describe(data(), folder).class_names == ("dogs", "고양이")


@pytest.mark.parametrize("read", [describe, load])
def test_two_folders_of_one_name_are_not_one_class(folder, read):
    for form in ("NFC", "NFD"):
        (folder / unicodedata.normalize(form, "café")).mkdir()

    assert re.search(r"has two entries of one name, .* written in two ways\. Rename one", refusal(folder, read))


@pytest.mark.parametrize("read", [describe, load])
def test_a_missing_folder(tmp_path, read):
    message = refusal(tmp_path / "none", read)
    assert "cannot be read: No such file or directory. Expected one folder of images per class" in message


@pytest.mark.parametrize("read", [describe, load])
def test_a_folder_with_one_class(folder, read):
    (folder / "cats").rename(folder / ".cats")
    assert "has only one class, 'dogs'. Expected at least two" in refusal(folder, read)


@pytest.mark.parametrize("read", [describe, load])
def test_a_class_whose_name_is_no_unicode(folder, read):
    (folder / "dogs").rename(folder / os.fsdecode(b"caf\xe9"))
    assert "has a class 'caf\\udce9', whose name is not valid Unicode. Rename it." in refusal(folder, read)


@pytest.mark.parametrize("read", [describe, load])
def test_a_folder_without_classes(tmp_path, read):
    assert "has no class" in refusal(tmp_path, read)


def test_an_empty_class(folder):
    (folder / "emus").mkdir()
    message = refusal(folder)
    assert "emus is empty. Expected images in it" in message


def test_folders_in_class_folders(folder):
    (folder / "cats" / "black").mkdir()
    assert "black inside a class folder. Expected one folder of images per class" in refusal(folder)


def test_a_file_that_is_no_image_is_named(folder):
    (folder / "dogs" / "notes.txt").write_text("not an image")
    assert "notes.txt cannot be read as an image" in refusal(folder)


def test_a_class_with_too_few_images(folder):
    for index in range(8):
        (folder / "cats" / f"{index}.png").unlink()
    assert "Class 'cats' has 2 image(s). Expected at least 3, to hold out some for `test`" in refusal(folder)


def test_images_that_would_fill_the_memory(folder, monkeypatch):
    monkeypatch.setattr("fmsearch.datasets.folder.MAX_BYTES", 20 * 32 * 32 * 3 - 1)
    assert "The 20 images of" in refusal(folder)
