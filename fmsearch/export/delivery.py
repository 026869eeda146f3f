"""From a run to an exported model: chosen, written, run again, described; under its name only when all is well."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from fmsearch.datasets import Dataset, load
from fmsearch.errors import InputError
from fmsearch.export import card
from fmsearch.export.choose import Selection, choose, kept_model
from fmsearch.export.formats import format_of
from fmsearch.export.subject import Subject
from fmsearch.export.verify import Claim, Verification, verify
from fmsearch.reports.rows import Row, rows
from fmsearch.run_folder import RunFolder
from fmsearch.store import Store, Used
from fmsearch.study import Study, load_study


@dataclass(frozen=True)
class Delivery:
    """A model that was handed over: the file, its card, which one it is, and what running it again showed."""

    model: Path
    card: Path
    row: Row
    verification: Verification


@dataclass(frozen=True)
class _Chosen:
    row: Row
    used: Used
    kept: Path
    study: Study
    class_names: tuple[str, ...]


def deliver(folder: RunFolder, selection: Selection, to: Path, *, force: bool = False) -> Delivery:
    """Export one model of a run.

    Args:
        folder: the run.
        selection: which model.
        to: the file; its suffix is the format. The card lies beside it, with the suffix `.md`.
        force: whether to write over files that are there.

    Raises:
        InputError: no such model or format, or a file is in the way.
        FmsearchError: the export does not do what the leaderboard says; nothing was written.
    """
    kind = format_of(to)
    page = to.with_suffix(".md")
    _require_room((to, page), force=force)
    chosen = _choose(folder, selection)
    data = _images(folder, chosen)
    claim = Claim(data.x_validation, data.y_validation, chosen.used.result.accuracy or 0.0)
    with _workshop(to) as workshop:
        draft = Path(workshop) / to.name
        kind.write(chosen.kept, draft)
        found = verify(draft, chosen.kept, claim, chosen.study.blocks)
        subject = Subject(
            path=draft,
            format=kind,
            row=chosen.row,
            used=chosen.used,
            study=chosen.study,
            class_names=chosen.class_names,
            verification=found,
        )
        written = draft.with_suffix(".md")
        written.write_text(card.render(subject), encoding="utf-8")
        for source, target in ((written, page), (draft, to)):
            source.replace(target)
    return Delivery(to, page, chosen.row, found)


def _require_room(targets: tuple[Path, ...], *, force: bool) -> None:
    for path in targets:
        if path.is_dir():
            raise InputError(f"{path} is a folder.", "Expected the name of a file to write.")
        if path.exists() and not force:
            raise InputError(f"{path} already exists.", "Name another file, or overwrite it with --force.")


def _choose(folder: RunFolder, selection: Selection) -> _Chosen:
    study = load_study(folder.study)
    with Store(folder.store, writable=False) as store:
        table = rows(store)
        class_names = store.class_names
    row = choose(table, selection, study.final.seeds)
    used = next(used for used in row.uses if used.key == row.key)
    return _Chosen(row, used, kept_model(folder, row, table), study, class_names)


def _images(folder: RunFolder, chosen: _Chosen) -> Dataset:
    """The images of the run, those and no others."""
    data = load(chosen.study.data, folder.path)
    if data.fingerprint != chosen.used.evaluation.dataset:
        raise InputError(
            f"The images that {folder.study} names have changed since the run, so the export cannot be verified.",
            "Put back the images that it was made with, or run the study again.",
        )
    return data


def _workshop(to: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder that goes away, beside the target, so that renaming into place cannot fail half way."""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=f".{to.stem}-", dir=to.parent, ignore_cleanup_errors=True)
    except OSError as error:
        fix = "Expected a folder to write in."
        raise InputError(f"{to.parent} cannot be written ({error.strerror}).", fix) from None
