import gzip
import io
import json
import os
import socket
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import numpy as np
import pytest

from fmsearch.datasets import Data, describe, load
from fmsearch.errors import InputError

FASHION = Data(dataset="fashion_mnist", validation=0.25)
CIFAR = Data(dataset="cifar10", validation=0.2)


def refusal(data):
    with pytest.raises(InputError) as caught:
        load(data, Path())
    return str(caught.value)


def test_digits():
    dataset = load(Data(), Path())
    assert dataset.description == describe(Data(), Path())
    assert [len(dataset.x_train), len(dataset.x_validation), len(dataset.x_test)] == [1294, 144, 359]
    assert [dataset.x_train.min(), dataset.x_train.max(), len(np.unique(dataset.x_train))] == [0, 255, 17]


def test_fashion_mnist_from_the_files_of_keras(keras_home):
    dataset = load(FASHION, Path())
    assert keras_home.is_dir()
    assert dataset.description == describe(FASHION, Path())
    assert [dataset.x_train.shape, dataset.x_test.shape] == [(30, 28, 28, 1), (20, 28, 28, 1)]
    assert dataset.class_names[9] == "Ankle boot"


def test_korean_names_are_the_same_data(keras_home):
    korean = Data(dataset="fashion_mnist", validation=0.25, labels="ko")
    assert keras_home.is_dir()
    assert load(korean, Path()).class_names[9] == describe(korean, Path()).class_names[9] == "앵클 부츠"
    assert load(korean, Path()).fingerprint == load(FASHION, Path()).fingerprint


def test_keras_reads_the_same_without_a_word(keras_home):
    program = """
import json
from fmsearch.datasets.known import _fetch
from fmsearch.datasets.catalogue import CATALOGUE
import keras
_fetch("fashion_mnist", CATALOGUE["fashion_mnist"], [])
print(json.dumps([[array.tolist() for array in part] for part in keras.datasets.fashion_mnist.load_data()]))
"""
    environment = {**os.environ, "KERAS_HOME": str(keras_home), "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    train, test = (tuple(map(np.array, part)) for part in json.loads(done.stdout))
    dataset = load(FASHION, Path())
    np.testing.assert_array_equal(dataset.x_test[..., 0], test[0])
    np.testing.assert_array_equal(dataset.y_test, test[1])
    read = np.concatenate([dataset.x_train, dataset.x_validation])[..., 0]
    assert sorted(image.tobytes() for image in read) == sorted(x.astype(np.uint8).tobytes() for x in train[0])


def test_mnist_from_the_file_of_keras(keras_home, tmp_path):
    data = Data(dataset="mnist", validation=0.25)
    x, y = np.ones((40, 28, 28), np.uint8), np.arange(40, dtype=np.uint8) % 10
    np.savez(keras_home / "datasets" / "mnist.npz", x_train=x, y_train=y, x_test=x[:5], y_test=y[:5])
    assert load(data, tmp_path).description == describe(data, tmp_path)


def test_a_file_of_mnist_that_is_cut_short_is_to_be_deleted(keras_home):
    path = keras_home / "datasets" / "mnist.npz"
    x, y = np.ones((40, 28, 28), np.uint8), np.arange(40, dtype=np.uint8) % 10
    np.savez(path, x_train=x, y_train=y, x_test=x[:5], y_test=y[:5])
    path.write_bytes(path.read_bytes()[:1_000])

    message = refusal(Data(dataset="mnist", validation=0.25))
    assert "mnist is damaged" in message
    assert "Delete its files in" in message


def test_files_that_keras_puts_elsewhere_are_told(keras_home, monkeypatch):
    """As it does if it may not write where it looks."""
    (keras_home / "datasets" / "fashion-mnist" / "t10k-images-idx3-ubyte.gz").unlink()
    monkeypatch.setattr("fmsearch.datasets.known._require_network", lambda *_: None)
    monkeypatch.setattr("fmsearch.datasets.known._fetch", lambda *_: None)

    assert "fashion-mnist. Put t10k-images-idx3-ubyte.gz into" in refusal(FASHION)


def test_files_that_are_missing_are_named(keras_home):
    folder = keras_home / "datasets" / "fashion-mnist"
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    message = refusal(FASHION)
    assert message.startswith("fashion_mnist is not on this machine and cannot be downloaded: ")
    assert message.endswith(f"Put t10k-images-idx3-ubyte.gz into {folder}, or connect to the network and run again.")


def test_a_missing_archive_of_cifar(keras_home):
    target = keras_home / "datasets" / "cifar-10-binary.tar.gz"
    assert f"Save https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz as {target}" in refusal(CIFAR)


def cifar_archive(path, *, left_out=None, cut=0):
    """An archive as that of CIFAR-10, of ten images a batch: reds rise from the left, greens are the label."""
    records = np.zeros((10, 3073), np.uint8)
    records[:, 0] = np.arange(10)
    planes = records[:, 1:].reshape(10, 3, 32, 32)
    planes[:, 0] = np.arange(32)
    planes[:, 1] = records[:, 0, None, None]
    content = records.tobytes()[: 30_730 - cut]
    with tarfile.open(path, "w:gz") as archive:
        for name in [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]:
            if name != left_out:
                member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))


def test_cifar_from_its_binary_version(keras_home):
    cifar_archive(keras_home / "datasets" / "cifar-10-binary.tar.gz")
    dataset = load(CIFAR, Path())
    assert dataset.description == describe(CIFAR, Path())
    assert [dataset.x_train.shape, dataset.x_test.shape] == [(40, 32, 32, 3), (10, 32, 32, 3)]
    np.testing.assert_array_equal(dataset.x_test[3, 5, :, 0], np.arange(32))
    np.testing.assert_array_equal(dataset.x_test[:, 7, 7, 1], dataset.y_test)


@pytest.mark.parametrize("damage", [{"left_out": "test_batch.bin"}, {"cut": 1}])
def test_a_damaged_archive_of_cifar(keras_home, damage):
    cifar_archive(keras_home / "datasets" / "cifar-10-binary.tar.gz", **damage)
    assert "cifar10 is damaged: " in refusal(CIFAR)
    (keras_home / "datasets" / "cifar-10-binary.tar.gz").write_bytes(b"no archive")
    assert "cifar10 is damaged: " in refusal(CIFAR)


def test_what_is_missing_is_looked_for_at_home(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert f"Put mnist.npz into {tmp_path / '.keras' / 'datasets'}" in refusal(Data(dataset="mnist"))


def test_a_proxy_that_is_none_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))

    def answer():
        connection, _ = server.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"SSH-2.0-OpenSSH\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.getsockname()[1]}")
        answering = threading.Thread(target=answer, daemon=True)
        answering.start()
        assert "mnist is not on this machine and cannot be downloaded: SSH-2.0-OpenSSH. Put" in refusal(
            Data(dataset="mnist")
        )
        answering.join()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-20],
        lambda _: b"",
        lambda _: b"not compressed",
        lambda _: gzip.compress(b""),
        lambda _: gzip.compress(b"\0\0\x08\x03" + bytes(5)),
        lambda content: gzip.compress(gzip.decompress(content)[:-1]),
        lambda content: gzip.compress(b"\0\0\x0d" + gzip.decompress(content)[3:]),
        lambda _: gzip.compress(b"\0\0\x08\x02" + 8 * b"\xff"),
    ],
    ids=["cut", "empty", "text", "nothing", "header", "short", "floats", "huge"],
)
def test_damaged_files_are_named(keras_home, damage):
    path = keras_home / "datasets" / "fashion-mnist" / "train-images-idx3-ubyte.gz"
    path.write_bytes(damage(path.read_bytes()))
    message = refusal(FASHION)
    assert "is damaged" in message
    assert "Delete its files in" in message


def test_images_of_another_size_are_not_fashion_mnist(keras_home):
    folder = keras_home / "datasets" / "fashion-mnist"
    path = folder / "train-images-idx3-ubyte.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[8:16] = bytes([0, 0, 0, 14, 0, 0, 0, 56])
    path.write_bytes(gzip.compress(bytes(content)))
    assert "its images are (14, 56), not (28, 28)" in refusal(FASHION)
