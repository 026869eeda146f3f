"""Standard error held back, to the descriptor."""

import os
import sys

import pytest

from fmsearch.hush import hushed
from fmsearch.training.quiet import import_keras


def fail():
    with hushed():
        os.write(2, b"why\n")
        raise ImportError


def test_nothing_is_heard(capfd):
    with hushed():
        os.write(2, b"from C\n")
        print("from Python", file=sys.__stderr__, flush=True)
    os.write(2, b"afterwards\n")

    assert capfd.readouterr() == ("", "afterwards\n")


def test_all_is_heard_when_it_fails(capfd):
    with pytest.raises(ImportError):
        fail()

    assert capfd.readouterr().err == "why\n"


def test_it_is_keras():
    assert import_keras() is sys.modules["keras"]
