"""The well-known data sets: their shapes, class names, and the files that Keras keeps of them."""

from __future__ import annotations

from dataclasses import dataclass

from fmsearch.datasets.spec import Language, Name, Shape

_NUMERALS = tuple("0123456789")
_CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_CLOTHES_KO = ("티셔츠", "바지", "스웨터", "드레스", "코트", "샌달", "셔츠", "스니커즈", "가방", "앵클 부츠")
_THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@dataclass(frozen=True)
class Entry:
    """What is known of a data set beforehand.

    Args:
        shape: (height, width, channels) of every image.
        class_names: the names of the classes, by language.
        files: what Keras keeps below its `datasets` folder; nothing for a data set that needs no download.
        origin: where those come from.
        sha256: of what is downloaded from there, where Keras does not know it.
    """

    shape: Shape
    class_names: dict[Language, tuple[str, ...]]
    files: tuple[str, ...] = ()
    origin: str = ""
    sha256: str = ""


CATALOGUE: dict[Name, Entry] = {
    "digits": Entry((8, 8, 1), {"en": _NUMERALS}),
    "fashion_mnist": Entry(
        (28, 28, 1),
        {"en": _CLOTHES, "ko": _CLOTHES_KO},
        (
            "fashion-mnist/train-images-idx3-ubyte.gz",
            "fashion-mnist/train-labels-idx1-ubyte.gz",
            "fashion-mnist/t10k-images-idx3-ubyte.gz",
            "fashion-mnist/t10k-labels-idx1-ubyte.gz",
        ),
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/train-labels-idx1-ubyte.gz",
    ),
    "mnist": Entry(
        (28, 28, 1),
        {"en": _NUMERALS},
        ("mnist.npz",),
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    ),
    "cifar10": Entry(
        (32, 32, 3),
        {"en": _THINGS},
        ("cifar-10-binary.tar.gz",),
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    ),
}
