"""Train some of a run's evaluations again, and compare them with what is stored, digit by digit.

They are drawn at random from those that were made in the same environment as this one (backend, Keras, processor). All
numbers but times must agree: losses and accuracies of each epoch, and the test accuracy. The exit code is 1 if one does
not.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fmsearch.commands.arguments import positive
from fmsearch.errors import FAILED

if TYPE_CHECKING:
    from rich.table import Table

    from fmsearch.repetition import Repetition

HELP = "train some of a run's evaluations again and compare digit by digit"
EXAMPLES = """\
examples:
  fmsearch verify runs/small
  fmsearch verify runs/small --count 20 --seed 1
"""
COUNT = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("folder", metavar="RUN", help="the run's folder, as in runs/small")
    count = f"evaluations to train again (default: {COUNT})"
    parser.add_argument("--count", metavar="K", type=positive, default=COUNT, help=count)
    parser.add_argument("--seed", metavar="N", type=int, help="seed of the random choice (default: new each time)")
    parser.add_argument("--workers", metavar="N", type=positive, help="trainings side by side (default: one per core)")


def run(options: argparse.Namespace) -> int:
    """Draw, train, compare, and print."""
    from fmsearch import executors
    from fmsearch.executors import cores
    from fmsearch.repetition import repeat
    from fmsearch.reports import figures, output
    from fmsearch.run_folder import RunFolder

    folder = RunFolder.existing(options.folder)
    workers = min(options.workers or cores(), options.count)
    done = repeat(folder, options.count, options.seed, executors.make("processes", workers))
    differing = sum(bool(one.difference) for one in done)
    output.show(table(done))
    of = figures.several(len(done), "evaluation")
    if not differing:
        print(f"\n{of} trained again: every digit is the same")
        return 0
    print(f"\n{differing} of {of} {'differs' if differing == 1 else 'differ'}")
    return FAILED


def table(done: Sequence[Repetition]) -> Table:
    """One row an evaluation."""
    from fmsearch.reports import figures, output
    from fmsearch.reports.rows import ID_LENGTH

    rows = output.ruled(ascii_only=True)
    for name in ("id", "trained for", "epochs", "accuracy", "again"):
        rows.add_column(name, justify="right" if name in {"epochs", "accuracy"} else "left")
    for one in done:
        evaluation = one.evaluation
        rows.add_row(
            evaluation.candidate.digest[:ID_LENGTH],
            "the search" if evaluation.purpose == "search" else "the final stage",
            f"{evaluation.epochs:g}",
            figures.accuracy(one.stored.accuracy),
            one.difference or "the same",
        )
    return rows
