"""Training images: our channels, files from outside, and crops that must not be learned."""

import numpy as np
import pytest
import xarray as xr
from PIL import Image

from latentearth import io
from latentearth.earth import channels, crops, training_images

SMALL = channels.Channels(rows=500, columns=400)


@pytest.fixture(scope="module")
def image():
    return channels.draw_image(SMALL, np.random.SeedSequence(3))


def test_channels_fill_the_wanted_part(image):
    assert image.dtype == np.uint8 and image.shape == (500, 400) and set(np.unique(image)) == {0, 1}
    # the last channel overshoots by at most its own cells: 11 cells wide along sqrt(1 + 0.65^2)
    assert 0.26 <= image.mean() < 0.26 + 11 * 1.2 / 500


def test_every_channel_is_as_wide_as_one_of_the_widths(image):
    settings = channels.Channels(rows=300, columns=200, widths=(9.0,), sinuosities=(0.5,))
    centre, half = channels.centre_lines(np.array([0.5]), settings, np.random.default_rng(1))
    slope = np.gradient(centre[0])
    across = 2 * half[0] / np.sqrt(1 + slope**2)
    np.testing.assert_allclose(across, 9.0, rtol=1e-12)
    # the slope of meander and tilt, where the wandering phase may add as much as its own slope:
    # 0.8 sqrt(2/3) (1/0.6 + 1 + 1/1.7) / (0.8 * 3) waves per wavelength
    assert np.abs(slope).max() < 0.5 * (1 + 0.9) + 0.05


def test_the_seed_decides_the_image(image):
    again = channels.draw_image(SMALL, np.random.SeedSequence(3))
    other = channels.draw_image(SMALL, np.random.SeedSequence(4))
    np.testing.assert_array_equal(image, again)
    assert (image != other).mean() > 0.1


def test_no_large_part_of_the_image_is_empty_or_full(image):
    # 100 rows hold 26 cells of channel on average; tilt and meanders move a channel by some 20
    bands = image.reshape(5, 100, 400).mean((1, 2))
    assert bands.min() > 0.1 and bands.max() < 0.5


@pytest.mark.parametrize("shape", [(7, 5), (4, 9), (12, 3)])
def test_no_training_crop_shares_a_cell_with_a_truth_or_the_held_out_rows(shape, monkeypatch):
    """Tried for every position of a small image, cell by cell, for crops of several shapes."""
    monkeypatch.setattr(crops, "MODEL_SHAPE", (7, 5))
    monkeypatch.setattr(crops.overlaps, "__defaults__", ((7, 5),))
    size, truths, held_out = (40, 30), [(3, 2), (15, 20)], 9
    forbidden = np.zeros(size, bool)
    for row, column in truths:
        forbidden[row : row + 7, column : column + 5] = True
    forbidden[size[0] - held_out :] = True
    allowed = {
        row * size[1] + column
        for row in range(size[0] - shape[0] + 1)
        for column in range(size[1] - shape[1] + 1)
        if not forbidden[row : row + shape[0], column : column + shape[1]].any()
    }
    found = crops.corners(size, truths, held_out, shape)
    assert len(found) == len(set(found.tolist())) and set(found.tolist()) == allowed


def test_held_out_crops_lie_in_the_band_and_touch_no_truth():
    size, held_out, truths = (500, 400), 200, [(320, 100)]
    where = crops.held_out_corners(size, held_out, 500, np.random.default_rng(1), truths)
    row, column = where // 400, where % 400
    assert len(set(where.tolist())) == 500
    assert row.min() >= 300 and row.max() <= 500 - 129 and column.max() <= 400 - 65
    assert not crops.overlaps(row, column, crops.MODEL_SHAPE, truths[0]).any()


def test_crops_are_cut_where_they_were_asked_for(image):
    where = np.array([0, 17 * 400 + 33, 371 * 400 + 335])
    cut = crops.cut(image, where)
    for crop, (row, column) in zip(cut, [(0, 0), (17, 33), (371, 335)], strict=True):
        np.testing.assert_array_equal(crop, image[row : row + 129, column : column + 65])


def test_an_image_that_leaves_no_crop_says_so():
    with pytest.raises(ValueError, match="140 x 70 cells leaves no crop of 129 x 65"):
        crops.corners((140, 70), [(5, 2)], 0)


def test_truths_rise_in_complexity_and_lie_apart(image):
    chosen = channels.pick_truths(image, 140, crops.MODEL_SHAPE, np.random.SeedSequence(1))

    def boundary(row, column):
        crop = image[row : row + 129, column : column + 65].astype(int)
        return np.abs(np.diff(crop, axis=0)).sum() + np.abs(np.diff(crop, axis=1)).sum()

    lengths = [boundary(*corner) for corner in chosen]
    assert lengths[0] < lengths[1] < lengths[2]
    for number, (row, column) in enumerate(chosen):
        assert row + 129 <= 500 - 140
        others = np.array(chosen[number + 1 :]).reshape(-1, 2)
        near = crops.overlaps(others[:, 0], others[:, 1], crops.MODEL_SHAPE, (row, column))
        assert not near.any()


def test_a_png_and_a_netcdf_file_give_the_same_image(tmp_path, image):
    Image.fromarray(image * 255).save(tmp_path / "a.png")
    dataset = xr.Dataset({"facies": (("row", "column"), image)})
    io.write_dataset(tmp_path / "a.nc", dataset, {})
    for name in ("a.png", "a.nc"):
        np.testing.assert_array_equal(channels.read_image(tmp_path / name, (129, 65)), image)


def grey(path, values):
    Image.fromarray(values.astype(np.uint8)).save(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "found nothing; expected a grey PNG, or"),
        (lambda path: path.write_bytes(b"no picture"), "format: found text; expected a grey PNG"),
        (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n??"), "unreadable picture"),
        (lambda path: grey(path, np.arange(9).reshape(3, 3)), "9 different values"),
        (lambda path: grey(path, np.zeros((300, 300))), "1 different values"),
        (lambda path: grey(path, np.eye(100)), "100 rows x 100 columns"),
        (lambda path: grey(path, np.zeros((300, 300, 3))), "mode RGB"),
    ],
)
def test_a_bad_picture_is_refused_in_words(tmp_path, make, message):
    path = tmp_path / "own.png"
    make(path)
    with pytest.raises(io.InputError, match=message):
        channels.read_image(path, (129, 65))


@pytest.mark.parametrize(
    ("dims", "coords", "turn"),
    [
        (("column", "row"), {}, lambda f: f.T),
        (("x", "y"), {}, lambda f: f.T),  # y as it comes: nothing says that it goes up
        (("x", "y"), {"x": 1, "y": 1}, lambda f: f[::-1].T),  # SGeMS: y grows upward
        (("y", "x"), {"x": 1, "y": -1}, lambda f: f),  # a map: the first row is the highest y
        (("row", "column"), {"row": -1, "column": -1}, lambda f: f[::-1, ::-1]),
    ],
)
def test_rows_go_down_whatever_the_order_of_dimensions(tmp_path, image, dims, coords, turn):
    dataset = xr.Dataset({"facies": (dims, turn(image))})
    axes = {name: np.arange(dataset.sizes[name])[::step] for name, step in coords.items()}
    dataset.assign_coords(axes).to_netcdf(tmp_path / "a.nc")
    np.testing.assert_array_equal(channels.read_image(tmp_path / "a.nc", (129, 65)), image)


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (xr.Dataset({"rock": (("row", "column"), np.eye(200))}), "found only rock"),
        (
            xr.Dataset({"facies": (("row",), np.zeros(200))}),
            r"found \(row\); expected \(row, column\)",
        ),
        (xr.Dataset({"facies": (("row", "column"), 2 * np.eye(200))}), "found 2.0"),
        (xr.Dataset({"facies": (("row", "column"), np.full((200, 200), np.nan))}), "found nan"),
    ],
)
def test_a_bad_netcdf_image_is_refused_in_words(tmp_path, dataset, message):
    io.write_dataset(tmp_path / "own.nc", dataset, {})
    with pytest.raises(io.InputError, match=message):
        channels.read_image(tmp_path / "own.nc", (129, 65))


def test_a_training_image_tells_what_must_not_be_learned(tmp_path, image):
    dataset = xr.Dataset(
        {
            "facies": (("row", "column"), image),
            "truth_row": ("truth", [10, 100]),
            "truth_column": ("truth", [20, 200]),
        },
        {"truth": ["mc1", "mc2"]},
    )
    attributes = {"origin": '{"kind": "own"}', "held_out_rows": 150}
    io.write_dataset(tmp_path / "image.nc", dataset, attributes)
    read = training_images.read_training_image(tmp_path / "image.nc")
    assert read.truths == [(10, 20), (100, 200)] and read.origin == attributes["origin"]
    where = read.training_corners()
    assert (where // 400).max() == 500 - 150 - 129
    assert not crops.overlaps(where // 400, where % 400, crops.MODEL_SHAPE, (100, 200)).any()
    assert read.held_out_crops(5, np.random.default_rng(1)).shape == (5, 129, 65)
