"""A worker leaves room for the others."""

import os
import subprocess
import sys

import pytest

from fmsearch.training.worker import ONLY_NEEDED_MEMORY

SHARE = "import os; from fmsearch.training.worker import share_the_machine; share_the_machine()"


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
@pytest.mark.parametrize("chosen", [{}, {"XLA_PYTHON_CLIENT_PREALLOCATE": "true"}])
def test_it_takes_no_more_memory_of_a_gpu_than_it_needs_unless_the_user_chose(backend, chosen):
    inherited = {name: value for name, value in os.environ.items() if name not in ONLY_NEEDED_MEMORY}
    code = f"{SHARE}; print(*(os.environ[name] for name in {list(ONLY_NEEDED_MEMORY)}))"

    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**inherited, **chosen, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.split() == list((ONLY_NEEDED_MEMORY | chosen).values())
