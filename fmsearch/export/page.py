"""The part of a card that people read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from fmsearch import dialect
from fmsearch.export.subject import Subject
from fmsearch.reports import figures
from fmsearch.reports.wording import described


def body(subject: Subject) -> str:
    """Headings, tables and code."""
    sections = (_title, _usage, _metrics, _architecture, _recipe, _repeat)
    return "\n".join(section(subject) for section in sections)


def as_yaml(content: dict[str, Any]) -> str:
    """YAML for people: in the order given, in every script."""
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    return text


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; its first column is text, the others are figures."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, rule, *rows))


def fenced(code: str, language: str) -> str:
    """A block of code, whatever stands in it."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}{fence}\n"


def plain(text: str) -> str:
    """Text in which Markdown finds nothing to do."""
    return re.sub(r"([\\`*_{}\[\]<>|#~])", r"\\\1", figures.one_line(text))


def _title(subject: Subject) -> str:
    height, width, channels = subject.row.candidate.architecture.input.shape
    colours = "grey" if channels == 1 else "colour"
    names = ", ".join(plain(name) for name in subject.class_names)
    return (
        f"# {plain(subject.path.stem)}\n\n"
        f"A convolutional network that tells {len(subject.class_names)} classes of {colours} images apart: {names}. "
        f"Model {subject.row.id} of the study {plain(subject.study.name)}.\n\n"
        f"It takes images of {height} x {width} pixels as they are (uint8, 0 to 255, height by width by channels): "
        "scaling is inside the model. It gives the probability of each class.\n"
    )


def _usage(subject: Subject) -> str:
    shape = subject.row.candidate.architecture.input.shape
    code = subject.format.snippet(subject.path.name, shape, subject.class_names)
    files = [Path(file).name for file in subject.study.blocks]
    named = "".join(f" --blocks {file}" for file in files)
    first = f"\nIt is made of blocks in {' and '.join(files)}: import that code before loading the model.\n"
    command = f"`fmsearch predict {subject.path.name} image.png{named}`"
    return f"## How to use it\n\n{fenced(code, 'python')}\nOr: {command}.\n{first if files else ''}"


def _metrics(subject: Subject) -> str:
    row, result, found = subject.row, subject.used.result, subject.verification
    several = len(subject.accuracies) > 1
    head = ["", "this model", *([f"mean of {len(subject.accuracies)} seeds"] if several else [])]
    validation = [
        figures.accuracy(result.accuracy),
        *([figures.spread(row.accuracy, subject.accuracy_std)] if several else []),
    ]
    test = [figures.accuracy(result.test_accuracy)]
    test += [figures.spread(row.test_accuracy, row.test_accuracy_std)] if several else []
    chosen = "the seed best on them gave this file, and so they flatter it" if several else "they flatter it a little"
    return (
        f"## How good it is\n\n"
        f"{table(head, [['validation accuracy', *validation], ['test accuracy', *test]])}\n"
        f"The validation images chose this model among others: {chosen}. The test images had no part in any choice.\n\n"
        f"{table(['size', ''], _sizes(subject))}\n"
        f"This file was run again in a process of its own on {found.images:,} validation images: accuracy "
        f"{found.accuracy:.4f}, no probability farther than {found.largest_difference:.1g} from the trained model's.\n"
    )


def _sizes(subject: Subject) -> list[tuple[str, str]]:
    analysis = subject.row.analysis
    return [
        ("parameters", f"{analysis.parameters:,}"),
        ("multiply-accumulates an image", f"{analysis.macs:,}"),
        ("activations alive at once, float32", figures.data_size(analysis.memory)),
        ("weights, float32", figures.data_size(analysis.float32_bytes)),
        ("weights, if quantised to int8", figures.data_size(analysis.int8_bytes)),
        ("this file", figures.data_size(subject.path.stat().st_size)),
    ]


def _architecture(subject: Subject) -> str:
    rows = [
        (
            f"{row.section}{f', {row.branch}' if row.branch else ''}: {described(row.layer)}",
            "x".join(map(str, row.after)),
            f"{row.cost.parameters:,}",
            f"{row.cost.macs:,}",
        )
        for row in subject.row.analysis.rows
    ]
    return f"## What it is made of\n\n{table(['layer', 'output', 'parameters', 'MACs'], rows)}"


def _value(value: object) -> str:
    return (
        "x".join(map(str, value))
        if isinstance(value, tuple)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _recipe(subject: Subject) -> str:
    recipe = subject.used.evaluation.recipe.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    augment = recipe.pop("augment", {})
    values = {"epochs": subject.used.evaluation.epochs, **recipe} | {f"augment.{k}": v for k, v in augment.items()}
    rows = [(name, _value(value)) for name, value in values.items()]
    return f"## How it was trained\n\n{table(['setting', 'value'], rows)}"


def _repeat(subject: Subject) -> str:
    study, evaluation = subject.portable_study, subject.used.evaluation
    environment = evaluation.environment
    images = [f"the images, {plain(name)}" for name in (study.data.npz, study.data.folder) if name]
    code = [name for name in (*study.blocks, study.engine.code) if name.endswith(".py")]
    files = [*images, *map(plain, code)]
    beside = f" Put {' and '.join(files)} beside the study file." if files else ""
    return (
        "## How to repeat it\n\n"
        f"The same study with the same versions (Keras {environment.keras_version}, {environment.backend} "
        f"{environment.backend_version}) on the same kind of machine ({environment.machine}, {environment.device}) "
        f"gives the same front: `fmsearch run study.yaml`, with this as `study.yaml`.{beside}\n\n"
        f"{fenced(dialect.write(study.model_dump(mode='json', exclude_none=True)), 'yaml')}"
    )
