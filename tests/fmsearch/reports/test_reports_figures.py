"""Figures as a person reads them."""

import math

import pytest

from fmsearch.reports import figures


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0.0 s"),
        (2.14, "2.1 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (7640, "2 h 07 min"),
        (math.nan, "?"),
    ],
)
def test_duration(seconds, told):
    assert figures.duration(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.1, "1 s"),
        (7.4, "7 s"),
        (43, "45 s"),
        (89, "90 s"),
        (95, "2 min"),
        (3500, "58 min"),
        (3590, "1 h 00 min"),
        (7800, "2 h 10 min"),
    ],
)
def test_a_guess_is_rough(seconds, told):
    assert figures.rough(seconds) == told


@pytest.mark.parametrize(("seconds", "told"), [(-1, "0:00"), (7.9, "0:07"), (754, "12:34"), (3723, "1:02:03")])
def test_clock(seconds, told):
    assert figures.clock(seconds) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (950, "950"),
        (999.4, "999"),
        (999.6, "1k"),
        (1000, "1k"),
        (12_345, "12.3k"),
        (999_700, "1M"),
        (2e6, "2M"),
        (3.2e13, "32,000G"),
    ],
)
def test_short(value, told):
    assert figures.short(value) == told


@pytest.mark.parametrize(("count", "told"), [(512, "512 bytes"), (13_210, "13.2 kB"), (1_050_000, "1.05 MB")])
def test_data_size(count, told):
    assert figures.data_size(count) == told


def test_accuracy_and_spread():
    assert figures.accuracy(None) == ""
    assert figures.accuracy(0.89125) == "0.8912"
    assert figures.spread(0.5, None) == figures.spread(0.5, 0.0) == "0.5000"
    assert figures.spread(0.5, 0.0123) == "0.5000 ± 0.0123"
    assert figures.spelled("● 0.5 ± 0.1", ascii_only=True) == "* 0.5 +- 0.1"
    assert figures.spelled("● 0.5 ± 0.1", ascii_only=False) == "● 0.5 ± 0.1"


def test_several():
    assert [figures.several(count, "epoch") for count in (0, 1, 2_000)] == ["0 epochs", "1 epoch", "2,000 epochs"]


def test_one_line():
    assert figures.one_line("메모리\n\t부족 \x1b[31m") == "메모리 부족 [31m"
