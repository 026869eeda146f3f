"""The first proposals of each sampler, pinned: 24 at random, from which it then learns, and 16 more.

A change that moves them changes what every study finds. It must be meant, and the CHANGELOG must say so; then
`python tests/fmsearch/test_golden.py` prints the new table.
"""

import tempfile
from pathlib import Path

import pytest
from stubs import StubExecutor, search, stub_study

from fmsearch.study import Budget, Engine

GOLDEN = {
    "front": """
        9ea4489caf2a8b66 85994c0e669842be 88ad9dcbdd69cf0c 2197c39790cbd9d4 1a5db87474f029ac
        863d37531e266b8b 47ad93dbbde31daa ec659ab330d0be98 0ea9a49ad281a389 70eeb80304cb58f9
        65df5dfffe9e922a 1daeca1766fc2af5 0b436673b87286a4 dc6dd4bbe4eac467 e2641202c7ae9f37
        ac5f6ed4f7ae72a9 af4ae6e0990afbb7 9d62e1b27185b6d9 641d16a9f247e63b 5d5442b0cc3cb2bc
        3c2dfdc0c8beaddd 5a4ae378e5418c74 460c977ebb9b4c4e bb2570d9de1ac56c 8d16430eb43436f2
        29b0f72d958b1298 382a3adedfa5143e ad518c566c50c00f a47c8cef0c23da93 083bd200ca51ddf3
        e5a083db42c8e00d 8593cdc287b82d24 7107e3b2969f5d91 e406b7e21c659359 f1a483cf345f426b
        c65796a1501cc755 852b4bee5d660a9e e274697fe6acae70 6fd774e25c744f91 fd93b2c5443adaf3
    """,
    "random": """
        5a45b5df29c5b8c1 b9af61b49db73d93 7586ae5487ccaf7d 299b11b79cfd7c22 c79b92311af21a04
        72b7fd9a0e08f2f7 ed56c3229def4b02 e807895f5855e822 6e4f0f193c906145 6e4c7433e14c16e4
        b7fcc6fc7272128c cae33f94da8b75da de5cdee52bf682cb 222a1600475f26cb 9e0a724c841b0398
        b8d13ffa66da07d9 a96770ecbffc84f8 f04e220aa818035b 8e0f6757e1305903 38615dfa868cf742
        f9a1ca3002d98f35 ba4daf0cbbd95e78 97cb8a722d764389 22ad8f9599b072eb 0fc86c8f87d01a22
        50c22b7381b73a3a 3e8527ae45c5ab25 00291869eacfddfa 8122b928f2ee4b83 d02df267409fe343
        895bb731ce1b5bb2 1c9dfffa3717681e 832deff9ebbb89fd b2f242b267a84af4 76becab0d564f9ed
        8d6e38b70ecd59b8 f7409f47772bb63b 84292e4c7fc0ff8a 85c6add41025a49a a6d1f2d51ff37ba9
    """,
    "tpe": """
        5a45b5df29c5b8c1 b9af61b49db73d93 7586ae5487ccaf7d 299b11b79cfd7c22 c79b92311af21a04
        72b7fd9a0e08f2f7 ed56c3229def4b02 e807895f5855e822 6e4f0f193c906145 6e4c7433e14c16e4
        b7fcc6fc7272128c cae33f94da8b75da de5cdee52bf682cb 222a1600475f26cb 9e0a724c841b0398
        b8d13ffa66da07d9 a96770ecbffc84f8 f04e220aa818035b 8e0f6757e1305903 38615dfa868cf742
        f9a1ca3002d98f35 ba4daf0cbbd95e78 97cb8a722d764389 22ad8f9599b072eb 0fc86c8f87d01a22
        50c22b7381b73a3a 3e8527ae45c5ab25 00291869eacfddfa d42b326829604b21 854c1a7da65a976a
        51fee79b74c7891c 1e87117234e2be26 872764543ef1eb1e e1b7e5885a66e968 5b638d97828d13e8
        e67fd43d873289c3 f79eedf4d758dcf2 9107c42d1524fdb8 7cdf2a7267d4aa9e 8323ac184aca86b9
    """,
    "nsga2": """
        5a45b5df29c5b8c1 b9af61b49db73d93 7586ae5487ccaf7d 299b11b79cfd7c22 c79b92311af21a04
        72b7fd9a0e08f2f7 ed56c3229def4b02 e807895f5855e822 6e4f0f193c906145 6e4c7433e14c16e4
        b7fcc6fc7272128c cae33f94da8b75da de5cdee52bf682cb 222a1600475f26cb 9e0a724c841b0398
        b8d13ffa66da07d9 a96770ecbffc84f8 f04e220aa818035b 8e0f6757e1305903 38615dfa868cf742
        f9a1ca3002d98f35 ba4daf0cbbd95e78 97cb8a722d764389 22ad8f9599b072eb 0fc86c8f87d01a22
        50c22b7381b73a3a 3e8527ae45c5ab25 00291869eacfddfa 9456c0a51ced0313 acea875e36fa20c8
        08b676c4d1b6c0d5 9b62d0d40c2e7410 4a43405a5d68ded4 0155fe5f3c4f1f0a e52e95b4e3a119f5
        7f50ef49b88cd917 3be62de3487b6f9f 53215a386cc27742 8ee838364722c02a c1ca85772ba6843e
    """,
}


def first_digests(sampler, path):
    study = stub_study(engine=Engine(sampler=sampler), budget=Budget(candidates=40, rungs=(1, 3), cohort=4))
    table = search(study, path, StubExecutor())
    return [row.candidate.digest for row in sorted(table, key=lambda row: row.number)]


@pytest.mark.parametrize("sampler", GOLDEN)
def test_the_first_forty_candidates_are_the_pinned_ones(sampler, tmp_path):
    assert first_digests(sampler, tmp_path / "store") == GOLDEN[sampler].split()


if __name__ == "__main__":
    for sampler in ("front", "random", "tpe", "nsga2"):
        with tempfile.TemporaryDirectory() as folder:
            digests = first_digests(sampler, Path(folder) / "store")
        lines = [" ".join(digests[start : start + 5]) for start in range(0, 40, 5)]
        print(f'    "{sampler}": """\n        ' + "\n        ".join(lines) + '\n    """,')
