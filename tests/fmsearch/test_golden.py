"""The first proposals of each sampler, pinned: 24 at random, from which it then learns, and 16 more.

A change that moves them changes what every study finds. It must be meant, and the CHANGELOG must say so; then
`python tests/fmsearch/test_golden.py` prints the new table.
"""

import tempfile
from pathlib import Path

import pytest
from stubs import StubExecutor, search, stub_study

from fmsearch.engine import Engine
from fmsearch.study import Budget

GOLDEN = {
    "front": """
        3bb3a157f953f294 bfd7c691ba63abb8 310b48161c484487 c3a40b9dd2f3a306 82a581536b37c8ff
        2d1285d9704ebf78 cb40088fd7e6cab4 42a284e467009d0b 596abc31fb38eace 7c06179ec061c83b
        384c2f664743a410 7897f0211be04a61 70b09a511734d966 fb60322941f3c25e b6f5263e4eb5b88f
        8452ab4dea3373ee 0fa25142db0bf557 688a6436bcc99264 dc28cba0e6689f0f 2b587408b5a77189
        c08f4c7459e47cae f38f36e6b5b026ad a12a4b3793d2f961 a7bf384a6498c62b e9dadb31173fde0b
        ec41cc22a8d2b5d0 c7363d72059a4db4 ddf38d8dbee78d07 3758c909540c2f0b fa6db1495c2345d7
        7272c3f426a64ea4 98e080faec0879ea f72aec42c890a4d6 73966892ee5fd545 a1c4bfd51c98909b
        ccefaa566317f012 8cc11110817c2cc2 b4c28831395529c4 c804691372168505 e8c92810ad73d2c8
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
        50c22b7381b73a3a 3e8527ae45c5ab25 00291869eacfddfa 8bc03cb731fb37c5 fc9b64a7ddaab11e
        9dee01defb34ec30 dd9369d6b550a598 e9ca6cdad3d9e21c 69973795f43f02cc 9bd5ec5168f7c8ab
        47dfe4d0ed275d3d e66533f9b25a90a0 02d997ccdce882cf 9d60ba9b8fde958c 6b15fbe4d97075fa
    """,
    "nsga2": """
        5a45b5df29c5b8c1 b9af61b49db73d93 7586ae5487ccaf7d 299b11b79cfd7c22 c79b92311af21a04
        72b7fd9a0e08f2f7 ed56c3229def4b02 e807895f5855e822 6e4f0f193c906145 6e4c7433e14c16e4
        b7fcc6fc7272128c cae33f94da8b75da de5cdee52bf682cb 222a1600475f26cb 9e0a724c841b0398
        b8d13ffa66da07d9 a96770ecbffc84f8 f04e220aa818035b 8e0f6757e1305903 38615dfa868cf742
        f9a1ca3002d98f35 ba4daf0cbbd95e78 97cb8a722d764389 22ad8f9599b072eb 0fc86c8f87d01a22
        50c22b7381b73a3a 3e8527ae45c5ab25 00291869eacfddfa 58e0e9a45f50f6c0 acea875e36fa20c8
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
