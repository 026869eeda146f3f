import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from fmsearch.datasets import open_shared, share
from fmsearch.datasets.base import Source
from fmsearch.datasets.splits import divide
from fmsearch.errors import FmsearchError


@pytest.fixture
def dataset():
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (60, 4, 4, 1), np.uint8)
    return divide(Source(x, np.arange(60, dtype=np.int32) % 3, ("a", "b", "다")), validation=0.1, test=0.2)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FMSEARCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def assert_equal(shared, dataset):
    assert shared.fingerprint == dataset.fingerprint
    assert shared.class_names == dataset.class_names
    for name, array in dataset.arrays.items():
        np.testing.assert_array_equal(shared.arrays[name], array)
        assert shared.arrays[name].dtype == array.dtype


def test_what_is_shared_comes_back_mapped_and_read_only(cache, dataset):
    path = share(dataset)
    shared = open_shared(path)
    assert path.is_relative_to(cache)
    assert_equal(shared, dataset)
    assert all(isinstance(array, np.memmap) and not array.flags.writeable for array in shared.arrays.values())


def test_arrays_are_written_once(cache, dataset):
    path = share(dataset)
    before = {file: file.stat().st_ino for file in cache.rglob("*.npy")}
    assert share(dataset) == path
    assert {file: file.stat().st_ino for file in cache.rglob("*.npy")} == before
    assert len(before) == 6


def test_two_sets_of_names_share_the_arrays(cache, dataset):
    paths = [share(dataset), share(replace(dataset, class_names=("x", "y", "z")))]
    assert [open_shared(path).class_names for path in paths] == [("a", "b", "다"), ("x", "y", "z")]
    assert len(list(cache.rglob("x_train.npy"))) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.unlink(),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:-1]),
        lambda file: file.write_bytes(file.read_bytes()[:-8] + bytes(8)),
    ],
    ids=["missing", "empty", "short", "zeros"],
)
def test_a_torn_copy_is_written_again(cache, dataset, damage):
    path = share(dataset)
    damage(path.with_name("y_train.npy"))
    assert share(dataset) == path
    assert_equal(open_shared(path), dataset)
    assert cache.is_dir()


def test_a_torn_list_of_names_is_written_again(cache, dataset):
    path = share(dataset)
    path.write_text("{")
    assert share(dataset).is_relative_to(cache)
    assert_equal(open_shared(path), dataset)


def test_an_interrupted_write_leaves_nothing(cache, dataset, monkeypatch):
    def interrupt(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            share(dataset)
    assert [file for file in cache.rglob("*") if file.is_file()] == []
    assert_equal(open_shared(share(dataset)), dataset)


def test_many_writers_at_once(cache, dataset):
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda _: share(dataset), range(16)))
    assert len(paths) == 1
    assert_equal(open_shared(paths.pop()), dataset)
    assert len([file for file in cache.rglob("*") if file.is_file()]) == 7


def test_processes_at_once(cache):
    program = """
from pathlib import Path
from fmsearch.datasets import Data, load, open_shared, share
path = share(load(Data(), Path()))
print(path, open_shared(path).x_train.sum())
"""
    command = [sys.executable, "-c", program]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert answers[0] == answers[1]
    assert str(cache) in answers[0]


def test_a_folder_that_cannot_be_written_is_replaced_by_a_temporary_one(tmp_path, dataset, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FMSEARCH_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = share(dataset)
    assert path.is_relative_to(tmp_path)
    assert_equal(open_shared(path), dataset)


def test_nowhere_to_write(tmp_path, dataset, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FMSEARCH_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    with pytest.raises(FmsearchError, match="Set FMSEARCH_CACHE to a folder with 1,200 bytes to spare"):
        share(dataset)


def test_the_cache_folder_of_the_user(tmp_path, dataset, monkeypatch):
    monkeypatch.delenv("FMSEARCH_CACHE", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    assert share(dataset).is_relative_to(tmp_path / "fmsearch")


def test_a_copy_that_is_gone(cache, dataset):
    path = share(dataset)
    assert cache.is_dir()
    path.with_name("x_train.npy").unlink()
    with pytest.raises(FmsearchError, match=r"cannot be read: .* Run the command again"):
        open_shared(path)
    path.write_text("[]")
    with pytest.raises(FmsearchError, match="cannot be read"):
        open_shared(path)
