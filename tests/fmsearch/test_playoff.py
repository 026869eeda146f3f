"""Who trains longer before it is decided who is in the final stage."""

import pytest
from stubs import stub_study

from fmsearch.engine import Engine
from fmsearch.finalists import Finalist
from fmsearch.learning_curves import learning_curves
from fmsearch.pareto import Point
from fmsearch.playoff import entrants, rounds
from fmsearch.study import Budget, Final

# A cohort of 12 trains for 12 * 1 + 4 * 3 epochs; so where it costs 24, a training at the last rung costs 3, and in a
# play-off 12: eight of them cost 96, a third of 288.
ENOUGH = 288.0


def study(final=400, **engine):
    budget = Budget(time=600, rungs=(1, 3), cohort=12, keep=1 / 3)
    return stub_study(budget=budget, final=Final(epochs=final), engine=Engine(**engine))


def finalist(number, size, reached, pace=0.5):
    """One that reached so much at each rung."""
    epochs, accuracy = reached[-1]
    curve = learning_curves({number: reached}, {number: 1_000_000})[number]
    return Finalist(number, Point(size, accuracy), trained=epochs, setup=1.0, pace=pace, curve=curve)


def climbed(count, pace=lambda _: 0.5):
    """Networks of rising size, of which every other one promises more."""
    return [
        finalist(number, 1_000.0 * 1.1**number, [(3.0, 0.7 + 0.1 * (number % 2))], pace(number))
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("total", "expected"), [(ENOUGH - 1, 0), (ENOUGH, 1), (8 * ENOUGH - 1, 1), (8 * ENOUGH, 2), (48 * ENOUGH, 3)]
)
def test_there_are_as_many_as_a_third_of_the_search_pays_for(total, expected):
    """The second takes four times as long as the first, and each has half of the third."""
    assert rounds(study(), cohort=24.0, total=total) == expected


def test_there_is_none_after_which_the_final_stage_could_not_train_twice_as_long():
    assert rounds(study(final=24), cohort=24.0, total=8 * ENOUGH) == 1
    assert rounds(study(final=23), cohort=24.0, total=8 * ENOUGH) == 0


def test_hyperbands_brackets_need_none():
    assert rounds(study(name="keras_tuner", tuner="hyperband"), cohort=24.0, total=48 * ENOUGH) == 0


def test_half_of_those_that_came_so_far_take_part_the_better_one_of_each_pair_of_neighbours_in_size():
    assert sorted(one.number for one in entrants(climbed(40), 1_000)) == list(range(1, 40, 2))


def test_as_many_take_part_as_it_pays_for():
    chosen = entrants(climbed(40), 14 * 7.0)  # twelve epochs of half a second each, and a second before them
    assert len(chosen) == 14
    assert len(entrants(climbed(40), 14 * 7.0 - 0.1)) == 13


def test_too_few_are_no_play_off():
    assert len(entrants(climbed(16), 1_000)) == 8
    assert entrants(climbed(15), 1_000) == []
    assert entrants(climbed(40), 7 * 7.0) == []
    assert entrants([], 1_000) == []


def test_one_that_learns_on_goes_before_one_that_has_learnt_what_it_can():
    stuck, learning = [(1.0, 0.8), (3.0, 0.8)], [(1.0, 0.7), (3.0, 0.795)]
    pairs = [finalist(number, 1_000.0 * 1.1**number, stuck if number % 2 else learning) for number in range(24)]
    assert sorted(one.number for one in entrants(pairs, 1_000)) == list(range(0, 24, 2))


def test_the_longest_trainings_come_first_so_that_the_workers_end_together():
    costly = climbed(40, pace=lambda number: 0.1 * (number % 7 + 1))
    paces = [one.pace for one in entrants(costly, 1_000)]
    assert paces == sorted(paces, reverse=True)
