"""A store's file: made, opened for writing or for reading alone, and mended if it is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from fmsearch import salvage

FORMAT = 2
TABLES = f"""
BEGIN;
PRAGMA user_version = {FORMAT};
CREATE TABLE evaluations (
    position INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, evaluation TEXT NOT NULL, result TEXT NOT NULL,
    checksum TEXT NOT NULL);
CREATE TABLE candidates (
    number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, cohort INTEGER NOT NULL, candidate TEXT NOT NULL);
CREATE TABLE uses (
    number INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (number, key)) WITHOUT ROWID;
CREATE TABLE failures (
    number INTEGER NOT NULL, key TEXT NOT NULL, evaluation TEXT NOT NULL, result TEXT NOT NULL,
    PRIMARY KEY (number, key)) WITHOUT ROWID;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL, checksum TEXT NOT NULL) WITHOUT ROWID;
COMMIT;
"""


def mended(path: Path) -> str:
    """Mend a store that is damaged; in one sentence what was done, nothing if it was sound."""
    before = salvage.finish(path)
    if not path.is_file() or not salvage.was_database(path):
        return ""
    with closing(sqlite3.connect(path)) as connection:
        if not _is_damaged(connection):
            return f"{path} was damaged, and is kept as {before.name}; what could be read is used." if before else ""
    kept, count = salvage.mend(path, TABLES)
    return f"{path} was damaged, and is kept as {kept.name}; {count:,} of its evaluations could be read and are used."


def _is_damaged(connection: sqlite3.Connection) -> bool:
    try:
        return format_of(connection) == FORMAT and not salvage.is_sound(connection)
    except salvage.UNREADABLE as error:
        if not salvage.is_damage(error):
            raise
        return True


def writer(path: Path) -> sqlite3.Connection:
    """A connection that may write; a file that is not there, or is empty, is made."""
    connection = sqlite3.connect(path, isolation_level=None)
    with closed_on_failure(connection):
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
        if not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
            connection.executescript(TABLES)
    return connection


def reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads, all of it as it was at the first look: a run may go on meanwhile.

    SQLite wants to write beside the file even so. Where it may not, and no writer has left anything there, the file
    alone is the whole store.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        with closed_on_failure(connection):
            connection.execute("BEGIN")
            format_of(connection)
    except sqlite3.OperationalError:
        if path.with_name(f"{path.name}-wal").exists():
            raise
        return sqlite3.connect(f"{uri}&immutable=1", uri=True)
    return connection


@contextmanager
def closed_on_failure(connection: sqlite3.Connection) -> Iterator[None]:
    """Let go of a file that cannot be read."""
    try:
        yield
    except salvage.UNREADABLE:
        connection.close()
        raise


def format_of(connection: sqlite3.Connection) -> int:
    """The format of a store; 0 if it is none."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0 and connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'evaluations'").fetchone():
        return 1  # the first did not say
    return int(version)
