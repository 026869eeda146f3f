"""A store that was damaged - cut short, written over, torn - and what can still be read of it.

The damaged file is kept beside the new one. A kill in the middle leaves either the damaged store, or a complete copy
that takes its place when the store is opened next.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

SIDES = ("-wal", "-shm")  # what SQLite keeps beside a database
MAGIC = b"SQLite format 3\0"
LEAST = 256  # bytes, below which no evaluation is
CHANGED = """
SELECT 1 FROM evaluations WHERE checksum != checksum_of(key, evaluation, result)
UNION ALL SELECT 1 FROM facts WHERE checksum != checksum_of(name, value) LIMIT 1
"""
EVALUATION = "SELECT * FROM evaluations WHERE position = ? AND checksum = checksum_of(key, evaluation, result)"
FACTS = "SELECT * FROM facts WHERE checksum = checksum_of(name, value)"
UNREADABLE = (sqlite3.Error, UnicodeError)
"""What reading a damaged file raises."""
OUTSIDE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
"""What SQLite says where the file is not at fault."""


def is_damage(error: Exception) -> bool:
    """Whether it is the file that could not be read, and not that another program holds it, or a full disk."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in OUTSIDE


def checksum(*texts: str) -> str:
    """What tells whether a row still is what was written."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether a whole store can be read, and is what was written."""
    try:
        connection.create_function("checksum_of", -1, checksum, deterministic=True)
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        return verdict == "ok" and connection.execute(CHANGED).fetchone() is None
    except UNREADABLE as error:
        if not is_damage(error):
            raise
        return False


def was_database(path: Path) -> bool:
    """Whether a file begins as a database does."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def mend(path: Path, tables: str) -> tuple[Path, int]:
    """Put what can be read of a damaged store in its place.

    Args:
        path: the store.
        tables: the script that makes an empty one.

    Returns:
        Where the damaged file is kept, and how many evaluations could be read.
    """
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft, isolation_level=None)) as new, closing(sqlite3.connect(path)) as old:
        old.create_function("checksum_of", -1, checksum, deterministic=True)
        old.execute("PRAGMA writable_schema = ON")  # or SQLite refuses to look into a file that was cut short
        new.executescript(tables)
        new.execute("BEGIN")
        evaluations = _evaluations(old, _size(path) // LEAST)
        count = new.executemany("INSERT OR IGNORE INTO evaluations VALUES (?, ?, ?, ?, ?)", evaluations).rowcount
        new.executemany("INSERT OR IGNORE INTO facts VALUES (?, ?, ?)", _readable(old, FACTS))
        new.execute("COMMIT")
    draft.replace(_complete(path))
    kept = finish(path)
    return kept or path, count


def finish(path: Path) -> Path | None:
    """Let a complete copy take the place of a damaged store; where that is kept; None if it is not there."""
    complete = _complete(path)
    if not complete.is_file():
        return None
    number = 1
    while (kept := path.with_name(f"{path.stem}.damaged{number}{path.suffix}")).exists():
        number += 1
    # What lies beside the damaged file must go first: SQLite would take it for the new one's.
    for end in (*SIDES, ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(kept.with_name(kept.name + end))
    complete.replace(path)
    return kept if kept.exists() else None


def _size(path: Path) -> int:
    """Bytes of the store and of what SQLite has not yet moved there."""
    files = (path.with_name(path.name + end) for end in (*SIDES, ""))
    return sum(file.stat().st_size for file in files if file.exists())


def _complete(path: Path) -> Path:
    return path.with_name(f"{path.name}.mended")


def _evaluations(connection: sqlite3.Connection, most: int) -> Iterator[tuple[Any, ...]]:
    """Those that are what was written, looked for one by one: an unreadable page costs what is on it, and no more."""
    for position in range(1, most + 1):
        yield from _readable(connection, EVALUATION, position)


def _readable(connection: sqlite3.Connection, statement: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    try:
        yield from connection.execute(statement, values)
    except UNREADABLE as error:
        if not is_damage(error):
            raise
