import numpy as np
import pytest

from fmsearch.datasets.base import Source
from fmsearch.datasets.splits import divide
from fmsearch.errors import InputError


def source(*counts, names=None, test=None):
    y = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    x = np.arange(len(y), dtype=np.uint8).reshape(-1, 1, 1, 1)
    return Source(x, y, tuple(names or map(str, range(len(counts)))), test)


def fingerprint(given=None, validation=0.1, test=0.2):
    return divide(given or source(100, 50), validation=validation, test=test).fingerprint


def test_every_part_has_the_same_share_of_each_class():
    dataset = divide(source(100, 50), validation=0.1, test=0.2)
    assert np.bincount(dataset.y_test).tolist() == [20, 10]
    assert np.bincount(dataset.y_validation).tolist() == [8, 4]
    assert np.bincount(dataset.y_train).tolist() == [72, 36]


def test_no_image_is_in_two_parts_and_labels_stay_with_their_images():
    dataset = divide(source(100, 50), validation=0.1, test=0.2)
    x = np.concatenate([dataset.x_train, dataset.x_validation, dataset.x_test]).ravel()
    y = np.concatenate([dataset.y_train, dataset.y_validation, dataset.y_test])
    assert sorted(x) == list(range(150))
    np.testing.assert_array_equal(y, x >= 100)


def test_divisions_repeat():
    assert fingerprint() == fingerprint()


def test_the_division_itself_is_pinned():
    dataset = divide(source(10, 10), validation=0.2, test=0.2)
    assert dataset.x_test.ravel().tolist() == [4, 3, 17, 15]


@pytest.mark.parametrize("change", [{"validation": 0.2}, {"test": 0.3}, {"given": source(100, 51)}])
def test_the_fingerprint_tells_data_and_divisions_apart(change):
    assert fingerprint(**change) != fingerprint()


def test_the_fingerprint_tells_one_pixel():
    changed = source(100, 50)
    changed.x[0] += 1
    assert fingerprint(changed) != fingerprint()


def test_the_fingerprint_tells_one_label():
    changed = source(100, 50)
    changed.y[0] = 1
    assert fingerprint(changed) != fingerprint()


def test_the_fingerprint_tells_shapes_apart():
    given = source(100, 50)
    wide = Source(given.x.repeat(4, axis=2), given.y, given.class_names)
    high = Source(given.x.repeat(4, axis=1), given.y, given.class_names)
    assert fingerprint(wide) != fingerprint(high)


def test_the_fingerprint_does_not_depend_on_class_names():
    assert fingerprint(source(100, 50, names=["바지", "가방"])) == fingerprint()


def test_a_test_set_of_its_own_is_left_alone():
    given = source(100, 50)
    dataset = divide(source(100, 50, test=(given.x[:7], given.y[:7])), validation=0.1, test=0.2)
    np.testing.assert_array_equal(dataset.x_test, given.x[:7])
    assert len(dataset.y_train) == 135


@pytest.mark.parametrize(
    ("counts", "shares", "message"),
    [
        ((40, 2), {}, "Class '1' has 2 image(s). Expected at least 3, to hold out some for `test`"),
        ((4, 4), {"test": 0.1}, "`test` divides 8 images into 7 and 1, for 2 classes"),
        ((20, 20), {"validation": 0.99}, "`validation` divides 32 images into 0 and 32, for 2 classes"),
        ((90, 3), {"test": 0.95}, "`test: 0.95` holds out every image of class '1'. Expected some to be left"),
    ],
)
def test_too_little_to_divide(counts, shares, message):
    with pytest.raises(InputError) as caught:
        divide(source(*counts), **{"validation": 0.1, "test": 0.2, **shares})
    assert message in str(caught.value)
