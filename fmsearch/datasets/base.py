"""What a data set is once it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fmsearch.datasets.spec import Shape
from searchspace import Input

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Images: TypeAlias = NDArray[np.uint8]
    Labels: TypeAlias = NDArray[np.int32]

MAX_BYTES = 8 * 2**30
"""The most that the arrays of one data set may take, in bytes."""
ARRAYS = ("x_train", "y_train", "x_validation", "y_validation", "x_test", "y_test")
"""The fields of a `Dataset` that are arrays."""


@dataclass(frozen=True)
class Description:
    """What can be said of a data set without reading its images.

    Args:
        shape: (height, width, channels) of every image.
        class_names: the names of the classes, in the order of their labels.
    """

    shape: Shape
    class_names: tuple[str, ...]

    @property
    def input(self) -> Input:
        """The images and classes that networks must be made for."""
        height, width, channels = self.shape
        return Input(height=height, width=width, channels=channels, classes=len(self.class_names))


@dataclass(frozen=True, eq=False)
class Source:
    """A data set as its source gives it: checked, but not yet divided.

    Args:
        x: uint8 images (N, H, W, C), 0 to 255.
        y: int32 labels (N), 0 to the number of classes less one, every class there.
        class_names: the names of the classes, in the order of their labels.
        test: images and labels of a test set of the source's own.
    """

    x: Images
    y: Labels
    class_names: tuple[str, ...]
    test: tuple[Images, Labels] | None = None


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels, divided into training, validation and test set.

    Args:
        x_train: uint8 images (N, H, W, C), 0 to 255; so are the other two.
        y_train: int32 labels (N), 0 to the number of classes less one; so are the other two.
        x_validation: what candidates are compared on.
        y_validation: its labels.
        x_test: what only the final models see.
        y_test: its labels.
        class_names: the names of the classes, in the order of their labels.
        fingerprint: SHA-256, in hexadecimal, of all that an evaluation depends on: everything but the names.
    """

    x_train: Images
    y_train: Labels
    x_validation: Images
    y_validation: Labels
    x_test: Images
    y_test: Labels
    class_names: tuple[str, ...]
    fingerprint: str

    @property
    def shape(self) -> Shape:
        """(height, width, channels) of every image."""
        _, height, width, channels = self.x_train.shape
        return height, width, channels

    @property
    def description(self) -> Description:
        """What `describe` says of the same data."""
        return Description(self.shape, self.class_names)

    @property
    def arrays(self) -> dict[str, Images | Labels]:
        """The six arrays by name, in a fixed order."""
        return {name: getattr(self, name) for name in ARRAYS}
