"""From the store to rows: standing, order, means."""

import pytest
from handmade_run import done, evaluation, failed, finished_run, network, write

from fmsearch.errors import InputError
from fmsearch.reports.rows import find, rows
from fmsearch.store import Store


def read(folder):
    with Store(folder.store, writable=False) as store:
        return rows(store)


def test_the_front_comes_first_by_size_then_the_rest_by_how_far_they_came(tmp_path):
    table = read(finished_run(tmp_path))

    assert [(row.rank, row.number, row.status, row.on_front, row.size) for row in table] == [
        (1, 0, "final", True, 50),
        (2, 1, "final", True, 426),
        (3, 3, "final", True, 9898),
        (4, 2, "final", False, 1658),
        (5, 4, "searched", False, 170),
        (6, 5, "failed", False, 330),
        (7, 6, "waiting", False, 1290),
    ]


def test_final_seeds_are_averaged_and_the_best_one_is_kept(tmp_path):
    row = read(finished_run(tmp_path))[0]

    assert (row.accuracy, row.test_accuracy) == (pytest.approx(0.315), pytest.approx(0.305))
    assert row.test_accuracy_std == pytest.approx(0.01 / 2**0.5)
    assert row.seconds == 123.5
    assert row.key == evaluation(network(2), 6, 2, "final").key


def test_before_the_final_stage_the_front_is_of_the_longest_training_of_each(tmp_path):
    small, large, short = network(2), network(8), network(4)
    uses = [(small, evaluation(small, 2), done(0.7)), (small, evaluation(small, 6), done(0.5))]
    uses += [(large, evaluation(large, 6), done(0.6)), (short, evaluation(short, 2), done(0.9))]

    table = read(write(tmp_path, uses))

    assert [(row.number, row.on_front, row.epochs, row.key) for row in table] == [
        (0, True, 6, ""),
        (2, True, 2, ""),
        (1, False, 6, ""),
    ]


def test_a_seed_that_failed_does_not_count(tmp_path):
    one = network(2)
    uses = [(one, evaluation(one, 6, 1, "final"), done(0.5, 0.4)), (one, evaluation(one, 6, 2, "final"), failed("x"))]

    (row,) = read(write(tmp_path, uses))

    assert (row.status, row.accuracy, row.test_accuracy, row.test_accuracy_std) == ("final", 0.5, 0.4, 0.0)


def test_one_that_failed_at_a_later_rung_stands_by_what_it_reached_before(tmp_path):
    one = network(2)
    uses = [(one, evaluation(one, 2), done(0.7)), (one, evaluation(one, 6), failed("the loss became nan"))]

    (row,) = read(write(tmp_path, uses))

    assert (row.status, row.accuracy, row.epochs, row.on_front) == ("searched", 0.7, 2, True)


def test_find(tmp_path):
    table = read(finished_run(tmp_path))

    assert find(table, "D269").number == 0
    assert find(table, table[3].candidate.digest) is table[3]
    with pytest.raises(InputError, match=r"^No model's id begins with 'f0'\. `fmsearch leaderboard` lists the ids"):
        find(table, "f0")
    with pytest.raises(InputError, match=r"^2 models' ids begin with '05'\."):
        find(table, "05")


def front_by(path, uses, **facts):
    folder = write(path, uses)
    with Store(folder.store) as store:
        for name, value in facts.items():
            store.note(name, value)
    return {row.number for row in read(folder) if row.on_front}


def test_the_front_is_of_the_size_that_counts(tmp_path):
    wide, deep = network(8), network(4, 8)  # 170 parameters, and more memory; 426, and less
    uses = [(wide, evaluation(wide), done(0.7)), (deep, evaluation(deep), done(0.8))]

    assert front_by(tmp_path / "parameters", uses) == {0, 1}
    assert front_by(tmp_path / "memory", uses, objective="memory") == {1}
    assert front_by(tmp_path / "down_to", uses, down_to=1_000) == {1}
