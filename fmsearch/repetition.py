"""Evaluations trained again, to see whether they give what the store says, digit by digit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from random import Random

from fmsearch.datasets import Dataset, load, share
from fmsearch.environment import Environment
from fmsearch.errors import FmsearchError, InputError, sentence
from fmsearch.evaluation import Evaluation, Result
from fmsearch.evaluator import Evaluator
from fmsearch.executors import Call, Executor
from fmsearch.patience import plenty
from fmsearch.reports.views import QuietView
from fmsearch.run_folder import RunFolder
from fmsearch.store import Store
from fmsearch.study import load_study
from fmsearch.training.worker import EVALUATE, Job

TIMES = ("seconds", "setup")


@dataclass(frozen=True)
class Repetition:
    """An evaluation, what the store says of it, and what it gave when it was trained again."""

    evaluation: Evaluation
    stored: Result
    again: Result

    @property
    def difference(self) -> str:
        """The first digit-by-digit difference, times apart; empty if there is none."""
        there, here = self.stored.model_dump(exclude={*TIMES}), self.again.model_dump(exclude={*TIMES})
        return next(_differences(there, here, ""), "")


def repeat(folder: RunFolder, count: int, seed: int | None, executor: Executor) -> list[Repetition]:
    """Train evaluations of a run again.

    Args:
        folder: of the run.
        count: how many; all, if there are fewer.
        seed: of the draw; another one each time if None.
        executor: where they train; it is closed at the end.

    Raises:
        InputError: there is none that was made in an environment as it is here, or the images are others.
        FmsearchError: one cannot be trained.
    """
    with closing(executor):
        drawn = _drawn(folder, count, seed)
        study = load_study(folder.study)
        data = load(study.data, folder.path)
        _require_same_images(drawn, data)
        where = str(share(data))

        def call(evaluation: Evaluation) -> Call:
            return Call(EVALUATE, Job(evaluation=evaluation, data=where, blocks=study.blocks).model_dump_json())

        evaluator = Evaluator(_Nothing(), executor, call, QuietView())
        for number, (evaluation, stored) in enumerate(drawn):
            evaluator.renew(number, evaluation, plenty(stored.seconds))
        results: dict[int, Result] = {}
        while (answer := evaluator.next()) is not None:
            if not answer.kept:
                raise FmsearchError(f"An evaluation cannot be trained again: {sentence(answer.result.reason)}")
            results[answer.number] = answer.result
    return [Repetition(*one, results[number]) for number, one in enumerate(drawn)]


class _Nothing:
    """Knows no result, and keeps none."""

    def find(self, key: str) -> None:
        """None."""

    def add(self, evaluation: Evaluation, result: Result) -> None:
        """Pass over it."""


def _drawn(folder: RunFolder, count: int, seed: int | None) -> list[tuple[Evaluation, Result]]:
    here = Environment.here()
    with Store(folder.store, writable=False) as store:
        drawn = store.sample(here, count, Random(seed))  # noqa: S311  # a sample, not a secret
        places = store.environments()
    if not places:
        raise InputError(f"{folder.path} holds no evaluation yet.", "`fmsearch run` makes some.")
    if not drawn:
        differs = "this version of fmsearch trains otherwise"
        if here not in places:
            differs = "; ".join(next(iter(places)).differences(here))
        raise InputError(
            f"No evaluation in {folder.path} can be verified here: {differs}.",
            "Verify where they were made, or run the study here first: digits agree only in one environment.",
        )
    return drawn


def _require_same_images(drawn: list[tuple[Evaluation, Result]], data: Dataset) -> None:
    if any(evaluation.dataset != data.fingerprint for evaluation, _ in drawn):
        fix = "Put them back where the study names them."
        raise InputError("The images are not those that the run trained on.", fix)


def _differences(there: object, here: object, name: str) -> Iterator[str]:
    """Each field that differs, with both values."""
    if isinstance(there, dict) and isinstance(here, dict):
        for key in there:
            yield from _differences(there[key], here[key], f"{name} {key}".strip())
    elif isinstance(there, list | tuple) and isinstance(here, list | tuple) and len(there) == len(here):
        for number, pair in enumerate(zip(there, here, strict=True), start=1):
            yield from _differences(*pair, f"epoch {number}")
    elif there != here:
        yield f"{name}: {there!r} stored, {here!r} now"
