"""Say what an exported model sees in images: its likeliest classes and their probabilities.

Images may be of any size and of any common format; they are converted as those that the model was trained on. Class
names come from the card beside the model, `best.md` beside `best.keras`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fmsearch.commands.arguments import positive

if TYPE_CHECKING:
    from fmsearch.export.base import Classifier, Probabilities

HELP = "what an exported model sees in images"
EXAMPLES = """\
examples:
  fmsearch predict best.keras photo.png
  fmsearch predict best.keras *.jpg --top 1 --format json
  fmsearch predict digits.keras ink-on-paper.png --invert
"""
WHITE = 255
BLOCKS = "a Python file with the blocks of your own that the model is made of; its code is run"


@dataclass(frozen=True)
class Guess:
    """One class that an image may show; no name if none is known."""

    index: int
    name: str | None
    probability: float


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("model", metavar="MODEL", help="a file that `fmsearch export` wrote")
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="image files")
    parser.add_argument("--blocks", metavar="FILE", action="append", default=[], help=BLOCKS)
    parser.add_argument("--top", metavar="K", type=positive, default=3, help="classes shown per image (default: 3)")
    parser.add_argument("--format", choices=("plain", "json"), default="plain", help="how to print (default: plain)")
    parser.add_argument(
        "--invert",
        action="store_true",
        help="swap light and dark: for ink on paper, where the model learnt light strokes on a dark ground",
    )


def run(options: argparse.Namespace) -> None:
    """Load, look, and print."""
    from fmsearch import own_code
    from fmsearch.export.formats import format_of

    for file in options.blocks:
        own_code.load(Path(file))
    path = Path(options.model)
    classifier = format_of(path).load(path)
    names = class_names(path, classifier.classes)
    probabilities = look(classifier, [Path(image) for image in options.images], invert=options.invert)
    found = [guesses(row, names)[: options.top] for row in probabilities]
    seen = list(zip(options.images, found, strict=True))
    print(as_json(seen) if options.format == "json" else plain(seen))


def look(classifier: Classifier, images: Sequence[Path], *, invert: bool) -> Probabilities:
    """The probabilities of each image's classes.

    Raises:
        InputError: one is no image.
    """
    import numpy as np

    from fmsearch.datasets.images import read_image

    pixels = np.stack([read_image(image, classifier.shape) for image in images])
    return classifier.predict(WHITE - pixels if invert else pixels)


def class_names(model: Path, classes: int) -> list[str] | None:
    """The names on the card beside a model; None, and a word to the user, if there are none that fit it."""
    from fmsearch.export import card

    page = model.with_suffix(".md")
    matter = card.read(page)
    if matter is None:
        reason = f"there is no card {page} beside the model"
    elif matter.get("sha256") != card.sha256(model):
        reason = f"{page} is the card of another model"
    elif not isinstance(names := matter.get("class_names"), list) or len(names) != classes:
        reason = f"{page} has no names for {classes} classes"
    else:
        return [str(name) for name in names]
    print(f"fmsearch: {reason}, so classes have numbers instead of names.", file=sys.stderr)
    return None


def guesses(probabilities: Probabilities, names: Sequence[str] | None) -> list[Guess]:
    """All classes, the likeliest first."""
    order = sorted(range(len(probabilities)), key=lambda index: (-probabilities[index], index))
    return [Guess(index, names[index] if names else None, round(float(probabilities[index]), 6)) for index in order]


def plain(seen: Sequence[tuple[str, list[Guess]]]) -> str:
    """A line a guess: image, probability, class."""
    width = max(len(image) for image, _ in seen)
    lines = [
        f"{image:<{width}}  {guess.probability:.4f}  {guess.index if guess.name is None else guess.name}"
        for image, found in seen
        for guess in found
    ]
    return "\n".join(lines)


def as_json(seen: Sequence[tuple[str, list[Guess]]]) -> str:
    """A list of objects, one an image."""
    content = [{"image": image, "classes": [asdict(guess) for guess in found]} for image, found in seen]
    return json.dumps(content, indent=2, ensure_ascii=False)
