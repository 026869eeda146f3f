"""Who watches a search: plain lines, and that no view has an effect on it."""

import io
import random
import re

from rich.console import Console
from story import STORY, STUDY, TIMED
from stubs import StubExecutor, search, stub_study, told

from fmsearch.reports.live import LiveView
from fmsearch.reports.views import PlainView, QuietView, view
from fmsearch.study import Budget, Final


def lines(events, encoding="utf-8", study=STUDY):
    buffer = io.BytesIO()
    with io.TextIOWrapper(buffer, encoding=encoding, newline="\n") as stream, PlainView(study, stream) as observer:
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


def test_plain_lines_under_a_time_limit():
    text = lines(STORY, study=TIMED)
    assert "\n[1] d26925c3   2 epochs  acc 0.3000" in text
    assert "\nfinal stage: 2 models, epochs as the limit allows, 2 seeds\n[ 1/4] " in text


def test_plain_lines_in_ascii():
    assert "[31m\\uba54\\ubaa8\\ub9ac" in lines(STORY, "ascii")


def test_a_reader_who_has_gone_does_not_stop_the_search():
    stream = io.StringIO()
    observer = PlainView(STUDY, stream)
    stream.close()

    for event in STORY:
        observer.notice(event)


def test_events_in_any_order_are_lines():
    order = random.Random(0)
    for _ in range(12):
        events = [*STORY, *STORY]
        order.shuffle(events)
        assert lines(events).count("\n") == 2 * lines(STORY).count("\n")


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


def test_the_view_suits_the_stream(terminal, monkeypatch):
    stream, _ = terminal

    assert isinstance(view(STUDY, stream=stream), LiveView)
    assert isinstance(view(STUDY, stream=io.StringIO()), PlainView)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert isinstance(view(STUDY), PlainView)
    assert isinstance(view(STUDY, quiet=True, stream=stream), QuietView)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(view(STUDY, stream=stream), PlainView)


def test_a_quiet_view_says_nothing(capsys):
    with QuietView() as observer:
        for event in STORY:
            observer.notice(event)

    assert capsys.readouterr() == ("", "")
