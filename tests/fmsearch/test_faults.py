"""Whatever happens to a run, running it again gives what an undisturbed one gives, and repeats next to nothing.

Processes, signals, files and SQLite are real; training is a stand-in that takes a fiftieth of a second.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import contextmanager

import pytest
from bench import STUDY as BENCH_STUDY
from bench import Bench
from processes import children, gone

INTERRUPTED = "fmsearch: interrupted; running a study again, without --fresh, resumes it\n"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The leaderboard, and how many evaluations and seconds it takes."""
    bench = Bench(tmp_path_factory.mktemp("undisturbed"))
    start = time.monotonic()
    code, _, err = bench.finish()
    assert (code, err) == (0, "")
    return bench.leaderboard(), len(bench.begun()), time.monotonic() - start


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def kill(process, whom, dice):
    """Kill a run, or one of its workers."""
    workers = children(process.pid)
    os.kill(process.pid if whom == "coordinator" else dice.choice(workers), signal.SIGKILL)
    return workers


@pytest.mark.parametrize("whom", ["coordinator", "worker"])
def test_kills_change_nothing(bench, undisturbed, whom):
    dice, process = random.Random(1), bench.start(seconds=0.1)
    for ended in (1, 15):
        read_until(process, ended)
        workers = kill(process, whom, dice)
        if whom == "coordinator":
            process.communicate(timeout=600)
            assert gone(workers)
            process = bench.start(seconds=0.1)
    _, err = process.communicate(timeout=600)
    assert (process.returncode, err) == (0, "")
    assert bench.leaderboard() == undisturbed[0]
    # Two evaluations run at a time: those are what a kill can cost.
    assert sum(bench.begun().values()) <= undisturbed[1] + 4


@pytest.mark.nightly
@pytest.mark.parametrize("whom", ["coordinator", "worker"])
def test_many_kills_at_random_moments_change_nothing(bench, undisturbed, whom):
    times, hits, number, tables, dice = 25, 0, 0, [], random.Random(1)
    while hits < times:
        process = bench.start(f"run{number}")
        deadline = time.monotonic() + dice.uniform(0.2, 1.0) * undisturbed[2]
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.005)
        if process.poll() is None and children(process.pid):
            kill(process, whom, dice)
            hits += 1
        assert process.communicate(timeout=600)[1] == ""
        if process.returncode == 0:
            tables.append(bench.leaderboard(f"run{number}"))
            number += 1
    assert bench.finish(f"run{number}")[0] == 0
    assert all(table == undisturbed[0] for table in [*tables, bench.leaderboard(f"run{number}")])
    assert sum(bench.begun().values()) <= (number + 1) * undisturbed[1] + 2 * times


def patience(fault, seconds=1):
    """Short where something hangs."""
    return {"patience": seconds} if fault == "hang" else {}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("die", "the worker process was ended by signal 9, perhaps because memory ran out"),
        pytest.param("crash", "the worker process was ended by signal 6", marks=pytest.mark.nightly),
        ("memory", "MemoryError"),
        ("raise", "RuntimeError: no such kernel"),
        ("hang", "the worker process did not answer in time and was ended"),
    ],
)
def test_an_evaluation_that_cannot_be_run_is_told_and_stops_nothing_and_a_rerun_tries_again(
    bench, undisturbed, fault, reason
):
    code, lines, err = bench.finish(fault=fault, **patience(fault))
    assert (code, err) == (0, "")
    assert any(line.endswith(f"failed: {reason}") for line in lines)
    table = bench.leaderboard()
    assert len(table) == 24
    told = {row["reason"] for row in table if row["status"] == "failed"}
    assert told == {reason}
    external = fault in {"die", "crash", "hang"}
    assert max(bench.begun().values()) == (3 if external else 1)

    code, _, _ = bench.finish()
    assert code == 0
    assert bench.leaderboard() == undisturbed[0]


@pytest.mark.parametrize("fault", ["die", "crash", "hang"])
def test_what_goes_wrong_once_changes_nothing(bench, undisturbed, fault):
    # The second time, it does not hang, and has to answer in time on a busy machine, too.
    code, lines, err = bench.finish(fault=fault, once=1, **patience(fault, seconds=5))
    assert (code, err) == (0, "")
    assert not any(" failed: " in line for line in lines)
    assert max(bench.begun().values()) == 2
    assert bench.leaderboard() == undisturbed[0]


def test_a_training_that_yields_nan_is_a_result_and_is_not_tried_again(bench):
    assert bench.finish(fault="nan")[0] == 0
    table = bench.leaderboard()
    assert {row["reason"] for row in table if row["status"] == "failed"} == {"the loss became nan in epoch 1"}
    before = bench.begun()
    assert bench.finish(fault="nan", workers=1)[0] == 0
    assert bench.begun() == before
    assert bench.leaderboard() == table


def read_until(process, count):
    """Read lines until so many evaluations have ended."""
    for line in process.stdout:
        if line.startswith("[") and int(line[1:].split("/")[0]) >= count:
            return


def test_ctrl_c_ends_what_has_begun_and_begins_nothing_more(bench, undisturbed):
    process = bench.start(seconds=0.1)
    read_until(process, 5)
    workers = children(process.pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=600)
    assert (process.returncode, err) == (130, INTERRUPTED)
    assert "press Ctrl-C again to stop at once" in out
    assert gone(workers)
    begun = bench.begun()
    with sqlite3.connect(bench.store()) as store:
        assert {key for (key,) in store.execute("SELECT key FROM evaluations")} == set(begun)
    store.close()
    assert bench.finish()[0] == 0
    assert max(bench.begun().values()) == 1
    assert bench.leaderboard() == undisturbed[0]


@pytest.mark.parametrize("how", [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM,)])
def test_ctrl_c_twice_or_a_request_to_end_leaves_at_once(bench, how):
    process = bench.start(fault="hang")
    bench.await_hanging()
    workers = children(process.pid)
    start = time.monotonic()
    for number in how:
        process.send_signal(number)
        time.sleep(0.5)
    _, err = process.communicate(timeout=600)
    assert time.monotonic() - start < 60
    assert (process.returncode, err) == (130, INTERRUPTED)
    assert gone(workers)


def cut_in_the_middle(content, dice):
    return content[: dice.randrange(len(content) // 3, len(content))]


def torn(content, dice):
    start = dice.randrange(4096, len(content) - 4096)
    return content[:start] + bytes(4096) + content[start + 4096 :]


def flipped(content, dice):
    changed = bytearray(content)
    for _ in range(50):
        changed[dice.randrange(100, len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


@pytest.mark.parametrize("damage", [cut_in_the_middle, torn, flipped])
def test_a_damaged_store_is_mended_and_what_is_lost_is_trained_again(bench, undisturbed, damage):
    assert bench.finish()[0] == 0
    before, path = bench.begun(), bench.store()
    path.write_bytes(damage(path.read_bytes(), random.Random(1)))

    code, lines, err = bench.finish()

    assert (code, err) == (0, "")
    assert sum("was damaged, and is kept as evaluations.damaged1.sqlite" in line for line in lines) == 1
    assert path.with_name("evaluations.damaged1.sqlite").is_file()
    assert bench.leaderboard() == undisturbed[0]
    assert sum(bench.begun().values()) - len(before) < len(before)


def test_a_run_with_a_time_limit_repeats_what_its_clock_decided(tmp_path):
    bench = Bench(tmp_path, BENCH_STUDY.replace("candidates: 24", "time: 60s, candidates: 6"))
    assert bench.finish()[0] == 0
    table, begun = bench.leaderboard(), bench.begun()

    code, lines, err = bench.finish(workers=1)

    assert (code, err) == (0, "")
    assert any("This run repeats what its time limit decided: 1 cohort, then the final stage" in line for line in lines)
    assert (bench.leaderboard(), bench.begun()) == (table, begun)


def test_a_torn_write_ahead_log_costs_what_was_written_last(bench, undisturbed):
    process = bench.start(seconds=0.1)
    read_until(process, 20)
    process.kill()
    process.communicate()
    log = bench.store().with_name(f"{bench.store().name}-wal")
    log.write_bytes(log.read_bytes()[:-3_000] + b"torn" * 100)

    assert bench.finish()[0] == 0
    assert bench.leaderboard() == undisturbed[0]
    assert sum(bench.begun().values()) < undisturbed[1] + 10


@contextmanager
def mounted(path, options):
    """A small file system in memory at a path."""
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def can_mount():
    """Whether this machine lets the tests mount a file system."""
    probe = "mount -t tmpfs -o size=64k tmpfs /mnt && umount /mnt"
    command = ["unshare", "--mount", "sh", "-c", probe]
    return (
        shutil.which("unshare") is not None
        and subprocess.run(command, check=False, capture_output=True).returncode == 0
    )


needs_mount = pytest.mark.skipif(not can_mount(), reason="may not mount a small file system here")


@needs_mount
def test_a_full_disk_ends_the_run_with_the_cause_and_loses_nothing(bench, undisturbed):
    with mounted(bench.path / "small", "size=500k") as small:
        code, _, err = bench.finish("small/run")
        assert code == 1
        assert "cannot be written: database or disk is full" in err
        assert "What was stored before is safe" in err
        before = bench.begun()
        subprocess.run(["mount", "-o", "remount,size=20m", str(small)], check=True)
        assert bench.finish("small/run")[0] == 0
        assert bench.leaderboard("small/run") == undisturbed[0]
        assert sum(bench.begun().values()) <= undisturbed[1] + 4
        assert before


@needs_mount
def test_a_folder_that_can_only_be_read_is_refused_but_shown(bench, undisturbed):
    with mounted(bench.path / "small", "size=20m") as small:
        assert bench.finish("small/run")[0] == 0
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        code, _, err = bench.finish("small/run")
        assert code == 2
        assert "small/run cannot be written (Read-only file system)" in err
        assert bench.leaderboard("small/run") == undisturbed[0]


def test_a_second_run_on_one_folder_is_refused_and_names_the_first(bench, undisturbed):
    first = bench.start(fault="hang")
    bench.await_hanging()
    code, _, err = bench.finish()
    assert code == 2
    assert f"is in use by process {first.pid}" in err
    first.kill()
    first.communicate(timeout=600)
    assert bench.finish()[0] == 0
    assert bench.leaderboard() == undisturbed[0]
