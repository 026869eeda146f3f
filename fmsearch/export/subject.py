"""What a card is about."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fmsearch.export.base import Format
from fmsearch.export.verify import Verification
from fmsearch.reports.rows import Row
from fmsearch.store import Used
from fmsearch.study import Study


@dataclass(frozen=True)
class Subject:
    """A model that is handed over.

    Attributes:
        path: the exported file, under the name that it will have.
        format: what it is written in.
        row: the model, as the leaderboard has it.
        used: the training that gave its weights.
        study: the study that found it.
        class_names: in the order of the model's outputs.
        verification: what was found when the file was run again.
    """

    path: Path
    format: Format
    row: Row
    used: Used
    study: Study
    class_names: tuple[str, ...]
    verification: Verification

    @cached_property
    def accuracies(self) -> list[float]:
        """On the validation images, of all final trainings."""
        results = [used.result for used in self.row.uses if used.evaluation.purpose == "final"]
        return [result.accuracy for result in results if result.accuracy is not None]

    @property
    def accuracy_std(self) -> float:
        """Their standard deviation, of a sample; 0 for a single seed."""
        return statistics.stdev(self.accuracies) if len(self.accuracies) > 1 else 0.0

    @cached_property
    def portable_study(self) -> Study:
        """The study, with its files beside it: where they lay on one machine means nothing on another."""
        data, engine = self.study.data, self.study.engine
        moved = {field: Path(path).name for field in ("npz", "folder") if (path := getattr(data, field)) is not None}
        if engine.code:
            engine = engine.model_copy(update={"sampler": Path(engine.kind).name})
        blocks = tuple(Path(file).name for file in self.study.blocks)
        return self.study.model_copy(update={"data": data.model_copy(update=moved), "engine": engine, "blocks": blocks})
