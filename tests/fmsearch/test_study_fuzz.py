"""Input that nobody meant: a study, or one error with file, line and column; within a second and little memory."""

import random
import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fmsearch.errors import InputError
from fmsearch.study import load_study
from searchspace import InfeasibleError, Input, analyse

ROOT = Path(__file__).parents[2]
REAL = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "studies").glob("*.yaml"))]
STRANGE = [
    *("1e999", "-1", ".nan", ".inf", "0", "0.0", "true", "null", "~", "1_000", "0x1F", "60:60:60", "2024-01-01"),
    *("1" + "0" * 400, "9" * 5_000, "1000000000000", "{low: 0, high: 1e30, step: 1e-30}", "{low: 5, high: 1, step: 0}"),
    *("{low: 1, high: 1000000000}", "{low: 0.1, high: 0.1}", "{count: 1000000}", "[1, 1, 1]", "[]", "{}", "[[[[]]]]"),
    *("*a", "&a [*a]", "&a [1]", "!!python/object:os.system x", "!!binary x", "<<: {a: 1}", "%YAML 1.2", "---", "..."),
    *(
        "\t",
        "- ",
        "? x",
        "|",
        ">-",
        '"\\0"',
        "\x00",
        "\x07",
        "\u202e",
        "\ud800",
        "﻿",
        '"가방"',
        '"' + "x" * 50_000 + '"',
    ),
    *("{" * 500, "[" * 2_000, "a: " * 300, f"[{', '.join(map(str, range(3_000)))}]", "10m", "1e400m", "-5m"),
]
VALUE = re.compile(r": ([^\s{\[][^,\n}]*)|\[[^\[\]]*\]|\{[^{}]*\}")
KEYS = sorted({key for text in REAL for key in re.findall(r"(\w+):", text)})
FORGET = Path("/proc/self/clear_refs")  # Linux has it
MOST_SECONDS = 1.0
MOST_KIB = 200 * 1024


def replaced(text, dice):
    """One value is another."""
    match = dice.choice(list(VALUE.finditer(text)) or [None])
    if match is None:
        return text
    group = 1 if match[1] else 0
    return text[: match.start(group)] + dice.choice(STRANGE) + text[match.end(group) :]


def cut(text, dice):
    start = dice.randrange(len(text) + 1)
    return text[:start] + text[start + dice.randrange(1, 30) :]


def inserted(text, dice):
    start = dice.randrange(len(text) + 1)
    return text[:start] + dice.choice(STRANGE) + text[start:]


def ended(text, dice):
    return text[: dice.randrange(len(text) + 1)]


def repeated(text, dice):
    lines = text.split("\n")
    lines.insert(dice.randrange(len(lines)), dice.choice(lines))
    return "\n".join(lines)


def moved(text, dice):
    lines = text.split("\n")
    number = dice.randrange(len(lines))
    lines[number] = " " * dice.randrange(8) + lines[number].lstrip()
    return "\n".join(lines)


def exchanged(text, dice):
    """One value is another that stands elsewhere, so that many of these are studies."""
    values = [match[1] or match[0] for match in VALUE.finditer(text)]
    match = dice.choice(list(VALUE.finditer(text)) or [None])
    if match is None:
        return text
    group = 1 if match[1] else 0
    return text[: match.start(group)] + dice.choice(values) + text[match.end(group) :]


MUTATIONS = (replaced, replaced, exchanged, exchanged, cut, inserted, ended, repeated, moved)


@st.composite
def mutated_studies(draw):
    """A real study file, changed in a few places."""
    dice = random.Random(draw(st.integers(0, 2**32)))
    text = dice.choice(REAL)
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        text = dice.choice(MUTATIONS)(text, dice)
    return text


SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 200) | st.floats(-1, 2) | st.sampled_from(["same", "max", "conv", ""])
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=25,
)
MADE_UP = st.dictionaries(st.sampled_from(KEYS), DOCUMENTS, max_size=6).map(
    lambda fields: yaml.safe_dump(
        {"name": "x", "space": {"stages": {"block": {"kind": "conv", "filters": 8}}}} | fields
    )
)


def told(path):
    """What is said of a file; nothing of a study whose space can be sampled."""
    try:
        study = load_study(path)
    except InputError as error:
        return str(error)
    space, dice = study.search_space(Input()), random.Random(0)
    for _ in range(3):
        with suppress(InfeasibleError):
            analyse(space.sample(dice).architecture)
    return ""


def forget_peak():
    """Have Linux measure the most memory that this process takes from now on; how much it has now, in KiB."""
    if FORGET.exists():
        FORGET.write_text("5", encoding="ascii")
    return peak()


def peak():
    """The most memory that this process took since that, in KiB; nothing where the system does not say."""
    if not FORGET.exists():
        return 0
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


def check(path, text):
    """Read a file that says so; it is a study whose space can be sampled, or one error."""
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    before, start = forget_peak(), time.thread_time()
    complaint = told(path)
    assert re.match(rf"{re.escape(str(path))}:\d+:\d+: |$", complaint), complaint[:200]
    assert len(complaint) < 5_000
    assert time.thread_time() - start < MOST_SECONDS
    assert peak() - before < MOST_KIB


def quick(examples):
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, suppress_health_check=checks, deadline=None, derandomize=True)


@quick(300)
@given(text=mutated_studies())
def test_a_mutated_study_file_is_a_study_or_one_error(tmp_path, text):
    check(tmp_path / "study.yaml", text)


@quick(200)
@given(text=MADE_UP)
def test_a_document_made_of_the_schemas_words_is_a_study_or_one_error(tmp_path, text):
    check(tmp_path / "study.yaml", text)


@pytest.mark.nightly
@quick(10_000)
@given(text=mutated_studies() | MADE_UP)
def test_many_files_that_nobody_meant(tmp_path, text):
    check(tmp_path / "study.yaml", text)


def test_many_of_the_mutated_files_are_studies(tmp_path):
    """Or the two tests above would look at error messages alone."""
    path, valid = tmp_path / "study.yaml", 0
    for seed in range(60):
        dice = random.Random(seed)
        path.write_text(exchanged(dice.choice(REAL), dice), encoding="utf-8")
        valid += not told(path)
    assert valid >= 6
