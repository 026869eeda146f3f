"""An export that is not what the run trained is found out."""

import keras
import numpy as np
import pytest

from fmsearch.errors import FmsearchError
from fmsearch.export import verify as verify_module
from fmsearch.export.verify import Claim, measure, verify

LABELS = np.array([0, 1, 1, 0])


def claim(accuracy, count=4):
    pixels = np.random.default_rng(0).integers(0, 256, (count, 8, 8, 1), np.uint8)
    return Claim(pixels, np.resize(LABELS, count), accuracy)


def answers(*rows):
    return np.array(rows, np.float32)


def answering(monkeypatch, reference, probabilities):
    monkeypatch.setattr(verify_module, "_run", lambda _models, _pixels, _blocks: [reference, probabilities])


RIGHT = answers([0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.6, 0.4])


def test_the_same_answers(monkeypatch, tmp_path):
    answering(monkeypatch, RIGHT, RIGHT + np.float32(2e-7))

    found = verify(tmp_path / "a.keras", tmp_path / "b.keras", claim(1.0))

    assert (found.images, found.accuracy, found.other_classes) == (4, 1.0, 0)
    assert 0 < found.largest_difference < 1e-6


@pytest.mark.parametrize(
    ("probabilities", "told"),
    [
        (RIGHT + answers([0, 0], [0, 0], [1e-5, -1e-5], [0, 0]), "differ by up to 1e-05, and 0 of 4 images"),
        (RIGHT[:, ::-1], "and 4 of 4 images change their class"),
        (answers(*[[np.nan, np.nan]] * 4), "differ by up to nan"),
        (RIGHT[:, :1], r"answers with \(1,\) numbers, the kept model with \(2,\)"),
    ],
)
def test_other_answers(probabilities, told, monkeypatch, tmp_path):
    answering(monkeypatch, RIGHT, probabilities)

    with pytest.raises(FmsearchError, match=told):
        verify(tmp_path / "a.keras", tmp_path / "b.keras", claim(1.0))


def test_a_tie_that_falls_otherwise_is_another_class():
    found = measure(answers([0.5, 0.5]), answers([0.49999997, 0.5]), np.array([0]))

    assert (found.other_classes, found.accuracy) == (1, 0.0)


@pytest.mark.parametrize(
    ("images", "said", "trusted"),
    [(4, 0.75, True), (4, 0.5, False), (4_000, 0.9991, True), (4_000, 0.9989, False)],
)
def test_an_accuracy_other_than_the_leaderboard_says(images, said, trusted, monkeypatch, tmp_path):
    answering(monkeypatch, np.tile(RIGHT, (images // 4, 1)), np.tile(RIGHT, (images // 4, 1)))
    told = claim(said, images)

    if trusted:
        assert verify(tmp_path / "a.keras", tmp_path / "b.keras", told).accuracy == 1.0
    else:
        with pytest.raises(FmsearchError, match=r"accuracy is 1\.0000 on the validation images; it was 0\."):
            verify(tmp_path / "a.keras", tmp_path / "b.keras", told)


def test_a_tampered_file_is_caught_in_its_own_process(delivery, tmp_path):
    model = keras.saving.load_model(delivery.model)
    kernel = model.trainable_variables[-2]
    kernel.assign(np.asarray(kernel) * 1.001)
    model.save(tmp_path / "tampered.keras")

    with pytest.raises(FmsearchError, match="does not answer as the model that the run kept"):
        verify(tmp_path / "tampered.keras", delivery.model, claim(0.5, 64))


def test_a_torn_file_cannot_be_run(delivery, tmp_path):
    torn = tmp_path / "torn.keras"
    torn.write_bytes(delivery.model.read_bytes()[:1000])

    with pytest.raises(FmsearchError, match=r"torn\.keras is not a complete \.keras file.* Nothing was written\.$"):
        verify(torn, delivery.model, claim(1.0))


def test_it_is_run_in_one_thread_of_the_cpu(delivery, monkeypatch):
    seen = {}

    def run(command, env, **_):
        seen.update(env)
        raise FmsearchError(command[0])

    monkeypatch.setattr(verify_module.subprocess, "run", run)
    with pytest.raises(FmsearchError):
        verify(delivery.model, delivery.model, claim(1.0))
    assert seen["TF_NUM_INTRAOP_THREADS"] == "1"
    assert seen["CUDA_VISIBLE_DEVICES"] == "-1"
