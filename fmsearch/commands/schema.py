"""Print the JSON Schema of study files, for editors that complete and check YAML; or their reference as Markdown.

An editor with the YAML language server finds the schema by a study's first line:
`# yaml-language-server: $schema=PATH`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fmsearch.errors import InputError

HELP = "print the JSON Schema of study files, or their reference"
EXAMPLES = """\
examples:
  fmsearch schema
  fmsearch schema --to docs/study.schema.json
  fmsearch schema --blocks my_blocks.py --to study.schema.json
  fmsearch schema --reference --to docs/reference/study-file.md
  fmsearch schema --commands --to docs/reference/commands.md
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--reference", action="store_true", help="the reference of study files, in Markdown")
    what.add_argument("--commands", action="store_true", help="the reference of the commands, in Markdown")
    parser.add_argument(
        "--blocks",
        metavar="FILE",
        action="append",
        default=[],
        help="a Python file with blocks of your own, which stand beside the others; its code is run",
    )
    parser.add_argument("--to", metavar="FILE", help="the file to write, in place of printing")


def run(options: argparse.Namespace) -> None:
    """Print, or write."""
    text = _text(options)
    if options.to is None:
        print(text, end="")
        return
    path = Path(options.to)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.", "Name a file.") from None
    print(f"Wrote {path}.")


def _text(options: argparse.Namespace) -> str:
    from fmsearch import commands
    from fmsearch.own_code import load, tell_apart
    from fmsearch.reference import commands_reference, reference
    from fmsearch.schema import schema_text
    from fmsearch.study import study_with

    if options.commands:
        return commands_reference(commands.ALL)
    own = [load(Path(file)) for file in options.blocks]
    tell_apart(own)
    study = study_with(tuple(block for one in own for block in one.blocks))
    return reference(study) if options.reference else schema_text(study)
