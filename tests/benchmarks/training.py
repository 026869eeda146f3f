"""How fast an epoch is: `python tests/benchmarks/training.py`. Writes docs/benchmarks/training.md.

Three ways train the same networks in turn, each in two processes side by side, one thread each, as two workers do:
fmsearch's loop, a bare compiled loop over the same network, and `model.fit` with Keras's own augmentation layers.
Expected before the first measurement: 1.03 times the bare loop, 0.5 times `model.fit`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from textwrap import fill

from machine import machine

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks" / "training.md"
IMAGES, BATCH, ROUNDS, EPOCHS = 10_240, 128, 5, 2
NETWORKS = {"convolutions 16-32-64": (16, 32, 64), "convolutions 4-8-8": (4, 8, 8)}
AUGMENT = {"horizontal_flip": True, "translation": 0.05, "rotation": 5.0, "zoom": 0.05}
WAYS = {
    "fmsearch": ("ours", False),
    "bare compiled loop": ("bare", False),
    "fmsearch, augmenting": ("ours", True),
    "model.fit, augmenting": ("fit", True),
}


def architecture(filters):
    """Convolution, batch normalisation and max pooling, three times."""
    from searchspace import Architecture, Input
    from searchspace.layers import Activate, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, Pool2D

    stages = tuple(
        (
            Conv2D(filters=count, kernel_size=3, use_bias=False),
            BatchNormalization(),
            Activate(function="relu"),
            Pool2D(kind="max_pooling2d"),
        )
        for count in filters
    )
    return Architecture(input=Input(), stages=stages, head=(GlobalAveragePooling2D(), Dense(units=10)))


def images():
    """Noise, of the size of Fashion-MNIST."""
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (IMAGES, 28, 28, 1), dtype=np.uint8)
    return x, rng.integers(0, 10, IMAGES).astype(np.int32)


def ours(filters, *, augmenting):
    """fmsearch's loop, an epoch at a time."""
    from fmsearch.environment import Environment
    from fmsearch.evaluation import Evaluation
    from fmsearch.training.loops import choose_loop
    from fmsearch.training.train import trainee_of
    from fmsearch.training.trainee import Split
    from searchspace import Augment, Candidate, Recipe

    recipe = Recipe(
        optimizer="sgd",
        learning_rate=0.1,
        momentum=0.9,
        nesterov=True,
        batch_size=BATCH,
        augment=Augment(**AUGMENT) if augmenting else Augment(),
    )
    candidate = Candidate(architecture=architecture(filters), recipe=recipe)
    evaluation = Evaluation(candidate=candidate, dataset="", epochs=1, seed=0, environment=Environment.here())
    loop = choose_loop(trainee_of(evaluation, IMAGES), Split(*images()))
    return lambda: list(loop.epochs(1))


def bare(filters, *, augmenting):
    """What one would write by hand: a graph over the steps, and nothing that watches it."""
    import keras
    import numpy as np
    import tensorflow as tf

    from fmsearch.training.build import build
    from fmsearch.training.fused import fused_layer

    del augmenting
    network = build(architecture(filters), fused_layer)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
    optimizer.build(network.trainable_variables)
    x, y = map(tf.constant, images())

    @tf.function
    def epoch(order):
        for batch in order:
            with tf.GradientTape() as tape:
                logits = network(tf.cast(tf.gather(x, batch), "float32") / 255.0, training=True)
                loss = tf.reduce_mean(
                    tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.gather(y, batch), logits=logits)
                )
            weights = network.trainable_variables
            optimizer.apply(tape.gradient(loss, weights), weights)

    rng = np.random.default_rng(0)
    return lambda: epoch(tf.constant(rng.permutation(IMAGES).reshape(-1, BATCH).astype(np.int32)))


def fit(filters, *, augmenting):
    """What Keras's guides show: augmentation as layers, then `model.fit`."""
    import keras

    from fmsearch.training.build import build

    del augmenting
    layers = keras.layers
    pixels = keras.Input((28, 28, 1))
    tensor = layers.Rescaling(1 / 255)(pixels)
    for layer in (
        layers.RandomFlip("horizontal"),
        layers.RandomTranslation(0.05, 0.05),
        layers.RandomRotation(5 / 360),
        layers.RandomZoom(0.05),
    ):
        tensor = layer(tensor)
    model = keras.Model(pixels, build(architecture(filters))(tensor))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), loss, metrics=["accuracy"])
    x, y = images()
    return lambda: model.fit(x, y, batch_size=BATCH, verbose=0)


def child(way, filters, augmenting):
    """Seconds of a few epochs, after one that is not counted."""
    import time

    from fmsearch.training.worker import share_the_machine

    share_the_machine()
    epoch = globals()[way](filters, augmenting=augmenting)
    epoch()
    seconds = []
    for _ in range(EPOCHS):
        start = time.perf_counter()
        epoch()
        seconds.append(time.perf_counter() - start)
    print(json.dumps(seconds))


def side_by_side(way, filters, *, augmenting):
    """The mean epoch of two processes that train at the same time."""
    command = [sys.executable, __file__, way, json.dumps(filters), json.dumps(augmenting)]
    pair = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(2)]
    return statistics.fmean(second for process in pair for second in json.loads(process.communicate()[0]))


def main():
    """All ways in turn, several rounds, then the page."""
    lines = []
    for name, filters in NETWORKS.items():
        rounds = [
            {label: side_by_side(way, filters, augmenting=augmenting) for label, (way, augmenting) in WAYS.items()}
            for _ in range(ROUNDS)
        ]
        medians = {label: statistics.median(one[label] for one in rounds) for label in WAYS}
        for label, seconds in medians.items():
            lines.append(f"| {name} | {label} | {seconds:.2f} s |")
        for first, second in (("fmsearch", "bare compiled loop"), ("fmsearch, augmenting", "model.fit, augmenting")):
            ratio = statistics.median(one[first] / one[second] for one in rounds)
            lines.append(f"| {name} | {first} / {second} | {ratio:.2f} |")
    table = "\n".join(lines)
    told = fill(
        f"`python tests/benchmarks/training.py`: {IMAGES:,} images of 28x28, batches of {BATCH}, two processes of one "
        f"thread side by side on {len(os.sched_getaffinity(0))} cores of {machine()}. Medians of {ROUNDS} rounds; "
        "ratios are medians of the rounds' own.",
        120,
    )
    text = f"""\
# An epoch

{told}

| network | way | an epoch |
|---|---|---|
{table}

All of them with oneDNN's kernels, which TensorFlow takes by itself on some processors alone (decision 20).
Goals: at most 1.05 times the bare loop, and at most 0.6 times `model.fit` with Keras's augmentation layers.
"""
    PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    if sys.argv[1:]:
        child(sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3]))
    else:
        main()
