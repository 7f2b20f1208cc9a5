"""A disk that fills while a training, a sampling and a simulation write to it."""

import os
import shutil
import subprocess

import compare_runs
import pytest
from smoke_runs import CHAIN, RECEIVERS, RING, copied, run


@pytest.fixture
def small_disk(whole, tmp_path):
    """A folder ``results`` on a file system of its own, 4 MB larger than the results."""
    folder = tmp_path / "results"
    folder.mkdir()
    size = sum(file.stat().st_size for file in (whole / "results").rglob("*")) + 2**22
    options = ["-o", f"size={size}"]
    done = subprocess.run(
        ["mount", "-t", "tmpfs", *options, "tmpfs", folder], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"no file system may be mounted: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_stops_the_run_and_the_next_one_ends_as_without(whole, tmp_path, small_disk):
    """The disk is full when each job begins to write: a checkpoint, or the result itself."""
    targets = {
        RING: f"{RING.removesuffix('.safetensors')}.checkpoint",
        CHAIN: CHAIN.replace(".nc", ".checkpoint.nc"),
        RECEIVERS[1]: RECEIVERS[1],
    }
    folder = copied(whole, tmp_path)
    for target in targets:
        (folder / target).unlink()
    # Snakemake removes what is left of a job's outputs before it starts, which would make room
    for kind in ("traces", "greens"):
        for file in (small_disk / "spurio_mancini2021" / kind).glob("*_1.*"):
            file.unlink()
    before = compare_runs.files(small_disk)
    state = os.statvfs(small_disk)
    ballast = small_disk / ".ballast"
    ballast.write_bytes(bytes(state.f_bavail * state.f_frsize - 8192))
    full = run(folder, *targets, options=["--keep-going"])
    assert full.returncode != 0
    for file in targets.values():
        assert f"OSError: [Errno 28] No space left on device: '{file}'" in full.stderr
    after = {name for name in compare_runs.files(small_disk)}
    # Snakemake removes the other outputs of a job that failed
    assert after <= before and not any((folder / target).exists() for target in targets)
    assert not list(small_disk.rglob(".*.*.*"))  # nor a temporary file
    ballast.unlink()
    again = run(folder, *targets)
    assert again.returncode == 0, again.stderr
    counts, differences = compare_runs.compare(whole / "results", small_disk)
    assert not differences and len(counts) > len(targets)
    assert shutil.disk_usage(small_disk).free > 2**20  # nothing holds on to what was removed
