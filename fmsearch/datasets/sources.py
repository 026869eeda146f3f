"""From a `Data` section to what it names: a quick look, or the whole of it."""

from __future__ import annotations

from pathlib import Path

from fmsearch.datasets.base import Dataset, Description, Source
from fmsearch.datasets.catalogue import CATALOGUE
from fmsearch.datasets.spec import DEFAULT, Data


def describe(data: Data, base_folder: Path) -> Description:
    """Shape and class names, without reading an image.

    Args:
        data: which data set.
        base_folder: the study file's folder, where relative paths start.

    Raises:
        InputError: the data is not there, or cannot be what it should.
    """
    data = data.resolve(base_folder)
    if data.npz is not None:
        from fmsearch.datasets import npz

        return npz.describe_npz(Path(data.npz))
    if data.folder is not None:
        from fmsearch.datasets import folder

        return Description(data.folder_shape, tuple(folder.class_folders(Path(data.folder))))
    entry = CATALOGUE[data.dataset or DEFAULT]
    return Description(entry.shape, entry.class_names[data.labels])


def load(data: Data, base_folder: Path) -> Dataset:
    """Every image and label, checked and divided; the same every time.

    Args:
        data: which data set, and how to divide it.
        base_folder: the study file's folder, where relative paths start.

    Raises:
        InputError: the data is not there, is broken, or is too little to divide.
    """
    from fmsearch.datasets.splits import divide

    return divide(_read(data.resolve(base_folder)), validation=data.validation, test=data.test)


def _read(data: Data) -> Source:
    if data.npz is not None:
        from fmsearch.datasets import npz

        return npz.read_npz(Path(data.npz))
    if data.folder is not None:
        from fmsearch.datasets import folder

        return folder.read_folder(Path(data.folder), data.folder_shape)
    from fmsearch.datasets import known

    return known.read_known(data.dataset or DEFAULT, data.labels)
