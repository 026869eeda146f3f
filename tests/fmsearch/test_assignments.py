"""`--set key=value`: what it changes, and what is refused."""

import pytest

from fmsearch.errors import InputError
from fmsearch.source import Document, parse

PLAIN = "Write the value itself."
DEEP = "lists and mappings nested too deeply. Expected at most 50 levels."


def read(text: str) -> Document:
    return parse(text, Document("study.yaml", text))


@pytest.mark.parametrize(
    ("assignment", "data"),
    [
        ("a=2", {"a": 2, "b": [1, {"c": 3}], "d": None}),
        ("a = 2", {"a": 2, "b": [1, {"c": 3}], "d": None}),
        ("a=", {"a": None, "b": [1, {"c": 3}], "d": None}),
        ("a=x=y", {"a": "x=y", "b": [1, {"c": 3}], "d": None}),
        ("a='5'", {"a": "5", "b": [1, {"c": 3}], "d": None}),
        ("a=1e-3", {"a": 0.001, "b": [1, {"c": 3}], "d": None}),
        ("a={low: 1, high: 2}", {"a": {"low": 1, "high": 2}, "b": [1, {"c": 3}], "d": None}),
        ("b=[3, 4]", {"a": 1, "b": [3, 4], "d": None}),
        ("b.0=7", {"a": 1, "b": [7, {"c": 3}], "d": None}),
        ("b.1.c=8", {"a": 1, "b": [1, {"c": 8}], "d": None}),
        ("d.e=5", {"a": 1, "b": [1, {"c": 3}], "d": {"e": 5}}),
        ("f.g.h=5", {"a": 1, "b": [1, {"c": 3}], "d": None, "f": {"g": {"h": 5}}}),
    ],
)
def test_assignments(assignment, data):
    document = read("a: 1\nb: [1, {c: 3}]\nd:\n")

    document.assign(assignment)

    assert document.data == data


def test_what_is_assigned_stands_in_the_option():
    document = read("a: {b: 1}\n")

    document.assign("a.c.d=5")
    document.assign("a.b={x: 1}")

    for path in [("a", "c"), ("a", "c", "d")]:
        assert str(document.mark(path)) == str(document.mark(path, key=True)) == "--set a.c.d=5"
    assert str(document.mark(("a", "b", "x"))) == "--set a.b={x: 1}"
    assert document.excerpt(document.mark(("a", "b", "x"))) == ""


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("a", "--set a: not an assignment. Expected key=value, as in budget.candidates=12."),
        ("=1", "--set =1: not an assignment. Expected key=value, as in budget.candidates=12."),
        ("a..b=1", "--set a..b=1: not an assignment. Expected key=value, as in budget.candidates=12."),
        ("a.b=1", "--set a.b=1: there is no a.b to set. Expected the path of a key in the study."),
        ("b.2=1", "--set b.2=1: there is no b.2 to set. Expected the path of a key in the study."),
        ("b.-1=1", "--set b.-1=1: there is no b.-1 to set. Expected the path of a key in the study."),
        ("b.²=1", "--set b.²=1: there is no b.² to set. Expected the path of a key in the study."),
        ("b.x.y=1", "--set b.x.y=1: there is no b.x.y to set. Expected the path of a key in the study."),
        (
            "a=[1",
            "--set a=[1: not valid YAML: while parsing a flow sequence, expected ',' or ']', but got '<stream end>'.",
        ),
        ("a=!x 1", f"--set a=!x 1: the tag '!x' is not allowed in a study. {PLAIN}"),
        ("a=\ud800", r"--set a= : not valid YAML: the character '\ud800' is not allowed. Remove it."),
        ("a=" + "[" * 9_000, f"--set a={'[' * 58}...: {DEEP}"),
    ],
)
def test_assignments_that_are_refused(assignment, message):
    document = read("a: 1\nb: [1, {c: 3}]\n")

    with pytest.raises(InputError) as caught:
        document.assign(assignment)

    assert str(caught.value) == message
