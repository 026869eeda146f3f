"""What a longer training would reach, told by shorter ones."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmsearch import learning_curves as curves_of_alike
from fmsearch.learning_curves import FALL, FALL_A_FLOOR, FALL_A_MAC, LEAST_FALL, LearningCurve

FALLEN = 1 - 0.15 * math.exp(FALL * (1 / math.sqrt(20) - 1 / math.sqrt(0.75)))  # what 0.85 after 0.75 epochs comes to
ACCURACIES = st.floats(0, 1)
TRAININGS = st.lists(st.tuples(st.floats(0.01, 100), ACCURACIES), min_size=1, max_size=5)


def learning_curves(trainings):
    """Of networks that calculate alike."""
    return curves_of_alike.learning_curves(trainings, dict.fromkeys(trainings, 1_000))


def told(curve, *epochs):
    """What trainings of these epochs reach by a law."""
    return [(e, curve.accuracy(e)) for e in epochs]


def test_errors_fall_towards_a_floor_with_one_over_the_root_of_the_epochs():
    curve = LearningCurve(floor=0.08, fall=0.4)
    assert 1 - curve.accuracy(1) == pytest.approx(0.08 * math.exp(0.4))
    assert 1 - curve.accuracy(4) == pytest.approx(0.08 * math.exp(0.2))
    assert 1 - curve.accuracy(1e9) == pytest.approx(0.08, rel=1e-3)


def test_no_training_reaches_nothing_and_a_short_one_is_never_below_it():
    curve = LearningCurve(floor=0.08)
    assert [curve.accuracy(e) for e in (-1.0, 0.0, 1e-9)] == [0.0, 0.0, 0.0]


def test_one_training_is_enough_for_a_curve_through_it():
    curve = learning_curves({7: [(0.75, 0.88)]})[7]
    assert curve.fall == pytest.approx(FALL)
    assert curve.accuracy(0.75) == pytest.approx(0.88)


@pytest.mark.parametrize("fall", [0.2, 0.42, 1.0])
def test_where_many_trainings_agree_their_law_is_found(fall):
    laws = {number: LearningCurve(0.07, fall * (0.9 + number / 200)) for number in range(40)}
    curves = learning_curves({number: told(law, 0.15, 0.75, 3, 12) for number, law in laws.items()})
    for number, law in laws.items():
        assert curves[number].fall == pytest.approx(law.fall, rel=0.1)
        assert curves[number].accuracy(50) == pytest.approx(law.accuracy(50), abs=0.002)


def test_of_two_that_reached_the_same_the_one_that_calculates_more_has_more_to_come():
    reached = [(0.75, 0.85)]
    small, large = curves_of_alike.learning_curves({0: reached, 1: reached}, {0: 100_000, 1: 1_000_000}).values()
    assert small.accuracy(0.75) == large.accuracy(0.75) == pytest.approx(0.85)
    assert small.accuracy(20) < FALLEN < large.accuracy(20)
    assert large.fall - small.fall == pytest.approx(
        FALL_A_MAC * math.log(10) + FALL_A_FLOOR * math.log(large.floor / small.floor), abs=1e-9
    )


def test_of_two_that_calculate_alike_the_one_with_more_errors_has_more_to_come():
    better, worse = learning_curves({0: [(0.75, 0.85)], 1: [(0.75, 0.7)]}).values()
    assert better.accuracy(20) > worse.accuracy(20)
    assert worse.fall - better.fall == pytest.approx(FALL_A_FLOOR * math.log(worse.floor / better.floor))


def test_what_is_usual_is_what_the_longest_trainings_say():
    long_ones = {number: told(LearningCurve(0.08), 0.15, 12) for number in range(10)}
    short_ones = {number: told(LearningCurve(0.3), 0.15) for number in range(10, 40)}
    assert learning_curves(long_ones | short_ones)[0].fall == pytest.approx(FALL, rel=0.05)


def test_one_that_stopped_learning_promises_less_than_another_of_the_same_accuracy():
    usual = {number: told(LearningCurve(0.08), 0.15, 0.75) for number in range(30)}
    reached = LearningCurve(0.08).accuracy(0.75)
    curves = learning_curves({**usual, 30: [(0.15, reached), (0.75, reached)]})
    assert curves[30].accuracy(30) < curves[0].accuracy(30) - 0.002


def test_long_trainings_say_more_than_short_ones():
    """Luck moves the end of a short training more."""
    law = LearningCurve(0.08)
    lucky_short, lucky_long = [(0.15, law.accuracy(0.15) + 0.05)], [(3.0, law.accuracy(3.0) + 0.01)]
    curves = learning_curves({0: lucky_short + told(law, 3.0), 1: told(law, 0.15) + lucky_long})
    assert curves[0].accuracy(30) == pytest.approx(law.accuracy(30), abs=0.003)
    assert curves[1].accuracy(30) == pytest.approx(law.accuracy(30) + 0.01, abs=0.003)


@given(st.dictionaries(st.integers(0, 20), TRAININGS, max_size=6), st.randoms(use_true_random=False))
def test_whatever_was_reached_there_is_a_curve_and_order_does_not_matter(trainings, random):
    curves = learning_curves(trainings)
    shuffled = list(trainings)
    random.shuffle(shuffled)
    assert learning_curves({number: list(reversed(trainings[number])) for number in shuffled}) == curves
    for curve in curves.values():
        assert curve.fall >= LEAST_FALL
        assert 0 <= curve.accuracy(0.1) <= curve.accuracy(10) <= 1
