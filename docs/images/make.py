"""Draw the README's picture from a finished run: `python docs/images/make.py runs/small`.

It shows what `fmsearch run` prints in the end: the front, and accuracy against size. No font is fetched by the picture.
"""  # noqa: INP001  # a script, no package

from __future__ import annotations

import argparse
import io
import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from fmsearch.reports.rows import rows
from fmsearch.reports.summary import summary
from fmsearch.run_folder import RunFolder
from fmsearch.store import Store

WIDTH = 100
PICTURE = Path(__file__).with_name("leaderboard.svg")
THEME = TerminalTheme(
    background=(22, 27, 34),
    foreground=(230, 237, 243),
    normal=[
        (72, 79, 88),
        (255, 123, 114),
        (63, 185, 80),
        (210, 153, 34),
        (88, 166, 255),
        (188, 140, 255),
        (57, 197, 207),
        (177, 186, 196),
    ],
)
MONOSPACE = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def draw(folder: RunFolder, command: str) -> str:
    """The picture as SVG."""
    with Store(folder.store, writable=False) as store:
        table, objective = rows(store), store.fact("objective")
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False, force_terminal=True)
    console.print(Text.assemble(("$ ", "green"), (command, "bold")), end="\n\n")
    console.print(summary(table, folder, objective))
    svg = console.export_svg(title="fmsearch", theme=THEME, unique_id="fmsearch")
    svg = re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code, monospace", MONOSPACE)


def main() -> None:
    """Draw, and write beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", metavar="RUN", help="the run's folder")
    parser.add_argument("--command", default="fmsearch run studies/small.yaml", help="what the first line says")
    options = parser.parse_args()
    PICTURE.write_text(draw(RunFolder.existing(options.folder), options.command), encoding="utf-8")


if __name__ == "__main__":
    main()
