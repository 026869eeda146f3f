"""The card's parts, and cards that are none."""

from pathlib import Path

import pytest

from fmsearch.datasets import Data
from fmsearch.engine import Engine
from fmsearch.export import card, page
from fmsearch.export.subject import Subject
from fmsearch.study import Study
from searchspace import ConvBlock, NetworkSpace, Stages


@pytest.mark.parametrize(
    "text",
    ["", "# notes\n", "---\nno: end\n", "---\na: [1\n---\n", "---\n- 1\n---\n", "---\nfmsearch_card: 2\n---\n"],
)
def test_pages_that_are_no_cards(text, tmp_path):
    (tmp_path / "x.md").write_text(text)

    assert card.read(tmp_path / "x.md") is None


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "x.md").write_bytes(b"\xff\xfe\x00")

    assert card.read(tmp_path / "x.md") is None


def test_no_page(tmp_path):
    assert card.read(tmp_path / "x.md") is None


def test_a_study_on_a_card_names_no_folder_of_the_machine_it_ran_on():
    study = Study(
        name="mine",
        data=Data(npz="/home/me/x.npz"),
        blocks=("/home/me/my_blocks.py",),
        space=NetworkSpace(stages=Stages(count=1, block=ConvBlock(filters=4))),
        engine=Engine(sampler="/home/me/my_samplers.py:Smallest"),
    )
    subject = Subject(Path("x.keras"), None, None, None, study, (), None)
    portable = subject.portable_study
    assert (portable.data.npz, portable.blocks) == ("x.npz", ("my_blocks.py",))
    assert portable.engine.sampler == "my_samplers.py:Smallest"
    assert "/home" not in str(portable)


def test_code_that_has_fences_of_its_own():
    assert page.fenced("a\n````\n", "text") == "`````text\na\n````\n`````\n"


def test_names_that_markdown_would_take_for_its_own():
    assert page.plain("a|b *c*\n<d>") == r"a\|b \*c\* \<d\>"
