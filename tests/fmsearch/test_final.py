"""How the last stage distorts its images: only for networks that would learn them by heart."""

from random import Random

import pytest
from pydantic import ValidationError
from stubs import IMAGES as SHAPE
from stubs import IMAGES_AN_EPOCH, StubExecutor, search, stub_study

from fmsearch.environment import Environment
from fmsearch.evaluation import Evaluation
from fmsearch.final import BY_HEART, Final
from fmsearch.study import Budget
from searchspace import Augment, Augmentation, Candidate

FLIPPED = Final(augmentation=Augmentation(horizontal_flip=True, translation=0.05))
IMAGES = 1_000


@pytest.fixture
def recipe(candidate):
    return candidate.recipe


@pytest.fixture
def candidate() -> Candidate:
    return stub_study().search_space(SHAPE).sample(Random(0))


def test_only_what_would_learn_its_images_by_heart_is_shown_them_distorted(recipe):
    many = BY_HEART * IMAGES  # parameters, in one epoch
    assert FLIPPED.augment(recipe, many, 1, IMAGES) is None
    assert FLIPPED.augment(recipe, many + 1, 1, IMAGES) == Augment(horizontal_flip=True, translation=0.05)
    assert FLIPPED.augment(recipe, many // 10, 10.1, IMAGES) is not None


def test_without_augmentation_in_the_study_nothing_is_distorted(recipe):
    assert Final().augment(recipe, 10**9, 100, IMAGES) is None


def test_a_candidates_own_distortions_stay_where_they_are_stronger(recipe):
    own = recipe.model_copy(update={"augment": Augment(translation=0.2, rotation=5.0)})
    assert FLIPPED.augment(own, 10**9, 100, IMAGES) == Augment(horizontal_flip=True, translation=0.2, rotation=5.0)
    more = recipe.model_copy(update={"augment": Augment(horizontal_flip=True, translation=0.3)})
    assert FLIPPED.augment(more, 10**9, 100, IMAGES) is None


def test_several_values_are_an_error():
    with pytest.raises(ValidationError, match="has several values; expected one"):
        Final(augmentation=Augmentation(translation=[0.0, 0.1]))


def evaluation(candidate, augment=None):
    here = Environment(backend="b", backend_version="1", keras_version="1", device="cpu", machine="m")
    return Evaluation(candidate=candidate, dataset="d", epochs=3, seed=1, environment=here, augment=augment)


def test_an_evaluation_that_distorts_otherwise_is_another_one_of_the_same_candidate(candidate):
    usual, flipped = evaluation(candidate), evaluation(candidate, Augment(horizontal_flip=True))
    assert flipped.key != usual.key
    assert flipped.candidate.digest == usual.candidate.digest
    assert flipped.recipe.augment == Augment(horizontal_flip=True)
    assert usual.recipe == candidate.recipe


def test_what_was_stored_before_there_were_such_distortions_is_found(candidate):
    """Where there are none, the key is what it always was."""
    assert evaluation(candidate).key == "6ae4b23964728f1be2ca30a0"
    stored = evaluation(candidate).model_dump(mode="json", exclude={"augment"})
    assert Evaluation.model_validate(stored, strict=False) == evaluation(candidate)


def test_the_search_never_distorts_and_the_last_stage_where_it_should(tmp_path):
    study = stub_study(
        budget=Budget(candidates=24, rungs=(1, 3), cohort=12),
        final=Final(epochs=30, augmentation=Augmentation(horizontal_flip=True)),
    )
    distorted = set()
    for row in search(study, tmp_path / "store", StubExecutor()):
        for use in row.uses:
            evaluation = use.evaluation
            if evaluation.purpose == "search":
                assert evaluation.augment is None
            else:
                by_heart = row.parameters * evaluation.epochs > BY_HEART * IMAGES_AN_EPOCH
                assert (evaluation.augment is not None) == by_heart
                assert row.recipe.augment.horizontal_flip == by_heart
                distorted.add(by_heart)
    assert distorted == {True, False}
