"""Files are written whole or not at all, and wrong ones are named in plain words."""

import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import xarray as xr

from latentearth import io

ENV = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}


def test_failed_write_leaves_the_old_file_and_no_rest(tmp_path):
    path = tmp_path / "result.txt"
    io.write_text(path, "old")
    with pytest.raises(RuntimeError), io.atomic(path) as temporary:
        temporary.write_text("half of the new")
        raise RuntimeError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["result.txt"]


def test_killed_write_never_shows_under_the_final_name(tmp_path):
    code = (
        "import os, signal; from latentearth import io\n"
        f"with io.atomic({str(tmp_path / 'result.nc')!r}) as t:\n"
        "    t.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=ENV)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "result.nc").exists()


def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path):
    path = tmp_path / "a[1].txt"
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = tmp_path / f".a[1].{ended.pid}.txt"
    kept = [tmp_path / name for name in (f".a[1].{os.getppid()}.txt", ".a[1].b.1.txt", ".b.1.txt")]
    for file in (left, *kept):
        file.touch()
    io.write_text(path, "new")
    assert sorted(tmp_path.iterdir()) == sorted([path, *kept])


def test_dataset_comes_back_with_its_provenance(tmp_path):
    data = xr.Dataset({"x": ("sample", np.arange(3000.0, dtype=np.float32), {"units": "km"})})
    io.write_dataset(tmp_path / "a.nc", data, {"seed": 7})
    back = io.read_dataset(tmp_path / "a.nc")
    np.testing.assert_array_equal(back.x, data.x)  # compression loses nothing
    assert back.attrs["seed"] == 7 and back.x.attrs["units"] == "km"


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "cut"])
def test_unreadable_netcdf_is_an_input_error_that_names_the_file(tmp_path, damage):
    path = tmp_path / "ensemble.nc"
    io.write_dataset(path, xr.Dataset({"x": ("sample", np.random.default_rng(0).random(5000))}), {})
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(
            {"empty": b"", "text": b"x,y\n1,2\n", "cut": content[: len(content) // 3]}[damage]
        )
    with pytest.raises(io.InputError, match=r"ensemble\.nc.*expected a"):
        io.read_dataset(path)


def test_equal_content_gives_equal_json(tmp_path):
    io.write_json(tmp_path / "a.json", {"b": np.float32(0.5), "a": np.arange(2)})
    io.write_json(tmp_path / "b.json", {"a": [0, 1], "b": 0.5})
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert io.read_json(tmp_path / "a.json") == {"a": [0, 1], "b": 0.5}


def test_table_carries_its_provenance_beside_it(tmp_path):
    io.write_table(tmp_path / "t.csv", [{"time_s": 1.5, "n": 2}], {"seed": 3})
    assert (tmp_path / "t.csv").read_text() == "time_s,n\n1.5,2\n"
    assert io.read_json(tmp_path / "t.csv.json") == {"seed": 3}


def test_a_flipped_bit_among_the_numbers_is_noticed(tmp_path):
    numbers = np.random.default_rng(0).normal(size=20_000)
    path = tmp_path / "a.nc"
    io.write_dataset(path, xr.Dataset({"x": ("a", numbers)}), {})
    whole = path.read_bytes()
    for place in range(len(whole) // 4, 3 * len(whole) // 4, len(whole) // 20):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(io.DamagedFile, match=r"a\.nc: file: found an unreadable file"):
            io.read_dataset(path)
        with pytest.raises(io.DamagedFile, match="damage"), io.opened_netcdf(path, "x") as file:
            file["x"][:]


@pytest.mark.parametrize("kind", ["variable", "coordinate", "group"])
def test_a_claimed_size_reserves_nothing(tmp_path, kind):
    """A file of some kilobytes with a variable of 8 TB, of which nothing was written."""
    path = tmp_path / "a.nc"
    with netCDF4.Dataset(path, "w") as file:
        place = file.createGroup("inner") if kind == "group" else file
        place.createDimension("a", 10**12)
        name = "a" if kind == "coordinate" else "x"
        place.createVariable(name, "f8", ("a",), chunksizes=(1000,))
    tracemalloc.start()
    try:
        with pytest.raises(io.InputError, match=r"of 8e\+03 GB"):
            io.read_dataset(path)
        with pytest.raises(io.InputError, match=r"of 8e\+03 GB"), io.opened_netcdf(path, "x"):
            pass
        assert tracemalloc.get_traced_memory()[1] < 300 * 2**20
    finally:
        tracemalloc.stop()


def test_zeros_may_be_packed_as_they_pack(tmp_path):
    path = tmp_path / "a.nc"
    io.write_dataset(path, xr.Dataset({"x": ("a", np.zeros(4_000_000))}), {})
    assert path.stat().st_size < 1e6 and io.read_dataset(path).x.size == 4_000_000
