import io
import re
import zipfile

import numpy as np
import pytest

from fmsearch.datasets import Data, Description, describe, load
from fmsearch.errors import InputError


def data_of(path):
    return Data(npz=path.name)


def refusal(path, read=load):
    with pytest.raises(InputError) as caught:
        read(data_of(path), path.parent)
    return str(caught.value)


def test_images_and_labels_come_back(npz, arrays):
    path = npz(**arrays)
    dataset = load(data_of(path), path.parent)
    assert dataset.description == describe(data_of(path), path.parent) == Description((6, 5, 1), ("0", "1"))
    assert [len(dataset.x_train), len(dataset.x_validation), len(dataset.x_test)] == [29, 3, 8]
    together = np.concatenate([dataset.x_train, dataset.x_validation, dataset.x_test])
    assert sorted(image.tobytes() for image in together) == sorted(image.tobytes() for image in arrays["x"])
    assert {array.dtype for name, array in dataset.arrays.items() if name[0] == "y"} == {np.dtype("int32")}


def test_a_test_set_of_its_own_is_kept(npz, arrays):
    path = npz(**arrays, x_test=arrays["x"][:3], y_test=arrays["y"][:3], class_names=["cat", "dog"])
    dataset = load(data_of(path), path.parent)
    assert dataset.description == describe(data_of(path), path.parent) == Description((6, 5, 1), ("cat", "dog"))
    assert len(dataset.x_train) == 36
    np.testing.assert_array_equal(dataset.x_test[..., 0], arrays["x"][:3])
    np.testing.assert_array_equal(dataset.y_test, arrays["y"][:3])


def test_colour_and_labels_in_a_column(npz, arrays):
    path = npz(x=np.stack([arrays["x"]] * 3, axis=-1), y=arrays["y"][:, None].astype(np.uint8))
    dataset = load(data_of(path), path.parent)
    assert dataset.shape == describe(data_of(path), path.parent).shape == (6, 5, 3)


@pytest.mark.parametrize(
    "convert",
    [
        lambda x: (x / 255).astype(np.float32),
        lambda x: x.astype(np.float64),
        lambda x: x.astype(np.int16),
        lambda x: x.astype(">u2"),
    ],
    ids=["to one", "to 255", "integers", "big-endian"],
)
def test_the_same_pixels_in_another_type_are_the_same_data(npz, arrays, convert):
    path = npz(**arrays)
    expected = load(data_of(path), path.parent).fingerprint
    npz(x=convert(arrays["x"]), y=arrays["y"])
    assert load(data_of(path), path.parent).fingerprint == expected


def test_booleans_are_black_and_white(npz, arrays):
    path = npz(x=arrays["x"] > 127, y=arrays["y"])
    assert set(np.unique(load(data_of(path), path.parent).x_train)) == {0, 255}


@pytest.mark.parametrize("read", [describe, load])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": None}, "has no array 'x'. It holds y; expected x and y."),
        ({"y": None}, "has no array 'y'. It holds x; expected x and y."),
        ({"x_test": np.zeros((2, 6, 5), np.uint8)}, "has no array 'y_test'"),
        ({"x": np.zeros((40, 30), np.uint8)}, "has shape (40, 30). Expected images (N, H, W)"),
        ({"x": np.zeros((40, 0, 5), np.uint8)}, "has shape (40, 0, 5), which is empty"),
        ({"x": np.zeros((40, 3, 9, 9), np.uint8)}, "so 9 channels. Expected images"),
        ({"x": np.full((40, 6, 5), "a")}, "holds <U1, not numbers. Expected uint8 pixels"),
        ({"x": np.zeros((40, 6, 5), np.complex64)}, "holds complex64, not numbers"),
        ({"y": np.arange(39) % 2}, "has 39 labels for 40 images. Expected one label per image."),
        ({"y": np.arange(40) % 2.0}, "have type float64. Expected whole numbers"),
        ({"y": np.array(["a", "b"] * 20)}, "save them with np.unique(y, return_inverse=True)[1]."),
        ({"y": np.eye(2, dtype=int)[np.arange(40) % 2]}, "have shape (40, 2). Expected one label per image"),
        ({"y": np.zeros(40, int)}, "has only one class, '0'. Expected at least two"),
        ({"y": np.r_[np.arange(39) % 2, -1]}, "[39] is -1. Expected labels from 0"),
        ({"y": np.r_[np.arange(39) % 2, 10**9]}, "[39] is 1000000000. Expected labels from 0"),
        ({"class_names": np.array([1, 2])}, "has type int64 and shape (2,). Expected one text per class"),
        ({"class_names": np.array(["a", "a"])}, "has 'a' 2 times"),
        ({"class_names": np.array([], dtype=str)}, "has no class"),
        ({"class_names": np.arange(41).astype(str)}, "has 41 names for 40 images"),
        ({"x_test": np.zeros((2, 5, 5), np.uint8), "y_test": np.zeros(2, int)}, "x has images (6, 5, 1) and x_test"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(npz, arrays, change, message, read):
    contents = {name: array for name, array in {**arrays, **change}.items() if array is not None}
    assert message in refusal(npz(**contents), read)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"class_names": ["a", "b"], "y": np.r_[np.arange(39) % 2, 2]}, "[39] is 2. Expected labels from 0 to 1."),
        ({"class_names": ["a", "b", "c"]}, "has no image of class 2 ('c'). Expected every label from 0 to 2"),
        ({"y": np.arange(40) % 2 * 2}, "has no image of class 1 ('1')"),
        ({"y": np.r_[np.zeros(38, int), 1, 1]}, "Class '1' has 2 image(s). Expected at least 3"),
        (
            {"x_test": np.zeros((2, 6, 5), np.uint8), "y_test": np.array([0, 2])},
            "[1] is 2. Expected labels from 0 to 1",
        ),
        ({"x": np.full((40, 6, 5), 256)}, "has pixels from 256 to 256. Expected 0 to 255"),
        ({"x": np.linspace(-1, 1, 1200).reshape(40, 6, 5)}, "has pixels from -1 to 1. Expected 0 to 255"),
        ({"x_test": np.full((2, 6, 5), 300.0), "y_test": np.array([0, 1])}, "x_test in"),
    ],
)
def test_contents_that_make_no_sense_are_refused(npz, arrays, change, message):
    assert message in refusal(npz(**{**arrays, **change}))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_the_first_image_that_is_not_finite_is_named(npz, arrays, value):
    x = arrays["x"] / 255
    x[[7, 9], 2, 2] = value
    assert "[7] has a pixel that is NaN or infinite" in refusal(npz(x=x, y=arrays["y"]))


def test_training_and_test_pixels_must_be_in_one_range(npz, arrays):
    x_test = arrays["x"][:2].astype(float)
    message = refusal(npz(x=arrays["x"] / 255, y=arrays["y"], x_test=x_test, y_test=arrays["y"][:2]))
    assert "x_test" in message
    assert "alike in x and x_test" in message


@pytest.mark.parametrize(
    ("in_x", "in_test"),
    [
        (lambda x: x, lambda x: x / 255),
        (lambda x: x, lambda x: x > 100),
        (lambda x: x > 100, lambda x: (x > 100).astype(np.uint8)),
    ],
    ids=["floats to 1", "booleans", "bytes to 1"],
)
def test_test_images_that_would_be_black_are_refused(npz, arrays, in_x, in_test):
    x, y = arrays["x"], arrays["y"]
    message = refusal(npz(x=in_x(x), y=y, x_test=in_test(x[:2]), y_test=y[:2]))
    assert re.search(
        r"x_test in .* pixels up to 1, but (in x white is 255|x has another type, in which white is 1)\b", message
    )
    assert "alike in x and x_test" in message


def test_bytes_may_test_what_floats_have_taught(npz, arrays):
    path = npz(x=arrays["x"] / 255, y=arrays["y"], x_test=arrays["x"][:3], y_test=arrays["y"][:3])
    np.testing.assert_array_equal(load(data_of(path), path.parent).x_test[..., 0], arrays["x"][:3])


@pytest.mark.parametrize("read", [describe, load])
def test_a_missing_archive(tmp_path, read):
    assert "There is no file" in refusal(tmp_path / "none.npz", read)


@pytest.mark.parametrize("read", [describe, load])
def test_pickles_are_never_read(tmp_path, arrays, read):
    path = tmp_path / "data.npz"
    np.savez(path, x=arrays["x"], y=arrays["y"].astype(object))
    assert "y in" in refusal(path, read)
    assert "holds pickled objects. Expected plain numbers" in refusal(path, read)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 torn"])
def test_a_file_that_is_no_archive(tmp_path, content):
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    assert "cannot be read as a NumPy archive" in refusal(path)


def test_a_damaged_archive(npz, arrays):
    path = npz(**arrays)
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(content)
    assert "cannot be read as a NumPy archive" in refusal(path)


def test_a_damaged_header(tmp_path):
    x = np.lib.format.magic(1, 0) + (118).to_bytes(2, "little") + b"{'descr': '|u1', 'shape': (".ljust(118) + bytes(99)
    with zipfile.ZipFile(tmp_path / "damaged.npz", "w") as archive:
        archive.writestr("x.npy", x)
        archive.writestr("y.npy", npy((4,), bytes(4)))
    assert "cannot be read as a NumPy archive" in refusal(tmp_path / "damaged.npz")


def npy(shape, content):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"shape": shape, "fortran_order": False, "descr": "|u1"})
    return file.getvalue() + content


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((40, 6, 6), "x.npy is not as long as it says"),
        ((10**6, 1000, 1000), "x.npy is not as long as it says"),
        ((-40, 6, 5), "x.npy is not as long as it says"),
    ],
)
def test_sizes_are_checked_before_anything_is_decoded(tmp_path, shape, message):
    path = tmp_path / "data.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", npy(shape, bytes(40 * 6 * 5)))
        archive.writestr("y.npy", npy((40,), bytes(40)))
    assert message in refusal(path, describe)


def test_an_archive_that_would_fill_the_memory(npz, arrays, monkeypatch):
    monkeypatch.setattr("fmsearch.datasets.archive.MAX_BYTES", 1000)
    message = refusal(npz(**arrays), describe)
    assert "GiB. Expected at most" in message
