"""Plots in characters, compared as they look."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmsearch.pareto import Point, front
from fmsearch.reports.plot import curve, scatter, steps

POINTS = [
    Point(120, 0.31),
    Point(900, 0.78),
    Point(30_000, 0.93),
    Point(2_000, 0.55),
    Point(60_000, 0.90),
    Point(500, 0.2),
]


def plot(text):
    return text.strip("\n")


def test_scatter():
    assert scatter(POINTS, set(front(POINTS)), 60, 14) == plot("""
1.0 ┤
    │                                               ●     •
    │                                               │
0.8 ┤                  ●────────────────────────────╯
    │                  │
0.6 ┤                  │
    │                  │      •
    │                  │
0.4 ┤                  │
    │                  │
    │ ●────────────────╯
0.2 ┤             •
    └───────────────────┬──────────────────┬────────────────
                       1k                 10k
""")


def test_scatter_in_ascii():
    assert scatter(POINTS, set(front(POINTS)), 48, 10, ascii_only=True) == plot("""
1.0 +                                     *   .
    |              *----------------------'
    |              |
0.5 +              |    .
    |              |
    | *------------'
    |          .
0.0 +
    +---------------+-------------+-------------
                   1k            10k
""")


def test_a_single_point_and_equal_points():
    one = plot("""
0.55 ┤
     │
     │
0.50 ┤                 ●
     │
0.45 ┤
     └─────────────────┬────────────────
                      100
""")
    assert scatter([Point(100, 0.5)], {0}, 40, 8) == one
    assert scatter([Point(100, 0.5)] * 3, {0}, 40, 8) == one


def test_a_narrow_range_of_sizes_is_labelled_by_its_ends():
    assert scatter([Point(12_345, 0.9), Point(12_900, 0.91)], {0, 1}, 40, 7) == plot("""
0.91 ┤                                ●
     │                                │
     │                                │
     │                                │
0.90 ┤ ●──────────────────────────────╯
     └─┬──────────────────────────────┬─
      12.3k                        12.9k
""")


def test_what_cannot_be_drawn_is_left_out():
    assert scatter([], set(), 60, 14) == ""
    assert scatter(POINTS, {0}, 23, 14) == scatter(POINTS, {0}, 60, 4) == ""
    spoiled = [*POINTS, Point(100, math.nan), Point(math.inf, 0.5)]
    assert scatter(spoiled, {0, 1, 2, 6, 7}, 60, 14) == scatter(POINTS, {0, 1, 2}, 60, 14)


def test_curve():
    assert curve([0.42, 0.81, 0.9, 0.86, 0.93, 0.96, 0.97, 0.97, 0.98, 0.98, 0.99, 0.99], 48, 9) == plot("""
1.0 ┤       ⣀⣀⣀   ⣀⡠⠤⠤⠤⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠉⠉⠉⠉⠉⠉
    │   ⢠⠒⠉⠉   ⠉⠉⠉
    │  ⡔⠁
0.5 ┤⢠⠊
    │⠁
    │
0.0 ┤
    └┬──────────────┬───────────────────┬───────
     1              5                  10
""")


def test_curve_in_ascii_skips_what_is_no_number():
    assert curve([2.1, math.nan, 0.9, 0.5], 40, 8, ascii_only=True) == plot("""
3 +
  |..
2 + ............
1 +            ............
  |                       ..............
0 +
  ++-----------+-----------------------+
   1           2                       4
""")


def test_a_curve_of_one_epoch_and_of_none():
    assert curve([0.5], 40, 6) == plot("""
0.55 ┤
     │
0.50 ┤⠁
0.45 ┤
     └┬─────────────────────────────────
      1
""")
    assert curve([], 40, 6) == curve([math.nan], 40, 6) == ""


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.0, 1.0], ["0.0", "0.5", "1.0"]),
        ([0.871, 0.914], ["0.86", "0.88", "0.90", "0.92"]),
        ([12.0, 87.0], ["0", "50", "100"]),
        ([0.5, 0.5], ["0.46", "0.48", "0.50", "0.52", "0.54"]),
    ],
)
def test_steps_are_round(values, labels):
    assert [tick.label for tick in steps(values, 8)] == labels


@given(
    st.lists(st.builds(Point, st.floats(0, 1e12), st.floats(0, 1))),
    st.integers(1, 130),
    st.integers(1, 40),
    st.booleans(),
)
def test_a_scatter_keeps_within_its_bounds(points, width, height, ascii_only):
    members = set(front(points))

    lines = scatter(points, members, width, height, ascii_only=ascii_only).splitlines()

    assert len(lines) in {0, height}
    assert max(map(len, lines), default=0) <= width
    if lines:
        assert ("*" if ascii_only else "●") in "".join(lines)
        assert "".join(lines).isascii() == ascii_only


@given(
    st.lists(st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf])),
    st.integers(1, 130),
    st.integers(1, 40),
)
def test_a_curve_keeps_within_its_bounds(values, width, height):
    lines = curve(values, width, height).splitlines()

    assert len(lines) in {0, height}
    assert max(map(len, lines), default=0) <= width
