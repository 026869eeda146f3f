"""The leaderboard in each of its forms, compared whole."""

# ruff: noqa: E501  # tables stand here as they are printed

import csv
import io
import json
from functools import partial

import pytest
from handmade_run import finished_run, write

from fmsearch.reports import leaderboard, rows
from fmsearch.reports.leaderboard import render
from fmsearch.reports.output import Fitted, plain
from fmsearch.store import Store


@pytest.fixture
def table(tmp_path):
    with Store(finished_run(tmp_path).store, writable=False) as store:
        return rows.rows(store)


def printed(table, width, encoding="utf-8", **options):
    return plain(Fitted(partial(leaderboard.table, table, **options)), width, encoding)


def test_80_columns(table):
    assert (
        printed(table, 80)
        == """\
   rank  id        accuracy             test  parameters  architecture
────────────────────────────────────────────────────────────────────────────────
●     1  d26925c3    0.3150  0.3050 ± 0.0071          50  conv2k3-max2
                                                          gap-dense10
●     2  84c12935    0.7850  0.7750 ± 0.0071         426  conv4k3-max2
                                                          conv8k3-max2
                                                          gap-dense10
●     3  5fe48f89    0.9250  0.9150 ± 0.0071       9,898  conv32k3-max2
                                                          conv32k3-max2
                                                          gap-dense10

      4  057dccc1    0.7550  0.7450 ± 0.0071       1,658  conv4k3 res(conv8k3s…
      5  a5c6a508    0.4000                          170  conv8k3-max2 gap-den…
      6  60ba6d24                                    330  failed: out of | mem…
      7  053d6c74                                  1,290  waiting

● on the front: no other model of the same stage is both as small and as
accurate
"""
    )


def test_120_columns(table):
    assert (
        printed(table, 120)
        == """\
   rank  id        accuracy             test  parameters     MACs  epochs        time  architecture
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
●     1  d26925c3    0.3150  0.3050 ± 0.0071          50    1,172       6  2 min 04 s  conv2k3-max2 gap-dense10
●     2  84c12935    0.7850  0.7750 ± 0.0071         426    6,992       6  2 min 04 s  conv4k3-max2 conv8k3-max2
                                                                                       gap-dense10
●     3  5fe48f89    0.9250  0.9150 ± 0.0071       9,898  166,208       6  2 min 04 s  conv32k3-max2 conv32k3-max2
                                                                                       gap-dense10

      4  057dccc1    0.7550  0.7450 ± 0.0071       1,658   25,936       6  2 min 04 s  conv4k3 res(conv8k3s2-conv8k3) …
      5  a5c6a508    0.4000                          170    4,688       2       1.0 s  conv8k3-max2 gap-dense10
      6  60ba6d24                                    330    9,376       2       0.5 s  failed: out of | memory [31m메 …
      7  053d6c74                                  1,290   37,504                      waiting

● on the front: no other model of the same stage is both as small and as accurate
"""
    )


def test_40_columns_in_ascii_with_the_top_alone(table):
    assert (
        printed(table, 40, "ascii", top=4)
        == """\
   id        accuracy  parameters
----------------------------------
*  d26925c3    0.3150          50
*  84c12935    0.7850         426
*  5fe48f89    0.9250       9,898

   057dccc1    0.7550       1,658

* on the front: no other model of
the same stage is both as small
and as accurate (4 of 7 shown)
"""
    )


def test_the_objective_is_shown_however_narrow_the_terminal(table):
    assert "memory" in printed(table, 60, objective="memory").splitlines()[0]
    assert "MACs" in printed(table, 60, objective="macs").splitlines()[0]
    assert "memory" not in printed(table, 60).splitlines()[0]


@pytest.mark.parametrize("width", [1, 5, 20, 33, 500])
def test_no_width_is_too_small_or_too_large(table, width):
    assert max(map(len, printed(table, width).splitlines())) <= width


def test_no_models(tmp_path):
    with Store(write(tmp_path, []).store, writable=False) as store:
        table = rows.rows(store)

    assert printed(table, 80) == "No candidates yet.\n"
    assert render(table, "json") == "[]\n"
    assert render(table, "csv").count("\n") == 1
    assert render(table, "markdown").count("\n") == 2


def test_markdown(table):
    assert (
        render(table, "markdown")
        == """\
| rank | id       | on_front | status   | accuracy | test_accuracy | test_accuracy_std | parameters |    macs | memory |  size | epochs | seconds | architecture                                                    | reason |
| ---: | -------- | -------- | -------- | -------: | ------------: | ----------------: | ---------: | ------: | -----: | ----: | -----: | ------: | --------------------------------------------------------------- | ------ |
|    1 | d26925c3 | yes      | final    |   0.3150 |        0.3050 |            0.0071 |         50 |   1,172 |    768 |    50 |      6 |   123.5 | conv2k3-max2 gap-dense10                                        |        |
|    2 | 84c12935 | yes      | final    |   0.7850 |        0.7750 |            0.0071 |        426 |   6,992 |  1,280 |   426 |      6 |   123.5 | conv4k3-max2 conv8k3-max2 gap-dense10                           |        |
|    3 | 5fe48f89 | yes      | final    |   0.9250 |        0.9150 |            0.0071 |      9,898 | 166,208 | 10,240 | 9,898 |      6 |   123.5 | conv32k3-max2 conv32k3-max2 gap-dense10                         |        |
|    4 | 057dccc1 |          | final    |   0.7550 |        0.7450 |            0.0071 |      1,658 |  25,936 |  2,048 | 1,658 |      6 |   123.5 | conv4k3 res(conv8k3s2-conv8k3) res(conv8k3)-drop0.1 gap-dense10 |        |
|    5 | a5c6a508 |          | searched |   0.4000 |               |                   |        170 |   4,688 |  2,560 |   170 |      2 |     1.0 | conv8k3-max2 gap-dense10                                        |        |
|    6 | 60ba6d24 |          | failed   |          |               |                   |        330 |   9,376 |  5,120 |   330 |      2 |     0.5 | conv16k3-max2 gap-dense10                                       | out of \\| memory [31m메모리 부족 |
|    7 | 053d6c74 |          | waiting  |          |               |                   |      1,290 |  37,504 | 20,480 | 1,290 |      0 |     0.0 | conv64k3-max2 gap-dense10                                       |        |
"""
    )


def test_csv(table):
    text = render(table, "csv")

    assert text.startswith(
        """\
rank,id,on_front,status,accuracy,test_accuracy,test_accuracy_std,parameters,macs,memory,size,epochs,seconds,architecture,reason
1,d26925c3,true,final,0.315,0.305,0.007071067811865481,50,1172,768,50,6,123.5,conv2k3-max2 gap-dense10,
2,84c12935,true,final,0.785,0.775,0.007071067811865481,426,6992,1280,426,6,123.5,conv4k3-max2 conv8k3-max2 gap-dense10,
"""
    )
    records = list(csv.DictReader(io.StringIO(text)))
    assert [record["status"] for record in records] == ["final"] * 4 + ["searched", "failed", "waiting"]
    assert records[5]["reason"] == "out of | memory\n\x1b[31m메모리 부족"
    assert records[6]["accuracy"] == records[6]["test_accuracy_std"] == ""


def test_json(table):
    records = json.loads(render(table, "json"))

    assert records[1] == {
        "rank": 2,
        "id": "84c12935",
        "on_front": True,
        "status": "final",
        "accuracy": 0.785,
        "test_accuracy": 0.775,
        "test_accuracy_std": 0.007071067811865481,
        "parameters": 426,
        "macs": 6992,
        "memory": 1280,
        "size": 426,
        "epochs": 6,
        "seconds": 123.5,
        "architecture": "conv4k3-max2 conv8k3-max2 gap-dense10",
        "reason": "",
    }
    assert [list(record) for record in records] == [list(records[0])] * 7
    assert records[6]["accuracy"] is None
    assert json.loads(render(table, "json", top=2)) == records[:2]
