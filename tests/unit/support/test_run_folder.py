"""The folder of a run: files cut short are found by their formats, wherever they are cut."""

import os
import time

import numpy as np
import pytest
import torch
import xarray as xr

from latentearth import io
from latentearth.networks import weights
from support import run_folder
from support.job import logged
from support.run_folder import FolderError


def picture(path):
    import matplotlib.pyplot as plt

    plt.figure(figsize=(1, 1)).savefig(path)


NUMBERS = np.random.default_rng(0).normal(size=5000)
DATASET = xr.Dataset({"x": ("a", NUMBERS), "y": ("b", np.arange(3.0))})
WRITERS = {
    "a.nc": lambda path: io.write_dataset(path, DATASET, {}),
    "a.safetensors": lambda path: weights.save(
        path, {"net": torch.nn.Linear(3, 2)}, f"{path}.json", {}
    ),
    "a.json": lambda path: io.write_json(path, {"x": [1, 2, {"y": 3}]}),
    "a.csv": lambda path: io.write_text(path, "x,y\n1,2\n"),
    "a.png": picture,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_is_cut_short_is_found(tmp_path, name):
    path = tmp_path / "results" / "paper" / name
    path.parent.mkdir(parents=True)
    WRITERS[name](path)
    content = path.read_bytes()
    assert run_folder.damaged_files(tmp_path) == []
    cuts = [0] if name == "a.csv" else [0, 1, 9, 40, len(content) // 2, len(content) - 2]
    for length in cuts:
        if length < len(content):
            path.write_bytes(content[:length])
            assert run_folder.damaged_files(tmp_path) == [path], length
    aside = run_folder.set_aside(path)
    assert aside.name == f"{name}.damaged" and not path.exists()
    assert run_folder.damaged_files(tmp_path) == []


def test_what_is_being_written_is_left_alone(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / ".a.12.nc").write_bytes(b"")
    assert run_folder.damaged_files(tmp_path) == []


def test_a_file_dated_in_the_future_is_refused_with_what_to_do(tmp_path):
    file = tmp_path / "mine.nc"
    file.write_bytes(b"")
    run_folder.refuse_future([file])
    ahead = time.time() + 1e6
    os.utime(file, (ahead, ahead))
    with pytest.raises(FolderError, match=f"in the future.*touch '{file}'"):
        run_folder.refuse_future([file])


def test_files_that_a_config_names_are_found(tmp_path):
    file = tmp_path / "mine.nc"
    file.write_bytes(b"")
    config = {"a": {"b": [str(file)], 3: str(tmp_path)}, "c": "smoke", "d": "a\0b", "e": None}
    assert run_folder.named_in(config) == [file, tmp_path]


def flipped(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 4
    path.write_bytes(content)


def test_a_damaged_result_is_set_aside_by_the_job_that_reads_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = "results/paper/a.nc"
    io.write_dataset(path, DATASET, {})
    place = os.path.getsize(path) // 2  # among the numbers, which are most of the file
    flipped(tmp_path / path, place)
    with pytest.raises(io.DamagedFile, match=r"now called a\.nc\.damaged"), logged("logs/a.log"):
        io.read_dataset(path)
    assert not os.path.exists(path) and os.path.exists(f"{path}.damaged")
    assert "start the workflow again" in (tmp_path / "logs/a.log").read_text()
    # somebody's own file keeps its name
    io.write_dataset("mine.nc", DATASET, {})
    flipped(tmp_path / "mine.nc", place)
    with pytest.raises(io.DamagedFile, match="unreadable"), logged("logs/a.log"):
        io.read_dataset("mine.nc")
    assert os.path.exists("mine.nc")
