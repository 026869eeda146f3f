"""Finished runs with a time limit, made once."""

import shutil
from pathlib import Path

import pytest
from stubs import TimedExecutor, search
from timed import LONG, seconds, study


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """The store of a finished run, its leaderboard, and when it ended."""
    path, executor = tmp_path_factory.mktemp("whole") / "store", TimedExecutor(2, seconds)
    return path, search(study(), path, executor), executor.clock.now


@pytest.fixture
def finished(whole, tmp_path):
    """The same, to be gone on with."""
    return Path(shutil.copy(whole[0], tmp_path / "store")), whole[1], whole[2]


@pytest.fixture(scope="session")
def long_run(tmp_path_factory):
    """The same of a run with a play-off."""
    path, executor = tmp_path_factory.mktemp("long") / "store", TimedExecutor(2, seconds)
    return path, search(study(LONG), path, executor), executor.clock.now
