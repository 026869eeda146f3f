"""What lies where in a run's folder: the one place that knows the names of its files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fmsearch.errors import InputError

OURS = re.compile(r"\.?[0-9a-f]{24}(\.keras\.tmp)?")  # a key, or what is written before it has that name


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @classmethod
    def existing(cls, path: str | Path) -> RunFolder:
        """The run at a path.

        Raises:
            InputError: there is none.
        """
        folder = cls(Path(path))
        if not folder.store.is_file():
            fix = "Expected one that `fmsearch run` wrote, as in runs/small."
            raise InputError(f"{path} is not a run folder.", fix)
        return folder

    @classmethod
    def of(cls, study: Path) -> RunFolder | None:
        """The run that wrote a study file; None if it was a person."""
        folder = cls(study.parent)
        return folder if study.name == folder.study.name and folder.store.is_file() else None

    @property
    def study(self) -> Path:
        """The study as it ran, changes by `--set` included."""
        return self.path / "study.yaml"

    @property
    def store(self) -> Path:
        """Evaluations, and which of them the study used."""
        return self.path / "evaluations.sqlite"

    @property
    def lock(self) -> Path:
        """Held while a run goes on."""
        return self.path / ".lock"

    @property
    def log(self) -> Path:
        """What worker processes wrote to standard error."""
        return self.path / "workers.log"

    def files(self) -> list[Path]:
        """All that runs have written there, damaged stores and folders included, but for the lock."""
        stores = self.path.glob(f"{self.store.stem}*{self.store.suffix}*")
        others = (self.study, self.log, self.path / "models")
        return sorted({*stores, *(path for path in others if path.exists())})

    def model(self, key: str) -> Path:
        """The trained model of a final evaluation, preprocessing inside."""
        return self.path / "models" / f"{key}.keras"

    def models(self) -> list[Path]:
        """All models that runs have left there, torn ones too; no file of anybody else's."""
        there = (self.path / "models").glob("*.keras")
        return sorted(path for path in there if OURS.fullmatch(path.stem))
