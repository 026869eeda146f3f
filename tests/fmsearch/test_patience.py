"""How long a training may take: plenty, learnt from the slowest, and never less than before."""

import math

import pytest
from handmade_run import done, evaluation, network

from fmsearch.effort import effort
from fmsearch.patience import LATE, LEAST, TIMES, Patience
from fmsearch.speed import Speed
from searchspace import analyse

IMAGES = 1_000
SMALL, LARGE = analyse(network(2).architecture), analyse(network(32, 32).architecture)


def patience(speed=1e9, setup=2.0, left=math.inf):
    return Patience(Speed(effort=speed, setup=setup), IMAGES, lambda: left)


def test_a_training_may_take_many_times_what_it_should():
    expected = 2.0 + 3 * IMAGES * effort(LARGE) / 1e9
    assert math.isclose(patience().seconds(LARGE, 3), LEAST + TIMES * expected)


def test_less_is_borne_of_what_goes_on_beyond_the_end_of_the_search():
    expected = 2.0 + 3 * IMAGES * effort(LARGE) / 1e9
    assert math.isclose(patience(left=40.0).seconds(LARGE, 3), 40.0 + LATE + expected)


@pytest.mark.parametrize("left", [-5.0, 0.0])
def test_nothing_begins_beyond_it(left):
    assert patience(left=left).seconds(LARGE, 3) == 0.0


def test_more_is_given_to_what_costs_more():
    assert patience().seconds(SMALL, 3) < patience().seconds(LARGE, 3) < patience().seconds(LARGE, 30)


def test_a_slow_training_teaches_patience_and_a_quick_one_does_not_take_it_away():
    learning = patience()
    before = learning.seconds(LARGE, 3)
    learning.learn(LARGE, evaluation(network(32, 32), 2), done(0.5, seconds=1e-3))
    assert learning.seconds(LARGE, 3) == before

    learning.learn(LARGE, evaluation(network(32, 32), 2), done(0.5, seconds=500.0))
    assert learning.seconds(LARGE, 2) > TIMES * 500.0
