"""Run a study: search, train the front again, and show the leaderboard. Run it again, without --fresh, to resume."""

from __future__ import annotations

import argparse
import signal
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fmsearch.commands.arguments import add_changes
from fmsearch.executors import NAMES

if TYPE_CHECKING:
    from fmsearch.events import Event

HELP = "run a study, or go on with one that was interrupted"
EXAMPLES = """\
examples:
  fmsearch run studies/small.yaml
  fmsearch run studies/fashion.yaml --workers 2 --set budget.candidates=12
  fmsearch run studies/small.yaml --out runs/second --set seed=1
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("study", metavar="STUDY", help="the study file")
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="the run folder (default: runs/<name of the study>, or the folder of STUDY if a run wrote it)",
    )
    parser.add_argument("--workers", metavar="N", type=int, help="evaluations side by side (default: one per core)")
    parser.add_argument(
        "--executor",
        choices=NAMES,
        default=NAMES[0],
        help="where evaluations run: worker processes (default), or one after another in this process, where one that "
        "hangs cannot be ended",
    )
    add_changes(parser)
    parser.add_argument("--fresh", action="store_true", help="begin anew; an earlier run is moved aside")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")


def run(options: argparse.Namespace) -> None:
    """Run, watched by a view that suits the terminal."""
    from fmsearch.events import Both
    from fmsearch.reports.output import show
    from fmsearch.reports.summary import summary
    from fmsearch.reports.views import view
    from fmsearch.run_folder import RunFolder
    from fmsearch.runner import folder_of, run
    from fmsearch.study import load_study

    stop = threading.Event()
    # Who sends this one does not wait long.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    study = load_study(options.study, tuple(options.set), to_run=True)
    folder = folder_of(study, options.out) if options.out else RunFolder.of(Path(options.study)) or folder_of(study)
    with view(study, quiet=options.quiet) as observer:
        table = run(
            study,
            folder.path,
            workers=options.workers,
            executor=options.executor,
            fresh=options.fresh,
            observer=Both(observer, Politeness(stop)),
            stop=stop,
        )
    if not options.quiet:
        show(summary(table, folder, study.objectives.minimize))


class Politeness:
    """Once a search has begun, an interruption lets what runs finish; before, it ends the command.

    Args:
        stop: what is set by an interruption.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def notice(self, event: Event) -> None:
        """Wait for the search to begin."""
        from fmsearch.events import Began

        if isinstance(event, Began):
            signal.signal(signal.SIGINT, partial(_interrupted, self._stop))


def _interrupted(stop: threading.Event, *signal_and_frame: Any) -> None:
    """The first time, finish what runs; the second time, leave at once."""
    del signal_and_frame
    if stop.is_set():
        raise KeyboardInterrupt
    stop.set()
