"""What trainings promise: what the proposer is told, and who plays off, hangs on it."""

import pytest
from stubs import IMAGES, StubExecutor, search, stub_study

from fmsearch.engine import Engine
from fmsearch.learning_curves import LearningCurve
from fmsearch.pace import Price
from fmsearch.pareto import Point
from fmsearch.proposers import Evaluated, make
from fmsearch.results import Results, at
from fmsearch.study import Budget

LAW = LearningCurve(0.1)
PRICE = Price(1.0, 2.0)


def results(*trainings):
    made = Results(dict.fromkeys(range(10), 1_000).__getitem__)
    for number, epochs, accuracy in trainings:
        made.record(number, epochs, Point(1_000.0 * (number + 1), accuracy), PRICE)
    return made


def test_a_training_is_found_by_its_epochs():
    made = results((0, 1, 0.7))
    assert made.of(0, 1) == Point(1_000.0, 0.7)
    assert made.of(0, 3) is None
    assert made.of(1, 1) is None


def test_a_finalist_stands_where_its_longest_training_put_it():
    longest = results((3, 9, 0.8), (3, 3, 0.85), (1, 1, 0.5)).finalists()
    assert [(one.number, one.trained, one.point.accuracy) for one in longest] == [(1, 1, 0.5), (3, 9, 0.8)]
    assert (longest[1].setup, longest[1].pace) == PRICE


def test_those_that_trained_less_are_promised_what_the_same_epochs_would_make_of_them():
    made = results((0, 1, LAW.accuracy(1)), (1, 1, LAW.accuracy(1)), (1, 9, LAW.accuracy(9)))
    promises = made.promises([0, 1], 9)
    assert promises[0].size == 1_000
    assert promises[0].accuracy == pytest.approx(promises[1].accuracy, abs=0.001)


def test_promises_hang_on_nobody_else():
    """Else what a proposer is told would hang on what has finished by then."""
    made = results((0, 1, 0.5), (0, 9, 0.8))
    alone = made.promises([0], 9)
    made.record(1, 1, Point(1.0, 0.5), PRICE)
    made.record(1, 9, Point(1.0, 0.5), PRICE)
    assert made.promises([0], 9) == alone
    assert made.promises([0, 1, 2], 9).keys() == {0, 1}


def test_one_that_trains_less_as_it_costs_more_is_judged_by_what_equal_epochs_would_make_of_it():
    reached = Point(5_000.0, LAW.accuracy(0.5))
    assert at(reached, 0.5, 1).accuracy == pytest.approx(LAW.accuracy(1))
    assert at(reached, 0.5, 0.5) is reached


def test_a_proposer_is_told_what_the_last_rungs_epochs_would_make_of_every_candidate(tmp_path):
    study = stub_study(engine=Engine(sampler="random"), budget=Budget(candidates=36, rungs=(1, 3, 9), cohort=12))
    proposer, told = make(study.engine, study.search_space(IMAGES), study.objectives, study.seed), {}
    tell = proposer.tell

    def overheard(number, verdict):
        told[number] = verdict
        tell(number, verdict)

    proposer.tell = overheard
    table = {row.number: row for row in search(study, tmp_path / "store", StubExecutor(), proposer=proposer)}
    seen = {n: verdict for n, verdict in told.items() if isinstance(verdict, Evaluated)}
    assert len(seen) >= 12
    for number, verdict in seen.items():
        reached = {use.evaluation.epochs: use.result.accuracy for use in table[number].uses}
        # Nobody's accuracy falls in longer trainings of this kind, and most are told more than they reached.
        assert verdict.accuracy >= max(reached.values()) - 0.05
    short = [n for n in seen if max(use.evaluation.epochs for use in table[n].uses) == 1]
    assert all(seen[n].accuracy > table[n].uses[0].result.accuracy for n in short)
