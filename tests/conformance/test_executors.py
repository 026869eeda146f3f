"""What every executor does, whatever it runs calls on."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from processes import alive, gone

from fmsearch import executors
from fmsearch.errors import InputError
from fmsearch.executors import Call
from fmsearch.executors.inline import InlineExecutor

CALLS = """
import os, sys, time

def shout(text): return text.upper()
def fail(text): raise ValueError(f"no {text}")
def noisy(text): print("noise on stdout", flush=True); os.write(1, b"more noise\\n"); return text
def process(text): return str(os.getpid())
def die(text): os.kill(os.getpid(), 9)
def leave(text): os._exit(3)
def stutter(text):
    for fd in range(3, 20):
        if os.path.exists(f"/proc/self/fd/{fd}") and "pipe" in os.readlink(f"/proc/self/fd/{fd}"):
            os.write(fd, b"half a li")
    os._exit(0)
def sleep(text): time.sleep(float(text)); return text
def remember(text): os.environ["REMEMBERED"] = "ready"; return text
def recall(text): return os.environ.get("REMEMBERED", "")
def complain(text): print(text, file=sys.stderr, flush=True); return text
def korean(text): return text + "가방"
"""


@pytest.fixture
def calls(tmp_path, monkeypatch):
    (tmp_path / "calls_for_executors.py").write_text(CALLS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    yield lambda name, text="": Call(f"calls_for_executors:{name}", text)
    sys.modules.pop("calls_for_executors", None)


@pytest.fixture(params=[("inline", 1), ("processes", 1), ("processes", 2)], ids=["inline", "one", "two"])
def executor(request):
    made = executors.make(*request.param)
    yield made
    made.close()


@pytest.fixture
def processes():
    made = executors.make("processes", 2)
    yield made
    made.close()


def take(executor, count):
    return dict(executor.next(timeout=30) for _ in range(count))


def test_a_file_in_the_current_folder_is_no_module(executor, calls, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "queue.py").write_text("raise SystemExit('not this one')", encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    executor.submit(0, calls("shout", "call"))
    assert take(executor, 1)[0].value == "CALL"


def test_each_call_is_answered_under_its_ticket(executor, calls):
    for ticket in range(executor.workers):
        executor.submit(ticket, calls("shout", f"call {ticket}"))
    answers = take(executor, executor.workers)
    assert {ticket: outcome.value for ticket, outcome in answers.items()} == {
        ticket: f"CALL {ticket}" for ticket in range(executor.workers)
    }


def test_what_a_call_raises_is_its_outcome(executor, calls):
    executor.submit(0, calls("fail", "luck"))
    outcome = take(executor, 1)[0]
    assert (outcome.value, outcome.error, outcome.external) == (None, "ValueError: no luck", False)


def test_a_call_that_does_not_exist_is_an_outcome_too(executor, calls):
    executor.submit(0, calls("absent"))
    assert "absent" in take(executor, 1)[0].error


def test_any_text_goes_in_and_out(executor, calls):
    text = 'lines\nand "quotes" \u2028 티셔츠'
    executor.submit(0, calls("korean", text))
    assert take(executor, 1)[0].value == f"{text}가방"


def test_nothing_to_wait_for_is_none_at_once(executor):
    assert executor.next() is None


def test_closing_twice_is_closing_once(executor, calls):
    executor.submit(0, calls("shout"))
    executor.close()
    executor.close()


def test_what_a_call_prints_is_not_its_answer(processes, calls):
    processes.submit(0, calls("noisy", "answer"))
    assert take(processes, 1)[0].value == "answer"


def test_what_a_worker_writes_to_standard_error_is_in_the_log(calls, tmp_path):
    executor = executors.make("processes", 1, tmp_path / "workers.log")
    executor.submit(0, calls("complain", "no such kernel"))
    take(executor, 1)
    executor.close()
    assert "no such kernel\n" in (tmp_path / "workers.log").read_text(encoding="utf-8")


def test_workers_stay_warm_between_calls(calls):
    executor = executors.make("processes", 1)
    seen = set()
    for ticket in range(3):
        executor.submit(ticket, calls("process"))
        seen.add(take(executor, 1)[ticket].value)
    executor.close()
    assert len(seen) == 1


def test_a_worker_that_got_ready_answers_the_first_call(executor, calls):
    executor.warm("calls_for_executors:remember")
    executor.submit(0, calls("recall"))
    assert take(executor, 1)[0].value == ("" if isinstance(executor, InlineExecutor) else "ready")


@pytest.mark.parametrize("first", ["calls_for_executors:die", "calls_for_executors:fail", "no_such_module:function"])
def test_a_worker_that_gets_ready_in_vain_costs_nothing_but_another_try(processes, calls, first):
    processes.warm(first)
    for ticket in range(2):  # a worker that died may have taken the first one with it
        processes.submit(ticket, calls("shout", "again"))
        outcome = take(processes, 1)[ticket]
        assert outcome.value == "AGAIN" or (outcome.external and ticket == 0)


@pytest.mark.parametrize(("name", "how"), [("die", "was ended by signal 9"), ("leave", "ended with exit code 3")])
def test_a_worker_that_dies_is_an_external_fault_and_is_replaced(processes, calls, name, how):
    processes.submit(0, calls(name))
    outcome = take(processes, 1)[0]
    assert (outcome.value, outcome.external) == (None, True)
    assert outcome.error.startswith(f"the worker process {how}")
    processes.submit(1, calls("shout", "again"))
    assert take(processes, 1)[1].value == "AGAIN"


def test_a_worker_killed_from_outside_in_a_call_is_an_external_fault(processes, calls):
    processes.submit(0, calls("process"))
    pid = int(take(processes, 1)[0].value)
    processes.submit(1, calls("sleep", "60"))
    os.kill(pid, signal.SIGKILL)
    assert take(processes, 1)[1].external


@pytest.mark.skipif(sys.platform != "linux", reason="looks for a zombie where Linux lists it")
def test_a_worker_killed_between_calls_leaves_no_zombie(processes, calls):
    for ticket in range(2):
        processes.submit(ticket, calls("process"))
    second = int(take(processes, 2)[1].value)
    os.kill(second, signal.SIGKILL)

    end = time.monotonic() + 30
    while Path(f"/proc/{second}").exists() and time.monotonic() < end:
        processes.submit(2, calls("shout", "meanwhile"))
        assert take(processes, 1)[2].value == "MEANWHILE"
    assert not Path(f"/proc/{second}").exists()


def test_a_worker_that_dies_while_it_answers_is_an_external_fault(processes, calls):
    processes.submit(0, calls("stutter"))
    assert take(processes, 1)[0].external


def test_a_call_that_takes_too_long_is_ended_and_an_external_fault(processes, calls):
    for ticket in (0, 1):
        processes.submit(ticket, calls("process"))
    pids = {int(outcome.value) for outcome in take(processes, 2).values()}  # both are there: the limit is the call's
    processes.submit(2, replace(calls("sleep", "600"), seconds=0.5))
    processes.submit(3, calls("shout", "meanwhile"))
    assert take(processes, 1)[3].value == "MEANWHILE"
    outcome = take(processes, 1)[2]
    assert (outcome.external, outcome.error) == (True, "the worker process did not answer in time and was ended")
    assert any(gone([pid], within=1) for pid in pids)
    processes.submit(4, calls("shout", "again"))
    assert take(processes, 1)[4].value == "AGAIN"


def test_a_stopped_worker_is_ended_like_one_that_hangs(processes, calls):
    processes.submit(0, calls("process"))
    pid = int(take(processes, 1)[0].value)
    os.kill(pid, signal.SIGSTOP)
    processes.submit(1, replace(calls("shout"), seconds=0.5))
    assert take(processes, 1)[1].external
    assert gone([pid])


def test_waiting_ends_with_its_timeout(processes, calls):
    processes.submit(0, calls("sleep", "60"))
    assert processes.next(timeout=0.05) is None


def test_closing_ends_running_calls_and_leaves_no_process(calls):
    executor = executors.make("processes", 2)
    executor.submit(0, calls("process"))
    pid = int(take(executor, 1)[0].value)
    executor.submit(1, calls("sleep", "60"))
    start = time.monotonic()
    executor.close()
    assert time.monotonic() - start < 30  # and not sixty
    assert not alive(pid)


@pytest.mark.usefixtures("calls")
def test_workers_go_when_their_coordinator_is_killed(tmp_path):
    script = tmp_path / "coordinator.py"
    script.write_text(
        "from fmsearch import executors\n"
        "from fmsearch.executors import Call\n"
        "executor = executors.make('processes', 1)\n"
        "executor.submit(0, Call('calls_for_executors:process', ''))\n"
        "print(executor.next()[1].value, flush=True)\n"
        "executor.submit(1, Call('calls_for_executors:sleep', '60'))\n"
        "executor.next()\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as coordinator:
        pid = int(coordinator.stdout.readline())
        coordinator.kill()
    assert gone([pid])


@pytest.mark.usefixtures("calls")
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux to end a child with its parent")
def test_a_worker_that_cannot_even_be_asked_goes_with_its_coordinator(tmp_path):
    script = tmp_path / "coordinator.py"
    script.write_text(
        "import os, signal\n"
        "from fmsearch import executors\n"
        "from fmsearch.executors import Call\n"
        "executor = executors.make('processes', 1)\n"
        "executor.submit(0, Call('calls_for_executors:process', ''))\n"
        "pid = executor.next()[1].value\n"
        "os.kill(int(pid), signal.SIGSTOP)\n"
        "print(pid, flush=True)\n"
        "signal.pause()\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as coordinator:
        pid = int(coordinator.stdout.readline())
        coordinator.kill()
    assert gone([pid])


def test_an_unknown_executor_is_wrong_input():
    with pytest.raises(InputError, match=r"There is no executor 'ray'. Expected processes or inline"):
        executors.make("ray", 1)


def test_the_inline_executor_has_one_worker():
    with pytest.raises(InputError, match="inline executor cannot have 2 workers"):
        executors.make("inline", 2)
