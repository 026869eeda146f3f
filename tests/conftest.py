"""One thread, no log lines, and a cache of its own, before anything imports a backend; the same examples every time."""

import gc
import os
import signal
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from fmsearch.training.worker import share_the_machine

share_the_machine()
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
CACHE = pytest.StashKey()


def pytest_configure(config):
    """What stand-ins for training take is not remembered as this machine's speed."""
    config.stash[CACHE] = tempfile.TemporaryDirectory(prefix="fmsearch-tests-")
    os.environ["FMSEARCH_CACHE"] = config.stash[CACHE].name


def pytest_unconfigure(config):
    config.stash[CACHE].cleanup()


@pytest.fixture(autouse=True)
def _signals():
    """A command that runs in this process takes Ctrl-C for itself."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session", autouse=True)
def _frozen():
    """Libraries are not looked through at each garbage collection."""
    gc.collect()
    gc.freeze()
