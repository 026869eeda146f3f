"""The screen of a search that goes on, compared whole, and what it leaves on a terminal."""

import random
from contextlib import suppress

import pytest
from handmade_run import evaluation, network
from story import STORY, STUDY, TIMED, Clock

from fmsearch.events import Started
from fmsearch.reports.live import screen
from fmsearch.reports.output import plain
from fmsearch.reports.progress import Progress
from fmsearch.reports.views import view


def shown(events, *, width=80, height=24, seconds=3.0, encoding="utf-8", study=STUDY):
    """The screen after events that came `seconds` apart."""
    clock = Clock()
    progress = Progress(study, clock)
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


def test_the_screen_under_a_time_limit():
    first, bar, counts, *_ = shown(STORY[:11], study=TIMED).splitlines()
    assert first == "tiny  searching, cohort 1"
    assert bar.endswith("14 epochs  0:33, about 9 min left")
    assert counts.startswith("4 candidates taken, 1,200 rejected")


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
        shown(STORY[:17], width=110, height=20)
        == """\
tiny  final stage: 2 models, trained again
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
        shown(STORY[:12], width=60, height=8, encoding="ascii")
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
    text = shown(STORY[:15], width=width, height=height)

    assert max(map(len, text.splitlines())) <= width
    if width >= 24:
        assert text.count("\n") <= max(height, 8)


def test_many_workers_are_summed_up():
    events = [Started(number, evaluation(network(2, number + 1))) for number in range(40)]

    text = shown(events)

    assert "and 26 more" in text
    assert text.count("\n") <= 24


def test_events_in_any_order_upset_nothing():
    order = random.Random(0)
    for _ in range(12):
        events = [*STORY, *STORY]
        order.shuffle(events)
        for width in (60, 120):
            assert shown(events, width=width)


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
