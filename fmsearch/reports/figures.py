"""Figures and words as a person reads them."""

from __future__ import annotations

import math

MINUTE, HOUR = 60, 3600
UNITS = {"parameters": "parameters", "macs": "MACs", "memory": "bytes"}
"""What a size is counted in, by the study's objective."""

MARK = "●"
"""The mark of the front's members."""

_ASCII = str.maketrans({MARK: "*", "±": "+-"})
_LARGE = ((10**9, "G"), (10**6, "M"), (10**3, "k"))


def accuracy(value: float | None) -> str:
    """An accuracy to four places."""
    return "" if value is None else f"{value:.4f}"


def spread(mean: float | None, deviation: float | None) -> str:
    """A mean with its standard deviation, where there is one: `0.8912 ± 0.0031`."""
    if not deviation:
        return accuracy(mean)
    return f"{accuracy(mean)} ± {deviation:.4f}"


def duration(seconds: float) -> str:
    """A time: `2.1 s`, `3 min 05 s`, `2 h 07 min`."""
    if not math.isfinite(seconds):
        return "?"
    if seconds < MINUTE - 0.05:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE:02} s"
    minutes = round(seconds / MINUTE)
    return f"{minutes // MINUTE} h {minutes % MINUTE:02} min"


def clock(seconds: float) -> str:
    """A time that goes on: `0:07`, `12:34`, `1:02:03`."""
    minutes, rest = divmod(int(max(seconds, 0)), MINUTE)
    hours, minutes = divmod(minutes, MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def rough(seconds: float) -> str:
    """A time that is a guess: `5 s`, `3 min`, `2 h 10 min`."""
    if not math.isfinite(seconds):
        return "?"
    if seconds < 1.5 * MINUTE:
        return f"{max(5 * round(seconds / 5), 1)} s" if seconds >= MINUTE / 2 else f"{max(round(seconds), 1)} s"
    if round(seconds / MINUTE) < MINUTE:
        return f"{round(seconds / MINUTE)} min"
    minutes = 5 * round(seconds / MINUTE / 5)
    return f"{minutes // MINUTE} h {minutes % MINUTE:02} min"


def short(value: float) -> str:
    """A size in a few characters: `950`, `12.3k`, `2M`."""
    for unit, letter in _LARGE:
        if value >= unit * 0.9995:
            return f"{value / unit:.3g}{letter}" if value < 1000 * unit else f"{value / unit:,.0f}{letter}"
    return f"{value:.0f}"


def data_size(count: int) -> str:
    """Bytes in the unit that suits: `512 bytes`, `13.2 kB`, `1.05 MB`."""
    return f"{count:,} bytes" if count < _LARGE[-1][0] else f"{short(count)[:-1]} {short(count)[-1]}B"


def several(count: float, one: str) -> str:
    """A count and what is counted: `1 seed`, `3 seeds`."""
    return f"{count:,} {one if count == 1 else f'{one}s'}"


def spelled(text: str, *, ascii_only: bool) -> str:
    """Text with our own marks in ASCII, if it must be."""
    return text.translate(_ASCII) if ascii_only else text


def one_line(text: str) -> str:
    """Text without line breaks and control characters."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
