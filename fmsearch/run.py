"""Running a study: the wiring of all rooms."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from fmsearch import executors, proposers
from fmsearch.datasets import Dataset, load, share
from fmsearch.errors import InputError
from fmsearch.evaluation import Environment, Evaluation, derive_seed
from fmsearch.evaluator import Evaluator
from fmsearch.events import Event, Observer
from fmsearch.executors import Call
from fmsearch.intake import Intake
from fmsearch.reports.rows import Row, rows
from fmsearch.run_folder import RunFolder
from fmsearch.search import Conditions, Search
from fmsearch.store import Store
from fmsearch.study import Study, load_study
from fmsearch.training.worker import EVALUATE, Job
from searchspace import Input


class Unobserved:
    """Nobody watches."""

    def notice(self, event: Event) -> None:
        """Pass over what happened."""


def run(
    study: Study,
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    executor: str = "processes",
    fresh: bool = False,
    observer: Observer | None = None,
) -> list[Row]:
    """Run a study, or go on with it: what was evaluated before is found in the run folder's store.

    Args:
        study: what to search.
        out: the run folder; `runs/<name>` if None.
        workers: how many evaluations at a time; as many as cores if None. The result is the same for any number.
        executor: `processes` or `inline`.
        fresh: begin anew; an earlier run in the folder is moved aside.
        observer: who watches.

    Returns:
        The leaderboard, best first.

    Raises:
        InputError: the data, the folder or an option is wrong.
        FmsearchError: the work failed.
    """
    folder = folder_of(study, out)
    runner = executors.make(executor, _workers(workers, executor), folder.log)
    data = load(study.data, Path())
    watching = observer or Unobserved()
    with closing(runner), _opened(folder, study, fresh=fresh) as store:
        _note_facts(store, study, data)
        evaluator = Evaluator(store, runner, _calls(folder, str(share(data))), watching)
        space = study.search_space(input_of(data))
        intake = Intake(proposers.make(study.engine, space, study.seed), space, derive_seed(study.seed, "intake"))
        conditions = Conditions(data.fingerprint, Environment.here())
        Search(study, conditions, intake=intake, evaluator=evaluator, trail=store, observer=watching).run()
        table = rows(store)
        _discard(folder, {row.key for row in table if row.on_front})
        return table


def folder_of(study: Study, out: str | Path | None) -> RunFolder:
    """Where a study runs: `runs/<name>`, unless it is told."""
    return RunFolder(Path("runs") / study.name if out is None else Path(out))


def input_of(data: Dataset) -> Input:
    """The images and classes that networks must be made for."""
    height, width, channels = data.x_train.shape[1:]
    return Input(height=height, width=width, channels=channels, classes=len(data.class_names))


def _calls(folder: RunFolder, data: str) -> Callable[[Evaluation], Call]:
    """How an evaluation is called for, with images that lie at `data`."""

    def call(evaluation: Evaluation) -> Call:
        keep = str(folder.model(evaluation.key).absolute()) if evaluation.purpose == "final" else None
        return Call(EVALUATE, Job(evaluation=evaluation, data=data, keep=keep).model_dump_json())

    return call


def _workers(workers: int | None, executor: str) -> int:
    if workers is None:
        return 1 if executor == "inline" else len(os.sched_getaffinity(0))
    if workers < 1:
        raise InputError(f"{workers} workers cannot work.", "Expected --workers 1 or more.")
    return workers


@contextmanager
def _opened(folder: RunFolder, study: Study, *, fresh: bool) -> Iterator[Store]:
    """The folder's store, for this run alone."""
    if not fresh:
        _refuse_another_study(folder, study)
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fix = "Expected a folder to write in."
        raise InputError(f"{folder.path} cannot be made ({error.strerror}).", fix) from None
    with _locked(folder):
        if fresh:
            _move_aside(folder)
        folder.study.write_text(_as_yaml(study), encoding="utf-8")
        with Store(folder.store) as store:
            store.forget_trail()
            yield store


def _refuse_another_study(folder: RunFolder, study: Study) -> None:
    if not folder.study.is_file():
        return
    differing = _differences(load_study(folder.study).identity, study.identity)
    if differing:
        raise InputError(
            f"{folder.path} holds another study: {', '.join(differing)} differ.",
            "Name another folder with --out, or begin anew with --fresh, which moves the old one aside.",
        )


def _differences(a: dict[str, Any], b: dict[str, Any], scope: str = "") -> list[str]:
    """The dotted keys whose values differ."""
    found = []
    for key in {**a, **b}:
        left, right, name = a.get(key), b.get(key), f"{scope}{key}"
        if isinstance(left, dict) and isinstance(right, dict):
            found += _differences(left, right, f"{name}.")
        elif left != right:
            found.append(name)
    return found


@contextmanager
def _locked(folder: RunFolder) -> Iterator[None]:
    """The run folder, for this process alone."""
    lock = FileLock(folder.lock)
    owner = folder.lock.with_suffix(".owner")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        process = owner.read_text(encoding="utf-8") if owner.is_file() else "another process"
        fix = "Wait for it, or name another folder with --out."
        raise InputError(f"{folder.path} is in use by {process}.", fix) from None
    with lock:
        owner.write_text(f"process {os.getpid()}", encoding="utf-8")
        try:
            yield
        finally:
            owner.unlink(missing_ok=True)
            lock.release()


def _move_aside(folder: RunFolder) -> None:
    """Nothing that was computed is lost: an earlier run stays beside the new one."""
    if not folder.store.exists():
        return
    number = 1
    while (target := folder.path.with_name(f"{folder.path.name}.old{number}")).exists():
        number += 1
    target.mkdir()
    for file in folder.path.iterdir():
        if file != folder.lock:
            file.rename(target / file.name)


def _as_yaml(study: Study) -> str:
    text = yaml.safe_dump(study.model_dump(mode="json", exclude_none=True), sort_keys=False, allow_unicode=True)
    return f"# The study as it ran. `fmsearch run` on this file goes on with it.\n{text}"


def _note_facts(store: Store, study: Study, data: Dataset) -> None:
    store.note("study", study.model_dump(mode="json"))
    store.note("objective", study.objectives.minimize)
    store.note("class_names", data.class_names)
    store.note("dataset", data.fingerprint)


def _discard(folder: RunFolder, keys: set[str]) -> None:
    """Only the front keeps weights."""
    for model in folder.models():
        if model.stem not in keys:
            model.unlink()
