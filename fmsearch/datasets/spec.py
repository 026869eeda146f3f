"""The `data` section of a study file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from searchspace.domains import Schema

Name: TypeAlias = Literal["digits", "fashion_mnist", "mnist", "cifar10"]
Language: TypeAlias = Literal["en", "ko"]
Shape: TypeAlias = tuple[int, int, int]
"""Height, width and channels of an image."""

Share: TypeAlias = Annotated[float, Field(gt=0, lt=1)]
Location: TypeAlias = Annotated[str, Field(min_length=1)]
Side: TypeAlias = Annotated[int, Field(ge=1, le=4096)]

DEFAULT: Name = "digits"
SOURCES = ("dataset", "npz", "folder")
FOLDER_SIZE = (32, 32)
FOLDER_CHANNELS = 3


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


ImageSize: TypeAlias = Annotated[Side | tuple[Side, Side], BeforeValidator(_tuple)]


class Data(Schema):
    """The images to learn from: `dataset`, `npz` or `folder`, and how they are divided.

    Naming none of the three means the handwritten digits that come with scikit-learn.
    """

    dataset: Name | None = None
    """A well-known data set. `digits` comes with scikit-learn; the others are fetched through Keras, once."""
    npz: Location | None = None
    """A NumPy archive with `x` (N, H, W) or (N, H, W, C) and integer labels `y` (N), and optionally `x_test`, `y_test`
    and `class_names`. A relative path starts at the study file's folder."""
    folder: Location | None = None
    """A folder with one folder of images per class. A relative path starts at the study file's folder."""
    labels: Language = "en"
    """The language of the class names; `ko` for fashion_mnist only."""
    validation: Share = 0.1
    """The share of the training set held out for validation, the same in every class."""
    test: Share = 0.2
    """The share of all images held out for the test, the same in every class; a source with a test set of its own keeps
    that one."""
    image_size: ImageSize | None = None
    """What the images of a `folder` are resized to, in pixels: one number for a square, or `[height, width]`; 32 if
    absent."""
    channels: Literal[1, 3] | None = None
    """What the images of a `folder` are converted to: 1 for grey, 3 for colour; 3 if absent."""

    @model_validator(mode="before")
    @classmethod
    def _digits_unless_named(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and all(fields.get(source) is None for source in SOURCES):
            return {**fields, "dataset": DEFAULT}
        return fields

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        named = [source for source in SOURCES if getattr(self, source) is not None]
        if len(named) > 1:
            raise ValueError(f"{' and '.join(named)} are named; expected one of {', '.join(SOURCES)}")
        if self.labels == "ko" and self.dataset != "fashion_mnist":
            raise ValueError(f"labels: ko is for fashion_mnist only, not {self._source}; remove `labels`")
        for field in ("image_size", "channels"):
            if self.folder is None and getattr(self, field) is not None:
                raise ValueError(f"{field} is for a folder of images; {self._source} has its own, so remove `{field}`")
        return self

    @property
    def _source(self) -> str:
        return self.dataset or ("an npz archive" if self.npz else "a folder")

    @property
    def folder_shape(self) -> Shape:
        """(height, width, channels) of the images of a folder, once they are resized and converted."""
        size = self.image_size or FOLDER_SIZE
        height, width = size if isinstance(size, tuple) else (size, size)
        return height, width, self.channels or FOLDER_CHANNELS

    def resolve(self, base_folder: Path) -> Self:
        """The same with `npz` or `folder` as an absolute path, one for each file however it was written.

        Args:
            base_folder: the study file's folder, where relative paths start. `~` is the home folder.
        """
        written = {field: getattr(self, field) for field in ("npz", "folder")}
        return self.model_copy(
            update={
                field: str((base_folder / Path(path).expanduser()).resolve())
                for field, path in written.items()
                if path is not None
            }
        )
