"""Arguments that several commands take."""

from __future__ import annotations

import argparse


def add_changes(parser: argparse.ArgumentParser) -> None:
    """`--set`, as often as one likes."""
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="change a value of the study, as YAML, such as budget.candidates=12 or 'engine={sampler: tpe}'; may be "
        "given several times",
    )


def positive(text: str) -> int:
    """A whole number, 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number, 1 or more, not '{text}'")
    return int(text)
