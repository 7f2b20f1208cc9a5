"""A disk that is full: one message that says so and names the file, and nothing half-written."""

import errno
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import xarray as xr

from latentearth import checkpoints, io
from latentearth.ensembles.stored import write_ensemble
from latentearth.figures import style
from latentearth.networks import weights
from support import published_files

NUMBERS = np.random.default_rng(0).normal(size=100_000)
NET = torch.nn.Linear(200, 200)


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A file system of 2 MB."""
    folder = tmp_path_factory.mktemp("small")
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system may be mounted: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(disk, free):
    """Leave so many bytes."""
    for file in disk.iterdir():
        file.unlink()
    state = os.statvfs(disk)
    (disk / "ballast").write_bytes(bytes(state.f_bavail * state.f_frsize - free))


def small(path):
    """A dataset that netCDF keeps in memory until it closes the file."""
    io.write_dataset(path, xr.Dataset({"x": ("a", NUMBERS[:900])}), {})


def picture(path):
    figure = plt.figure()
    figure.add_subplot().imshow(NUMBERS.reshape(250, 400))
    style.save(figure, path)
    plt.close(figure)


def ensemble(path):
    blocks = ((NUMBERS[:40_000].reshape(400, 100), np.zeros(400), np.arange(400)),) * 3
    write_ensemble(path, blocks, np.zeros(100), np.zeros(100), {})


def copy(path):
    """A published file from a mirror on another disk."""
    content = NUMBERS.tobytes()
    name = path.name
    with tempfile.TemporaryDirectory() as mirror:
        Path(mirror, name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        source = published_files.Source(name, "", "", "", len(content), digest, "", "", ())
        published_files.fetch(name, path, {name: source}, mirror=mirror)


WRITERS = {
    "dataset.nc": lambda path: io.write_dataset(path, xr.Dataset({"x": ("a", NUMBERS)}), {}),
    "small.nc": small,
    "table.csv": lambda path: io.write_table(path, [{"x": x} for x in NUMBERS[:20_000]], {}),
    "card.json": lambda path: io.write_json(path, {"x": NUMBERS[:20_000]}),
    "net.safetensors": lambda path: weights.save(path, {"net": NET}, f"{path}.json", {}),
    "run.checkpoint": lambda path: checkpoints.save(path, NET.state_dict(), {}),
    "figure.png": picture,
    "ensemble.nc": ensemble,
    "published.obj": copy,
}


CASES = [(name, free) for name in WRITERS for free in (0, 4096, 65536)]
CASES.remove(("small.nc", 65536))  # it fits


@pytest.mark.parametrize(("name", "free"), CASES)
def test_every_writer_says_so_and_leaves_nothing(disk, name, free):
    fill(disk, free)
    with pytest.raises(OSError) as stopped:
        WRITERS[name](disk / name)
    assert stopped.value.errno == errno.ENOSPC
    assert str(stopped.value) == f"[Errno 28] No space left on device: '{disk / name}'"
    assert os.listdir(disk) == ["ballast"]


def test_a_file_that_is_written_is_whole(disk):
    """With every amount of free space, also where it ends as netCDF closes the file."""
    written = 0
    for free in range(0, 60_000, 4096):
        fill(disk, free)
        try:
            small(disk / "small.nc")
        except OSError as error:
            assert error.errno == errno.ENOSPC
            assert not (disk / "small.nc").exists()
            continue
        written += 1
        np.testing.assert_array_equal(io.read_dataset(disk / "small.nc").x, NUMBERS[:900])
    assert 0 < written < 14
