"""What a format of exported models is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from fmsearch.datasets.spec import Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels: TypeAlias = NDArray[np.uint8]
    Probabilities: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Classifier:
    """A model that was loaded, from whatever format.

    Attributes:
        shape: (height, width, channels) of the images it takes.
        classes: how many it tells apart.
        predict: from raw pixels (n, height, width, channels) to probabilities (n, classes).
    """

    shape: Shape
    classes: int
    predict: Callable[[Pixels], Probabilities]


@dataclass(frozen=True)
class Format:
    """One way to write a model to a file.

    Attributes:
        suffix: what such a file's name ends in.
        name: what it is called.
        write: from a model that a run kept to an export, both given by path.
        load: reads an export; raises InputError if it is none.
        tolerance: the most by which a probability may differ from the kept model's.
        snippet: Python code that classifies `image.png`, given the export's name, its images and its classes. It needs
            no fmsearch.
    """

    suffix: str
    name: str
    write: Callable[[Path, Path], None]
    load: Callable[[Path], Classifier]
    tolerance: float
    snippet: Callable[[str, Shape, Sequence[str]], str]
