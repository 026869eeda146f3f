"""Validate a study file and say what its space holds, before anything is trained."""

from __future__ import annotations

import argparse

HELP = "validate a study; how large is its space, and how much of it is within limits"
EXAMPLES = """\
examples:
  fmsearch check studies/small.yaml
  fmsearch check studies/small.yaml --set limits.parameters=5000
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("study", metavar="STUDY", help="the study file")
    parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="change a value of the study")


def run(options: argparse.Namespace) -> None:
    """Validate, sample, and print."""
    from fmsearch.study import load_study

    load_study(options.study, tuple(options.set))
