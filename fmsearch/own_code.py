"""Python files of a user's own with blocks in them: run because a study, or an option, names them, and never else."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from fmsearch.errors import InputError
from fmsearch.hush import importing
from searchspace.blocks import Block
from searchspace.custom import CustomLayer, register
from searchspace.custom_blocks import CustomBlock
from searchspace.stages import KINDS

EXPECTED = "Expected a Python file with a CustomBlock in it."
DIGEST = 16


@dataclass(frozen=True)
class Own:
    """A file that was run: its blocks."""

    path: Path
    blocks: tuple[type[CustomBlock], ...]


def load(path: Path) -> Own:
    """Run a file, once for what it holds, and make its layers known.

    Raises:
        InputError: it is not there, fails, or defines no block.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).", EXPECTED) from None
    return _load(path, hashlib.sha256(content).hexdigest()[:DIGEST])


@cache
def _load(path: Path, digest: str) -> Own:
    module = _run(path, f"fmsearch_own_{path.stem}_{digest}")
    own = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__]
    blocks = tuple(one for one in own if issubclass(one, CustomBlock))
    if not blocks:
        raise InputError(f"{path} defines no block.", EXPECTED)
    known = {_kind(block) for block in KINDS}
    for block in blocks:
        if _kind(block) in known:
            raise InputError(
                f"{path}: the kind '{_kind(block)}' of {block.__name__} is taken.", "Expected another one."
            )
    for layer in own:
        if issubclass(layer, CustomLayer):
            register(layer, digest, str(path))
    return Own(path, blocks)


def _run(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path} is no Python file.", EXPECTED)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where pydantic looks up what its annotations name
    try:
        with importing("keras"):
            spec.loader.exec_module(module)
    except Exception as error:  # whatever a user's file does
        sys.modules.pop(name)
        raise InputError(f"{path} cannot be run: {type(error).__name__}: {error}.", EXPECTED) from error
    return module


def _kind(block: type[Block]) -> str:
    return str(block.model_fields["kind"].default)
