"""Which model of a run: by its id, or by what it must be able to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from fmsearch import pareto
from fmsearch.errors import InputError
from fmsearch.pareto import Point
from fmsearch.reports.rows import Row, find
from fmsearch.run_folder import RunFolder


@dataclass(frozen=True)
class Selection:
    """What is asked for; if nothing, the most accurate model on the front.

    Attributes:
        id: the first digits of a model's id.
        knee: the one after which more size stops paying.
        max_parameters: the most accurate with at most so many.
    """

    id: str | None = None
    knee: bool = False
    max_parameters: int | None = None


def choose(table: Sequence[Row], selection: Selection, seeds: int) -> Row:
    """The row that a selection means.

    Args:
        table: all rows of the run.
        selection: what is asked for.
        seeds: how often the study trains each model of the front in the end.

    Raises:
        InputError: there is none, it has no weights, or the run has not come to its end.
    """
    if selection.id is not None:
        return _with_weights(find(table, selection.id), table)
    members = _front(table)
    _require_end(table, seeds)
    if selection.max_parameters is not None:
        members = _within(members, selection.max_parameters)
    if selection.knee:
        return members[pareto.knee([_point(row) for row in members])]
    return max(members, key=lambda row: row.accuracy or 0.0)


def kept_model(folder: RunFolder, row: Row, table: Sequence[Row]) -> Path:
    """The file in which the run kept the weights of a row.

    Raises:
        InputError: it kept none.
    """
    path = folder.model(row.key)
    if path.is_file():
        return path
    if not row.on_front:
        raise _off_front(row, table)
    what = f"{row.id} is on the front, but its weights are not in {path.parent} any more."
    raise InputError(what, f"`fmsearch run {quote(str(folder.study))}` trains it again.")


def unfinished(table: Sequence[Row], seeds: int) -> list[Row]:
    """The models that the final stage has still to train."""
    finals = [(row, sum(used.evaluation.purpose == "final" for used in row.uses)) for row in table if row.elected]
    return [row for row, trained in finals if trained < seeds]


def _front(table: Sequence[Row]) -> list[Row]:
    """Its trained members, smallest first."""
    members = [row for row in table if row.on_front and row.key]
    if not members:
        raise InputError("No model of this run is trained to the end.", _go_on())
    return members


def _require_end(table: Sequence[Row], seeds: int) -> None:
    if left := unfinished(table, seeds):
        what = f"The run has yet to train {' and '.join(row.id for row in left)}, so its front is not known."
        raise InputError(what, f"{_go_on()} Or give the id of a model that is done.")


def _go_on() -> str:
    return "`fmsearch run` on its study.yaml finishes it."


def _with_weights(row: Row, table: Sequence[Row]) -> Row:
    if row.key:
        return row
    _front(table)
    raise _off_front(row, table)


def _off_front(row: Row, table: Sequence[Row]) -> InputError:
    there = ", ".join(
        f"{other.id} ({other.parameters:,} parameters)" for other in table if other.on_front and other.key
    )
    fix = f"Export one of these: {there}; or run a study whose space holds this model alone."
    return InputError(f"{row.id} has no weights: only the front keeps them.", fix)


def _within(members: Sequence[Row], most: int) -> list[Row]:
    fitting = [row for row in members if row.parameters <= most]
    if not fitting:
        smallest = min(members, key=lambda row: row.parameters)
        what = f"No model on the front has at most {most:,} parameters."
        raise InputError(what, f"The smallest is {smallest.id} with {smallest.parameters:,}.")
    return fitting


def _point(row: Row) -> Point:
    return Point(row.size, row.accuracy or 0.0)
