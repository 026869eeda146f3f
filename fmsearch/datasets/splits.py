"""Dividing a data set: stratified, and the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from fmsearch.datasets.base import Dataset, Source
from fmsearch.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fmsearch.datasets.base import Images, Labels

    Part: TypeAlias = tuple[Images, Labels]

SEED = 20_170_825
"""What divisions are drawn with: part of the data, not of a study, so that every study sees the same images."""


def divide(source: Source, *, validation: float, test: float) -> Dataset:
    """A data set with its validation set, and its test set if the source has none of its own.

    Args:
        source: checked images and labels.
        validation: the share of the training set that is held out, over 0 and under 1.
        test: the share of everything that is held out if there is no test set.

    Raises:
        InputError: a class has too few images to be in every part.
    """
    train: Part = (source.x, source.y)
    if source.test is None:
        train, tested = _hold_out(train, test, "test", source.class_names, least=3)
    else:
        tested = source.test
    train, validated = _hold_out(train, validation, "validation", source.class_names, least=2)
    parts = (*train, *validated, *tested)
    return Dataset(*parts, source.class_names, fingerprint(parts, len(source.class_names)))


def fingerprint(arrays: Iterable[NDArray[Any]], classes: int) -> str:
    """SHA-256, in hexadecimal, of the arrays of a data set in their order, and of the number of classes."""
    digest = hashlib.sha256(f"{classes} classes".encode())
    for array in arrays:
        digest.update(f"{array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _hold_out(part: Part, share: float, field: str, names: tuple[str, ...], *, least: int) -> tuple[Part, Part]:
    """What is kept and what is held out.

    Args:
        part: images and labels.
        share: how much to hold out.
        field: the key of the study file that says so.
        names: the classes.
        least: how many images a class must have.
    """
    from sklearn.model_selection import train_test_split

    x, y = part
    held_count = round(share * len(y))
    _check_counts(y, held_count, field, names, least)
    kept, held = train_test_split(np.arange(len(y)), test_size=held_count, random_state=SEED, stratify=y)
    for label in np.flatnonzero(np.bincount(y[kept], minlength=len(names)) == 0)[:1]:
        fix = f"Expected some to be left for training; lower `{field}` or add images."
        raise InputError(f"`{field}: {share:g}` holds out every image of class {names[label]!r}.", fix)
    return (x[kept], y[kept]), (x[held], y[held])


def _check_counts(y: Labels, held_count: int, field: str, names: tuple[str, ...], least: int) -> None:
    counts = np.bincount(y, minlength=len(names))
    for label in np.flatnonzero(counts < least)[:1]:
        fix = f"Expected at least {least}, to hold out some for `{field}`; add images, or remove the class."
        raise InputError(f"Class {names[label]!r} has {counts[label]} image(s).", fix)
    if min(held_count, len(y) - held_count) < len(names):
        fix = "Expected at least one image per class in each; add images, or change that share."
        what = f"`{field}` divides {len(y)} images into {len(y) - held_count} and {held_count}"
        raise InputError(f"{what}, for {len(names)} classes.", fix)
