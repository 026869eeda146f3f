"""The study file as a whole: reading, changing, and what makes two studies one search."""

import pytest

from fmsearch.study import Study, load_study
from searchspace import Input

SMALL = "name: x\nspace: {stages: {block: {kind: conv, filters: [4, 8]}}}\n"


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(SMALL)
    return path


def test_two_lines_are_a_study(small):
    study = load_study(small)

    assert study.data.dataset == "digits"
    assert study.budget.rungs == (1, 3, 9)
    assert study.final.epochs >= study.budget.rungs[-1]


@pytest.mark.parametrize("key", ["data", "training", "objectives", "limits", "engine", "budget", "final"])
def test_an_empty_mapping_is_a_section_with_its_defaults(small, key):
    study = load_study(small, (f"{key}={{}}",))

    assert study == load_study(small)


def test_assignments_come_one_after_another(small):
    study = load_study(small, ("budget.rungs=[1, 2]", "budget.rungs.1=5", "limits.parameters=2_000", "name=y"))

    assert (study.name, study.budget.rungs, study.limits.parameters) == ("y", (1, 5), 2_000)


def test_paths_start_at_the_folder_of_the_file(small, monkeypatch):
    monkeypatch.chdir(small.parent.parent)
    relative = small.relative_to(small.parent.parent)

    assert load_study(relative, ("data.npz=images.npz",)).data.npz == str(small.parent / "images.npz")
    assert load_study(str(small), ("data.folder=/images",)).data.folder == "/images"


def test_the_search_space_is_the_declared_one_for_those_images(small):
    study = load_study(small, ("limits.macs=5",))
    space = study.search_space(Input(height=8, width=9, channels=3, classes=4))

    assert (space.stages, space.training, space.limits.macs) == (study.space.stages, study.training, 5)
    assert space.input.shape == (8, 9, 3)


def test_name_length_and_final_stage_make_no_other_search(small):
    final = "final={seeds: 3, epochs: 99, share: 0.3, augmentation: {zoom: 0.1}}"
    same = ("name=other", "budget.candidates=500", final)
    others = (
        "seed=1",
        "budget.keep=0.5",
        "budget.cohort=3",
        "limits.macs=9",
        "training.optimizer=sgd",
        "data.test=0.3",
    )

    identity = load_study(small).identity
    for limit in ("budget.time=10m", "budget.macs=1e12"):
        assert load_study(small, (*same, limit)).identity == identity
    assert all(load_study(small, (other,)).identity != identity for other in others)


def test_a_study_goes_to_json_and_back(small):
    study = load_study(
        small, ("space.stages.block.kernel_size=[[3, 5], 3]", "training.learning_rate={low: 1e-3, high: 1e-2}")
    )

    assert Study.model_validate_json(study.model_dump_json()) == study
