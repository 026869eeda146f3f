"""A run folder in use: for one process alone, and for one study alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from fmsearch import dialect
from fmsearch.errors import InputError
from fmsearch.run_folder import RunFolder
from fmsearch.store import Store
from fmsearch.study import Study, load_study
from fmsearch.whole import write_text

HEADING = "# The study as it ran."


@contextmanager
def opened(folder: RunFolder, study: Study, *, fresh: bool) -> Iterator[Store]:
    """The folder's store, for this run alone.

    Raises:
        InputError: the folder holds another study, or one written by hand, is in use, or cannot be written.
    """
    _refuse_others(folder, study, fresh=fresh)
    with _writing(folder, "made"):
        folder.path.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        _refuse_others(folder, study, fresh=fresh)  # another run may have been here in the meantime
        with _writing(folder, "written"):
            if fresh:
                _move_aside(folder)
        with Store(folder.store) as store:
            yield store


def record(folder: RunFolder, study: Study) -> None:
    """Write down which study the folder holds, once it is sure that it runs.

    Raises:
        InputError: the folder cannot be written.
    """
    with _writing(folder, "written"):
        write_text(folder.study, _as_yaml(study))


@contextmanager
def _writing(folder: RunFolder, what: str) -> Iterator[None]:
    try:
        yield
    except Timeout:
        raise
    except OSError as error:
        fix = "Expected a folder to write in: name another with --out."
        raise InputError(f"{folder.path} cannot be {what} ({error.strerror}).", fix) from None


def _refuse_others(folder: RunFolder, study: Study, *, fresh: bool) -> None:
    _refuse_foreign(folder)
    if not fresh:
        _refuse_another_study(folder, study)


def _refuse_foreign(folder: RunFolder) -> None:
    """See that a run overwrites no study of a person's own, and moves none of theirs aside."""
    if folder.study.is_file() and not folder.study.read_bytes().startswith(HEADING.encode()):
        what = f"{folder.study} was written by hand, and a run keeps one of its own there."
        raise InputError(what, "Name another folder with --out.")


def _refuse_another_study(folder: RunFolder, study: Study) -> None:
    if not folder.study.is_file():
        return
    differing = _differences(load_study(folder.study).identity, study.identity)
    if differing:
        raise InputError(
            f"{folder.path} holds another study, which differs in {', '.join(differing)}.",
            "Name another folder with --out, or begin anew with --fresh, which moves the old one aside.",
        )


def _differences(a: dict[str, Any], b: dict[str, Any], scope: str = "") -> list[str]:
    """The dotted keys whose values differ."""
    found = []
    for key in {**a, **b}:
        left, right, name = a.get(key), b.get(key), f"{scope}{key}"
        if isinstance(left, dict) and isinstance(right, dict):
            found += _differences(left, right, f"{name}.")
        elif left != right:
            found.append(name)
    return found


@contextmanager
def _locked(folder: RunFolder) -> Iterator[None]:
    """The run folder, for this process alone."""
    lock = FileLock(folder.lock)
    owner = folder.lock.with_suffix(".owner")
    try:
        with _writing(folder, "written"):
            held = lock.acquire(timeout=0)
    except Timeout:
        fix = "Wait for it, or name another folder with --out."
        raise InputError(f"{folder.path} is in use by {_named(owner)}.", fix) from None
    with held:
        owner.write_text(f"process {os.getpid()}", encoding="utf-8")
        try:
            yield
        finally:
            owner.unlink(missing_ok=True)


def _named(owner: Path) -> str:
    """Whose a folder is, which may just be leaving it."""
    try:
        return owner.read_text(encoding="utf-8")
    except OSError:
        return "another process"


def _move_aside(folder: RunFolder) -> None:
    """Nothing that was computed is lost: an earlier run stays beside the new one."""
    if not folder.store.exists():
        return
    number = 1
    path = folder.path.absolute()
    while (target := path.with_name(f"{path.name}.old{number}")).exists():
        number += 1
    target.mkdir()
    for file in folder.files():
        file.rename(target / file.name)


def _as_yaml(study: Study) -> str:
    text = dialect.write(study.model_dump(mode="json", exclude_none=True))
    return f"{HEADING} `fmsearch run` on this file goes on with it.\n{text}"
