"""The first proposals of each sampler, pinned.

A change that moves them changes what every study finds. It must be meant, and the CHANGELOG must say so; then
`python tests/fmsearch/test_golden.py` prints the new table.
"""

import tempfile
from pathlib import Path

import pytest
from stubs import StubExecutor, search, stub_study

from fmsearch.study import Budget, Engine

GOLDEN = {
    "random": """
        5a45b5df29c5b8c1 b9af61b49db73d93 7586ae5487ccaf7d 299b11b79cfd7c22 c79b92311af21a04
        72b7fd9a0e08f2f7 ed56c3229def4b02 e807895f5855e822 6e4f0f193c906145 6e4c7433e14c16e4
        b7fcc6fc7272128c cae33f94da8b75da de5cdee52bf682cb 222a1600475f26cb 9e0a724c841b0398
        b8d13ffa66da07d9 a96770ecbffc84f8 f04e220aa818035b 8e0f6757e1305903 38615dfa868cf742
    """,
    "tpe": """
        5a45b5df29c5b8c1 b9af61b49db73d93 7586ae5487ccaf7d 299b11b79cfd7c22 c79b92311af21a04
        72b7fd9a0e08f2f7 ed56c3229def4b02 e807895f5855e822 6e4f0f193c906145 6e4c7433e14c16e4
        b7fcc6fc7272128c cae33f94da8b75da de5cdee52bf682cb 222a1600475f26cb 9e0a724c841b0398
        b8d13ffa66da07d9 a96770ecbffc84f8 f04e220aa818035b 8e0f6757e1305903 38615dfa868cf742
    """,
    "nsga2": """
        5a45b5df29c5b8c1 b9af61b49db73d93 7586ae5487ccaf7d 299b11b79cfd7c22 c79b92311af21a04
        72b7fd9a0e08f2f7 ed56c3229def4b02 e807895f5855e822 6e4f0f193c906145 6e4c7433e14c16e4
        b7fcc6fc7272128c cae33f94da8b75da de5cdee52bf682cb 222a1600475f26cb 9e0a724c841b0398
        b8d13ffa66da07d9 a96770ecbffc84f8 f04e220aa818035b 8e0f6757e1305903 38615dfa868cf742
    """,
}


def first_digests(sampler, path):
    study = stub_study(engine=Engine(sampler=sampler), budget=Budget(candidates=40, rungs=(1, 3), cohort=4))
    table = search(study, path, StubExecutor())
    return [row.candidate.digest for row in sorted(table, key=lambda row: row.number)][:20]


@pytest.mark.parametrize("sampler", GOLDEN)
def test_the_first_twenty_candidates_are_the_pinned_ones(sampler, tmp_path):
    assert first_digests(sampler, tmp_path / "store") == GOLDEN[sampler].split()


if __name__ == "__main__":
    for sampler in ("random", "tpe", "nsga2"):
        with tempfile.TemporaryDirectory() as folder:
            digests = first_digests(sampler, Path(folder) / "store")
        lines = [" ".join(digests[start : start + 5]) for start in range(0, 20, 5)]
        print(f'    "{sampler}": """\n        ' + "\n        ".join(lines) + '\n    """,')
