import gzip
import struct
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def arrays():
    """Forty 6 x 5 images in two classes."""
    generator = np.random.default_rng(0)
    return {"x": generator.integers(0, 256, (40, 6, 5), np.uint8), "y": np.arange(40) % 2}


@pytest.fixture
def npz(tmp_path):
    """Writes an archive and returns its path."""

    def write(**contents) -> Path:
        path = tmp_path / "data.npz"
        np.savez_compressed(path, **contents)
        return path

    return write


def write_idx(path: Path, array: np.ndarray) -> None:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes(), compresslevel=1))


@pytest.fixture
def keras_home(tmp_path, monkeypatch):
    """A folder as Keras keeps it, with forty training and twenty test images of Fashion-MNIST."""
    home = tmp_path / "keras"
    folder = home / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for part, count in (("train", 40), ("t10k", 20)):
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", generator.integers(0, 256, (count, 28, 28)))
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", np.arange(count) % 10)
    monkeypatch.setenv("KERAS_HOME", str(home))
    return home
