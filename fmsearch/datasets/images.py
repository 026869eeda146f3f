"""One image file, from anywhere, as an array."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from fmsearch.datasets.spec import Shape
from fmsearch.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
"""What is read: raster formats that Pillow decodes by itself."""
MAX_PIXELS = 50_000_000
GREY, COLOUR = 1, 3
DEEP = 65535


def read_image(path: Path, shape: Shape) -> NDArray[np.uint8]:
    """An image file as uint8 (height, width, channels), 0 to 255.

    The image is turned as its EXIF orientation says, laid on white where it is transparent, converted to grey or
    colour, and resized without keeping its proportions. Of an animation the first frame counts.

    Args:
        path: the file.
        shape: (height, width, channels) of the result; 1 channel for grey, 3 for colour.

    Raises:
        InputError: no such file, no image, a broken image, or one of more than 50 million pixels.
    """
    height, width, channels = shape
    if channels not in (GREY, COLOUR):
        raise InputError(f"{path} cannot be converted to {channels} channels.", "Expected 1 for grey or 3 for colour.")
    if not path.is_file():
        raise InputError(f"There is no file {path}.", f"Expected an image: {', '.join(FORMATS)}.")
    import numpy as np
    from PIL.Image import Resampling

    image = _decode(path, "L" if channels == GREY else "RGB")
    if image.size != (width, height):
        image = image.resize((width, height), Resampling.BILINEAR)
    return np.asarray(image, np.uint8).reshape(shape)


def _decode(path: Path, mode: str) -> Image:
    import PIL.Image
    import PIL.ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
        try:
            with PIL.Image.open(path, formats=FORMATS) as file:
                if file.width * file.height > MAX_PIXELS:
                    _refuse(path, file.width * file.height)
                return _convert(PIL.ImageOps.exif_transpose(file), mode)
        except InputError:
            raise
        except (PIL.Image.DecompressionBombWarning, PIL.Image.DecompressionBombError):
            _refuse(path, None)
        except Exception as error:  # decoders meet a broken file with errors of nearly any type
            fix = f"Expected a whole {', '.join(FORMATS)} file; repair or remove it."
            raise InputError(f"{path} cannot be read as an image: {str(error).rstrip('.')}.", fix) from error


def _convert(image: Image, mode: str) -> Image:
    import PIL.Image

    if image.mode.startswith(("I", "F")):
        image = _shallow(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = PIL.Image.alpha_composite(PIL.Image.new("RGBA", image.size, "white"), image)
    return image.convert(mode)


def _shallow(image: Image) -> Image:
    """16 bits a pixel as 8; Pillow's own conversion would cut them off at 255."""
    import numpy as np
    import PIL.Image

    pixels = np.asarray(image)
    if pixels.dtype.kind == "f" or pixels.min() < 0 or pixels.max() > DEEP:
        raise ValueError("its pixels are not whole numbers of 8 or 16 bits")
    return PIL.Image.fromarray(np.rint(pixels / (DEEP / 255)).astype(np.uint8))


def _refuse(path: Path, pixels: int | None) -> NoReturn:
    size = "too many" if pixels is None else f"{pixels:,}"
    fix = f"Expected at most {MAX_PIXELS:,}; make it smaller or remove it."
    raise InputError(f"{path} has {size} pixels.", fix)
