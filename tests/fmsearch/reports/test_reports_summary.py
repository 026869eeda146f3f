"""The page at the end of a run, compared whole."""

from handmade_run import finished_run

from fmsearch.reports.output import plain
from fmsearch.reports.rows import rows
from fmsearch.reports.summary import summary
from fmsearch.run_folder import RunFolder
from fmsearch.store import Store


def page(folder, shown_as, width, encoding="utf-8"):
    with Store(folder.store, writable=False) as store:
        table = rows(store)
    return plain(summary(table, RunFolder(shown_as)), width, encoding)


def test_the_whole_page(tmp_path):
    folder = finished_run(tmp_path / "run")

    assert (
        page(folder, (tmp_path / "runs" / "작은 연구").relative_to(tmp_path), 80)
        == """\
3 models on the front of 7 candidates; 14 trainings, 8 min 16 s of training

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

validation accuracy against parameters
1.0 ┤
    │                                                                        ●
    │                                                                        │
0.8 ┤                              ●─────────────────────────────────────────╯
    │                              │
0.6 ┤                              │
    │                              │
    │                              │
0.4 ┤                  •           │
    │                              │
    │  ●───────────────────────────╯
0.2 ┤
    └───────────┬──────────────────────────────┬─────────────────────────────┬──
               100                            1k                            10k

run folder  runs/작은 연구
all models  fmsearch leaderboard 'runs/작은 연구'
best model  fmsearch show 'runs/작은 연구'
export it   fmsearch export 'runs/작은 연구' --best --to best.keras
"""
    )


def test_ascii_at_any_width(tmp_path):
    folder = finished_run(tmp_path / "run")

    for width in (1, 20, 70, 200):
        assert page(folder, folder.path, width, "ascii").isascii()


def test_nothing_was_trained(tmp_path):
    text = plain(summary([], RunFolder(tmp_path)), 80)

    assert text.startswith("0 models on the front of 0 candidates; 0 trainings, 0.0 s of training\n")
