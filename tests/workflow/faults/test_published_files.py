"""Published files that are not what they should be: refused before anything reads them."""

import csv
import hashlib
import os
import pickle
import shutil
import subprocess
from pathlib import Path

import pytest
from smoke_runs import ROOT, SMOKE, TINY

NAME = "MScheiter/gan_mcmc/synthetic_example/datasets/mcmc_samples_pcp_dim_2_reduced_200.obj"
TARGET = "results/scheiter2022/ring/subset_200.nc"
MIRROR = os.environ.get("LATENTEARTH_MIRROR")


def build(folder, mirror, repository=ROOT):
    """Make the authors' smallest ensemble into one of ours."""
    line = ["snakemake", TARGET, "--snakefile", repository / "Snakefile", "--directory", folder]
    line += ["--cores", "1", "--show-failed-logs", "--config", "data={published: true}"]
    line += ["--configfile", SMOKE, TINY]
    environment = os.environ | {"LATENTEARTH_MIRROR": str(mirror)}
    return subprocess.run(line, capture_output=True, text=True, timeout=500, env=environment)


def put(mirror, content):
    path = mirror / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return mirror


@pytest.mark.published
@pytest.mark.skipif(not MIRROR, reason="LATENTEARTH_MIRROR is not set")
def test_one_wrong_byte_stops_the_build_and_the_right_file_lets_it_end(tmp_path):
    right = Path(MIRROR, NAME).read_bytes()
    wrong = bytearray(right)
    wrong[len(wrong) // 2] ^= 1
    mirror = put(tmp_path / "mirror", bytes(wrong))
    stopped = build(tmp_path / "run", mirror)
    assert stopped.returncode != 0
    for words in ("sha256", hashlib.sha256(right).hexdigest(), hashlib.sha256(wrong).hexdigest()):
        assert words in stopped.stderr
    assert not (tmp_path / "run/data/published" / NAME).exists()
    assert not (tmp_path / "run" / TARGET).exists()
    put(mirror, right)
    again = build(tmp_path / "run", mirror)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "run" / TARGET).exists()


class Hostile:
    """A pickle that runs a command when Python's own machine reads it."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.mark.parametrize("known", [False, True], ids=["wrong checksum", "right checksum"])
def test_a_pickle_with_a_command_in_it_runs_nothing(tmp_path, known):
    """Even if its checksum were the one that we know: it is read by a machine that cannot call."""
    traces = tmp_path / "was here"
    content = pickle.dumps(Hostile(f"touch '{traces}'"))
    repository, words = ROOT, ["sha256", NAME]
    if known:
        repository, words = copy_with(tmp_path / "repository", content), ["posix", "system"]
    done = build(tmp_path / "run", put(tmp_path / "mirror", content), repository)
    assert done.returncode != 0
    for word in words:
        assert word in done.stderr
    assert not traces.exists() and not (tmp_path / "run" / TARGET).exists()
    pickle.loads(content)  # it would have
    assert traces.exists()


def copy_with(folder, content):
    """This repository with a table of sources in which the content has the right checksum."""
    (folder / "data").mkdir(parents=True)
    for name in ("workflow", "envs"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "data/reference").symlink_to(ROOT / "data/reference")
    for name in ("Snakefile", "config.yaml"):
        shutil.copy(ROOT / name, folder)
    with (ROOT / "data/sources.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        if row["name"] == NAME:
            row |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    with (folder / "data/sources.csv").open("w", newline="", encoding="utf-8") as handle:
        table = csv.DictWriter(handle, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return folder
