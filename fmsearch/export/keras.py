"""Exports as `.keras` files: what Keras itself reads, on any of its backends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import is_zipfile

from fmsearch.datasets.images import COLOUR, GREY
from fmsearch.datasets.spec import Shape
from fmsearch.errors import InputError
from fmsearch.export.base import Classifier, Format
from fmsearch.training.quiet import import_keras

if TYPE_CHECKING:
    from fmsearch.export.base import Pixels, Probabilities

BATCH = 256
EXPECTED = "Expected a file that `fmsearch export` wrote."
SNIPPET = """\
import keras
import numpy as np
from PIL import Image

class_names = {names}

model = keras.saving.load_model({file})
image = Image.open("image.png").convert("{mode}").resize(({width}, {height}), Image.Resampling.BILINEAR)
pixels = np.asarray(image, "uint8").reshape(1, {height}, {width}, {channels})
probabilities = model.predict(pixels, verbose=0)[0]
print(class_names[probabilities.argmax()], probabilities.max())
"""


def write(kept: Path, to: Path) -> None:
    """Copy the kept model, which has the format already: to the last bit the file that was trained."""
    shutil.copyfile(kept, to)


def load(path: Path) -> Classifier:
    """A `.keras` file, loaded by Keras's own function, which refuses to run code that a file brings along.

    Raises:
        InputError: it is no such file, or no classifier of raw pixels.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", EXPECTED)
    if not is_zipfile(path):  # Keras would say that there is no such file
        raise InputError(f"{path} is not a complete .keras file.", EXPECTED)
    keras = import_keras()
    try:
        model = keras.saving.load_model(path, safe_mode=True)
    except Exception as error:  # Keras meets a wrong file with errors of nearly any type
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        fix = f"{EXPECTED[:-1]}; for one with blocks of your own, name their file with --blocks."
        raise InputError(f"{path} cannot be loaded as a Keras model: {reason}.", fix) from error
    return Classifier(_image_shape(path, model), model.output_shape[-1], _predictor(model))


def snippet(file: str, shape: Shape, class_names: Sequence[str]) -> str:
    """Code that classifies `image.png`."""
    height, width, channels = shape
    mode = "L" if channels == GREY else "RGB"
    names, file = (json.dumps(text, ensure_ascii=False) for text in (list(class_names), file))
    return SNIPPET.format(file=file, names=names, mode=mode, height=height, width=width, channels=channels)


def _image_shape(path: Path, model: Any) -> Shape:
    """The images that a classifier takes; anything else is refused, for it would be wrong without a word."""
    inputs, outputs = getattr(model, "inputs", None) or (), getattr(model, "outputs", None) or ()
    takes = [(keras_input.dtype, tuple(keras_input.shape)) for keras_input in inputs]
    gives = [tuple(output.shape) for output in outputs]
    match takes, gives:
        case [("uint8", (None, int() as height, int() as width, int() as channels))], [(None, int())]:
            if channels in {GREY, COLOUR}:
                return height, width, channels
    what = f"{path} is another kind of Keras model: it takes {takes or 'nothing known'}."
    raise InputError(what, f"{EXPECTED[:-1]}, which takes images of raw pixels (uint8) and gives probabilities.")


def _predictor(model: Any) -> Any:
    def predict(pixels: Pixels) -> Probabilities:
        import numpy as np

        return np.asarray(model.predict(pixels, batch_size=BATCH, verbose=0), np.float32)

    return predict


KERAS = Format(suffix=".keras", name="Keras", write=write, load=load, tolerance=1e-6, snippet=snippet)
