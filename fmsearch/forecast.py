"""What a limit of time or compute will allow, before anything is trained."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from fmsearch import playoff
from fmsearch.effort import effort
from fmsearch.preview import Preview
from fmsearch.reports import figures
from fmsearch.schedule import LAG, planned
from fmsearch.speed import Speed
from fmsearch.study import Study

MANY = 20  # cohorts: brackets that change in turn even out over them


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a time limit will be spent.

    Attributes:
        limit: the whole of it, in seconds.
        final: what is kept for the final stage, in seconds.
        candidates: how many the search will come to, about.
        playoffs: how often the best of them will train longer.
        workers: how many train side by side.
        speed: of each.
    """

    limit: float
    final: float
    candidates: int
    playoffs: int
    workers: int
    speed: Speed

    def __str__(self) -> str:
        """In one line."""
        search = figures.duration(self.limit - self.final)
        basis = "measured here" if self.speed.measured else "a guess, as nothing was trained here yet"
        return (
            f"{figures.duration(self.limit)}: {search} to search, {_searched(self.candidates, self.playoffs)}; "
            f"{figures.duration(self.final)} to train the front; "
            f"{figures.several(self.workers, 'worker')} at {figures.short(self.speed.effort)} operations a second "
            f"({basis})"
        )


@dataclass(frozen=True, slots=True)
class ComputeForecast:
    """How a limit of compute will be spent.

    Attributes:
        limit: the whole of it, in multiply-accumulates.
        final: what is kept for the final stage.
        candidates: how many the search will come to, about.
        playoffs: how often the best of them will train longer.
    """

    limit: float
    final: float
    candidates: int
    playoffs: int

    def __str__(self) -> str:
        """In one line."""
        return (
            f"{self.limit:.2g} MACs: {self.limit - self.final:.2g} to search, "
            f"{_searched(self.candidates, self.playoffs)}; {self.final:.2g} to train the front"
        )


def forecast(
    study: Study, sample: Preview, images: int, workers: int, speed: Speed
) -> Forecast | ComputeForecast | None:
    """What the study's limit will allow with so many training images; None if it has none, or nothing fits."""
    if not sample.fitting:
        return None
    budget, share = study.budget, study.final.share
    if budget.time is not None:
        usual = statistics.fmean(effort(analysis) for analysis in sample.fitting)
        cohort = _cohort(study, lambda epochs: speed.setup + epochs * images * usual / speed.effort)
        counts = _counts(study, cohort, workers * (1.0 - share) * budget.time)
        return Forecast(budget.time, share * budget.time, *counts, workers, speed)
    if budget.macs is not None:
        usual = statistics.fmean(analysis.macs for analysis in sample.fitting)
        cohort = _cohort(study, lambda epochs: epochs * images * usual)
        counts = _counts(study, cohort, (1.0 - share) * budget.macs, least=LAG)
        return ComputeForecast(budget.macs, share * budget.macs, *counts)
    return None


def _cohort(study: Study, cost: Callable[[float], float]) -> float:
    """What a cohort costs in the long run, where a training of so many epochs costs so much."""
    long = study.budget.model_copy(update={"candidates": MANY * study.budget.cohort})
    trainings = planned(study.model_copy(update={"budget": long}))
    return sum(count * cost(epochs) for epochs, count in trainings.items()) / MANY


def _counts(study: Study, cohort: float, total: float, least: float = 0.0) -> tuple[int, int]:
    """How many candidates a total comes to, and how many play-offs, where a cohort costs so much."""
    budget, rounds = study.budget, playoff.rounds(study, cohort, total)
    cohorts = max(least, (1.0 - (playoff.SHARE if rounds else 0.0)) * total / cohort)
    return min(budget.candidates, max(1, round(budget.cohort * cohorts))), rounds


def _searched(candidates: int, playoffs: int) -> str:
    said = f"about {figures.several(candidates, 'candidate')}"
    return f"{said} and {figures.several(playoffs, 'play-off')}" if playoffs else said
