"""Reading YAML: what it holds, where it stands, and what is refused."""

from pathlib import Path

import pytest

from fmsearch import source
from fmsearch.errors import InputError

PLAIN = "Write the value itself."
CONTROL = r"Expected a line of text; in double quotes, a backslash is written \\."
TAB = r"not valid YAML: while scanning for the next token, found character '\t' that cannot start any token."
TAB += " YAML is indented with spaces, not with tabs."


def read(folder: Path, text: str | bytes) -> source.Document:
    path = folder / "study.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return source.read(path)


def refusal(folder: Path, text: str | bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, text)
    return str(caught.value).replace(str(folder / "study.yaml"), "study.yaml")


def test_a_byte_order_mark_is_passed_over(tmp_path):
    document = read(tmp_path, b"\xef\xbb\xbfa: 1\r\n")

    assert document.data == {"a": 1}
    assert document.mark(("a",), key=True).column == 1


def test_every_key_and_value_remembers_where_it_stands(tmp_path):
    document = read(tmp_path, "name: x\nspace:\n  stages:\n    - {filters: [4, 8]}\n")

    places = {path: (mark.line, mark.column) for path, mark in document.values.items()}
    assert places == {
        (): (1, 1),
        ("name",): (1, 7),
        ("space",): (3, 3),
        ("space", "stages"): (4, 5),
        ("space", "stages", 0): (4, 7),
        ("space", "stages", 0, "filters"): (4, 17),
        ("space", "stages", 0, "filters", 0): (4, 18),
        ("space", "stages", 0, "filters", 1): (4, 21),
    }
    assert str(document.mark(("space", "stages"), key=True)) == f"{tmp_path / 'study.yaml'}:3:3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "study.yaml:1:1: the file is empty. `fmsearch init` writes a study to start from."),
        ("# nothing\n", "study.yaml:1:1: the file is empty. `fmsearch init` writes a study to start from."),
        (
            "- a\n- b\n",
            """\
study.yaml:1:1: the file is not a mapping. Expected keys such as `name:` and `space:`.
    - a
    ^""",
        ),
        (
            "\nhello\n",
            """\
study.yaml:2:1: the file is not a mapping. Expected keys such as `name:` and `space:`.
    hello
    ^""",
        ),
        (
            "a: [1\nb: }",
            """\
study.yaml:2:2: not valid YAML: while parsing a flow sequence, expected ',' or ']', but got ':'.
    b: }
     ^""",
        ),
        (
            "a:\n\tb: 1",
            f"""\
study.yaml:2:1: {TAB}
     b: 1
    ^""",
        ),
        (
            "a: 1\n---\nb: 1\n",
            """\
study.yaml:2:1: not valid YAML: expected a single document in the stream, but found another document.
    ---
    ^""",
        ),
        (
            "%YAML 3.0\n---\na: 1\n",
            """\
study.yaml:1:1: not valid YAML: found incompatible YAML document (version 1.* is required).
    %YAML 3.0
    ^""",
        ),
        (
            "a: 1\n\x07b: 1\n",
            r"""study.yaml:2:1: not valid YAML: the character '\x07' is not allowed. Remove it.
     b: 1
    ^""",
        ),
        (
            "a: 1\na: 2\n",
            """\
study.yaml:2:1: duplicate key 'a'. The first is in line 1: remove one.
    a: 2
    ^""",
        ),
        (
            "a: {b: 1, 'b': 2}\n",
            """\
study.yaml:1:11: duplicate key 'b'. The first is in line 1: remove one.
    a: {b: 1, 'b': 2}
              ^""",
        ),
        (
            "a: !!python/name:os.system x\n",
            f"""\
study.yaml:1:4: the tag 'tag:yaml.org,2002:python/name:os.system' is not allowed in a study. {PLAIN}
    a: !!python/name:os.system x
       ^""",
        ),
        (
            "a: !own x\n",
            f"""\
study.yaml:1:4: the tag '!own' is not allowed in a study. {PLAIN}
    a: !own x
       ^""",
        ),
        (
            "a: &x 1\n",
            f"""\
study.yaml:1:4: the anchor or alias 'x' is not allowed in a study. {PLAIN}
    a: &x 1
       ^""",
        ),
        (
            "a: *x\n",
            f"""\
study.yaml:1:4: the anchor or alias 'x' is not allowed in a study. {PLAIN}
    a: *x
       ^""",
        ),
        (
            "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
            f"""\
study.yaml:1:4: the anchor or alias 'a' is not allowed in a study. {PLAIN}
    a: &a [x, x]
       ^""",
        ),
        (
            f"a: {'9' * 19}\n",
            """\
study.yaml:1:4: a number too large. Expected at most 18 digits.
    a: 9999999999999999999
       ^""",
        ),
        (
            "a: 1e400\n",
            """\
study.yaml:1:4: a number too large. Expected less than 1.8e308.
    a: 1e400
       ^""",
        ),
        (
            'a: "C:\\temp"\n',
            rf"""study.yaml:1:4: text with the control character '\t'. {CONTROL}
    a: "C:\temp"
       ^""",
        ),
        (
            'a: "\\ud800"\n',
            rf"""study.yaml:1:4: text with the control character '\ud800'. {CONTROL}
    a: "\ud800"
       ^""",
        ),
        (b"a: \xff\n", "study.yaml:1:4: not UTF-8 text (byte 3). Expected YAML: save it as UTF-8."),
        (
            b"\xef\xbb\xbfa: \xc3\xa9xy\n\xff\n",
            "study.yaml:2:1: not UTF-8 text (byte 11). Expected YAML: save it as UTF-8.",
        ),
        (b"\xef\xbb\xbf\xff", "study.yaml:1:1: not UTF-8 text (byte 3). Expected YAML: save it as UTF-8."),
        (b"\xc3\xa9" * 50_001, "study.yaml:1:1: larger than 100,000 bytes. Expected a study file, a page or two."),
        ("a: 1\n".encode("utf-16"), "study.yaml:1:1: not UTF-8 text (byte 0). Expected YAML: save it as UTF-8."),
        ("a" * 100_001, "study.yaml:1:1: larger than 100,000 bytes. Expected a study file, a page or two."),
    ],
)
def test_what_is_refused_and_where(tmp_path, text, message):
    assert refusal(tmp_path, text) == message


def test_long_lines_are_shown_around_the_place(tmp_path):
    assert refusal(tmp_path, f"a: {{b: {'x' * 200}, b: 1, c: {'y' * 200}}}\n") == (
        "study.yaml:1:210: duplicate key 'b'. The first is in line 1: remove one.\n"
        f"    {'x' * 63}, b: 1, c: {'y' * 26}\n"
        f"    {' ' * 65}^"
    )


def test_the_caret_allows_for_wide_letters(tmp_path):
    assert refusal(tmp_path, "{가나: 1, 가나: 2}\n") == (
        "study.yaml:1:9: duplicate key '가나'. The first is in line 1: remove one.\n"
        "    {가나: 1, 가나: 2}\n"
        "              ^"
    )


def test_a_folder_a_missing_file_and_an_endless_one(tmp_path):
    for path, message in [
        (tmp_path, f"{tmp_path}: cannot be read (Is a directory). Expected the path of a study file."),
        (
            tmp_path / "no.yaml",
            f"{tmp_path}/no.yaml: cannot be read (No such file or directory). Expected the path of a study file.",
        ),
        (Path("a\0b"), "a\0b: cannot be read (embedded null byte). Expected the path of a study file."),
        (Path("/dev/zero"), "/dev/zero:1:1: larger than 100,000 bytes. Expected a study file, a page or two."),
    ]:
        with pytest.raises(InputError) as caught:
            source.read(path)
        assert str(caught.value) == message
