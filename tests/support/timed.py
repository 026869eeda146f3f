"""Studies with a time limit on workers whose trainings take as long as is told."""

from stubs import stub_study

from fmsearch.engine import Engine
from fmsearch.study import Budget, Final
from searchspace import analyse

LIMIT = 600.0
LONG = 1_200.0  # enough for a play-off


def study(time=LIMIT, share=0.5, seeds=1, epochs=1_000, **budget):
    return stub_study(
        engine=Engine(sampler="random"),  # whose proposals take no time
        budget=Budget(**{"time": time, "rungs": (0.1, 0.3, 1), "cohort": 12, **budget}),
        final=Final(epochs=epochs, share=share, seeds=seeds),
    )


def seconds(evaluation):
    """Setup, and epochs by size."""
    return 1.5, evaluation.epochs * (4 + analyse(evaluation.candidate.architecture).parameters / 2_000)


def searching(table):
    """Epochs of each training of the search, by candidate."""
    return [
        (row.number, use.evaluation.epochs) for row in table for use in row.uses if use.evaluation.purpose == "search"
    ]


def finals(table):
    return {(row.candidate.digest, row.epochs) for row in table if row.status == "final"}
