"""What befalls a store's file from outside: another program, damage, a kill while it is mended, a full disk."""

import sqlite3
from contextlib import closing

import pytest
from handmade_run import done, evaluation, network

from fmsearch.errors import FmsearchError
from fmsearch.store import Store

ONE = network(2)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "evaluations.sqlite"


def test_a_store_that_another_program_holds_is_not_taken_for_a_damaged_one(path):
    with Store(path) as store:
        store.add(evaluation(ONE), done(0.5))
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(FmsearchError, match=r"as a store: database is locked\. Wait for the program that"):
            Store(path)

    with Store(path) as store:
        assert (store.mended, store.find(evaluation(ONE).key)) == ("", done(0.5))


def fill(store, several):
    for epochs in several:
        store.add(evaluation(ONE, epochs), done(0.5))


def filled(path):
    """A store with twenty evaluations and a fact."""
    with Store(path) as store:
        fill(store, range(1, 21))
        store.note("objective", "macs")


def lost(store):
    return [epochs for epochs in range(1, 21) if store.find(evaluation(ONE, epochs).key) is None]


def test_of_a_damaged_store_nothing_is_lost_but_what_was_changed(path):
    filled(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        change = "UPDATE evaluations SET result = replace(result, '0.5', '0.9') WHERE key = ?"
        connection.execute(change, (evaluation(ONE, 7).key,))

    with Store(path) as store:
        assert "kept as evaluations.damaged1.sqlite; 19 of its evaluations could be read" in store.mended
        assert (lost(store), store.fact("objective")) == ([7], "macs")


def test_a_copy_that_was_complete_when_the_mending_was_killed_takes_the_stores_place(path):
    filled(path)
    path.rename(path.with_name(f"{path.name}.mended"))
    path.write_bytes(b"torn")

    with Store(path) as store:
        assert lost(store) == []
        assert store.mended.endswith(" is kept as evaluations.damaged1.sqlite; what could be read is used.")
    assert path.with_name("evaluations.damaged1.sqlite").read_bytes() == b"torn"


def test_a_full_disk_is_told_and_what_was_stored_is_there(path):
    with Store(path) as store:
        store.add(evaluation(ONE, 1), done(0.5))
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()  # noqa: SLF001  # no room but this
        store._connection.execute(f"PRAGMA max_page_count = {pages + 1}")  # noqa: SLF001  # as above
        with pytest.raises(FmsearchError, match=r"database or disk is full\. What was stored before is safe"):
            fill(store, range(2, 100))

    with Store(path) as store:
        assert store.find(evaluation(ONE, 1).key) == done(0.5)
