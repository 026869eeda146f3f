"""How fast this machine trains: measured by every run, remembered for the plan of the next, and for nothing else."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from pydantic import Field, ValidationError

from fmsearch.cache_folder import roots
from fmsearch.effort import effort
from fmsearch.environment import Environment
from fmsearch.events import Event, Finished
from fmsearch.whole import write_text
from searchspace import Input
from searchspace.domains import Schema

FILE = "speed.json"
TELLING = 20  # trainings, without which a measurement says little


class Speed(Schema):
    """Of one worker.

    Attributes:
        effort: what it gets through in a second, in `effort`.
        setup: seconds that a training takes besides its epochs.
        measured: whether this was measured, or is a guess.
    """

    effort: float = Field(gt=0)
    setup: float = Field(ge=0)
    measured: bool = True


GUESS = Speed(effort=1.5e10, setup=1.0, measured=False)


class Speedometer:
    """Watches a run's trainings.

    Args:
        environment: where they run.
        image: the shape of one.
        images: in an epoch.
    """

    def __init__(self, environment: Environment, image: Input, images: int) -> None:
        self._name = _name(environment, image)
        self._images = images
        self._effort = self._seconds = self._setup = 0.0
        self._trainings = 0

    def notice(self, event: Event) -> None:
        """Count what was trained just now."""
        if isinstance(event, Finished) and not event.stored and event.result.status == "done":
            epochs = event.result.passes(event.evaluation.epochs)
            self._effort += effort(event.analysis) * self._images * epochs
            self._seconds += event.result.seconds - event.result.setup
            self._setup += event.result.setup
            self._trainings += 1

    def remember(self) -> None:
        """Leave the speed for later runs, if there was enough to measure."""
        if self._trainings < TELLING or self._seconds <= 0.0:
            return
        speed = Speed(effort=self._effort / self._seconds, setup=self._setup / self._trainings)
        for root in roots():
            with suppress(OSError):
                known = {**_read(root / FILE), self._name: speed.model_dump()}
                root.mkdir(parents=True, exist_ok=True)
                write_text(root / FILE, json.dumps(known, indent=1))
                return


def recall(environment: Environment, image: Input) -> Speed:
    """The speed that the last run on images of that shape measured, or a guess.

    What a step costs besides its multiplications makes up most of it where images are small.
    """
    for root in roots():
        with suppress(OSError, ValidationError):
            known = _read(root / FILE).get(_name(environment, image))
            if known is not None:
                return Speed.model_validate(known)
    return GUESS


def _name(environment: Environment, image: Input) -> str:
    return f"{environment.model_dump_json()} {image.height}x{image.width}x{image.channels}"


def _read(path: Path) -> dict[str, object]:
    """What is remembered; nothing if that cannot be read."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
