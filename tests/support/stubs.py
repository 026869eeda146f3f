"""Stand-ins for training: quick, pure, and as adverse as real workers can be."""

from __future__ import annotations

import math
import random
import time
from pathlib import Path

from stub_training import learned

from fmsearch.clock import Clock
from fmsearch.effort import Relative, all_alike, relative_of
from fmsearch.environment import Environment
from fmsearch.evaluation import Evaluation
from fmsearch.evaluator import Evaluator
from fmsearch.executors import Call, Outcome
from fmsearch.pace import pace
from fmsearch.preview import preview
from fmsearch.reports.rows import Row, rows
from fmsearch.reports.views import QuietView
from fmsearch.runner import conduct
from fmsearch.speed import GUESS
from fmsearch.store import Store
from fmsearch.study import Study
from fmsearch.trials import Conditions
from searchspace import ConvBlock, Head, Input, NetworkSpace, Real, Stages, Training

IMAGES_AN_EPOCH = 10_000
IMAGES = Input(height=16, width=16, channels=1, classes=10)
HERE = Environment(backend="stub", backend_version="1", keras_version="1", device="cpu", machine="stub")
CONDITIONS = Conditions(dataset="stub", environment=HERE, images=IMAGES_AN_EPOCH)
SPACE = NetworkSpace(
    stages=Stages(
        count=[1, 2, 3],
        block=ConvBlock(
            filters=[4, 8, 16, 32],
            kernel_size=[3, 5],
            strides=[1, 2],
            padding=["same", "valid"],
            pooling=["none", "max", "average"],
            spatial_dropout=Real(low=0.0, high=0.3, step=0.1),
        ),
    ),
    head=Head(units=[0, 32]),
)


def stub_study(**changes) -> Study:
    """A study over `SPACE` that no data set is read for."""
    fields = {"name": "stub", "space": SPACE, "training": Training(learning_rate=Real(low=0.001, high=0.1, log=True))}
    return Study(**{**fields, **changes})


class StubExecutor:
    """Answers in an order of its own, drawn at random; `fault` may say why an evaluation has no result."""

    def __init__(self, workers=1, order_seed=0, train=learned, die_after=None):
        self.workers = workers
        self.calls = 0
        self._rng = random.Random(order_seed)
        self._train = train
        self._die_after = die_after
        self._running: list[tuple[int, Evaluation]] = []

    def submit(self, ticket, call):
        self._running.append((ticket, Evaluation.model_validate_json(call.argument)))
        assert len(self._running) <= self.workers

    def next(self, timeout=None):
        del timeout
        if self._die_after is not None and self.calls >= self._die_after:
            raise KeyboardInterrupt
        ticket, evaluation = self._running.pop(self._rng.randrange(len(self._running)))
        self.calls += 1
        result = self._train(evaluation)
        return ticket, result if isinstance(result, Outcome) else Outcome(value=result.model_dump_json())

    def close(self):
        self._running.clear()


class ManualClock:
    """A run's clock that goes on when it is told."""

    is_anew = False

    def __init__(self, now=0.0):
        self.now = now

    def elapsed(self):
        return self.now

    def tick(self):
        pass


class TimedExecutor:
    """Workers that take as long as `seconds` says, by a clock that jumps from one end of a training to the next.

    What takes for ever is ended when it is no longer waited for.
    """

    def __init__(self, workers, seconds, clock=None, die_after=None):
        self.workers = workers
        self.clock = clock or ManualClock()
        self.busy = 0.0
        self.calls = 0
        self._seconds = seconds
        self._die_after = die_after
        self._running: list[tuple[float, int, Evaluation]] = []

    def submit(self, ticket, call):
        evaluation = Evaluation.model_validate_json(call.argument)
        seconds = min(sum(self._seconds(evaluation)), call.seconds)
        self._running.append((self.clock.now + seconds, ticket, evaluation))
        assert len(self._running) <= self.workers

    def next(self, timeout=None):
        del timeout
        if self._die_after is not None and self.calls >= self._die_after:
            raise KeyboardInterrupt
        end, ticket, evaluation = min(self._running)
        self._running.remove((end, ticket, evaluation))
        self.calls += 1
        self.clock.now = end
        setup, epochs = self._seconds(evaluation)
        if setup + epochs == math.inf:
            return ticket, Outcome(error="it hung", external=True)
        self.busy += setup + epochs
        result = learned(evaluation).model_copy(update={"seconds": setup + epochs, "setup": setup})
        return ticket, Outcome(value=result.model_dump_json())

    def close(self):
        self._running.clear()


_RELATIVE: dict[str, Relative] = {}


def _relative(study: Study) -> Relative:
    """What counts in a study, which is pure, and takes longer to find out than many a stub's whole search."""
    if not study.budget.is_limited:  # which takes no sample of the space
        return all_alike
    key = study.model_dump_json(include={"space", "training", "limits", "seed", "objectives", "budget"})
    if key not in _RELATIVE:
        _RELATIVE[key] = relative_of(study, preview(study.search_space(IMAGES), study.seed))
    return _RELATIVE[key]


def search(study: Study, path: Path, executor: StubExecutor, observer=None, proposer=None) -> list[Row]:
    """Run a study over the store at a path, as `fmsearch.run` does, but on stubs."""
    observer = observer or QuietView()
    with Store(path) as store:
        store.note("objective", study.objectives.minimize)
        store.note("down_to", study.objectives.down_to)
        evaluator = Evaluator(store, executor, lambda e: Call("stub", e.model_dump_json()), observer)
        clock = getattr(executor, "clock", None) or Clock(store, time.monotonic())
        timing = pace(study, clock, store, workers=executor.workers, images=IMAGES_AN_EPOCH, checked=0)
        conduct(
            study,
            study.search_space(IMAGES),
            CONDITIONS,
            _relative(study),
            store=store,
            evaluator=evaluator,
            clock=clock,
            timing=timing,
            speed=GUESS,
            observer=observer,
            proposer=proposer,
        )
        return rows(store)


def told(table: list[Row]) -> list[tuple]:
    """All that a leaderboard says, times apart."""
    return [
        (row.rank, row.number, row.candidate.digest, row.on_front, row.status, row.accuracy)
        + (row.epochs, row.test_accuracy, row.test_accuracy_std, row.reason)
        for row in table
    ]
