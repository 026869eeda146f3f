"""What each distortion does to an image."""

import numpy as np
import pytest
from digits import digits

from fmsearch.training.augment import Augmenter
from searchspace import Augment

IMAGES = np.random.default_rng(0).random((64, 9, 7, 3), dtype=np.float32)


def distorted(images=IMAGES, seed=0, **amounts):
    return np.asarray(Augmenter(Augment(**amounts), seed)(images))


def is_one_of(image, others):
    return any(np.allclose(image, other, atol=1e-5) for other in others)


def test_a_horizontal_flip_mirrors_about_half_of_the_images_and_leaves_the_rest():
    flipped = distorted(horizontal_flip=True)
    mirrored = [np.allclose(new, old[:, ::-1], atol=1e-5) for new, old in zip(flipped, IMAGES, strict=True)]
    same = [np.allclose(new, old, atol=1e-5) for new, old in zip(flipped, IMAGES, strict=True)]
    assert np.all(np.logical_xor(mirrored, same))
    assert 16 < sum(mirrored) < 48


def test_a_vertical_flip_mirrors_top_and_bottom():
    flipped = distorted(vertical_flip=True)
    assert all(is_one_of(new, (old, old[::-1])) for new, old in zip(flipped, IMAGES, strict=True))
    assert not np.allclose(flipped, IMAGES)


def test_a_translation_moves_the_centre_by_no_more_than_its_share_and_fills_with_black():
    dot = np.zeros((200, 41, 41, 1), np.float32)
    dot[:, 20, 20] = 1.0
    moved = distorted(dot, translation=0.2)
    grid = np.arange(41)
    rows = (moved[..., 0].sum(2) * grid).sum(1) - 20
    columns = (moved[..., 0].sum(1) * grid).sum(1) - 20
    for shift in (rows, columns):
        assert np.abs(shift).max() <= 0.2 * 41 + 1e-3
        assert np.abs(shift).max() > 0.15 * 41
        assert abs(shift.mean()) < 1.0
    assert np.allclose(moved.sum(axis=(1, 2, 3)), 1.0, atol=1e-4)


def test_a_rotation_turns_about_the_centre_by_no_more_than_its_degrees():
    dot = np.zeros((200, 41, 41, 1), np.float32)
    dot[:, 20, 32] = 1.0
    turned = distorted(dot, rotation=30.0)
    grid = np.arange(41) - 20
    mass = turned[..., 0].sum(axis=(1, 2))
    rows = (turned[..., 0].sum(2) * grid).sum(1) / mass
    columns = (turned[..., 0].sum(1) * grid).sum(1) / mass
    angle = np.degrees(np.arctan2(rows, columns))
    assert np.allclose(np.hypot(rows, columns), 12, atol=0.6)
    assert 25 < np.abs(angle).max() < 31.5
    assert (angle > 0).any()
    assert (angle < 0).any()


def test_a_zoom_keeps_the_centre_and_scales_the_rest():
    dot = np.zeros((200, 41, 41, 1), np.float32)
    dot[:, 20, 30] = 1.0
    zoomed = distorted(dot, zoom=0.3)
    grid = np.arange(41) - 20
    columns = (zoomed[..., 0].sum(1) * grid).sum(1) / zoomed[..., 0].sum(axis=(1, 2))
    assert columns.min() > 10 / 1.35
    assert columns.max() < 10 / 0.65
    assert columns.std() > 0.5


def test_contrast_keeps_the_mean_and_stays_in_range():
    grey = IMAGES * 0.2 + 0.4
    changed = distorted(grey, contrast=0.5)
    assert np.allclose(changed.mean(axis=(1, 2)), grey.mean(axis=(1, 2)), atol=1e-5)
    assert not np.allclose(changed, grey)
    assert changed.min() >= 0
    assert changed.max() <= 1


def test_erasing_hides_one_rectangle_of_no_more_than_its_share():
    images = np.random.default_rng(0).random((100, 30, 30, 1), dtype=np.float32)
    erased = distorted(images, erasing=0.25)
    for new, old in zip(erased, images, strict=True):
        hidden = ~np.isclose(new, old)[..., 0]
        rows, columns = np.where(hidden.any(1))[0], np.where(hidden.any(0))[0]
        assert hidden.mean() <= 0.25 + 2 / 30
        if hidden.any():
            box = new[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            assert np.allclose(box, old.mean(), atol=1e-5)


@pytest.mark.parametrize(
    "amounts", [{"rotation": 10.0}, {"contrast": 0.3}, {"erasing": 0.3}], ids=lambda a: next(iter(a))
)
def test_each_image_draws_its_own_amount_and_each_batch_anew(amounts):
    augmenter = Augmenter(Augment(**amounts), 0)
    same = np.repeat(digits().x_train[:1].astype(np.float32) / 255, 8, axis=0)
    first, second = np.asarray(augmenter(same)), np.asarray(augmenter(same))
    assert len({image.tobytes() for image in first}) > 4
    assert not np.array_equal(first, second)


def test_one_seed_gives_the_same_distortions():
    everything = {"horizontal_flip": True, "translation": 0.1, "rotation": 10.0, "zoom": 0.1, "erasing": 0.2}
    assert np.array_equal(distorted(**everything), distorted(**everything))
    assert not np.array_equal(distorted(**everything), distorted(seed=1, **everything))
