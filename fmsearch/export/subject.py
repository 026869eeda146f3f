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
        """The study, with its images beside it: where they lay on one machine means nothing on another."""
        data = self.study.data
        moved = {field: Path(path).name for field in ("npz", "folder") if (path := getattr(data, field)) is not None}
        return self.study.model_copy(update={"data": data.model_copy(update=moved)})
