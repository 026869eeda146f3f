"""List the models of a run: the front first, by size; then the rest, by how far they came and how accurate they were.

The run may still be going on. JSON, CSV and Markdown have every field; a terminal shows those that fit its width.
"""

from __future__ import annotations

import argparse

from fmsearch.commands.arguments import positive

HELP = "list the models of a run, the front first"
EXAMPLES = """\
examples:
  fmsearch leaderboard runs/small
  fmsearch leaderboard runs/small --top 5 --format markdown
  fmsearch leaderboard runs/small --format json | jq '.[] | select(.on_front)'
"""
FORMATS = ("rich", "json", "csv", "markdown")
FIGURES = 200  # characters of a line that all but the architecture take at the most


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("folder", metavar="RUN", help="the run's folder, as in runs/small")
    parser.add_argument("--top", metavar="N", type=positive, help="list at most N models")
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        choices=FORMATS,
        default=FORMATS[0],
        help="rich (a table, the default), json, csv or markdown",
    )


def run(options: argparse.Namespace) -> None:
    """Read the store, and print."""
    from fmsearch.reports.leaderboard import render
    from fmsearch.reports.rows import rows
    from fmsearch.run_folder import RunFolder
    from fmsearch.store import Store

    with Store(RunFolder.existing(options.folder).store, writable=False) as store:
        table, objective = rows(store), store.objectives.minimize
    if options.format != FORMATS[0]:
        print(render(table, options.format, options.top), end="")
        return

    from functools import partial

    from fmsearch.reports import leaderboard, output

    fitted = output.Fitted(partial(leaderboard.table, table, top=options.top, objective=objective))
    output.show(fitted, FIGURES + max((len(row.architecture) for row in table), default=0))
