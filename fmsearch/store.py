"""Results in SQLite, one row an evaluation, and the trail of the study that used them.

`evaluations` is the cache: what was once computed is found there by its key, by this study or another. `candidates` and
`uses` are the trail: which candidates the study took, and which evaluations of them it looked at. The trail is written
anew by every run, as the study is folded over the cache; leaderboards and reports read it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fmsearch.errors import FmsearchError
from fmsearch.evaluation import Evaluation, Result
from searchspace import Candidate

FORMAT = 1  # as the last of TABLES notes
FRESH = "`fmsearch run --fresh` starts a new one."
TABLES = """
CREATE TABLE IF NOT EXISTS evaluations (
    key TEXT PRIMARY KEY, evaluation TEXT NOT NULL, result TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS candidates (
    number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, cohort INTEGER NOT NULL, candidate TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS uses (
    number INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (number, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO facts VALUES ('format', '1');
"""


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
        path: the file, made if it is not there.
        writable: whether anything is to be stored; False reads a run that may be going on.

    Raises:
        FmsearchError: the file is no store, or one of another version.
    """

    def __init__(self, path: Path, *, writable: bool = True) -> None:
        self._path = path
        try:
            self._connection, version = (_writer if writable else _reader)(path)
        except sqlite3.Error as error:
            raise FmsearchError(f"{path} cannot be read as a store: {error}.", FRESH) from None
        if version != FORMAT:
            self.close()
            raise FmsearchError(f"{path} is a store of format {version}, not {FORMAT}.", FRESH)

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
        row = self._connection.execute("SELECT result FROM evaluations WHERE key = ?", (key,)).fetchone()
        return Result.model_validate_json(row[0]) if row else None

    def add(self, evaluation: Evaluation, result: Result) -> None:
        """Keep a result: durable when this returns, whatever ends the process afterwards."""
        row = (evaluation.key, evaluation.model_dump_json(), result.model_dump_json())
        self._write("INSERT OR REPLACE INTO evaluations VALUES (?, ?, ?)", row)

    def forget_trail(self) -> None:
        """Begin the trail anew; what was computed stays."""
        with self._connection:
            self._connection.executescript("BEGIN; DELETE FROM candidates; DELETE FROM uses; COMMIT;")

    def take(self, number: int, cohort: int, candidate: Candidate) -> None:
        """Note that the study took a candidate."""
        row = (number, candidate.digest, cohort, candidate.model_dump_json())
        self._write("INSERT INTO candidates VALUES (?, ?, ?, ?)", row)

    def use(self, number: int, key: str) -> None:
        """Note that the study used an evaluation of a candidate."""
        self._write("INSERT OR IGNORE INTO uses VALUES (?, ?)", (number, key))

    def note(self, name: str, value: Any) -> None:
        """Remember a fact about the run, anything JSON can hold."""
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def fact(self, name: str) -> Any:
        """A fact about the run; None if it was never noted."""
        return _fact(self._connection, name)

    def candidates(self) -> dict[int, Candidate]:
        """The candidates that the study took, by number."""
        rows = self._connection.execute("SELECT number, candidate FROM candidates ORDER BY number")
        return {number: Candidate.model_validate_json(text) for number, text in rows}

    def uses(self) -> Iterator[Used]:
        """The evaluations that the study used, candidate by candidate."""
        rows = self._connection.execute(
            "SELECT number, key, evaluation, result FROM uses JOIN evaluations USING (key) ORDER BY number"
        )
        for number, key, evaluation, result in rows:
            yield Used(number, key, Evaluation.model_validate_json(evaluation), Result.model_validate_json(result))

    def _write(self, statement: str, row: tuple[Any, ...]) -> None:
        try:
            with closing(self._connection.execute(statement, row)):
                pass
        except sqlite3.Error as error:
            raise FmsearchError(
                f"{self._path} cannot be written: {error}.",
                "What was stored before is safe; mend the cause and run the command again.",
            ) from None


def _writer(path: Path) -> tuple[sqlite3.Connection, Any]:
    """A connection that may write, and the store's format; a file that is not there is made."""
    return _opened(
        sqlite3.connect(path, isolation_level=None),
        f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {TABLES}",
    )


def _reader(path: Path) -> tuple[sqlite3.Connection, Any]:
    """A connection that only reads, and the store's format.

    SQLite wants to write beside the file even so. Where it may not, and no writer has left anything there, the file
    alone is the whole store.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        return _opened(sqlite3.connect(uri, uri=True))
    except sqlite3.OperationalError:
        if path.with_name(f"{path.name}-wal").exists():
            raise
        return _opened(sqlite3.connect(f"{uri}&immutable=1", uri=True))


def _opened(connection: sqlite3.Connection, script: str = "") -> tuple[sqlite3.Connection, Any]:
    """The connection after a script, and the store's format; closed if it cannot be read."""
    try:
        connection.executescript(script)
        return connection, _fact(connection, "format")
    except sqlite3.Error:
        connection.close()
        raise


def _fact(connection: sqlite3.Connection, name: str) -> Any:
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return json.loads(row[0]) if row else None
