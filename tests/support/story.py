"""The story of a search, event by event, and a clock for it."""

from handmade_run import done, evaluation, failed, network
from stubs import stub_study

from fmsearch.events import FinalStage, Finished, Note, Proposed, Started
from fmsearch.study import Budget, Final
from searchspace import analyse

STUDY = stub_study(
    name="tiny", budget=Budget(candidates=4, rungs=(2, 6), cohort=4, keep=0.5), final=Final(epochs=9, seeds=2)
)
TIMED = STUDY.model_copy(update={"budget": STUDY.budget.model_copy(update={"time": 600.0})})
CANDIDATES = [network(2), network(4, 8), network(32, 32), network(16)]


class Clock:
    """Time that passes when told."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def started(number, epochs=2, purpose="search", seed=7):
    return Started(number, evaluation(CANDIDATES[number], epochs, seed, purpose))


def finished(number, result, epochs=2, purpose="search", seed=7, *, stored=False):
    analysis = analyse(CANDIDATES[number].architecture)
    return Finished(
        number=number,
        candidate=CANDIDATES[number],
        analysis=analysis,
        size=analysis.parameters,
        evaluation=evaluation(CANDIDATES[number], epochs, seed, purpose),
        result=result,
        stored=stored,
    )


STORY = [
    Proposed(cohort=0, taken=4, rejected=1_200, repeated=1),
    finished(0, done(0.3), stored=True),
    started(1),
    finished(1, done(0.75, seconds=2.14)),
    started(2),
    finished(2, done(0.9, seconds=75)),
    started(3),
    finished(3, failed("out of memory:\n\x1b[31m메모리 부족")),
    started(1, 6),
    finished(1, done(0.8), epochs=6),
    started(2, 6),
    finished(2, done(0.93), epochs=6),
    Note("The proposer has\nnothing new."),
    FinalStage((1, 2)),
    started(1, 9, "final", 1),
    finished(1, done(0.82, test=0.81), epochs=9, purpose="final", seed=1),
    started(2, 9, "final", 1),
    finished(2, done(0.95, test=0.94), epochs=9, purpose="final", seed=1),
]
