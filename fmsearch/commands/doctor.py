"""Say what this machine has: versions, backend, GPU, memory, cache, data sets.

Nothing heavy is imported for it. The exit code is 1 if something is missing that a search cannot do without.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HELP = "say what this machine has, and what is missing"
EXAMPLES = """\
examples:
  fmsearch doctor
  KERAS_BACKEND=jax fmsearch doctor
"""
PACKAGES = ("fmsearch", "keras", "optuna", "numpy", "scikit-learn", "pillow")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; with a `problem`, a search cannot run."""

    name: str
    value: str
    problem: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """This command has no options."""
    del parser


def run(options: argparse.Namespace) -> int:
    """Look, and print."""
    del options
    findings = list(examine())
    if sys.stdout.isatty():
        _print_table(findings)
    else:
        print(plain(findings))
    return 1 if any(finding.problem for finding in findings) else 0


def examine() -> Iterator[Finding]:
    """Everything that is looked at."""
    from fmsearch.executors import cores

    yield Finding("python", platform.python_version())
    yield Finding("platform", f"{platform.system()} {platform.machine()}")
    yield Finding("cores", str(cores()))
    yield Finding("memory", _memory())
    for package in PACKAGES:
        yield _package(package, package)
    yield _backend()
    yield _gpu()
    yield _cache()
    yield from _datasets()


def plain(findings: list[Finding]) -> str:
    """A line a finding, for files and pipes."""
    width = max(len(finding.name) for finding in findings)
    return "\n".join(f"{finding.name:<{width}}  {finding.value}{_remark(finding)}" for finding in findings)


def _remark(finding: Finding) -> str:
    return f"  PROBLEM: {finding.problem}" if finding.problem else ""


def _print_table(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        style = "red" if finding.problem else "green"
        table.add_row(Text(finding.name, style="bold"), Text(finding.value, style=style), Text(finding.problem))
    Console().print(table)


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return "unknown"
    return f"{size / 2**30:.1f} GiB"


def _package(name: str, package: str) -> Finding:
    try:
        return Finding(name, version(package))
    except PackageNotFoundError:
        return Finding(name, "absent", f"not installed; pip install {package}")


def _backend() -> Finding:
    """What Keras will use, and whether it is installed."""
    from fmsearch.environment import BACKENDS, chosen_backend

    backend = chosen_backend()
    if backend not in BACKENDS:
        *others, last = BACKENDS
        return Finding("backend", backend, f"cannot train; set KERAS_BACKEND to {', '.join(others)} or {last}")
    found = _package("backend", backend)
    return Finding("backend", f"{backend} {found.value}", found.problem)


def _gpu() -> Finding:
    from fmsearch.environment import Environment

    return Finding("gpu", "NVIDIA" if Environment.here().device == "gpu" else "none; searches run on the CPU")


def _cache() -> Finding:
    """The folder that data sets are shared through."""
    from fmsearch.cache_folder import VARIABLE, roots

    wanted, *others = roots()
    if _is_writable(wanted):
        return Finding("cache", str(wanted))
    instead = next(filter(_is_writable, others), None)
    if instead is None:
        return Finding("cache", str(wanted), f"not writable; set {VARIABLE} to a folder that is")
    return Finding("cache", f"{instead}, as {wanted} is not writable; {VARIABLE} names another")


def _is_writable(folder: Path) -> bool:
    """The first one above it that is there decides."""
    above = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return above.is_dir() and os.access(above, os.W_OK)


def _datasets() -> Iterator[Finding]:
    from fmsearch.datasets.catalogue import CATALOGUE
    from fmsearch.datasets.known import keras_folder

    for name, entry in CATALOGUE.items():
        there = all((keras_folder() / file).is_file() for file in entry.files)
        yield Finding(name, "here" if there else "not here; fetched when it is first used")
