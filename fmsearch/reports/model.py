"""One model: its layers and what they cost, how it was trained and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fmsearch.reports import figures
from fmsearch.reports.learning import learning
from fmsearch.reports.output import Fitted, ruled
from fmsearch.reports.rows import Row
from fmsearch.reports.wording import described
from searchspace import Analysis, Recipe
from searchspace import Row as LayerRow

INDENT = 2
STANDINGS = {
    "final": "trained again in the final stage",
    "searched": "trained in the search",
    "failed": "its training failed",
    "waiting": "not trained yet",
}


def model(row: Row, total: int) -> RenderableType:
    """Everything known of a model.

    Args:
        row: the model.
        total: how many there are.
    """
    return Fitted(partial(_page, row, total))


def _page(row: Row, total: int, width: int, *, ascii_only: bool) -> Group:
    parts: list[RenderableType] = [
        _header(row, total, ascii_only=ascii_only),
        _titled("layers", _layers(row, ascii_only=ascii_only)),
        _titled("in all", _pairs(_totals(row.analysis))),
        _titled("recipe", _pairs(_recipe(row.recipe))),
    ]
    parts += [_titled(title, part) for title, part in learning(row, width, ascii_only=ascii_only)]
    return Group(parts[0], *(piece for part in parts[1:] for piece in (Text(), part)))


def _titled(title: str, part: RenderableType) -> Group:
    return Group(Text(title, style="bold"), part)


def _header(row: Row, total: int, *, ascii_only: bool) -> Group:
    front = "on the front" if row.on_front else "not on the front"
    lines = [
        Text.assemble((row.id, "bold cyan"), "  ", row.architecture),
        Text(f"rank {row.rank:,} of {total:,}, {front}, {STANDINGS[row.status]}"),
    ]
    if row.reason:
        lines.append(Text(figures.one_line(row.reason), style="red"))
    if row.accuracy is not None:
        lines.append(Text.assemble("accuracy ", (figures.accuracy(row.accuracy), "bold green"), " on validation"))
    if row.test_accuracy is not None:
        test = figures.spelled(figures.spread(row.test_accuracy, row.test_accuracy_std), ascii_only=ascii_only)
        lines[-1].append_text(Text.assemble(", ", (test, "bold green"), " on the test set"))
    return Group(*lines)


def _layers(row: Row, *, ascii_only: bool) -> Table:
    """A line a layer, from the image to the logits; what is added or joined is indented before the layer that does."""
    table = ruled(ascii_only=ascii_only)
    table.show_footer = True
    analysis = row.analysis
    for title, footer in (("section", ""), ("layer", ""), ("output", "")):
        table.add_column(title, footer, style="dim" if title == "section" else "")
    for title, whole in (("parameters", analysis.parameters), ("MACs", analysis.macs)):
        table.add_column(title, f"{whole:,}", justify="right", no_wrap=True, footer_style="bold")
    table.add_row("", "image", _shape(row.candidate.architecture.input.shape), "", "")
    section = ""
    for one, words in _worded(analysis.rows):
        costs = _count(one.cost.parameters), _count(one.cost.macs)
        table.add_row(one.section if one.section != section else "", words, _shape(one.after), *costs)
        section = one.section
    return table


def _worded(rows: Sequence[LayerRow]) -> Iterator[tuple[LayerRow, Padding]]:
    """Each layer in words; the first of a branch names the branch."""
    before = ""
    for one in rows:
        names = one.branch.split("/") if one.branch else []
        begins = names and one.branch != before
        words = f"{names[-1]}: {described(one.layer)}" if begins else described(one.layer)
        before = one.branch
        yield one, Padding(Text(words), (0, 0, 0, INDENT * len(names)))


def _totals(analysis: Analysis) -> Iterator[tuple[str, str]]:
    moving = analysis.non_trainable_parameters
    trainable = f": {analysis.trainable_parameters:,} trainable, {moving:,} running means and variances"
    yield "parameters", f"{analysis.parameters:,}{trainable if moving else ', all trainable'}"
    yield "MACs", f"{analysis.macs:,} an image"
    yield "FLOPs", f"{analysis.flops:,} an image"
    yield "peak memory", f"{figures.data_size(analysis.memory)} of activations in float32"
    yield (
        "weights",
        f"{figures.data_size(analysis.float32_bytes)} in float32, {figures.data_size(analysis.int8_bytes)} in int8",
    )


def _recipe(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """What counts: neither what is off nor what another choice makes void."""
    for name in type(recipe).model_fields:
        value = getattr(recipe, name)
        if name != "augment" and value not in (None, 0, False):
            yield name.replace("_", " "), _value(value)
    distortions = {name: getattr(recipe.augment, name) for name in type(recipe.augment).model_fields}
    told = [
        name.replace("_", " ") if value is True else f"{name} {_value(value)}"
        for name, value in distortions.items()
        if value
    ]
    yield "augmentation", ", ".join(told) or "none"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _pairs(pairs: Iterator[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    for name, value in pairs:
        grid.add_row(Text(name), Text(value))
    return grid


def _shape(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))


def _count(number: int) -> str:
    return f"{number:,}" if number else ""
