"""`fmsearch compare`: figures of runs made by hand, the page, and what cannot be compared."""

import json
import math

import pytest
from handmade_run import done, evaluation, failed, network, write

from fmsearch.cli import main
from fmsearch.store import Store
from searchspace import analyse

SMALL, LARGE = network(2), network(32, 32)
SIZES = [analyse(candidate.architecture).parameters for candidate in (SMALL, LARGE)]


def made(path, small, large, *, sampler="front", images="a", objective="parameters", classes=10):
    """A run of two models: searched, then trained again; each training takes a minute."""
    uses = []
    for candidate, accuracy in ((SMALL, small), (LARGE, large)):
        uses.append((candidate, evaluation(candidate), done(accuracy - 0.2, seconds=60)))
    uses.append((network(4), evaluation(network(4)), failed("the loss became nan")))
    for candidate, accuracy in ((SMALL, small), (LARGE, large)):
        final = evaluation(candidate, 6, 1, "final")
        uses.append((candidate, final, done(accuracy, accuracy - 0.01, epochs=6, seconds=60)))
    folder = write(path, uses)
    with Store(folder.store) as store:
        store.note("study", {"seed": 0, "engine": {"sampler": sampler}, "budget": {"rungs": [1, 3]}})
        store.note("dataset", images)
        store.note("objective", objective)
        store.note("class_names", [str(number) for number in range(classes)])
    return str(path)


@pytest.fixture
def runs(tmp_path):
    return made(tmp_path / "a", 0.6, 0.9), made(tmp_path / "b", 0.7, 0.8, sampler="tpe")


def compared(capsys, *runs):
    assert main(["compare", *runs, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_where_runs_stand(runs, capsys):
    told = compared(capsys, *runs)
    assert told["sizes"] == {"low": SIZES[0], "high": SIZES[1]}
    assert told["same_images"]
    first, second = told["runs"]
    assert (first["name"], first["candidates"], first["trainings"], first["front"][1]["size"]) == (
        runs[0],
        3,
        5,
        SIZES[1],
    )
    # The large model serves its own size alone: at all others, the small one is the best.
    assert (first["score"], second["score"]) == (pytest.approx(0.6), pytest.approx(0.7))
    assert (first["test_score"], second["test_score"]) == (pytest.approx(0.59), pytest.approx(0.69))


def test_sizes_that_count_may_be_told(runs, capsys):
    assert main(["compare", *runs, "--format", "json", "--sizes", "1", str(10 * SIZES[1])]) == 0
    first = json.loads(capsys.readouterr().out)["runs"][0]
    whole, small, large = (math.log10(size) for size in (10 * SIZES[1], *SIZES))
    expected = (0.1 * small + 0.6 * (large - small) + 0.9 * (whole - large)) / whole
    assert first["score"] == pytest.approx(expected)
    assert first["hypervolume"] == pytest.approx((expected - 0.1) * whole)
    assert main(["compare", *runs, "--sizes", "5", "5"]) == 2
    assert capsys.readouterr().err == "fmsearch: --sizes 5 5 is not a range. Expected 1 <= LOW < HIGH.\n"


def test_how_a_front_grew_training_by_training(runs, capsys):
    growth = compared(capsys, *runs)["runs"][0]["growth"]
    assert [(moment["trainings"], moment["seconds"]) for moment in growth] == [
        (1, 60),
        (2, 120),
        (3, 120.5),
        (4, 180.5),
        (5, 240.5),
    ]
    assert [moment["score"] for moment in growth] == pytest.approx([0.4, 0.4, 0.4, 0.6, 0.6])


def test_what_differs_between_the_studies(runs, capsys):
    assert compared(capsys, *runs)["differences"] == {"engine.sampler": {runs[0]: "front", runs[1]: "tpe"}}


def test_a_page(runs, capsys):
    assert main(["compare", *runs]) == 0
    page = capsys.readouterr().out
    lines = [line.split() for line in page.splitlines()]
    assert page.startswith(f"runs\n\nA  {runs[0]}\nB  {runs[1]}\n")
    assert ["A", "3", "5", "4", "min", "00", "s", "2"] in [line[:8] for line in lines]
    small, large = (f"{size:,}" for size in SIZES)
    assert [large, "0.9000", "0.8900", "0.8000", "0.7900"] in lines
    assert ["100", "0.6000", "0.5900", "0.7000", "0.6900"] in lines
    assert ["engine.sampler", "front", "tpe"] in lines
    assert f"over sizes from {small} to {large}" in " ".join(page.split())
    assert "different images" not in page


def test_runs_on_different_images_are_compared_with_a_warning(runs, capsys, tmp_path):
    other = made(tmp_path / "c", 0.6, 0.9, images="b")
    assert main(["compare", runs[0], other]) == 0
    assert "trained on different images: their accuracies cannot be compared." in capsys.readouterr().out


def test_studies_alike_differ_in_nothing(runs, capsys, tmp_path):
    assert main(["compare", runs[0], made(tmp_path / "c", 0.6, 0.9)]) == 0
    assert "what differs between the studies\n\nnothing\n" in capsys.readouterr().out


def test_what_cannot_be_compared(runs, capsys, tmp_path):
    begun = write(tmp_path / "begun", [], waiting=[SMALL])
    macs = made(tmp_path / "macs", 0.6, 0.9, objective="macs")
    for others, message in {
        (): "Expected 2 to 26 runs to compare, not 1.",
        (str(begun.path),): f"{begun.path} has no trained model yet. Compare it when it has come further.",
        (macs,): f"{runs[0]} minimizes parameters, {macs} macs. Expected runs with the same objectives.minimize.",
        (str(tmp_path),): f"{tmp_path} is not a run folder. Expected one that `fmsearch run` wrote, as in runs/small.",
    }.items():
        assert main(["compare", runs[0], *others]) == 2
        assert capsys.readouterr() == ("", f"fmsearch: {message}\n")
