"""Validate a study file and say what its space holds, before anything is trained.

Shares and ranges are those of 500 candidates drawn at random with the study's seed. Where none of them fits the
limits, the limits cannot practically be met, and the exit code is 2.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from fmsearch.commands.arguments import add_changes, positive
from fmsearch.errors import InputError

if TYPE_CHECKING:
    from fmsearch.datasets import Description
    from fmsearch.preview import Preview
    from fmsearch.study import Study
    from searchspace import SearchSpace

HELP = "validate a study; how large is its space, and how much of it is within limits"
EXAMPLES = """\
examples:
  fmsearch check studies/small.yaml
  fmsearch check studies/small.yaml --set limits.parameters=5000
"""
MOST_REASONS = 3
COMPARED, TRIES = 5, 20
LARGEST_IN_FULL = 10**9
QUARTILES = ("smallest", "25%", "median", "75%", "largest")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("study", metavar="STUDY", help="the study file")
    add_changes(parser)
    parser.add_argument(
        "--workers", metavar="N", type=positive, help="workers to forecast a time limit for (default: one per core)"
    )


def run(options: argparse.Namespace) -> None:
    """Validate, sample, and print."""
    from pathlib import Path

    from fmsearch.datasets import describe
    from fmsearch.preview import preview
    from fmsearch.proposers import make
    from fmsearch.study import load_study

    study = load_study(options.study, tuple(options.set), to_run=True)
    images = describe(study.data, Path(options.study).parent)
    space = study.search_space(images.input)
    if study.engine.code:
        make(study.engine, space, study.objectives, study.seed)  # to see that it can be
    sample = preview(space, study.seed)
    print("\n".join([*about(study, images, space), "", *shares(sample, sizes_of(study))]))
    if not sample.fitting:
        raise InputError(f"{options.study}: {nothing_fits(sample)}")
    print("\n".join(["", *plan(study, sample, options.workers)]))
    if study.blocks:
        print(f"\n{own_blocks(study, space)}")


def own_blocks(study: Study, space: SearchSpace) -> str:
    """See that what blocks of a user's own say of themselves is what Keras builds, for some candidates.

    Raises:
        InputError: it is not.
    """
    from random import Random

    from fmsearch.reports.wording import described
    from fmsearch.training.quiet import import_keras

    import_keras()  # before anything that imports it aloud
    from fmsearch.training.agreement import differences
    from searchspace import InfeasibleError, analyse, layers
    from searchspace.custom import file_of, implementation

    compared = seen = 0
    dice = Random(study.seed)  # noqa: S311  # a sample, not a secret
    for _ in range(COMPARED * TRIES):
        candidate = space.sample(dice)
        with suppress(InfeasibleError):
            for one in differences(candidate.architecture):
                layer = one.row.layer
                file = file_of(type(implementation(layer))) if isinstance(layer, layers.Custom) else ""
                raise InputError(
                    f"{described(layer)}, at {one.name} on {one.row.before}: its static analysis says {one.what} "
                    f"{one.said}, Keras builds {one.found}.",
                    f"Fix it in {file}." if file else "This is a mistake in fmsearch: please report it.",
                )
            compared += 1
            seen += any(isinstance(row.layer, layers.Custom) for row in analyse(candidate.architecture).rows)
        if seen == COMPARED:
            break
    return f"blocks  {', '.join(study.blocks)}: static analysis and Keras agree on {seen or compared} candidates"


def about(study: Study, images: Description, space: SearchSpace) -> list[str]:
    """The study in a few lines."""
    from decimal import Decimal

    from fmsearch.preview import Countable
    from searchspace import cardinality, dimensions

    shape = "x".join(map(str, images.shape))
    free = dimensions(space)
    endless = [dimension.name for dimension in free if dimension.domain.size == float("inf")]
    count = cardinality(Countable(space) if endless else space)
    size = f"{count:,}" if count <= LARGEST_IN_FULL else f"about {Decimal(count):.1e}"
    if endless:
        are, them = ("are", "them") if endless[1:] else ("is", "it")
        size = f"infinitely many, as {' and '.join(endless)} {are} continuous; {size} with {them} fixed"
    return [
        f"study   {study.name}, seed {study.seed}",
        f"data    {_source(study)}: {shape} images, {len(images.class_names)} classes",
        f"space   {len(free)} dimensions; sets of choices: {size}",
    ]


def sizes_of(study: Study) -> list[str]:
    """The sizes that matter: the usual two, the one to be small, and those that have a limit."""
    limited = [name for name, most in study.limits if most is not None]
    return list(dict.fromkeys(("parameters", "macs", study.objectives.minimize, *limited)))


def shares(sample: Preview, sizes: Sequence[str]) -> list[str]:
    """How much of the space may be trained, why the rest may not, and the sizes of what may."""
    lines = [f"of {sample.samples} samples"]
    lines.append(f"  {_share(len(sample.fitting), sample)} fit")
    for limit, count in sample.above.most_common():
        lines.append(f"  {_share(count, sample)} are above the limit of {limit}")
    if sample.infeasible:
        lines.append(f"  {_share(sample.infeasible.total(), sample)} cannot be built:")
        lines += [f"        {count:>5} {reason}" for reason, count in sample.infeasible.most_common(MOST_REASONS)]
    if sample.fitting:
        lines += ["", *_sizes(sample, sizes)]
    return lines


def _sizes(sample: Preview, names: Sequence[str]) -> list[str]:
    """A table of what fits: a row a size."""
    rows: list[tuple[str, ...]] = [("those that fit", *QUARTILES)]
    for name in names:
        values = quartiles([getattr(analysis, name) for analysis in sample.fitting])
        rows.append((name, *(f"{value:,}" for value in values)))
    width = 2 + max(len(cell) for _, *cells in rows for cell in cells)
    return [f"{name:<14}{''.join(f'{cell:>{width}}' for cell in cells)}" for name, *cells in rows]


def plan(study: Study, sample: Preview, workers: int | None = None) -> list[str]:
    """What will be trained, by so many workers; by one per core if None."""
    from fmsearch.schedule import planned

    budget = study.budget
    if budget.is_limited:
        return [f"limit   {_forecast(study, sample, workers)}"]
    rungs: Counter[float] = Counter(planned(study))
    epochs = round(sum(length * count for length, count in rungs.items()), 6)
    steps = ", ".join(f"{count:,} of {length}" for length, count in rungs.items())
    total = f"{rungs.total():,} trainings ({steps} epochs), {epochs:,} epochs in all"
    seeds = "1 seed" if study.final.seeds == 1 else f"each of {study.final.seeds} seeds"
    return [
        f"search  {budget.candidates:,} candidates: {total}",
        f"final   each model of the front: {study.final.epochs:,} epochs with {seeds}",
    ]


def _forecast(study: Study, sample: Preview, workers: int | None) -> str:
    """How the limit will be spent; without the images at hand, there is no telling how much that is."""
    from pathlib import Path

    from fmsearch.datasets import load
    from fmsearch.environment import Environment
    from fmsearch.errors import FmsearchError
    from fmsearch.executors import cores
    from fmsearch.forecast import forecast
    from fmsearch.speed import recall

    try:
        data = load(study.data, Path())
    except FmsearchError as error:
        return f"cannot be forecast without the images: {error}"
    speed = recall(Environment.here(), data.description.input)
    return str(forecast(study, sample, len(data.x_train), workers or cores(), speed))


def quartiles(values: list[int]) -> list[int]:
    """Smallest, lower quartile, median, upper quartile, largest."""
    ordered = sorted(values)
    return [ordered[round(share * (len(ordered) - 1) / 4)] for share in range(5)]


def nothing_fits(sample: Preview) -> str:
    """Why none of the samples may be trained, and how near the best one is."""
    if not sample.nearest:
        reason, _ = sample.infeasible.most_common(1)[0]
        fix = "Allow `padding: same`, fewer stages, or smaller kernels and strides."
        return f"none of {sample.samples} samples can be built; most often {reason}. {fix}"
    missed = " and ".join(map(str, sample.nearest))
    fix = "Raise the limit, or allow smaller networks."
    return f"none of {sample.samples} samples is within the limits; the nearest has {missed}. {fix}"


def _source(study: Study) -> str:
    """What is read, wherever a relative path in the study leads."""
    from pathlib import Path

    path = study.data.npz or study.data.folder
    return str(Path(path).resolve()) if path else str(study.data.dataset)


def _share(count: int, sample: Preview) -> str:
    return f"{count:>5} ({100 * count / sample.samples:.0f}%)"
