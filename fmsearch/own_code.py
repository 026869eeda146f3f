"""Python of a user's own, with blocks or a sampler in it: run because a study or an option names it, never else."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_origin

from fmsearch.errors import InputError
from fmsearch.hush import importing
from searchspace.blocks import Block
from searchspace.custom import CustomLayer, failure, register
from searchspace.custom_blocks import CustomBlock
from searchspace.stages import KINDS

BLOCKS = "Expected a Python file with a CustomBlock in it."
SAMPLER = "Expected module:Class, a subclass of Optuna's BaseSampler."
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
    path = path.resolve()  # importlib makes it absolute, and an error is told with the line of this very file
    digest = _digest(path, BLOCKS)
    module = _module(path, digest, BLOCKS)
    values = dict.fromkeys(value for value in vars(module).values() if isinstance(value, type))  # once, alias or not
    own = [value for value in values if value.__module__ == module.__name__]
    for layer in own:
        if issubclass(layer, CustomLayer):
            register(layer, digest)
    return Own(path, _blocks(path, own))


def tell_apart(files: Sequence[Own]) -> None:
    """See that no two blocks of several files have one kind.

    Raises:
        InputError: two have.
    """
    known: dict[str | None, Own] = {}
    for file in files:
        for block in file.blocks:
            other = known.setdefault(_kind(block), file)
            if other is not file:
                what = f"{file.path}: the kind '{_kind(block)}' of {block.__name__} is that of a block in {other.path}."
                raise InputError(what, "Expected another one.")


def named(what: str) -> Callable[..., Any]:
    """What `my_module:MySampler` or `my_module.py:MySampler` names.

    Raises:
        InputError: there is no such module or class, or the module fails.
    """
    where, _, name = what.rpartition(":")
    try:
        if where.endswith(".py"):
            path = Path(where).resolve()
            module = _module(path, _digest(path, SAMPLER), SAMPLER)
        else:
            module = importlib.import_module(where)
    except InputError:
        raise
    except Exception as error:  # whatever a user's module does
        raise InputError(failure(error, where).removeprefix(f"{where}: "), SAMPLER) from error
    found: Callable[..., Any] | None = getattr(module, name, None)
    if not callable(found):
        raise InputError(f"{where} has no class {name}.", SAMPLER)
    return found


def _blocks(path: Path, own: Sequence[type]) -> tuple[type[CustomBlock], ...]:
    """The blocks of a file, each as a study can name it."""
    blocks = tuple(one for one in own if issubclass(one, CustomBlock))
    if not blocks:
        raise InputError(f"{path} defines no block.", BLOCKS)
    known = {_kind(block) for block in KINDS}
    for block in blocks:
        kind, name = _kind(block), block.__name__
        if kind is None:
            raise InputError(f"{path}: {name} has no kind.", 'Expected a line kind: Literal["mine"] = "mine".')
        if kind in known:
            raise InputError(f"{path}: the kind '{kind}' of {name} is taken.", "Expected another one.")
        if inspect.isabstract(block):
            fix = "Expected a static method of that name that returns layers."
            raise InputError(f"{path}: {name} has no `unit`.", fix)
        known.add(kind)
    return blocks


def _digest(path: Path, expected: str) -> str:
    """What a file holds, in a word."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGEST]
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).", expected) from None


def _module(path: Path, digest: str, expected: str) -> ModuleType:
    """The module that a file makes."""
    try:
        return _run(path, digest)
    except InputError as error:
        raise InputError(error.what, expected) from error


@cache
def _run(path: Path, digest: str) -> ModuleType:
    """The module that a file makes, run once for what it holds."""
    name = f"fmsearch_own_{path.stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where pydantic looks up what its annotations name
    try:
        with importing("keras"):
            spec.loader.exec_module(module)
    except Exception as error:  # whatever a user's file does
        sys.modules.pop(name)
        raise InputError(failure(error, str(path))) from error
    return module


def _kind(block: type[Block]) -> str | None:
    """The one value of the field by which studies name it; None if it has none."""
    kind = block.model_fields["kind"]
    return kind.default if get_origin(kind.annotation) is Literal else None
