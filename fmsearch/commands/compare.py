"""Put runs side by side: their fronts, how these grew with trainings and time, and what differs between the studies.

Runs may still be going on. A model counts by its validation accuracy; its test accuracy is shown beside it.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack

from fmsearch.errors import InputError

HELP = "runs side by side: fronts, how they grew, and what differs between the studies"
EXAMPLES = """\
examples:
  fmsearch compare runs/small runs/second
  fmsearch compare runs/front runs/nsga2 runs/tpe --format json
  fmsearch compare runs/front runs/tpe --sizes 1000 1000000
"""
FORMATS = ("rich", "json")


WIDTH = 20  # of a column, in a pipe


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("folders", metavar="RUN", nargs="+", help="the folders of two runs or more")
    parser.add_argument(
        "--format", metavar="FORMAT", choices=FORMATS, default=FORMATS[0], help="rich (tables, the default) or json"
    )
    parser.add_argument(
        "--sizes",
        metavar=("LOW", "HIGH"),
        nargs=2,
        type=int,
        help="between which sizes fronts are measured (default: the smallest and the largest model of any front)",
    )


def run(options: argparse.Namespace) -> None:
    """Read the stores, and print."""
    import json

    from fmsearch.reports.comparison import Comparison
    from fmsearch.reports.history import history
    from fmsearch.reports.overlay import LETTERS
    from fmsearch.run_folder import RunFolder
    from fmsearch.store import Store

    if not 2 <= len(options.folders) <= len(LETTERS):  # noqa: PLR2004  # a comparison takes two
        raise InputError(f"Expected 2 to {len(LETTERS)} runs to compare, not {len(options.folders)}.")
    if options.sizes and not 1 <= options.sizes[0] < options.sizes[1]:
        raise InputError(f"--sizes {options.sizes[0]} {options.sizes[1]} is not a range.", "Expected 1 <= LOW < HIGH.")
    with ExitStack() as open_:
        stores = [
            open_.enter_context(Store(RunFolder.existing(folder).store, writable=False)) for folder in options.folders
        ]
        runs = [history(folder, store) for folder, store in zip(options.folders, stores, strict=True)]
    comparison = Comparison(runs, options.sizes)
    if options.format == "json":
        print(json.dumps(comparison.record(), indent=2, ensure_ascii=False))
        return

    from fmsearch.reports import output
    from fmsearch.reports.side_by_side import side_by_side

    output.show(side_by_side(comparison), max(output.PIPE_WIDTH, WIDTH * (1 + len(runs))))
