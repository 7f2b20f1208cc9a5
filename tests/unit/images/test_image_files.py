"""Prior images from outside: what is read, and what is refused in plain words."""

import numpy as np
import pytest
import xarray as xr
from PIL import Image

from latentearth.images.files import image_dataset, read_images, read_own
from latentearth.io import InputError, write_dataset


def images(count=5, side=16):
    return np.random.default_rng(1).integers(0, 2, (count, side, side)).astype(np.uint8)


def saved(folder, dataset):
    path = folder / "own.nc"
    dataset.to_netcdf(path)
    return path


def pictures(folder, values, mode=None):
    for number, value in enumerate(values):
        Image.fromarray(value, mode).save(folder / f"{number:03d}.png")
    return folder


def test_our_own_files_come_back(tmp_path):
    found = images()
    parameters = np.arange(15.0).reshape(5, 3)
    dataset = image_dataset(found, parameters, ("a", "b", "c"))
    write_dataset(tmp_path / "images.nc", dataset, {})
    assert np.array_equal(read_images(tmp_path / "images.nc"), found)
    assert np.array_equal(read_own(tmp_path / "images.nc", 5), found)
    assert dataset.x.values[[0, -1]].tolist() == [1 / 32, 31 / 32]
    assert dataset.parameters.sel(parameter="b").values.tolist() == [1, 4, 7, 10, 13]


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float32, np.float64, bool])
def test_black_and_white_netcdf_becomes_bytes(tmp_path, kind):
    path = saved(tmp_path, xr.Dataset({"image": (("image", "y", "x"), images().astype(kind))}))
    found = read_own(path, 5)
    assert found.dtype == np.uint8 and np.array_equal(found, images())


def test_dimensions_and_directions_are_taken_by_name(tmp_path):
    found = images()
    turned = xr.Dataset({"image": (("y", "x", "sample"), found[:, ::-1].transpose(1, 2, 0))})
    axes = {"y": np.arange(16)[::-1], "x": np.arange(16)}
    assert np.array_equal(read_own(saved(tmp_path, turned.assign_coords(axes)), 5), found)


def test_grey_values_stay(tmp_path):
    grey = np.random.default_rng(2).random((3, 8, 8)).astype(np.float32)
    path = saved(tmp_path, xr.Dataset({"image": (("image", "y", "x"), grey)}))
    assert np.array_equal(read_own(path, 3), grey)


def test_pngs_of_8_bits_and_of_one(tmp_path):
    found = images()
    assert np.array_equal(read_own(pictures(tmp_path, 255 * found[:, ::-1]), 5), found)
    grey = np.full((1, 16, 16), 51, np.uint8)
    (folder := tmp_path / "grey").mkdir()
    assert np.allclose(read_own(pictures(folder, grey), 1), 0.2)
    (folder := tmp_path / "bits").mkdir()
    for number, value in enumerate(found):
        Image.fromarray(255 * value[::-1]).convert("1").save(folder / f"{number}.png")
    assert np.array_equal(read_own(folder, 5), found)


def test_pngs_of_16_bits(tmp_path):
    values = np.full((2, 8, 8), 13107, np.uint16)
    assert np.allclose(read_own(pictures(tmp_path, values), 2), 0.2)


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (xr.Dataset({"picture": (("image", "y", "x"), images())}), "'image': found only picture"),
        (
            xr.Dataset({"image": (("run", "y", "x"), images())}),
            r"of 'image': found \(run",
        ),
        (xr.Dataset({"image": (("image", "y", "x"), images()[:2])}), "found 2; expected at least"),
        (xr.Dataset({"image": (("image", "y", "x"), images()[:, :8])}), "found 8 x 16"),
        (xr.Dataset({"image": (("image", "y", "x"), images(5, 24))}), "found 24 x 24"),
        (xr.Dataset({"image": (("image", "y", "x"), 255 * images())}), "found 0 to 255; expected"),
        (xr.Dataset({"image": (("image", "y", "x"), images() - 0.5)}), "found -0.5 to 0.5"),
        (xr.Dataset({"image": (("image", "y", "x"), np.nan * images())}), "found nan to nan"),
    ],
)
def test_wrong_netcdf_is_refused(tmp_path, dataset, message):
    with pytest.raises(InputError, match=message):
        read_own(saved(tmp_path, dataset), 5)


def test_pictures_of_other_formats_are_not_passed_over(tmp_path):
    pictures(tmp_path, 255 * images())
    Image.fromarray(images()[0]).save(tmp_path / "b.JPG")
    with pytest.raises(InputError, match=r"folder: found 1 others \(b.JPG\)"):
        read_own(tmp_path, 1)


def test_wrong_pictures_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"no \*\.png"):
        read_own(tmp_path, 1)
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(InputError, match=r"a\.png: file: found an unreadable file"):
        read_own(tmp_path, 1)
    Image.new("RGB", (16, 16)).save(tmp_path / "a.png")
    with pytest.raises(InputError, match="mode RGB; expected grey"):
        read_own(tmp_path, 1)
    Image.new("L", (16, 16)).save(tmp_path / "a.png")
    Image.new("L", (16, 8)).save(tmp_path / "b.png")
    with pytest.raises(InputError, match=r"b\.png: size: found 8 x 16; expected 16 x 16"):
        read_own(tmp_path, 1)
    with pytest.raises(InputError, match=r"missing\.nc: file: found nothing"):
        read_own(tmp_path / "missing.nc", 1)
