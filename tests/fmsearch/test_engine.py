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
        load_study(path, changes, to_run=True)
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
        ("space.stages.count={low: 1, high: 2}", "stages.1.filters exists only for some values of stages.count"),
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
        (
            "{sampler: tpe, tuner: grid}",
            "optuna has no `tuner`; expected `name: keras_tuner`, or `sampler` in place of `tuner`",
        ),
        (
            "{name: keras_tuner, sampler: tpe}",
            "keras_tuner has no `sampler`; expected `name: optuna`, or `tuner` in place of `sampler`",
        ),
        ("{sampler: tpe, scalarize: {accuracy: 1}}", "engine.scalarize: tpe knows both objectives"),
        ("{name: keras_tuner, tuner: tpe}", "'hyperband', 'bayesian', 'random' or 'grid'"),
        ("{sampler: tpee}", "'tpe'"),
    ],
)
def test_what_does_not_go_together(tmp_path, engine, message):
    assert message in refusal(tmp_path, RANGES.replace("{sampler: cmaes}", engine))


def test_what_a_sampler_needs_is_told_before_it_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "NEEDED", {"cmaes": "a_module_that_nobody_has"})
    told = refusal(tmp_path, RANGES)
    assert "cmaes needs a_module_that_nobody_has, which is not installed; `pip install a_module_that" in told


def test_a_file_beside_the_study_goes_before_a_module(tmp_path):
    text = RANGES.replace("cmaes", "json:JSONDecoder")
    assert load_study(written(tmp_path, text), to_run=True).engine.sampler == "json:JSONDecoder"
    (tmp_path / "json.py").write_text("class JSONDecoder: ...", encoding="utf-8")
    found = load_study(written(tmp_path, text), to_run=True).engine
    assert (found.sampler, found.code) == (f"{tmp_path}/json.py:JSONDecoder", f"{tmp_path}/json.py")


def test_a_file_may_lie_in_a_folder_with_a_colon_in_its_name(tmp_path):
    folder = tmp_path / "at 10:30"
    folder.mkdir()
    (folder / "mine.py").write_text("class Mine: ...", encoding="utf-8")
    found = load_study(written(folder, RANGES.replace("cmaes", "mine:Mine")), to_run=True).engine
    again = load_study(written(tmp_path, RANGES.replace("cmaes", found.sampler)), to_run=True).engine
    assert again.sampler == found.sampler == f"{folder}/mine.py:Mine"


def test_a_run_is_read_without_the_sampler_that_it_had(tmp_path):
    assert load_study(written(tmp_path, RANGES.replace("cmaes", "gone:Mine"))).engine.sampler == "gone:Mine"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "ModuleNotFoundError: No module named 'my_samplers'. Expected module:Class, a subclass"),
        (
            "import optuna\n1 / 0",
            "{folder}/my_samplers.py:2: ZeroDivisionError: division by zero. Expected",
        ),
        ("x = 1", "{folder}/my_samplers.py has no class Mine. Expected module:Class, a subclass"),
    ],
)
def test_a_sampler_that_is_not_there_is_told_with_its_place(tmp_path, content, message):
    if content is not None:
        (tmp_path / "my_samplers.py").write_text(content, encoding="utf-8")
    told = refusal(tmp_path, RANGES.replace("cmaes", "my_samplers:Mine"))
    assert told.startswith(f"study.yaml:4:19: engine.sampler: {message.format(folder=tmp_path)}")
