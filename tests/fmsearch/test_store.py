"""The store: what it keeps, through kills and other readers, and what it refuses."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from random import Random

import pytest
from handmade_run import HERE, done, evaluation, failed, finished_run, network

from fmsearch.errors import FmsearchError
from fmsearch.store import Store, Used

ONE, OTHER = network(2), network(4)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "evaluations.sqlite"


def test_what_is_added_is_found_by_its_key(path):
    first, second = evaluation(ONE, 2), evaluation(ONE, 6)
    with Store(path) as store:
        assert store.find(first.key) is None
        store.add(first, done(0.5, epochs=2))
        store.add(second, failed("메모리 부족"))
        assert store.find(first.key) == done(0.5, epochs=2)

    with Store(path) as store:
        assert store.find(first.key) == done(0.5, epochs=2)
        assert store.find(second.key) == failed("메모리 부족")


def test_a_result_added_again_takes_the_place_of_the_first(path):
    with Store(path) as store:
        store.add(evaluation(ONE), done(0.5))
        store.add(evaluation(ONE), done(0.6))

        assert store.find(evaluation(ONE).key) == done(0.6)


def test_floats_come_back_digit_by_digit(path):
    result = done(1 / 3, test=0.1 + 0.2)
    with Store(path) as store:
        store.add(evaluation(ONE), result)

        assert store.find(evaluation(ONE).key) == result


def test_the_trail(path):
    with Store(path) as store:
        store.take(0, 0, ONE)
        store.take(1, 0, OTHER)
        store.add(evaluation(OTHER), done(0.5))
        store.add(evaluation(ONE), done(0.4))
        for number, candidate in ((1, OTHER), (0, ONE), (0, ONE)):
            store.use(number, evaluation(candidate).key)

    with Store(path, writable=False) as store:
        assert store.candidates() == {0: ONE, 1: OTHER}
        assert list(store.uses()) == [
            Used(0, evaluation(ONE).key, evaluation(ONE), done(0.4)),
            Used(1, evaluation(OTHER).key, evaluation(OTHER), done(0.5)),
        ]


def test_the_trail_is_forgotten_and_evaluations_are_kept(path):
    with Store(path) as store:
        store.take(0, 0, ONE)
        store.add(evaluation(ONE), done(0.5))
        store.use(0, evaluation(ONE).key)
        store.note("objective", "macs")
        store.elect([0])
        assert (store.finalists, store.cohorts) == ({0}, 1)

        store.forget_trail()

        assert (store.candidates(), list(store.uses()), store.finalists, store.cohorts) == ({}, [], None, 0)
        assert store.find(evaluation(ONE).key) == done(0.5)
        assert store.fact("objective") == "macs"
        store.take(0, 0, OTHER)


def test_facts(path):
    with Store(path) as store:
        assert store.fact("classes") is None
        store.note("classes", ["고양이", "dog"])
        store.note("classes", ["개", {"n": 1.5}])

    with Store(path) as store:
        assert store.fact("classes") == ["개", {"n": 1.5}]


def test_a_candidate_is_taken_once(path):
    with Store(path) as store:
        store.take(0, 0, ONE)
        with pytest.raises(FmsearchError, match="cannot be written: UNIQUE constraint failed"):
            store.take(1, 0, ONE)


def test_what_was_added_outlives_a_kill(path):
    script = """\
import os, signal, sys
from pathlib import Path
from handmade_run import done, evaluation, network
from fmsearch.store import Store
store = Store(Path(sys.argv[1]))
for epochs in range(1, 21):
    store.add(evaluation(network(2), epochs), done(0.5))
os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    killed = subprocess.run([sys.executable, "-c", script, str(path)], env=environment, check=False)

    assert killed.returncode == -9
    for writable in (False, True):
        with Store(path, writable=writable) as store:
            assert all(store.find(evaluation(ONE, epochs).key) for epochs in range(1, 21))


def test_a_reader_sees_what_another_writes_as_it_is_when_it_begins(path):
    with Store(path) as writer:
        writer.add(evaluation(ONE), done(0.5))
        writer.take(0, 0, ONE)
        writer.use(0, evaluation(ONE).key)
        with Store(path, writable=False) as reader:
            assert reader.find(evaluation(ONE).key) == done(0.5)
            writer.forget_trail()
            writer.take(0, 0, OTHER)
            assert reader.candidates() == {0: ONE}
            assert [used.key for used in reader.uses()] == [evaluation(ONE).key]

            with pytest.raises(FmsearchError, match="readonly"):
                reader.add(evaluation(ONE), done(0.5))
        with Store(path, writable=False) as reader:
            assert (reader.candidates(), list(reader.uses())) == ({0: OTHER}, [])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to become another user")
def test_a_run_in_a_folder_of_somebody_else_can_be_read(tmp_path, tmp_path_factory):
    folder, base = finished_run(tmp_path / "run"), tmp_path_factory.getbasetemp()
    ours = next((place for place in base.parents if place.name.startswith("pytest-of-")), base)
    if any(not place.stat().st_mode & 0o001 for place in ours.parents):
        pytest.skip("the temporary folder lies where others may not go")
    for place in (folder.path, *folder.path.parents):
        if place.is_relative_to(ours):
            place.chmod(place.stat().st_mode | 0o555)
    script = """\
import os, sys
from pathlib import Path
from fmsearch.evaluation import Evaluation
from fmsearch.store import Store
os.setuid(65534)
with Store(Path(sys.argv[1]), writable=False) as store:
    print(len(list(store.uses())))
"""

    read = subprocess.run([sys.executable, "-c", script, str(folder.store)], capture_output=True, text=True, check=True)

    assert read.stdout == "14\n"


@pytest.mark.parametrize("writable", [True, False])
def test_what_is_no_database(path, writable):
    path.write_text("not a database, but long enough to be looked at as one" * 100)

    with pytest.raises(FmsearchError) as raised:
        Store(path, writable=writable)

    assert str(raised.value) == (
        f"{path} cannot be read as a store: file is not a database. `fmsearch run --fresh` starts a new one."
    )


def test_a_reader_of_a_damaged_store_is_told_who_mends_it(path):
    with Store(path) as store:
        store.add(evaluation(ONE), done(0.5))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(
        FmsearchError, match=r"cannot be read as a store: .* `fmsearch run` on its study\.yaml mends it"
    ):
        Store(path, writable=False)


def test_what_is_no_store(path):
    path.touch()
    with pytest.raises(FmsearchError, match="is not a store"):
        Store(path, writable=False)


def test_a_file_that_is_not_there_is_not_made_by_reading(path):
    with pytest.raises(FmsearchError, match="unable to open database file"):
        Store(path, writable=False)
    assert not path.exists()


@pytest.mark.parametrize("writable", [True, False])
def test_a_store_of_another_format(path, writable):
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()

    with pytest.raises(FmsearchError) as raised:
        Store(path, writable=writable)

    assert str(raised.value) == f"{path} is a store of format 7, not 2. `fmsearch run --fresh` starts a new one."


def test_nothing_is_left_beside_a_store_that_was_closed(path):
    with Store(path) as store:
        store.add(evaluation(ONE), done(0.5))

    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_store_of_the_first_format(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE evaluations (key TEXT PRIMARY KEY, evaluation TEXT, result TEXT)")
    connection.close()

    with pytest.raises(FmsearchError, match="is a store of format 1, not 2"):
        Store(path)


def test_a_failure_is_part_of_the_trail_but_not_kept(path):
    with Store(path) as store:
        store.take(0, 0, ONE)
        store.fail(0, evaluation(ONE), failed("the worker process was ended"))
        assert [used.result.reason for used in store.uses()] == ["the worker process was ended"]
        assert store.find(evaluation(ONE).key) is None
        store.forget_trail()
        assert list(store.uses()) == []


def test_environments_are_told_apart(path):
    elsewhere = HERE.model_copy(update={"backend_version": "2", "instructions": "avx2"})
    there = evaluation(ONE).model_copy(update={"environment": elsewhere})
    with Store(path) as store:
        store.take(0, 0, ONE)
        for one in [*(evaluation(ONE, epochs) for epochs in range(1, 6)), there]:
            store.add(one, done(0.5))
            store.use(0, one.key)

        assert store.environments() == {HERE: 5, elsewhere: 1}
        assert [found for found, _ in store.sample(elsewhere, 3, Random(0))] == [there]
        drawn = {found.epochs for found, _ in store.sample(HERE, 3, Random(0))}
        assert len(drawn) == 3
    assert elsewhere.differences(HERE) == ["backend_version 2, here 1", "instructions avx2, here unknown"]


def test_what_the_study_does_not_stand_on_and_what_was_trained_otherwise_is_not_drawn(path):
    used, unused, old = (evaluation(ONE, epochs) for epochs in (1, 2, 3))
    with Store(path) as store:
        store.take(0, 0, ONE)
        for one in (used, unused, old):
            store.add(one, done(0.5))
        store.use(0, used.key)
        store.use(0, "an older key")
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE evaluations SET key = 'an older key' WHERE key = ?", (old.key,))
        assert [found for found, _ in store.sample(HERE, 9, Random(0))] == [used]
