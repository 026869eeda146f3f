"""The well-known data sets, read from scikit-learn or from the files that Keras keeps.

The files are read without Keras, which takes seconds to import, and which would unpickle CIFAR-10; what is missing is
fetched by it.
"""

from __future__ import annotations

import http.client
import logging
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fmsearch.cache_folder import keras_home
from fmsearch.datasets.archive import read_array, read_headers, require
from fmsearch.datasets.base import Source
from fmsearch.datasets.catalogue import CATALOGUE, Entry
from fmsearch.datasets.checks import as_images, as_labels, check_every_class
from fmsearch.datasets.formats import read_cifar, read_idx
from fmsearch.datasets.spec import Language, Name
from fmsearch.errors import InputError

if TYPE_CHECKING:
    from fmsearch.datasets.formats import Raw

PATIENCE = 5.0
"""How long to wait for a download's server to answer, in seconds."""

logger = logging.getLogger(__name__)


def read_known(name: Name, labels: Language) -> Source:
    """Every image and label of a well-known data set.

    Args:
        name: which.
        labels: the language of its class names.

    Raises:
        InputError: its files are neither there nor to be had, or are damaged.
    """
    entry = CATALOGUE[name]
    names = entry.class_names[labels]
    if name == "digits":
        return Source(*_digits(), names)
    (x, y), (x_test, y_test) = _raw(name, entry)
    if x.shape[1:3] != entry.shape[:2] or x_test.shape[1:] != x.shape[1:]:
        raise _damaged(name, f"its images are {x.shape[1:3]}, not {entry.shape[:2]}")
    train = as_images(x, name, 1), as_labels(y, len(x), f"y of {name}", len(names))
    check_every_class(train[1], names, name)
    test = as_images(x_test, name, 1), as_labels(y_test, len(x_test), f"y_test of {name}", len(names))
    return Source(*train, names, test)


def keras_folder() -> Path:
    """Where Keras keeps data sets: `datasets` in `$KERAS_HOME`, or in `~/.keras`."""
    return keras_home() / "datasets"


def _digits() -> Raw:
    """scikit-learn's 1797 handwritten digits, 8 x 8, their 17 greys spread over 0 to 255."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return np.rint(bunch.images * (255 / 16)).astype(np.uint8)[..., None], bunch.target.astype(np.int32)


def _raw(name: Name, entry: Entry) -> tuple[Raw, Raw]:
    files = [keras_folder() / file for file in entry.files]
    missing = [file for file in files if not file.is_file()]
    if missing:
        _require_network(name, entry, missing)
        _fetch(name, entry, missing)
        if not all(file.is_file() for file in missing):  # Keras writes elsewhere if it may not write there
            raise _unavailable(name, entry, missing, f"Keras could not write to {missing[0].parent}")
    try:
        return _read(name, files)
    except InputError as error:
        raise _damaged(name, error.what) from error
    except ValueError as error:
        raise _damaged(name, str(error)) from error


def _read(name: Name, files: list[Path]) -> tuple[Raw, Raw]:
    if name == "cifar10":
        return read_cifar(files[0])
    if name == "fashion_mnist":
        train_images, train_labels, test_images, test_labels = (read_idx(file) for file in files)
        return (train_images, train_labels), (test_images, test_labels)
    keys = ("x_train", "y_train", "x_test", "y_test")
    require(read_headers(files[0]), keys, files[0])
    x_train, y_train, x_test, y_test = (read_array(files[0], key) for key in keys)
    return (x_train, y_train), (x_test, y_test)


def _require_network(name: Name, entry: Entry, missing: list[Path]) -> None:
    """See that a download can be tried: asked here, because Keras would wait without end and fail with a traceback."""
    question = urllib.request.Request(entry.origin, method="HEAD")  # noqa: S310  # the catalogue holds https alone
    try:
        with urllib.request.urlopen(question, timeout=PATIENCE):  # noqa: S310  # as above
            pass
    except urllib.error.HTTPError:
        pass  # the server is there, and Keras asks for the file in another way
    except (OSError, http.client.HTTPException) as error:
        raise _unavailable(name, entry, missing, getattr(error, "reason", error)) from error
    logger.info("Downloading %s from %s", name, entry.origin)


def _fetch(name: Name, entry: Entry, missing: list[Path]) -> None:
    """Have Keras download what is missing, without its progress bars."""
    import keras

    talkative = keras.config.is_interactive_logging_enabled()
    keras.config.disable_interactive_logging()
    try:
        if entry.sha256:
            keras.utils.get_file(missing[0].name, entry.origin, file_hash=entry.sha256, cache_subdir="datasets")
        else:
            getattr(keras.datasets, name).load_data()
    except Exception as error:  # Keras reports a failed download as a bare Exception
        raise _unavailable(name, entry, missing, error) from error
    finally:
        if talkative:
            keras.config.enable_interactive_logging()


def _unavailable(name: Name, entry: Entry, missing: list[Path], why: object) -> InputError:
    files = " and ".join(file.name for file in missing)
    fix = f"Put {files} into {missing[0].parent}, or connect to the network and run again."
    if name == "cifar10":
        fix = f"Save {entry.origin} as {missing[0]}, or connect to the network and run again."
    told = " ".join(str(why).split()).rstrip(".")
    return InputError(f"{name} is not on this machine and cannot be downloaded: {told}.", fix)


def _damaged(what: str, why: str) -> InputError:
    return InputError(f"{what} is damaged: {why.rstrip('.')}.", f"Delete its files in {keras_folder()} and run again.")
