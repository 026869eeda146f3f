"""How a model learned: its trainings, and the curve of the one that counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fmsearch.evaluation import Epoch
from fmsearch.reports import figures
from fmsearch.reports.drawing import coloured
from fmsearch.reports.output import ruled
from fmsearch.reports.plot import curve
from fmsearch.reports.rows import Row
from fmsearch.store import Used

WIDE, MOST_WIDTH, HEIGHT = 90, 140, 12
GAP = 4
MOST_EPOCHS = 8


def learning(row: Row, width: int, *, ascii_only: bool = False) -> Iterator[tuple[str, RenderableType]]:
    """Titled parts: all trainings; the curve of the last, or of the one whose model is kept.

    Args:
        row: the model.
        width: of the page.
        ascii_only: whether to do without other characters.
    """
    if not row.uses:
        return
    yield "trainings", _trainings(row.uses, ascii_only=ascii_only)
    chosen = next((used for used in row.uses if used.key == row.key), row.uses[-1])
    if chosen.result.curve:
        which = f"learning curve: {chosen.evaluation.purpose}, {figures.several(chosen.evaluation.epochs, 'epoch')}"
        curves = _curves(chosen.result.curve, width, ascii_only=ascii_only)
        epochs = _epochs(chosen.result.curve, ascii_only=ascii_only)
        yield f"{which}, seed {chosen.evaluation.seed}", Group(Text(), curves, Text(), epochs)


def _trainings(uses: Sequence[Used], *, ascii_only: bool) -> Table:
    table = _table("stage", ("epochs", "seed", "accuracy", "loss", "test", "time"), ascii_only=ascii_only)
    table.add_column("")
    for used in uses:
        result = used.result
        figures_told = [
            str(used.evaluation.epochs),
            str(used.evaluation.seed),
            figures.accuracy(result.accuracy),
            figures.accuracy(result.loss),
            figures.accuracy(result.test_accuracy),
            figures.duration(result.seconds),
        ]
        outcome = f"failed: {figures.one_line(result.reason)}" if result.status == "failed" else ""
        table.add_row(used.evaluation.purpose, *figures_told, Text(outcome, style="red"))
    return table


def _curves(epochs: Sequence[Epoch], width: int, *, ascii_only: bool) -> RenderableType:
    """Accuracy and loss on the validation split, side by side where there is room."""
    width = min(width, MOST_WIDTH)
    each = (width - GAP) // 2 if width >= WIDE else width
    plots = [
        Group(
            Text(f"validation {title}", style="dim"),
            coloured(curve(values, each, HEIGHT, ascii_only=ascii_only), ascii_only=ascii_only),
        )
        for title, values in (
            ("accuracy", [epoch.validation_accuracy for epoch in epochs]),
            ("loss", [epoch.validation_loss for epoch in epochs]),
        )
    ]
    if width < WIDE:
        return Group(plots[0], Text(), plots[1])
    both = Table.grid(padding=(0, GAP, 0, 0))
    both.add_row(*plots)
    return both


def _epochs(epochs: Sequence[Epoch], *, ascii_only: bool) -> Table:
    """Some epochs in figures: the first, the last, the best, and a few between."""
    best = max(range(len(epochs)), key=lambda i: epochs[i].validation_accuracy)
    table = _table("epoch", ("learning_rate", "loss", "accuracy", "val_loss", "val_accuracy"), ascii_only=ascii_only)
    table.add_column("")
    table.columns[0].justify = "right"
    for i in sorted({best, *_spaced(len(epochs), MOST_EPOCHS)}):
        epoch = epochs[i]
        losses = [epoch.loss, epoch.accuracy, epoch.validation_loss, epoch.validation_accuracy]
        table.add_row(
            str(i + 1), f"{epoch.learning_rate:.3g}", *map(figures.accuracy, losses), "best" if i == best else ""
        )
    return table


def _spaced(count: int, most: int) -> list[int]:
    """Up to `most` of so many places, evenly spaced, both ends among them."""
    if count <= most:
        return list(range(count))
    return [round(i * (count - 1) / (most - 1)) for i in range(most)]


def _table(first: str, numbers: Sequence[str], *, ascii_only: bool) -> Table:
    table = ruled(ascii_only=ascii_only)
    table.add_column(first)
    for title in numbers:
        table.add_column(title, justify="right")
    return table
