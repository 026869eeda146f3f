"""A run folder written by hand: models in every standing that there is."""

from pathlib import Path

from fmsearch.environment import Environment
from fmsearch.evaluation import Epoch, Evaluation, Result
from fmsearch.run_folder import RunFolder
from fmsearch.store import Store
from searchspace import Architecture, Candidate, Input, Recipe
from searchspace.layers import (
    Activate,
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    Pool2D,
    Residual,
    SpatialDropout2D,
)

HERE = Environment(backend="stub", backend_version="1", keras_version="1", device="cpu", machine="stub")
INPUT = Input(height=8, width=8, channels=1, classes=10)
RECIPE = Recipe(optimizer="adam", learning_rate=0.0123456, batch_size=32)
HEAD = (GlobalAveragePooling2D(), Dense(units=10))


def convolution(filters, *, kernel=3, strides=1, use_bias=True) -> Conv2D:
    return Conv2D(filters=filters, kernel_size=(kernel, kernel), strides=(strides, strides), use_bias=use_bias)


def network(*filters, recipe=RECIPE) -> Candidate:
    """Convolutions, each halved by pooling."""
    stages = tuple((convolution(count), Activate(function="relu"), Pool2D(kind="max_pooling2d")) for count in filters)
    return Candidate(architecture=Architecture(input=INPUT, stages=stages, head=HEAD), recipe=recipe)


def residual_network() -> Candidate:
    """A stem, a residual with a shortcut of its own, and one without."""
    relu = Activate(function="relu")
    body = (convolution(8, strides=2, use_bias=False), BatchNormalization(), relu, convolution(8))
    wider = Residual(body=body, shortcut=(convolution(8, kernel=1, strides=2),))
    same = Residual(body=(convolution(8),))
    stages = ((wider, relu), (same, SpatialDropout2D(rate=0.1)))
    architecture = Architecture(input=INPUT, stem=(convolution(4),), stages=stages, head=HEAD)
    return Candidate(architecture=architecture, recipe=RECIPE)


def evaluation(candidate, epochs=2, seed=7, purpose="search") -> Evaluation:
    return Evaluation(candidate=candidate, dataset="stub", epochs=epochs, seed=seed, purpose=purpose, environment=HERE)


def done(accuracy, test=None, epochs=2, seconds=1.0) -> Result:
    """A result whose curve rises evenly to its accuracy."""
    curve = tuple(
        Epoch(
            loss=2.0 / epoch,
            accuracy=accuracy * epoch / epochs,
            validation_loss=2.5 / epoch,
            validation_accuracy=accuracy * epoch / epochs,
            learning_rate=0.01 / epoch,
        )
        for epoch in range(1, epochs + 1)
    )
    return Result(
        status="done",
        accuracy=accuracy,
        loss=curve[-1].validation_loss,
        test_accuracy=test,
        curve=curve,
        seconds=seconds,
    )


def failed(reason) -> Result:
    return Result(status="failed", reason=reason, seconds=0.5)


def write(path: Path, uses, waiting=()) -> RunFolder:
    """A run in which candidates came to results: (candidate, evaluation, result) each, in this order."""
    path.mkdir(parents=True, exist_ok=True)
    folder = RunFolder(path)
    with Store(folder.store) as store:
        store.note("objective", "parameters")
        numbers = {}
        for candidate in [*(candidate for candidate, _, _ in uses), *waiting]:
            if candidate.digest not in numbers:
                numbers[candidate.digest] = len(numbers)
                store.take(numbers[candidate.digest], 0, candidate)
        for candidate, one, result in uses:
            store.add(one, result)
            store.use(numbers[candidate.digest], one.key)
    return folder


def finished_run(path: Path) -> RunFolder:
    """Four models after the final stage, three of them on the front; others searched, failed and waiting."""
    tiny, small, middle, large = network(2), network(4, 8), residual_network(), network(32, 32)
    uses = []
    for candidate, accuracy in ((tiny, 0.31), (small, 0.78), (middle, 0.75), (large, 0.92)):
        uses.append((candidate, evaluation(candidate), done(accuracy - 0.1)))
        for seed, luck in ((1, 0.0), (2, 0.01)):
            final = evaluation(candidate, 6, seed, "final")
            uses.append((candidate, final, done(accuracy + luck, accuracy - luck, epochs=6, seconds=61.25)))
    other = network(8)
    uses.append((other, evaluation(other), done(0.4)))
    broken = network(16)
    uses.append((broken, evaluation(broken), failed("out of | memory\n\x1b[31m메모리 부족")))
    return write(path, uses, waiting=[network(64)])
