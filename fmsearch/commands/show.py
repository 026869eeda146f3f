"""Show one model of a run: its layers and what they cost, its recipe, its trainings and how it learned.

Without an ID it is the best: the most accurate on the front.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fmsearch.errors import FmsearchError

if TYPE_CHECKING:
    from fmsearch.reports.rows import Row

HELP = "show one model: layers, shapes, parameters, MACs, recipe, learning curve"
EXAMPLES = """\
examples:
  fmsearch show runs/small
  fmsearch show runs/small 4f2a
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("folder", metavar="RUN", help="the run's folder, as in runs/small")
    parser.add_argument("id", metavar="ID", nargs="?", help="the first digits of the model's id; the best if absent")


def run(options: argparse.Namespace) -> None:
    """Read the store, and print."""
    from fmsearch.reports import output
    from fmsearch.reports.model import model
    from fmsearch.reports.rows import find, rows
    from fmsearch.run_folder import RunFolder
    from fmsearch.store import Store

    with Store(RunFolder.existing(options.folder).store, writable=False) as store:
        table = rows(store)
    row = find(table, options.id) if options.id is not None else best(table, options.folder)
    output.show(model(row, len(table)))


def best(table: Sequence[Row], run_folder: str) -> Row:
    """The most accurate on the front.

    Raises:
        FmsearchError: no model was trained yet.
    """
    front = [row for row in table if row.on_front]
    if not front:
        raise FmsearchError(f"{run_folder} has no trained model yet.", "`fmsearch leaderboard` lists what there is.")
    return max(front, key=lambda row: row.accuracy or 0.0)
