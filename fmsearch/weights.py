"""The models that a run keeps: those of its front, each trained again if it is missing, and no others."""

from __future__ import annotations

from collections.abc import Sequence

from fmsearch.errors import FmsearchError, sentence
from fmsearch.evaluator import Evaluator
from fmsearch.patience import plenty
from fmsearch.reports.rows import Row
from fmsearch.run_folder import RunFolder


def keep(front: Sequence[Row], folder: RunFolder, evaluator: Evaluator) -> None:
    """Leave the models of these rows in a run folder.

    One may have joined the front after its model was discarded: its result is known, and training gives the same.

    Raises:
        FmsearchError: one that is missing cannot be trained again.
    """
    _restore(front, folder, evaluator)
    keys = {row.key for row in front}
    for model in folder.models():
        if model.stem not in keys:
            model.unlink()


def _restore(front: Sequence[Row], folder: RunFolder, evaluator: Evaluator) -> None:
    for row in front:
        if not folder.model(row.key).is_file():
            evaluation, result = next((used.evaluation, used.result) for used in row.uses if used.key == row.key)
            evaluator.renew(row.number, evaluation, plenty(result.seconds))
    while (answer := evaluator.next()) is not None:
        if why := answer.result.reason or answer.result.remark:
            row = next(row for row in front if row.number == answer.number)
            raise FmsearchError(
                f"The model of {row.id} is not there: {sentence(why)}",
                "Results are safe: fix the cause and run the study again, without --fresh.",
            )
