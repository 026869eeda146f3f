"""When a search ends and how long its front trains: as the study says, or as its limit of time or compute allows."""

from __future__ import annotations

from fmsearch.clock import Clock
from fmsearch.pace.base import Finals, Pace, Price, Spent, Standing, Trail
from fmsearch.pace.frugal import Frugal
from fmsearch.pace.hurried import Hurried
from fmsearch.pace.timetable import decisions
from fmsearch.pace.unhurried import Unhurried
from fmsearch.study import Study

__all__ = ["Finals", "Frugal", "Hurried", "Pace", "Price", "Spent", "Standing", "Unhurried", "decisions", "pace"]

FORWARD = 1 / 3  # of what it takes to train on an image, what it takes to predict it


def pace(study: Study, clock: Clock, facts: Trail, *, workers: int, images: int, checked: int) -> Pace:
    """The pace of a study that trains on so many images, and checks each epoch on so many others."""
    if study.budget.time is not None:
        check = FORWARD * checked / images
        return Hurried(study, study.budget.time, clock, facts, workers=workers, check=check)
    if study.budget.macs is not None:
        return Frugal(study, study.budget.macs, images)
    return Unhurried(study)
