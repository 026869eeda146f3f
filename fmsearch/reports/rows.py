"""A run as rows, one a candidate: what every table, file and page shows."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fmsearch.errors import InputError
from fmsearch.evaluation import Result
from fmsearch.pareto import Point, front
from fmsearch.reports.sketch import sketch
from fmsearch.store import Store, Used
from fmsearch.study import Objectives
from searchspace import Analysis, Candidate, Recipe, analyse

ID_LENGTH = 8


@dataclass(frozen=True)
class Row:
    """One candidate, by the furthest it came.

    Attributes:
        rank: from 1: the front, smallest first, then the rest by how far they came and how accurate they were.
        id: the first digits of the candidate's digest.
        number: when it was taken, from 0.
        on_front: whether no other model of the same standing is at once as small and as accurate.
        elected: whether the final stage trains it; before that is decided, whether it is on the search's front.
        status: `final` (trained again in the last stage), `searched`, `failed` or `waiting`.
        accuracy: on the validation split, the mean over seeds after the final stage; None without a result.
        searched: the same in its longest training of the search; None without one.
        size: in the unit of the study's objective.
        counted: the size as it counts, for a study to which small enough is enough.
        epochs: of its furthest training, in the final stage if it was there.
        seconds: of all its trainings.
        test_accuracy: mean over the final seeds; None before.
        test_accuracy_std: their standard deviation (of a sample; 0 for a single seed); None before.
        key: of the final evaluation whose model the run keeps: the seed best on validation; empty before.
        reason: why it failed.
    """

    rank: int
    id: str
    number: int
    on_front: bool
    elected: bool
    status: str
    accuracy: float | None
    searched: float | None
    parameters: int
    macs: int
    memory: int
    size: int
    counted: int
    epochs: float
    seconds: float
    architecture: str
    test_accuracy: float | None
    test_accuracy_std: float | None
    key: str
    reason: str
    candidate: Candidate
    analysis: Analysis
    uses: tuple[Used, ...]

    @property
    def recipe(self) -> Recipe:
        """How it was trained: in the final stage, if it was there."""
        final = [used.evaluation.recipe for used in self.uses if used.evaluation.purpose == "final"]
        return final[0] if final else self.candidate.recipe


def rows(store: Store) -> list[Row]:
    """All candidates of a run: the front, smallest first, then the rest."""
    objectives, candidates = store.objectives, store.candidates()
    uses: defaultdict[int, list[Used]] = defaultdict(list)
    for used in store.uses():
        # One object for a candidate, whatever it is part of: of thousands, each read again would fill the memory.
        evaluation = used.evaluation.model_copy(update={"candidate": candidates[used.number]})
        uses[used.number].append(replace(used, evaluation=evaluation))
    unranked = [_row(number, candidate, uses[number], objectives) for number, candidate in candidates.items()]
    members, elected = _front(unranked), store.finalists
    if elected is None:
        elected = _search_front(unranked)
    ordered = sorted(unranked, key=lambda row: _standing(row, members))
    return [
        replace(row, rank=rank, on_front=row.number in members, elected=row.number in elected)
        for rank, row in enumerate(ordered, start=1)
    ]


def find(table: Sequence[Row], prefix: str) -> Row:
    """The one row whose id begins so.

    Raises:
        InputError: there is none, or several.
    """
    found = [row for row in table if row.candidate.digest.startswith(prefix.lower())]
    if len(found) == 1:
        return found[0]
    what = f"No model's id begins with '{prefix}'." if not found else f"{len(found)} models' ids begin with '{prefix}'."
    raise InputError(what, "`fmsearch leaderboard` lists the ids; give enough digits to match only one.")


def _row(number: int, candidate: Candidate, uses: Sequence[Used], objectives: Objectives) -> Row:
    final = [used for used in uses if used.evaluation.purpose == "final"]
    done = [used for used in uses if used.result.status == "done"]
    told = final or done or uses  # a limit may leave the last stage less than the search had
    furthest = max((used.evaluation.epochs for used in told), default=0)
    results = [used.result for used in told if used.evaluation.epochs == furthest]
    succeeded = [result for result in results if result.status == "done"]
    tests = [result.test_accuracy for result in succeeded if result.test_accuracy is not None]
    best = max((used for used in final if used.result.status == "done"), key=_validation, default=None)
    analysis = analyse(candidate.architecture)
    return Row(
        rank=0,
        id=candidate.digest[:ID_LENGTH],
        number=number,
        on_front=False,
        elected=False,
        status=_status(results, final=bool(final)),
        accuracy=statistics.fmean(result.accuracy or 0.0 for result in succeeded) if succeeded else None,
        searched=_searched(uses),
        parameters=analysis.parameters,
        macs=analysis.macs,
        memory=analysis.memory,
        size=objectives.size(analysis),
        counted=objectives.counted(analysis),
        epochs=furthest,
        seconds=sum((used.result.seconds for used in uses), start=0.0),
        architecture=sketch(candidate.architecture),
        test_accuracy=statistics.fmean(tests) if tests else None,
        test_accuracy_std=(statistics.stdev(tests) if len(tests) > 1 else 0.0) if tests else None,
        key=best.key if best else "",
        reason=next((result.reason for result in results if result.reason), ""),
        candidate=candidate,
        analysis=analysis,
        uses=tuple(sorted(uses, key=_order)),
    )


def _searched(uses: Sequence[Used]) -> float | None:
    done = [used for used in uses if used.evaluation.purpose == "search" and used.result.accuracy is not None]
    return max(done, key=lambda used: used.evaluation.epochs).result.accuracy if done else None


def _validation(used: Used) -> tuple[float, str]:
    return (used.result.accuracy or 0.0, used.key)


def _order(used: Used) -> tuple[float, bool, int]:
    """Short trainings first, the search's before the final stage's, then by seed."""
    return used.evaluation.epochs, used.evaluation.purpose != "search", used.evaluation.seed


def _status(results: Sequence[Result], *, final: bool) -> str:
    if not results:
        return "waiting"
    if all(result.status == "failed" for result in results):
        return "failed"
    return "final" if final else "searched"


def _front(unranked: Sequence[Row]) -> frozenset[int]:
    """Numbers of the front's members: among the final ones, or before there are any, of the search."""
    contest = [row for row in unranked if row.status == "final"]
    if not contest:
        return _search_front(unranked)
    return frozenset(contest[i].number for i in front([Point(row.counted, row.accuracy or 0.0) for row in contest]))


def _search_front(unranked: Sequence[Row]) -> frozenset[int]:
    """Numbers of those that none dominates, each by its longest training of the search."""
    contest = [row for row in unranked if row.searched is not None]
    return frozenset(contest[i].number for i in front([Point(row.counted, row.searched or 0.0) for row in contest]))


def _standing(row: Row, members: frozenset[int]) -> tuple[float, ...]:
    if row.number in members:
        return (0, row.size, row.number)
    standing = {"final": 1, "searched": 2, "failed": 3, "waiting": 4}[row.status]
    return (standing, -row.epochs, -(row.accuracy or 0.0), row.size, row.number)
