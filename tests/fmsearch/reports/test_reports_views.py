"""Views of a search that goes on: what they show, and that nothing can upset them."""

import io
import os
import pty
import random
import re
import threading
from contextlib import suppress

import pytest
from rich.console import Console
from runs import done, evaluation, failed, network
from stubs import StubExecutor, search, stub_study, told

from fmsearch.events import FinalStage, Finished, Note, Proposed, Started
from fmsearch.reports.live import LiveView, screen
from fmsearch.reports.output import plain
from fmsearch.reports.progress import Progress
from fmsearch.reports.views import PlainView, QuietView, view
from fmsearch.study import Budget, Final
from searchspace import analyse

STUDY = stub_study(
    name="tiny", budget=Budget(candidates=4, rungs=(2, 6), cohort=4, keep=0.5), final=Final(epochs=9, seeds=2)
)
TINY, SMALL, LARGE, WRONG = CANDIDATES = [network(2), network(4, 8), network(32, 32), network(16)]


class Clock:
    """Time that passes when told."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def started(number, epochs=2, purpose="search", seed=7):
    return Started(number, evaluation(CANDIDATES[number], epochs, seed, purpose))


def finished(number, result, epochs=2, purpose="search", seed=7, *, stored=False):
    analysis = analyse(CANDIDATES[number].architecture)
    return Finished(
        number=number,
        candidate=CANDIDATES[number],
        analysis=analysis,
        size=analysis.parameters,
        evaluation=evaluation(CANDIDATES[number], epochs, seed, purpose),
        result=result,
        stored=stored,
    )


STORY = [
    Proposed(cohort=0, taken=4, rejected=1_200, repeated=1),
    finished(0, done(0.3), stored=True),
    started(1),
    finished(1, done(0.75, seconds=2.14)),
    started(2),
    finished(2, done(0.9, seconds=75)),
    started(3),
    finished(3, failed("out of memory:\n\x1b[31m메모리 부족")),
    started(1, 6),
    finished(1, done(0.8), epochs=6),
    started(2, 6),
    finished(2, done(0.93), epochs=6),
    Note("The proposer has\nnothing new."),
    FinalStage((1, 2)),
    started(1, 9, "final", 1),
    finished(1, done(0.82, test=0.81), epochs=9, purpose="final", seed=1),
    started(2, 9, "final", 1),
    finished(2, done(0.95, test=0.94), epochs=9, purpose="final", seed=1),
]


def lines(events, encoding="utf-8"):
    buffer = io.BytesIO()
    with io.TextIOWrapper(buffer, encoding=encoding, newline="\n") as stream, PlainView(STUDY, stream) as observer:
        for event in events:
            observer.notice(event)
        stream.flush()
        return buffer.getvalue().decode(encoding)


def test_plain_lines():
    assert (
        lines(STORY)
        == """\
cohort 1: 4 candidates taken so far, 1,200 proposals rejected, 1 repeated
[ 1/6] d26925c3   2 epochs  acc 0.3000       50 parameters  stored
[ 2/6] 84c12935   2 epochs  acc 0.7500      426 parameters  2.1 s
[ 3/6] 5fe48f89   2 epochs  acc 0.9000    9,898 parameters  1 min 15 s
[ 4/6] 60ba6d24   2 epochs  failed: out of memory: [31m메모리 부족
[ 5/6] 84c12935   6 epochs  acc 0.8000      426 parameters  1.0 s
[ 6/6] 5fe48f89   6 epochs  acc 0.9300    9,898 parameters  1.0 s
note: The proposer has nothing new.
final stage: 2 models, 9 epochs, 2 seeds
[ 1/4] 84c12935   9 epochs  acc 0.8200  test 0.8100      426 parameters  1.0 s
[ 2/4] 5fe48f89   9 epochs  acc 0.9500  test 0.9400    9,898 parameters  1.0 s
"""
    )


def test_plain_lines_in_ascii():
    assert "[31m\\uba54\\ubaa8\\ub9ac" in lines(STORY, "ascii")


def test_a_reader_who_has_gone_does_not_stop_the_search():
    stream = io.StringIO()
    observer = PlainView(STUDY, stream)
    stream.close()

    for event in STORY:
        observer.notice(event)


def shown(events, width=80, height=24, seconds=3.0, encoding="utf-8"):
    """The screen after events that came `seconds` apart."""
    clock = Clock()
    progress = Progress(STUDY, clock)
    for event in events:
        progress.notice(event)
        clock.now += seconds
    ascii_only = encoding == "ascii"
    return plain(screen(progress, width, height, ascii_only=ascii_only), width, encoding)


def test_the_screen_before_anything():
    assert (
        shown([])
        == """\
tiny  getting ready
                                                      0 of about 56 epochs  0:00
0 of 4 candidates taken, 0 rejected, 0 repeated
"""
    )


def test_the_screen_in_the_search():
    assert (
        shown(STORY[:11])
        == """\
tiny  searching, cohort 1
━━━━━━━━╸                          14 of about 56 epochs  0:33, about 2 min left
4 of 4 candidates taken, 1,200 rejected, 1 repeated, 1 from the store, 1 failed

5fe48f89  6 epochs  0:03  conv32k3-max2 conv32k3-max2 gap-dense10

front     accuracy  parameters  epochs  architecture
d26925c3    0.3000          50       2  conv2k3-max2 gap-dense10
84c12935    0.8000         426       6  conv4k3-max2 conv8k3-max2 gap-dense10
5fe48f89    0.9000       9,898       2  conv32k3-max2 conv32k3-max2 gap-dense10

1.0 ┤
    │                                                                        ●
0.8 ┤                              ●─────────────────────────────────────────╯
    │                              │
0.6 ┤                              │
    │                              │
    │                              │
0.4 ┤                              │
    │  ●───────────────────────────╯
0.2 ┤
    └───────────┬──────────────────────────────┬─────────────────────────────┬──
               100                            1k                            10k
"""
    )


def test_the_wide_screen_in_the_final_stage():
    assert (
        shown(STORY[:17], 110, 20)
        == """\
tiny  final stage: 2 models of the front, trained again
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸                                  30 of 56 epochs  0:51, about 40 s left
4 of 4 candidates taken, 1,200 rejected, 1 repeated, 1 from the store, 1 failed

5fe48f89  9 epochs  0:03  conv32k3-max2 conv32k3-max2 gap-dense10

front     accuracy  parameters  epochs    1.0 ┤
84c12935    0.8200         426       9        │                                                            ●
5fe48f89    0.9300       9,898       6    0.8 ┤                         ●──────────────────────────────────╯
                                              │
                                              │
                                          0.6 ┤
                                              │
                                              │
                                          0.4 ┤
                                              │  •
                                          0.2 ┤
                                              └─────────┬─────────────────────────┬─────────────────────────┬─
                                                       100                       1k                        10k
"""
    )


def test_the_low_screen_has_the_most_accurate_of_the_front():
    assert (
        shown(STORY[:12], 60, 8, encoding="ascii")
        == """\
tiny  searching, cohort 1
-----           20 of about 56 epochs  0:36, about 60 s left
4 of 4 candidates taken, 1,200 rejected, 1 repeated, 1 from~

front      accuracy  parameters  epochs  architecture
2 smaller
5fe48f89     0.9300       9,898       6  conv32k3-max2 conv~
"""
    )


@pytest.mark.parametrize("width", [1, 7, 24, 60, 99, 100, 101, 130, 300])
@pytest.mark.parametrize("height", [1, 5, 9, 15, 24, 80])
def test_the_screen_keeps_within_its_bounds(width, height):
    text = shown(STORY[:15], width, height)

    assert max(map(len, text.splitlines())) <= width
    if width >= 24:
        assert text.count("\n") <= max(height, 8)


def test_many_workers_are_summed_up():
    events = [Started(number, evaluation(network(2, number + 1))) for number in range(40)]

    text = shown(events, 80, 24)

    assert "and 26 more" in text
    assert text.count("\n") <= 24


def test_events_in_any_order_upset_nothing():
    order = random.Random(0)
    for _ in range(12):
        events = [*STORY, *STORY]
        order.shuffle(events)
        lines(events)
        for width in (60, 120):
            assert shown(events, width)


def test_time_left_follows_the_pace():
    clock = Clock()
    progress = Progress(STUDY, clock)
    assert progress.left() is None
    progress.notice(FinalStage((1, 2)))  # 36 epochs
    progress.notice(finished(1, done(0.5), epochs=9, purpose="final", stored=True))
    assert progress.left() is None
    progress.notice(started(1, 9, "final", 1))
    clock.now += 18
    progress.notice(finished(1, done(0.5, seconds=18), epochs=9, purpose="final", seed=1))
    assert progress.left() == 36  # 18 epochs are left, of 2 s each
    progress.notice(started(2, 9, "final", 1))
    clock.now += 10
    assert progress.left() == pytest.approx(36 - 10)
    assert progress.done() == pytest.approx(18 + 5)


def test_seeds_of_the_final_stage_are_averaged():
    progress = Progress(STUDY)
    for event in (
        finished(1, done(0.7)),
        FinalStage((1,)),
        finished(1, done(0.8), 9, "final", 1),
        finished(1, failed("x"), 9, "final", 2),
        finished(1, done(0.9), 9, "final", 3),
    ):
        progress.notice(event)

    assert progress.known[1].accuracy == pytest.approx(0.85)


def test_a_whole_search_is_watched_without_effect(tmp_path):
    study = stub_study(budget=Budget(candidates=12, rungs=(1, 3), cohort=6), final=Final(epochs=3, seeds=1))
    unwatched = told(search(study, tmp_path / "unwatched", StubExecutor()))
    stream = io.StringIO()
    console = Console(file=io.StringIO(), force_terminal=True, width=100, height=30, _environ={})

    with LiveView(study, console) as live, PlainView(study, stream) as plain_view:

        class Both:
            def notice(self, event):
                live.notice(event)
                plain_view.notice(event)

        watched = told(search(study, tmp_path / "watched", StubExecutor(workers=3), observer=Both()))

    assert watched == unwatched
    text = stream.getvalue()
    assert text.startswith("cohort 1: 6 candidates taken so far")
    search_lines, final_lines = text.split("final stage: ")
    assert re.findall(r"^\[ *(\d+)/16\]", search_lines, re.MULTILINE) == [str(i) for i in range(1, 17)]
    counts = re.findall(r"^\[ *(\d+)/(\d+)\]", final_lines, re.MULTILINE)
    assert counts[-1][0] == counts[-1][1]


@pytest.fixture
def terminal(monkeypatch):
    """A terminal to write to, and what closes it and says what was written."""
    monkeypatch.setenv("TERM", "xterm-256color")
    ours, theirs = pty.openpty()
    parts = []

    def read():
        with suppress(OSError):  # the other end is closed
            while part := os.read(ours, 4096):
                parts.append(part)

    reader = threading.Thread(target=read)
    reader.start()
    stream = os.fdopen(theirs, "w", encoding="utf-8")

    def written():
        stream.close()
        reader.join()
        return b"".join(parts).decode()

    yield stream, written
    written()
    os.close(ours)


def test_the_view_suits_the_stream(terminal, monkeypatch):
    stream, _ = terminal

    assert isinstance(view(STUDY, stream=stream), LiveView)
    assert isinstance(view(STUDY, stream=io.StringIO()), PlainView)
    assert isinstance(view(STUDY), PlainView)
    assert isinstance(view(STUDY, quiet=True, stream=stream), QuietView)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(view(STUDY, stream=stream), PlainView)


def test_a_live_view_on_a_terminal_leaves_notes_and_nothing_else(terminal):
    stream, written = terminal

    with view(STUDY, stream=stream) as observer:
        for event in STORY:
            observer.notice(event)
    text = written()

    assert "The proposer has nothing new." in text
    assert text.endswith("\x1b[2K")  # the screen is erased, line by line


def test_a_live_view_of_a_search_that_was_interrupted_stays(terminal):
    stream, written = terminal

    with suppress(KeyboardInterrupt), view(STUDY, stream=stream) as observer:
        for event in STORY[:9]:
            observer.notice(event)
        raise KeyboardInterrupt

    last = written().rpartition("tiny")[2]
    assert "searching, cohort 1" in last
    assert "84c12935" in last


def test_a_quiet_view_says_nothing(capsys):
    with QuietView() as observer:
        for event in STORY:
            observer.notice(event)

    assert capsys.readouterr() == ("", "")
