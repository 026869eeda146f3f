"""TensorFlow computes with oneDNN's kernels on every processor, unless the user wants others."""

import os
import subprocess
import sys

import pytest

from fmsearch import kernels

USED = "from tensorflow.python.util import _pywrap_util_port as port; print(port.IsMklEnabled())"
TRAINING = "from fmsearch.training.worker import share_the_machine; share_the_machine()"


def python(code, *, choice=None):
    """Run code in a fresh process, with the user's choice of kernels."""
    environment = {name: value for name, value in os.environ.items() if name != kernels.VARIABLE}
    environment |= {} if choice is None else {kernels.VARIABLE: choice}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("choice", "used"), [(None, "True"), ("0", "False")])
def test_a_worker_uses_onednn_unless_the_user_chose(choice, used):
    assert python(f"{TRAINING}; {USED}", choice=choice).stdout.split() == [used]


def test_tensorflow_imported_before_us_with_other_kernels_is_told():
    told = python(f"import tensorflow; {TRAINING}")
    assert told.returncode
    assert told.stderr.splitlines()[-1] == (
        "RuntimeError: TensorFlow was imported in this process before fmsearch, with other kernels; import fmsearch "
        "first, set TF_ENABLE_ONEDNN_OPTS=1, or use the executor `processes`"
    )


def test_tensorflow_imported_before_us_with_the_users_choice_is_fine():
    assert python(f"import tensorflow; {TRAINING}", choice="1").returncode == 0


def test_tensorflow_that_computes_with_other_threads_already_is_told():
    told = python(f"import fmsearch; import tensorflow as tf; tf.constant(1) + 1; {TRAINING}")
    assert told.returncode
    assert "TensorFlow was used in this process before, with other threads" in told.stderr.splitlines()[-1]
