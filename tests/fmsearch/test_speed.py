"""How fast this machine trains: measured, remembered, and told before the next run."""

import pytest
from handmade_run import done, evaluation, failed, network
from stubs import IMAGES, stub_study

from fmsearch.effort import effort
from fmsearch.environment import Environment
from fmsearch.events import Finished
from fmsearch.forecast import forecast
from fmsearch.preview import preview
from fmsearch.speed import GUESS, TELLING, Speed, Speedometer, recall
from fmsearch.study import Budget, Final
from searchspace import analyse

HERE = Environment(backend="stub", backend_version="1", keras_version="1", device="cpu", machine="stub")
CANDIDATE = network(4, 8)
ANALYSIS = analyse(CANDIDATE.architecture)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FMSEARCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def finished(result, *, stored=False):
    return Finished(0, CANDIDATE, ANALYSIS, ANALYSIS.parameters, evaluation(CANDIDATE), result, stored=stored)


def measured(count, result=None):
    speedometer = Speedometer(HERE, IMAGES, images=1_000)
    for _ in range(count):
        speedometer.notice(finished(result or done(0.5, seconds=3.0).model_copy(update={"setup": 1.0})))
    speedometer.remember()


def test_without_a_measurement_it_is_a_guess():
    assert recall(HERE, IMAGES) is GUESS
    assert not GUESS.measured


def test_what_a_run_measured_is_remembered():
    measured(TELLING)
    assert recall(HERE, IMAGES) == Speed(effort=effort(ANALYSIS) * 1_000 * 2 / 2.0, setup=1.0)
    assert recall(HERE.model_copy(update={"backend": "other"}), IMAGES) is GUESS


def test_images_of_another_size_have_a_speed_of_their_own():
    measured(TELLING)
    assert recall(HERE, IMAGES.model_copy(update={"classes": 3})).measured
    assert recall(HERE, IMAGES.model_copy(update={"height": 28})) is GUESS


def test_a_few_trainings_say_little():
    measured(TELLING - 1)
    assert recall(HERE, IMAGES) is GUESS


def test_what_failed_or_was_stored_is_not_counted():
    speedometer = Speedometer(HERE, IMAGES, images=1_000)
    for _ in range(TELLING):
        speedometer.notice(finished(failed("no memory")))
        speedometer.notice(finished(done(0.5), stored=True))
    speedometer.remember()
    assert recall(HERE, IMAGES) is GUESS


def test_a_file_that_is_no_memory_is_passed_over_and_mended(cache):
    cache.mkdir()
    for text in ("[1]", "{", '{"x": 1}'):
        (cache / "speed.json").write_text(text)
        assert recall(HERE, IMAGES) is GUESS
    measured(TELLING)
    assert recall(HERE, IMAGES).measured


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(cache, tmp_path, monkeypatch):
    cache.write_text("a file where the folder should be")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "cache"))
    measured(TELLING)
    assert recall(HERE, IMAGES) is GUESS


def test_a_forecast_in_a_line():
    study = stub_study(budget=Budget(time=600.0, rungs=(1, 3)), final=Final(share=0.4))
    sample = preview(study.search_space(IMAGES), 0)
    told = str(forecast(study, sample, images=50_000, workers=2, speed=Speed(effort=1.2e10, setup=1.0)))
    assert told.startswith("10 min 00 s: 6 min 00 s to search, about ")
    assert told.endswith("4 min 00 s to train the front; 2 workers at 12G operations a second (measured here)")


def test_twice_the_speed_or_the_workers_give_more_candidates():
    study = stub_study(budget=Budget(time=600.0))
    sample = preview(study.search_space(IMAGES), 0)

    def candidates(workers, speed):
        return forecast(study, sample, 50_000, workers, Speed(effort=speed, setup=1.0)).candidates

    assert candidates(2, 1e10) < candidates(4, 1e10)
    assert candidates(2, 1e10) < candidates(2, 2e10)


def test_without_a_limit_there_is_nothing_to_forecast():
    study = stub_study()
    assert forecast(study, preview(study.search_space(IMAGES), 0), 1_000, 2, GUESS) is None
