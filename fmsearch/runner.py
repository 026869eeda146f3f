"""Running a study: the wiring of all rooms."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from fmsearch import executors, proposers
from fmsearch.clock import Clock
from fmsearch.datasets import Dataset, load, share
from fmsearch.effort import Relative, affordable, relative_of
from fmsearch.environment import BACKENDS, Environment, chosen_backend
from fmsearch.errors import InputError
from fmsearch.evaluation import Evaluation
from fmsearch.evaluator import Evaluator
from fmsearch.events import Began, Both, Note, Observer
from fmsearch.executors import Call, cores
from fmsearch.forecast import forecast
from fmsearch.intake import Intake
from fmsearch.pace import Pace, decisions, pace
from fmsearch.patience import Patience
from fmsearch.preview import preview
from fmsearch.proposers import Proposer
from fmsearch.reports import figures
from fmsearch.reports.rows import Row, rows
from fmsearch.reports.views import QuietView
from fmsearch.run_folder import RunFolder
from fmsearch.schedule import brackets_of
from fmsearch.search import carry_out
from fmsearch.seeds import derive_seed
from fmsearch.speed import Speed, Speedometer, recall
from fmsearch.store import Store
from fmsearch.study import Study
from fmsearch.training.worker import EVALUATE, PREPARE, Job
from fmsearch.trials import Conditions, Trials
from fmsearch.weights import keep
from fmsearch.workspace import opened, record
from searchspace import SearchSpace


def run(
    study: Study,
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    executor: str = "processes",
    fresh: bool = False,
    observer: Observer | None = None,
    stop: threading.Event | None = None,
) -> list[Row]:
    """Run a study, or go on with it: what was evaluated before is found in the run folder's store.

    Args:
        study: what to search.
        out: the run folder; `runs/<name>` if None.
        workers: how many evaluations at a time; as many as cores if None. The result is the same for any number.
        executor: `processes` or `inline`.
        fresh: begin anew; an earlier run in the folder is moved aside.
        observer: who watches.
        stop: when set, from another thread or a signal handler, what runs is finished and nothing more begins.

    Returns:
        The leaderboard: the front, smallest first, then the rest.

    Raises:
        InputError: the data, the folder or an option is wrong.
        FmsearchError: the work failed.
        KeyboardInterrupt: the run was stopped; running the study again goes on with it.
    """
    start = time.monotonic()
    _require_backend()
    study = study.resolve(Path())
    folder = folder_of(study, out)
    runner = executors.make(executor, _workers(workers, executor), folder.log)
    data = load(study.data, Path())
    watching = observer or QuietView()
    with opened(folder, study, fresh=fresh) as store, closing(runner):  # the folder is free once no worker writes in it
        if study.engine.name == "keras_tuner":  # which takes as long to import as a worker to get ready
            runner.warm(PREPARE)
        calls = _calls(folder, str(share(data)), study.blocks)
        evaluator = Evaluator(store, runner, calls, watching, stop)
        clock = Clock(store, start, anew=Environment.here() not in store.environments())
        images, checked = len(data.x_train), len(data.x_validation)
        timing = pace(study, clock, store, workers=evaluator.workers, images=images, checked=checked)
        record(folder, study)
        store.describe(study, data)
        _carry_out(study, data, store, evaluator, clock, timing=timing, observer=watching)
        table = rows(store)
        keep([row for row in table if row.on_front and row.key], folder, evaluator)
        return table


def _carry_out(
    study: Study, data: Dataset, store: Store, evaluator: Evaluator, clock: Clock, *, timing: Pace, observer: Observer
) -> None:
    """Search and train the front, as the study and the clock say."""
    images, environment = len(data.x_train), Environment.here()
    image = data.description.input
    space = study.search_space(image)
    speed = recall(environment, image)
    sample = preview(space, study.seed)
    plan = forecast(study, sample, images, evaluator.workers, speed)
    observer.notice(Began(clock.elapsed(), images))
    for note in [*([f"{plan}."] if plan else []), *_caveats(study, store, environment)]:
        observer.notice(Note(note))
    speedometer = Speedometer(environment, image, images)
    conduct(
        study,
        space,
        Conditions(data.fingerprint, environment, images),
        relative_of(study, sample),
        store=store,
        evaluator=evaluator,
        clock=clock,
        timing=timing,
        speed=speed,
        observer=Both(observer, speedometer),
    )
    speedometer.remember()


def conduct(
    study: Study,
    space: SearchSpace,
    conditions: Conditions,
    relative: Relative,
    *,
    store: Store,
    evaluator: Evaluator,
    clock: Clock,
    timing: Pace,
    speed: Speed,
    observer: Observer,
    proposer: Proposer | None = None,
) -> None:
    """Search and train the front, where all is there that it takes.

    Args:
        study: what is searched.
        space: its networks and recipes, for these images.
        conditions: what every evaluation shares.
        relative: how much a network is to pay.
        store: where the trail goes.
        evaluator: where results come from.
        clock: the run's.
        timing: when the search must end.
        speed: how fast this machine is thought to be.
        observer: who watches.
        proposer: who proposes, if not the study's engine.
    """
    proposer = proposer or proposers.make(
        study.engine,
        space,
        study.objectives,
        study.seed,
        memory=store,
        brackets=brackets_of(study.budget),
        wanted=affordable(relative),
    )
    intake = Intake(proposer, space, derive_seed(study.seed, "intake"), prescribes=study.engine.has_rungs)
    patience = Patience(speed, conditions.images, lambda: timing.left)
    trials = Trials(
        study, conditions, evaluator=evaluator, trail=store, observer=observer, clock=clock, patience=patience
    )
    store.forget_trail()  # now that it can be written anew
    carry_out(study, intake, trials, timing, relative)


def folder_of(study: Study, out: str | Path | None = None) -> RunFolder:
    """Where a study runs: `runs/<name>`, unless it is told."""
    return RunFolder(Path("runs") / study.name if out is None else Path(out))


def _calls(folder: RunFolder, data: str, blocks: tuple[str, ...]) -> Callable[[Evaluation], Call]:
    """How an evaluation is called for, with images that lie at `data`."""

    def call(evaluation: Evaluation) -> Call:
        keep = str(folder.model(evaluation.key).absolute()) if evaluation.purpose == "final" else None
        return Call(EVALUATE, Job(evaluation=evaluation, data=data, keep=keep, blocks=blocks).model_dump_json())

    return call


def _require_backend() -> None:
    if (backend := chosen_backend()) not in BACKENDS:
        what = f"Keras's backend '{backend}' does not train networks."
        raise InputError(what, f"Expected KERAS_BACKEND to be {', '.join(BACKENDS[:-1])} or {BACKENDS[-1]}.")


def _workers(workers: int | None, executor: str) -> int:
    if workers is None:
        return 1 if executor == "inline" else cores()
    if workers < 1:
        raise InputError(f"{figures.several(workers, 'worker')} cannot work.", "Expected --workers 1 or more.")
    return workers


def _caveats(study: Study, store: Store, environment: Environment) -> Iterator[str]:
    """What a person should know of this run before it begins."""
    if path := study.data.npz or study.data.folder:
        yield f"Images are read from {Path(path).resolve()}."
    for file in study.blocks:
        yield f"Blocks are made by code in {file}."
    if study.engine.code:
        yield f"Proposals are made by code in {study.engine.code}."
    if store.mended:
        yield store.mended
    if environment.device == "gpu":
        yield "On a GPU, a study run again may differ in its last digits; `fmsearch verify` shows whether it does."
    for other, count in store.environments().items():
        if other != environment:
            differs = "; ".join(other.differences(environment))
            yield (
                f"{figures.several(count, 'evaluation')} in this folder, made in another environment ({differs}), will "
                "not be used, as digits would not agree; nothing is lost."
            )
    known = decisions(store)
    if known and known.is_final and known.is_for(study.budget.time, study.final.model_dump(mode="json")):
        kept = f"{figures.several(known.cohorts, 'cohort')}, then the final stage"
        yield f"This run repeats what its time limit decided: {kept}. Raise budget.time to search further."
