"""Results in SQLite, one row an evaluation, and the trail of the study that used them.

`evaluations` is the cache: what was once computed is found there by its key, by this study or another. `candidates`,
`uses` and `failures` are the trail: which candidates the study took, which evaluations of them it looked at, and which
had no result for a reason that lies outside of them, so that the next run tries again. The trail is written anew by
every run, as the study is folded over the cache; leaderboards and reports read it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError

from fmsearch import database, salvage
from fmsearch.datasets.base import Dataset
from fmsearch.environment import Environment
from fmsearch.errors import FmsearchError
from fmsearch.evaluation import Evaluation, Result
from fmsearch.study import Objectives, Study
from searchspace import Candidate

FINALISTS = "finalists"
FRESH = "`fmsearch run --fresh` starts a new one."
FREE = "Wait for the program that is using it, free disk space, or correct the file's permissions; then run again."
MEND = "`fmsearch run` on its study.yaml mends it: what can be read is kept, the rest is trained again."


@dataclass(frozen=True)
class Used:
    """One evaluation that the study used: of which candidate, and what it gave."""

    number: int
    key: str
    evaluation: Evaluation
    result: Result


class Store:
    """The store of one run. Only the coordinator writes.

    Args:
        path: the file, made if it is not there, and mended if it is damaged.
        writable: whether anything is to be stored; False reads a run that may be going on.

    Attributes:
        mended: what was done to a damaged file; empty if it was sound.

    Raises:
        FmsearchError: the file is no store, or one of another version.
    """

    def __init__(self, path: Path, *, writable: bool = True) -> None:
        self._path = path
        try:
            self.mended = database.mended(path) if writable else ""
            self._connection = (database.writer if writable else database.reader)(path)
            with database.closed_on_failure(self._connection):
                version = database.format_of(self._connection)
        except salvage.UNREADABLE as error:
            fix = _fix(path, error, writable=writable)
            raise FmsearchError(f"{path} cannot be read as a store: {error}.", fix) from None
        if version != database.FORMAT:
            self.close()
            what = f"is a store of format {version}, not {database.FORMAT}" if version else "is not a store"
            raise FmsearchError(f"{path} {what}.", FRESH)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def find(self, key: str) -> Result | None:
        """The result under a key, if it was ever computed."""
        with self._reading():
            row = self._connection.execute("SELECT result FROM evaluations WHERE key = ?", (key,)).fetchone()
            return Result.model_validate_json(row[0]) if row else None

    def add(self, evaluation: Evaluation, result: Result) -> None:
        """Keep a result: durable when this returns, whatever ends the process afterwards."""
        row = (evaluation.key, evaluation.model_dump_json(), result.model_dump_json())
        self._write("INSERT OR REPLACE INTO evaluations VALUES (NULL, ?, ?, ?, ?)", (*row, salvage.checksum(*row)))

    def environments(self) -> dict[Environment, int]:
        """Where the stored evaluations were made, and how many."""
        with self._reading():
            rows = self._connection.execute(
                "SELECT json_extract(evaluation, '$.environment') AS place, count(*) FROM evaluations GROUP BY place"
            )
            return {Environment.model_validate_json(place): count for place, count in rows}

    def sample(self, environment: Environment, count: int, dice: Random) -> list[tuple[Evaluation, Result]]:
        """Random evaluations that the study uses, made in an environment and still made the same way today.

        All of them, if there are at most `count`.
        """
        with self._reading():
            there = (
                "SELECT DISTINCT key FROM evaluations JOIN uses USING (key)"
                " WHERE json_extract(evaluation, '$.environment') = ? ORDER BY key"
            )
            keys = [key for (key,) in self._connection.execute(there, (environment.model_dump_json(),))]
            shuffled = ((key, self._kept(key)) for key in dice.sample(keys, len(keys)))
            return list(islice((kept for key, kept in shuffled if kept[0].key == key), count))

    def forget_trail(self) -> None:
        """Begin the trail anew; what was computed stays. At no moment is anything used of no candidate."""
        for table in ("uses", "failures", "candidates"):
            self._write(f"DELETE FROM {table}", ())  # noqa: S608  # three names from the line above
        self._write("DELETE FROM facts WHERE name = ?", (FINALISTS,))

    @property
    def cohorts(self) -> int:
        """How many cohorts the trail has candidates of."""
        with self._reading():
            last = self._connection.execute("SELECT max(cohort) FROM candidates").fetchone()[0]
            return 0 if last is None else int(last) + 1

    def take(self, number: int, cohort: int, candidate: Candidate) -> None:
        """Note that the study took a candidate."""
        row = (number, candidate.digest, cohort, candidate.model_dump_json())
        self._write("INSERT INTO candidates VALUES (?, ?, ?, ?)", row)

    def use(self, number: int, key: str) -> None:
        """Note that the study used an evaluation of a candidate."""
        self._write("INSERT OR IGNORE INTO uses VALUES (?, ?)", (number, key))

    def fail(self, number: int, evaluation: Evaluation, result: Result) -> None:
        """Note that an evaluation of a candidate had no result that could be kept."""
        row = (number, evaluation.key, evaluation.model_dump_json(), result.model_dump_json())
        self._write("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", row)

    def elect(self, numbers: Sequence[int]) -> None:
        """Note which candidates train in the final stage."""
        self.note(FINALISTS, list(numbers))

    @property
    def finalists(self) -> frozenset[int] | None:
        """The candidates that train in the final stage; None before it is decided."""
        numbers = self.fact(FINALISTS)
        return None if numbers is None else frozenset(numbers)

    def note(self, name: str, value: Any) -> None:
        """Remember a fact about the run, anything JSON can hold."""
        row = (name, json.dumps(value))
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", (*row, salvage.checksum(*row)))

    def fact(self, name: str) -> Any:
        """A fact about the run; None if it was never noted."""
        with self._reading():
            row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
            return json.loads(row[0]) if row else None

    def describe(self, study: Study, dataset: Dataset) -> None:
        """Note what the run is of, for those who read it without its images."""
        self.note("study", study.model_dump(mode="json"))
        self.note("objective", study.objectives.minimize)
        self.note("down_to", study.objectives.down_to)
        self.note("class_names", dataset.class_names)
        self.note("dataset", dataset.fingerprint)

    @property
    def objectives(self) -> Objectives:
        """Those of the study."""
        with self._reading():
            return Objectives(minimize=self.fact("objective") or "parameters", down_to=self.fact("down_to") or 1)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, in the order of their labels."""
        return tuple(self.fact("class_names") or ())

    def candidates(self) -> dict[int, Candidate]:
        """The candidates that the study took, by number."""
        with self._reading():
            rows = self._connection.execute("SELECT number, candidate FROM candidates ORDER BY number")
            return {number: Candidate.model_validate_json(text) for number, text in rows}

    def uses(self) -> Iterator[Used]:
        """The evaluations that the study used or that failed it, candidate by candidate."""
        with self._reading():
            rows = self._connection.execute(
                "SELECT number, key, evaluation, result FROM uses JOIN evaluations USING (key)"
                " UNION ALL SELECT number, key, evaluation, result FROM failures ORDER BY number"
            )
            for number, key, evaluation, result in rows:
                yield Used(number, key, Evaluation.model_validate_json(evaluation), Result.model_validate_json(result))

    def keys(self) -> list[str]:
        """The keys of all evaluations, in the order in which they were stored."""
        with self._reading():
            return [key for (key,) in self._connection.execute("SELECT key FROM evaluations ORDER BY position")]

    def _kept(self, key: str) -> tuple[Evaluation, Result]:
        select = "SELECT evaluation, result FROM evaluations WHERE key = ?"
        evaluation, result = self._connection.execute(select, (key,)).fetchone()
        return Evaluation.model_validate_json(evaluation), Result.model_validate_json(result)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (*salvage.UNREADABLE, ValidationError) as error:
            why = str(error).splitlines()[0].rstrip(":")
            raise FmsearchError(f"{self._path} cannot be read: {why}.", MEND) from None

    def _write(self, statement: str, row: tuple[Any, ...]) -> None:
        try:
            with closing(self._connection.execute(statement, row)):
                pass
        except sqlite3.Error as error:
            raise FmsearchError(
                f"{self._path} cannot be written: {error}.",
                "What was stored before is safe; fix the cause and run the study again, without --fresh.",
            ) from None


def _fix(path: Path, error: Exception, *, writable: bool) -> str:
    """What mends a store that cannot be opened. A damaged one is mended by whoever may write."""
    if not salvage.is_damage(error):
        return FREE
    return MEND if not writable and salvage.was_database(path) else FRESH
