"""The same on every machine: one thread, no GPU, no network, and neither settings nor a cache of the user's."""

import gc
import os
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from fmsearch.cache_folder import keras_home
from fmsearch.training.worker import share_the_machine

HOME = tempfile.TemporaryDirectory(prefix="fmsearch-tests-")  # Keras's: data sets, but no keras.json
if (DATASETS := keras_home().absolute() / "datasets").is_dir():
    (Path(HOME.name) / "datasets").symlink_to(DATASETS)
os.environ["KERAS_HOME"] = HOME.name
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # a GPU's digits differ from run to run
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
    HOME.cleanup()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Nothing is fetched, here or in processes begun from here."""
    monkeypatch.setattr("urllib.request._opener", None)  # it keeps the proxies that there were when it was made
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


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
