"""A real run, small and made once, for every test that needs one; and a model of it, exported."""

import shutil

import numpy as np
import pytest
from korean import KOREAN
from short_study import STUDY

from fmsearch.datasets.known import read_known
from fmsearch.export.choose import Selection
from fmsearch.export.delivery import deliver
from fmsearch.run_folder import RunFolder
from fmsearch.runner import run
from fmsearch.study import load_study

TINY = """\
name: tiny
space:
  stages:
    count: 1
    block: {kind: conv, filters: [2, 6, 16, 48], kernel_size: 3, pooling: [none, max]}
training: {optimizer: adam, learning_rate: 0.02, batch_size: 64}
engine: {sampler: random}
budget: {candidates: 6, rungs: [1, 2], cohort: 3, keep: 0.67}
final: {epochs: 3, seeds: 2}
"""


@pytest.fixture
def study_file(tmp_path):
    """A study that trains in seconds, as a file."""
    path = tmp_path / "tiny.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """The folder of a finished run on the digits: for reading; what writes takes `own_run`."""
    root = tmp_path_factory.mktemp("finished")
    study = root / "tiny.yaml"
    study.write_text(TINY, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FMSEARCH_CACHE", str(root / "cache"))
        run(load_study(study), root / "run", workers=2)
    return RunFolder(root / "run")


@pytest.fixture
def own_run(finished_run, tmp_path):
    """A copy of the finished run, to be spoilt."""
    return RunFolder(shutil.copytree(finished_run.path, tmp_path / "run"))


@pytest.fixture(scope="session")
def korean_run(finished_run, tmp_path_factory):
    """The same digits with Korean names, from an archive: the finished run's results are found in its store."""
    root = tmp_path_factory.mktemp("korean")
    folder = RunFolder(shutil.copytree(finished_run.path, root / "run"))
    folder.study.unlink()
    source = read_known("digits", "en")
    np.savez(root / "digits.npz", x=source.x, y=source.y, class_names=np.array(KOREAN))
    study = root / "korean.yaml"
    study.write_text(TINY.replace("space:", "data: {npz: digits.npz}\nspace:", 1), encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FMSEARCH_CACHE", str(root / "cache"))
        run(load_study(study), folder.path, workers=1)
    return folder


@pytest.fixture(scope="session")
def delivery(korean_run, tmp_path_factory):
    """The best model of the Korean run, exported."""
    return deliver(korean_run, Selection(), tmp_path_factory.mktemp("exported") / "best.keras")
