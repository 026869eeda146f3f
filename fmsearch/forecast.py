"""What a time limit will allow, before anything is trained."""

from __future__ import annotations

from dataclasses import dataclass

from fmsearch.effort import effort
from fmsearch.preview import Preview
from fmsearch.reports import figures
from fmsearch.schedule import trainings
from fmsearch.speed import Speed
from fmsearch.study import Study


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a time limit will be spent.

    Attributes:
        limit: the whole of it, in seconds.
        final: what is kept for the final stage, in seconds.
        candidates: how many the search will come to, about.
        workers: how many train side by side.
        speed: of each.
    """

    limit: float
    final: float
    candidates: int
    workers: int
    speed: Speed

    def __str__(self) -> str:
        """In one line."""
        search = self.limit - self.final
        basis = "measured here" if self.speed.measured else "a guess, as nothing was trained here yet"
        return (
            f"{figures.duration(self.limit)}: {figures.duration(search)} to search, "
            f"about {figures.several(self.candidates, 'candidate')}; "
            f"{figures.duration(self.final)} to train the front; "
            f"{figures.several(self.workers, 'worker')} at {figures.short(self.speed.effort)} operations a second "
            f"({basis})"
        )


def forecast(study: Study, sample: Preview, images: int, workers: int, speed: Speed) -> Forecast | None:
    """What the study's time limit will allow with so many training images; None if it has none."""
    budget = study.budget
    if budget.time is None:
        return None
    efforts = [effort(analysis) for analysis in sample.fitting] or [1.0]
    usual = sum(efforts) / len(efforts)
    rungs = trainings(budget.cohort, budget.cohort, budget.rungs, budget.keep)
    cohort = sum(count * (speed.setup + epochs * images * usual / speed.effort) for epochs, count in rungs.items())
    final = study.final.share * budget.time
    candidates = round(budget.cohort * workers * (budget.time - final) / cohort)
    return Forecast(budget.time, final, min(budget.candidates, max(1, candidates)), workers, speed)
