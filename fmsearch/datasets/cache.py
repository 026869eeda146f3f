"""One copy of a data set for all processes: plain array files that each maps into its memory.

Files are whole or not there; their folder is named by the fingerprint of what they hold. So two processes that write
the same data set at once do no harm, each renaming equal files over the other's.
"""

from __future__ import annotations

import json
import logging
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fmsearch.cache_folder import VARIABLE, roots
from fmsearch.datasets.base import ARRAYS, Dataset
from fmsearch.errors import FmsearchError
from fmsearch.whole import write_text, write_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)


def share(dataset: Dataset) -> Path:
    """Writes a data set where other processes can map it, unless it is there already.

    The place is `$FMSEARCH_CACHE`, or the user's cache folder, or the folder for temporary files if that one cannot be
    written.

    Returns:
        What `open_shared` takes.

    Raises:
        FmsearchError: nothing can be written anywhere.
    """
    failures = []
    for root in roots():
        try:
            return _write(root, dataset)
        except OSError as error:
            failures.append(f"{root}: {error.strerror or error}")
            logger.warning("The cache folder %s cannot be used: %s.", root, error.strerror or error)
    fix = f"Set {VARIABLE} to a folder with {sum(array.nbytes for array in dataset.arrays.values()):,} bytes to spare."
    raise FmsearchError(f"The data set cannot be written for worker processes ({'; '.join(failures)}).", fix)


def open_shared(path: Path) -> Dataset:
    """The data set that `share` wrote, its arrays mapped from the files: read-only, and in memory once.

    Args:
        path: what `share` returned.

    Raises:
        FmsearchError: it is not there any more, or not whole.
    """
    try:
        contents = json.loads(path.read_text(encoding="utf-8"))
        arrays = _map(path.parent)
        return Dataset(**arrays, class_names=tuple(contents["class_names"]), fingerprint=contents["fingerprint"])
    except (OSError, ValueError, EOFError, KeyError, TypeError) as error:
        raise FmsearchError(f"The shared data set {path} cannot be read: {error}.", "Run the command again.") from error


def _write(root: Path, dataset: Dataset) -> Path:
    """Every file that is not there yet; what the classes are called stands beside the arrays, once a set of names."""
    import numpy as np

    folder = root / "datasets" / dataset.fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    if not _holds(folder, dataset):
        for name, array in dataset.arrays.items():
            write_whole(folder / f"{name}.npy", partial(np.save, arr=array, allow_pickle=False))
    contents = {"fingerprint": dataset.fingerprint, "class_names": dataset.class_names}
    text = json.dumps(contents, ensure_ascii=False)
    path = folder / f"{sha256(text.encode()).hexdigest()}.json"
    write_text(path, text)
    return path


def _holds(folder: Path, dataset: Dataset) -> bool:
    """Whether a folder holds just these arrays; read in full, for what a crash left may be of the right length."""
    from fmsearch.datasets.splits import fingerprint

    try:
        return fingerprint(_map(folder).values(), len(dataset.class_names)) == dataset.fingerprint
    except (OSError, ValueError, EOFError):
        return False


def _map(folder: Path) -> dict[str, NDArray[Any]]:
    import numpy as np

    return {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
