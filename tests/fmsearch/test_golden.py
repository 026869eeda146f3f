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
        dda9d8e3d68b7b0a aae9f3cc3387e715 6bdd173730a13a22 3d7f0b90249262a8 204ad29258052a1d
        3b1c59082eb6f5f4 c2fb58229c892d65 6e7b23dfd7c60004 0d6f0659630e172a 3c92f08a654eb7f4
        be4925ae26d40f4b 5355aa2dbd64ce2d 5c5be8f13bcb3bb5 5d4c89dd09ea16da ea536a4a33d9f884
        4c12e717b0cbc1fd 69af2a2ccc086983 d0c68b1043900233 a080e733b34d5721 f5c037a4ab44c4f7
        2e314e4eccd6e2c4 54c22422b0ec5116 c735333fdc2a34ba 366f3d0e201c0ad7 15d2f029561065e5
        1b24fe268c40af8e a422358a937c9678 bd919cd1ca1f4c1c b26868e0789e61c4 66757e70e8a19f5b
        a7e57ebac16254ff e3a5ce1b9fa50a84 12bfd0d0b8047433 cbb5693d8a391ca2 96c32978590cb0e6
        a254ed0c85ca12c4 491721d38b9b1a76 98fd628b0e87353a 1d440eb1a0e96d06 ff7b97ed13607dc3
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
