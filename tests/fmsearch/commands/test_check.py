"""`fmsearch check`: the whole page it prints, and when it says no."""

import subprocess
import sys

import numpy as np
import pytest

from fmsearch.cli import main
from fmsearch.commands.check import quartiles

STUDY = """\
name: tiny
space:
  stages:
    count: [1, 2]
    block: {kind: conv, filters: [4, 8], kernel_size: [3, 5], padding: [same, valid], strides: 2}
limits: {parameters: 600}
budget: {candidates: 10, rungs: [1, 3], cohort: 5, keep: 0.5}
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(STUDY)
    return str(path)


def test_the_whole_page(study, capsys):
    assert main(["check", study]) == 0

    assert (
        capsys.readouterr().out
        == """\
study   tiny, seed 0
data    digits: 8x8x1 images, 10 classes
space   7 dimensions; sets of choices: 72

of 500 samples
    346 (69%) fit
     81 (16%) are above the limit of parameters
     73 (15%) cannot be built:
           25 stage 2: kernel 5 with valid padding on 4x4
           22 stage 2: kernel 3 with valid padding on 2x2
           16 stage 2: kernel 5 with valid padding on 2x2

those that fit  smallest       25%    median       75%   largest
parameters           102       166       194       322       586
macs                 364       616       880     1,640     4,392

search  10 candidates: 16 trainings (10 of 1, 6 of 3 epochs), 28 epochs in all
final   each model of the front: 30 epochs with 1 seed
"""
    )


def test_a_continuum(study, capsys):
    changes = ["--set", "training.learning_rate={low: 0.1, high: 1}"]
    assert main(["check", study, *changes]) == 0
    assert "as training.learning_rate is continuous; 72 with it fixed" in capsys.readouterr().out

    assert main(["check", study, *changes, "--set", "space.head.dropout={low: 0, high: 0.5}"]) == 0
    assert "as head.dropout and training.learning_rate are continuous; 72 with them fixed" in capsys.readouterr().out


def test_a_space_beyond_floating_point_is_counted(study, capsys):
    wide = "{low: 1, high: 1024}"
    block = f"{{kind: conv, filters: {{low: 1, high: 60_000}}, strides: {wide}, kernel_size: {wide}}}"
    changes = ["limits={}", "space.stages.count=32", f"space.stages.block={block}"]

    assert main(["check", study, *(f"--set={change}" for change in changes)]) == 0

    assert "sets of choices: about 3.6e+345\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "limits.parameters=100",
            (
                "none of 500 samples is within the limits; the nearest has parameters 102, above the limit of 100. "
                "Raise the limit, or allow smaller networks."
            ),
        ),
        (
            "space.stages.block={kind: conv, filters: 4, kernel_size: 9, padding: valid}",
            (
                "none of 500 samples can be built; most often stage 1: kernel 9 with valid padding on 8x8. "
                "Allow `padding: same`, fewer stages, or smaller kernels and strides."
            ),
        ),
    ],
)
def test_a_space_in_which_nothing_fits_is_wrong_input(study, capsys, change, message):
    assert main(["check", study, "--set", change]) == 2

    printed = capsys.readouterr()
    assert "0 (0%) fit" in printed.out
    assert printed.err == f"fmsearch: {study}: {message}\n"


def test_where_nothing_fits_no_limit_is_forecast(study, capsys):
    assert main(["check", study, "--set", "limits.parameters=100", "--set", "budget={macs: 5.0e12}"]) == 2
    assert "candidates" not in capsys.readouterr().out


def test_what_is_wrong_is_told_and_nothing_is_printed(study, capsys):
    assert main(["check", study, "--set", "seed=x"]) == 2

    assert capsys.readouterr() == ("", "fmsearch: --set seed=x: seed is 'x'; expected a whole number.\n")


def test_missing_images_are_wrong_input(study, capsys, tmp_path):
    assert main(["check", study, "--set", "data={npz: no.npz}"]) == 2

    assert str(tmp_path / "no.npz") in capsys.readouterr().err


def test_images_outside_the_folder_of_the_study_are_shown_where_they_lie(study, capsys, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "within").symlink_to(tmp_path / "elsewhere")
    x, y = np.zeros((20, 8, 8), np.uint8), np.arange(20) % 2
    np.savez(tmp_path / "elsewhere" / "x.npz", x=x, y=y)
    assert main(["check", study, "--set", "data={npz: within/x.npz}"]) == 0

    assert f"data    {tmp_path / 'elsewhere' / 'x.npz'}: 8x8x1 images, 2 classes" in capsys.readouterr().out


def test_quartiles():
    assert quartiles([5]) == [5, 5, 5, 5, 5]
    assert quartiles([9, 1, 3, 7, 5]) == [1, 3, 5, 7, 9]


def test_nothing_heavy_is_imported(study):
    script = (
        "import sys; from fmsearch.cli import main; code = main(sys.argv[1:]); "
        "print(code, *sorted({'keras', 'tensorflow', 'optuna', 'sklearn', 'numpy', 'rich'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", script, "check", study], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_the_sizes_that_the_study_asks_for_have_a_row(study, capsys):
    assert main(["check", study, "--set", "objectives.minimize=memory", "--set", "limits.int8_bytes=30_000"]) == 0

    rows = capsys.readouterr().out.partition("those that fit")[2].splitlines()[1:5]
    assert [row.split()[0] for row in rows] == ["parameters", "macs", "memory", "int8_bytes"]


def test_a_time_limit_is_forecast(study, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("FMSEARCH_CACHE", str(tmp_path))
    assert main(["check", study, "--set", "budget={time: 2m, rungs: [1, 3]}"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("limit ")]
    assert line.startswith("limit   2 min 00 s: 1 min 00 s to search, about ")
    assert "(a guess, as nothing was trained here yet)" in line


def test_a_time_limit_is_forecast_for_as_many_workers_as_one_likes(study, capsys):
    assert main(["check", study, "--set", "budget={time: 2m, rungs: [1, 3]}", "--workers", "7"]) == 0
    assert "; 7 workers at " in capsys.readouterr().out


def test_a_limit_of_compute_is_forecast(study, capsys):
    assert main(["check", study, "--set", "budget={macs: 1e12, rungs: [1, 3]}"]) == 0
    assert "limit   1e+12 MACs: 5e+11 to search, about " in capsys.readouterr().out


def test_without_the_images_there_is_no_telling_what_a_time_limit_allows(study, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    changes = ["--set", "budget.time=2m", "--set", "data.dataset=fashion_mnist"]
    assert main(["check", study, *changes]) == 0
    assert (
        "limit   cannot be forecast without the images: fashion_mnist is not on this machine" in capsys.readouterr().out
    )
