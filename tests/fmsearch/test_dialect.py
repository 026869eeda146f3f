"""Which YAML a study file may be."""

import pytest

from fmsearch.dialect import write
from fmsearch.errors import InputError
from fmsearch.source import Document, parse

DEEP = "lists and mappings nested too deeply. Expected at most 50 levels."


def read(text: str) -> Document:
    return parse(text, Document("study.yaml", text))


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),
        ("3.0e-4", 3e-4),
        ("1E+2", 100.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-0.5", -0.5),
        ("1_000.5", 1000.5),
        ("200_000", 200_000),
        ("+7", 7),
        ("010", 10),
        ("999999999999999999", 999_999_999_999_999_999),
        ("true", True),
        ("False", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("y", "y"),
        ("'5'", "5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("0x10", "0x10"),
        ("0o10", "0o10"),
        ("0b11", "0b11"),
        ("1:30", "1:30"),
        ("1__2", "1__2"),
        ("_1", "_1"),
        ("2020-01-01", "2020-01-01"),
        ("=", "="),
        ("[1, [2, a], {b: 3}]", [1, [2, "a"], {"b": 3}]),
        ("5 # five", 5),
    ],
)
def test_values_are_those_of_plain_yaml_1_2(text, value):
    data = read(f"a: {text}\n").data

    assert data == {"a": value}
    assert type(data["a"]) is type(value)


@pytest.mark.parametrize("text", ["---\na: 1\n", "a: 1\n...\n", "%YAML 1.2\n---\na: 1\n", "a: 1\r\n", "{a: 1}"])
def test_ways_to_write_one_document(text):
    assert read(text).data == {"a": 1}


@pytest.mark.parametrize("key", ["1", "1.5", "null", "~", "true", "[a, b]", "{a: b}"])
def test_keys_are_words(key):
    assert refusal(f"a:\n  {key}: 1\n") == (
        f"study.yaml:2:3: this key is not text. Expected a word, or a text in quotes.\n      {key}: 1\n      ^"
    )


@pytest.mark.parametrize(
    "text", ["[" * 10_000, "{" * 10_000, "a: " + "[" * 5_000 + "]" * 5_000, "- " * 10_000, "? " * 10_000]
)
def test_nesting_without_bottom_is_refused_before_it_is_read(text):
    assert DEEP in refusal(text)


@pytest.mark.parametrize(
    "text", ["1e3", "1.5", "true", "null", "~", "010", "no", "a: b", "", "가방", "- x", "'", "1_000"]
)
def test_what_is_written_reads_the_same(text):
    data = {"name": text, "list": [text, 1, 0.5, 1e-05, True, None]}
    assert read(write(data)).data == data
