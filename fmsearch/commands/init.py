"""Write a new study file, with a comment beside each key. An existing file is left as it is."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fmsearch.errors import InputError

if TYPE_CHECKING:
    from fmsearch.datasets import Data

HELP = "write a new study file to start from"
EXAMPLES = """\
examples:
  fmsearch init
  fmsearch init studies/clothes.yaml --data fashion_mnist
  fmsearch init pets.yaml --data folder:images/pets
  fmsearch init sensor.yaml --data npz:sensor.npz
"""
KNOWN = ("digits", "fashion_mnist", "mnist", "cifar10")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("path", metavar="PATH", nargs="?", default="study.yaml", help="the new file (study.yaml)")
    parser.add_argument(
        "--data",
        metavar="DATA",
        default=KNOWN[0],
        help=f"{', '.join(KNOWN)}, folder:PATH (a folder of images per class) or npz:PATH; {KNOWN[0]} if absent",
    )


def run(options: argparse.Namespace) -> None:
    """Write the file."""
    path = Path(options.path)
    text = _text(path, options.data)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path} already exists.", "Name another file, or remove that one first.") from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}.", "Make its folder first, or name another file."
        ) from None
    print(f"Wrote {path}. Next: fmsearch check {path}")


def _text(path: Path, chosen: str) -> str:
    """The study for the images that the option names, which are looked at first."""
    from fmsearch.datasets import describe
    from fmsearch.starter import SMALL, Scale, starter

    data, line = _data(path, chosen)
    height, width, channels = describe(data, path.parent).shape
    colours = "colour" if channels > 1 else "grey"
    about = f"{height}x{width} {colours} images of {chosen}: which networks are acceptable, and how much to search."
    scale = SMALL if min(height, width) < 16 else Scale()  # noqa: PLR2004  # four halvings would leave one pixel
    return starter(_name(path, chosen), line, about, scale)


def _data(path: Path, chosen: str) -> tuple[Data, str]:
    """The `data` section that the option means, and its line."""
    from fmsearch.datasets import Data

    source, colon, place = chosen.partition(":")
    if source in {"folder", "npz"} and place:
        try:
            relative = Path(os.path.relpath(Path(place).expanduser(), path.parent)).as_posix()
        except RuntimeError as error:
            raise InputError(f"--data {chosen}: {str(error).rstrip('.')}.", "Expected a path.") from None
        if not relative.isprintable():
            raise InputError(f"--data {chosen!a}: a path with control characters.", "Rename it.")
        written = "'" + relative.replace("'", "''") + "'"
        section = Data(folder=relative) if source == "folder" else Data(npz=relative)
        resized = ", image_size: 32, channels: 3" if source == "folder" else ""
        return section, f"data: {{{source}: {written}{resized}, validation: 0.1, test: 0.2}}"
    if colon or source not in KNOWN:
        raise InputError(f"--data {chosen}: unknown.", f"Expected {', '.join(KNOWN)}, folder:PATH or npz:PATH.")
    return Data.model_validate({"dataset": source}), f"data: {{dataset: {source}, validation: 0.1}}"


def _name(path: Path, chosen: str) -> str:
    """A name for the study: the file's, or that of its images for a file called study."""
    name = path.stem if path.stem != "study" else re.split(r"[:/\\]", chosen.removesuffix("/"))[-1].split(".")[0]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:64] or "study"
    return name if name[0].isalpha() and name.lower() not in {"null", "true", "false"} else f"'{name}'"
