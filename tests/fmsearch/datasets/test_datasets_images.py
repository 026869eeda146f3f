import numpy as np
import pytest
from PIL import Image

from fmsearch.datasets.images import read_image
from fmsearch.errors import InputError


@pytest.fixture
def halves():
    """Left half red, right half blue; 6 high and 8 wide."""
    pixels = np.zeros((6, 8, 3), np.uint8)
    pixels[:, :4, 0] = 255
    pixels[:, 4:, 2] = 255
    return Image.fromarray(pixels)


def test_pixels_come_back(tmp_path, halves):
    halves.save(tmp_path / "a.png")
    image = read_image(tmp_path / "a.png", (6, 8, 3))
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, np.asarray(halves))


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "gif", "webp", "tif", "ppm"])
def test_formats(tmp_path, halves, suffix):
    path = tmp_path / f"a.{suffix}"
    halves.save(path, **({"lossless": True} if suffix == "webp" else {}))
    image = read_image(path, (12, 12, 3)).astype(int)
    assert image.shape == (12, 12, 3)
    assert (image[:, :3] - [255, 0, 0]).max() < 60
    assert (image[:, -3:] - [0, 0, 255]).max() < 60


def test_two_pictures_in_one_file_of_a_camera(tmp_path, halves):
    halves.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[halves.rotate(180)])
    assert read_image(tmp_path / "a.jpg", (6, 8, 3))[0, 0, 0] > 200


def test_the_first_frame_counts(tmp_path, halves):
    halves.save(tmp_path / "a.gif", save_all=True, append_images=[halves.rotate(180)])
    assert read_image(tmp_path / "a.gif", (6, 8, 3))[0, 0].tolist() == [255, 0, 0]


def test_grey(tmp_path, halves):
    halves.save(tmp_path / "a.png")
    image = read_image(tmp_path / "a.png", (6, 8, 1))
    assert image.shape == (6, 8, 1)
    assert [image[0, 0, 0], image[0, -1, 0]] == [76, 29]


def test_the_orientation_is_respected(tmp_path, halves):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter clockwise to be seen
    halves.save(tmp_path / "a.png", exif=exif)
    image = read_image(tmp_path / "a.png", (8, 6, 3))
    assert image[0, 0].tolist() == [255, 0, 0]
    assert image[-1, 0].tolist() == [0, 0, 255]


def test_transparency_is_white(tmp_path):
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert (read_image(tmp_path / "a.png", (4, 4, 1)) == 255).all()


def test_a_transparent_palette_colour_is_white(tmp_path):
    image = Image.new("P", (4, 4), 0)
    image.putpalette([10, 20, 30] * 256)
    image.save(tmp_path / "a.png", transparency=0)
    assert (read_image(tmp_path / "a.png", (4, 4, 3)) == 255).all()


@pytest.mark.parametrize("suffix", ["png", "tif", "pgm"])
def test_sixteen_bits_become_eight(tmp_path, suffix):
    pixels = np.array([[0, 257], [25700, 65535]], np.uint16)
    Image.fromarray(pixels).save(tmp_path / f"a.{suffix}")
    assert read_image(tmp_path / f"a.{suffix}", (2, 2, 1))[..., 0].tolist() == [[0, 1], [100, 255]]


def refusal(path, shape=(4, 4, 3)):
    with pytest.raises(InputError) as caught:
        read_image(path, shape)
    return str(caught.value)


def test_a_missing_file(tmp_path):
    assert "There is no file" in refusal(tmp_path / "a.png")


def test_a_number_of_channels_that_no_image_has(tmp_path):
    assert "cannot be converted to 4 channels" in refusal(tmp_path / "a.png", (4, 4, 4))


def test_something_else_than_an_image(tmp_path):
    (tmp_path / "a.png").write_text("a letter")
    assert "a.png cannot be read as an image" in refusal(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_an_image_cut_short(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "cannot be read as an image" in refusal(path)


def test_real_numbers_for_pixels(tmp_path):
    Image.fromarray(np.ones((4, 4), np.float32)).save(tmp_path / "a.tif")
    assert "not whole numbers of 8 or 16 bits" in refusal(tmp_path / "a.tif")


@pytest.mark.parametrize(
    ("side", "message"),
    [(8000, "has 64,000,000 pixels. Expected at most 50,000,000"), (30_000, "has too many pixels"), (10_000, "pixels")],
)
def test_a_huge_image_is_never_decoded(tmp_path, side, message):
    path = tmp_path / "a.ppm"
    path.write_bytes(b"P6 %d %d 255\n" % (side, side) + bytes(30))
    assert message in refusal(path)
