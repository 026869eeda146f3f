"""The `engine` section: what it stands for when little is said, and what an engine cannot do, with its place."""

import pytest

from fmsearch import engine as engines
from fmsearch.engine import Engine
from fmsearch.errors import InputError
from fmsearch.study import load_study

RANGES = """\
name: ranges
space:
  stages: {count: 2, block: {kind: conv, filters: {low: 4, high: 32}, spatial_dropout: {low: 0.0, high: 0.3}}}
engine: {sampler: cmaes}
"""


def written(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(tmp_path, text, *changes):
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_study(path, changes)
    return str(caught.value).replace(str(path), "study.yaml")


def test_usual_engines():
    assert Engine().kind == "front"
    assert Engine(name="keras_tuner").kind == "hyperband"
    assert not Engine().is_single
    assert Engine(name="keras_tuner", tuner="grid").is_single


def test_cmaes_takes_ranges(tmp_path):
    assert load_study(written(tmp_path, RANGES)).engine.kind == "cmaes"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("space.stages.count=[1, 2]", "moves through ranges of numbers, but stages.count is a list to choose from"),
        ("space.stages.count={low: 1, high: 2}", "stages.1.filters is there for some values of stages.count alone"),
        ("space.stages.block={kind: conv, filters: 8}", "cmaes needs two dimensions at the least"),
    ],
)
def test_cmaes_says_what_it_cannot_do_with_line_and_column(tmp_path, change, message):
    told = refusal(tmp_path, RANGES, change)
    assert told.startswith("study.yaml:4:19: engine.sampler: cmaes")
    assert message in told
    assert "another sampler, such as tpe" in told


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ("{sampler: tpe, tuner: grid}", "engine.tuner: optuna has no tuner"),
        ("{name: keras_tuner, sampler: tpe}", "engine.sampler: keras_tuner has no sampler"),
        ("{sampler: tpe, scalarize: {accuracy: 1}}", "engine.scalarize: tpe knows both objectives"),
        ("{name: keras_tuner, tuner: tpe}", "'hyperband', 'bayesian', 'random' or 'grid'"),
        ("{sampler: tpee}", "'tpe'"),
    ],
)
def test_what_does_not_go_together(tmp_path, engine, message):
    assert message in refusal(tmp_path, RANGES.replace("{sampler: cmaes}", engine))


def test_what_a_sampler_needs_is_told_before_it_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "NEEDED", {"cmaes": ("a_module_that_nobody_has", "fmsearch[cmaes]")})
    told = refusal(tmp_path, RANGES)
    assert (
        "cmaes needs a_module_that_nobody_has, which is not installed; expected pip install 'fmsearch[cmaes]'" in told
    )


def test_a_file_beside_the_study_goes_before_a_module(tmp_path):
    text = RANGES.replace("cmaes", "mine:MySampler")
    assert load_study(written(tmp_path, text)).engine.sampler == "mine:MySampler"
    (tmp_path / "mine.py").touch()
    found = load_study(written(tmp_path, text)).engine
    assert (found.sampler, found.code) == (f"{tmp_path}/mine.py:MySampler", f"{tmp_path}/mine.py")
