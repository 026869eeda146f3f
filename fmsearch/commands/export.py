"""Hand over one model of a run as a file, once it is proved to do what the leaderboard says.

The file is run again in a process of its own on all validation images: it must answer as the model that the run kept,
and be as accurate as the run found. A card lies beside it, `best.md` beside `best.keras`. Images go in as raw pixels.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from fmsearch.commands.arguments import positive

if TYPE_CHECKING:
    from fmsearch.export.delivery import Delivery

HELP = "write a model of a run to a file, verified, with a card beside it"
EXAMPLES = """\
examples:
  fmsearch export runs/small --to best.keras
  fmsearch export runs/small --max-parameters 5000 --to small.keras
  fmsearch export runs/small 88c2b33a --to chosen.keras --force
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("folder", metavar="RUN", help="the run folder")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "id", metavar="ID", nargs="?", help="the first digits of a model's id, as the leaderboard has it"
    )
    which.add_argument("--best", action="store_true", help="the most accurate on the front (this is the default)")
    which.add_argument("--knee", action="store_true", help="the one on the front where more size stops paying")
    which.add_argument(
        "--max-parameters", metavar="N", type=positive, help="the most accurate with at most N parameters"
    )
    parser.add_argument(
        "--to", metavar="PATH", required=True, help="the file to write; its suffix is the format: .keras"
    )
    parser.add_argument("--force", action="store_true", help="overwrite existing files")


def run(options: argparse.Namespace) -> None:
    """Choose, write, verify, and say what was found."""
    from pathlib import Path

    from fmsearch.export.choose import Selection
    from fmsearch.export.delivery import deliver
    from fmsearch.run_folder import RunFolder

    folder = RunFolder.existing(options.folder)
    selection = Selection(options.id, options.knee, options.max_parameters)
    print("\n".join(told(deliver(folder, selection, Path(options.to), force=options.force))))


def told(delivery: Delivery) -> list[str]:
    """What was handed over, in a few lines."""
    from fmsearch.reports import figures

    row, found = delivery.row, delivery.verification
    accuracy, test = figures.accuracy(row.accuracy), figures.spread(row.test_accuracy, row.test_accuracy_std)
    about = f"model {row.id}, {row.parameters:,} parameters, accuracy {accuracy}, on test images {test}"
    again = f"run again on {figures.several(found.images, 'validation image')}, it answers as the trained model"
    return [
        f"{delivery.model}: {about}",
        f"verified: {again} (accuracy {figures.accuracy(found.accuracy)})",
        f"{delivery.card}: its card",
    ]
