"""Things that go wrong on a real machine: nothing is lost, and the message says what to do."""

import os
import signal
import subprocess
import time

import numpy as np
import pytest
import xarray as xr
from smoke_runs import ROOT, SMOKE


def snakemake(folder, *arguments, **options):
    """Run Snakemake on the smoke scale in a folder of its own; returns the finished process."""
    command = ["snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--configfile", SMOKE, "--cores", "2", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=500, **options)


def overrides(folder, text):
    """A config file with further settings."""
    path = folder / "more.yaml"
    path.write_text(text)
    return path


RING = "results/scheiter2022/ring"
SHORT = """
scheiter2022:
  ring:
    ensemble: {chains: 2, samples: 600}
    sizes: [200, 600]
    gan: {steps: %d, checkpoint_every: 50}
"""


def test_a_killed_training_continues_to_the_same_weights(tmp_path):
    """kill -9 of the training job; the same command again; bits as of an uninterrupted run."""
    config = overrides(tmp_path, SHORT % 800)
    target = f"{RING}/gans.safetensors"
    extra = [target, "--configfile", SMOKE, config]
    whole = snakemake(tmp_path / "whole", *extra)
    assert whole.returncode == 0, whole.stderr
    made = tmp_path / "killed"
    checkpoint = made / RING / "gans.checkpoint"
    command = ["snakemake", "--snakefile", ROOT / "Snakefile", "--directory", made]
    with (tmp_path / "out").open("w") as out:
        run = subprocess.Popen(
            [*command, "--cores", "2", *extra], stdout=out, stderr=out, start_new_session=True
        )
        limit = time.monotonic() + 300
        while not checkpoint.exists() and run.poll() is None and time.monotonic() < limit:
            time.sleep(0.02)
        jobs = subprocess.run(
            ["pgrep", "-s", str(run.pid), "-f", r"gans\.py"], capture_output=True, text=True
        )
        assert jobs.stdout.split(), (tmp_path / "out").read_text()
        for pid in jobs.stdout.split():
            os.kill(int(pid), signal.SIGKILL)
        assert run.wait(timeout=120) != 0
    assert checkpoint.exists() and not (made / target).exists()
    again = snakemake(made, *extra)
    assert again.returncode == 0, again.stderr
    assert "continuing from step" in (made / "logs/scheiter2022/ring/gans.log").read_text()
    assert (made / target).read_bytes() == (tmp_path / "whole" / target).read_bytes()
    assert not checkpoint.exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("sead: 3", ["sead", "unknown key", "did you mean seed"]),
        ("scheiter2022: {ring: {draws: -1}}", ["scheiter2022.ring.draws", "-1", "greater than"]),
        (f"seed: {2**127}", ["config: seed", "less than"]),
        ("seed: 1\nscheiter2022: {}\nseed: 1", ["more.yaml: seed: stands in line 1", "line 3"]),
        ("device: cuda", ["device: found cuda", "auto or cpu"]),
    ],
)
def test_a_wrong_config_stops_before_anything_runs(tmp_path, more, words):
    done = snakemake(tmp_path / "run", "--configfile", SMOKE, overrides(tmp_path, more))
    assert done.returncode != 0
    for word in words:
        assert word in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run" / "results").exists()


def ensemble(values, name="x", dims=("chain", "sample", "coordinate")):
    return xr.Dataset({name: (dims, values)})


GOOD = np.random.default_rng(0).normal(size=(2, 300, 2))
WITH_NAN = GOOD.copy()
WITH_NAN[1, 7, 0] = np.nan


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        (ensemble(WITH_NAN), ["1 of 1200 values not finite", "chain 1, sample 7"]),
        (ensemble(GOOD[..., :1]), ["coordinate", "1", "2"]),
        (ensemble(GOOD, name="y"), ["variable 'x'", "y"]),
        (ensemble(GOOD[0], dims=("sample", "coordinate")), ["dimensions", "chain"]),
        (ensemble(GOOD[:, :100]), ["samples", "100", "200"]),
    ],
    ids=["nan", "one coordinate", "other variable", "no chains", "too few samples"],
)
def test_a_bad_ensemble_is_one_clear_message_and_costs_nothing_made(tmp_path, dataset, words):
    own = tmp_path / "own.nc"
    dataset.to_netcdf(own)
    config = overrides(tmp_path, f"scheiter2022: {{ring: {{file: {own}, sizes: [200]}}}}")
    earlier = tmp_path / "results/scheiter2022/gaussian/samples.nc"
    earlier.parent.mkdir(parents=True)
    ensemble(GOOD).to_netcdf(earlier)
    made_before = earlier.read_bytes()
    target = f"{RING}/subset_200.nc"
    done = snakemake(tmp_path, target, "--show-failed-logs", "--configfile", SMOKE, config)
    assert done.returncode != 0
    message = [line for line in done.stderr.splitlines() if "io.InputError: " in line]
    assert message, done.stderr
    for word in [*words, "expected"]:
        assert word in message[0]
    assert not (tmp_path / target).exists()
    assert earlier.read_bytes() == made_before


def test_a_truncated_netcdf_is_one_clear_message(tmp_path):
    own = tmp_path / "own.nc"
    ensemble(GOOD).to_netcdf(own)
    own.write_bytes(own.read_bytes()[: own.stat().st_size // 2])
    config = overrides(tmp_path, f"scheiter2022: {{ring: {{file: {own}, sizes: [200]}}}}")
    target = f"{RING}/subset_200.nc"
    done = snakemake(tmp_path, target, "--show-failed-logs", "--configfile", SMOKE, config)
    assert done.returncode != 0
    message = [line for line in done.stderr.splitlines() if "io.InputError: " in line]
    assert message, done.stderr
    for word in (str(own), "damaged or cut file", "expected a netCDF file"):
        assert word in message[0]
    assert not (tmp_path / target).exists()


def test_a_second_run_in_the_same_folder_is_refused_and_the_first_goes_on(tmp_path):
    """The first is halted while the second starts, so that it cannot end before."""
    arguments = [f"{RING}/subset_200.nc", "--configfile", SMOKE, overrides(tmp_path, SHORT % 20)]
    command = ["snakemake", "--snakefile", ROOT / "Snakefile", "--directory", tmp_path]
    log = tmp_path / "out"
    with log.open("w") as out:
        first = subprocess.Popen(
            [*command, "--cores", "2", *arguments], stdout=out, stderr=out, start_new_session=True
        )
    limit = time.monotonic() + 120
    while "rule scheiter2022_" not in log.read_text():  # it is at work, and has locked its folder
        assert first.poll() is None and time.monotonic() < limit, log.read_text()
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGSTOP)
    try:
        second = snakemake(tmp_path, *arguments)
        assert second.returncode != 0
        assert "Directory cannot be locked" in second.stderr
    finally:
        os.killpg(first.pid, signal.SIGCONT)
    assert first.wait(timeout=300) == 0, log.read_text()
    with xr.open_dataset(tmp_path / RING / "subset_200.nc") as made:
        assert made.sizes["sample"] == 200


def test_a_corrupted_download_is_refused_with_checksums_and_advice(tmp_path):
    name = "MScheiter/gan_mcmc/synthetic_example/datasets/mcmc_samples_pcp_dim_2_reduced_200.obj"
    mirror = tmp_path / "mirror" / name
    mirror.parent.mkdir(parents=True)
    mirror.write_bytes(b"not what the authors published")
    done = snakemake(
        tmp_path,
        "--config",
        "data={published: true}",
        "--show-failed-logs",
        f"data/published/{name}",
        env=os.environ | {"LATENTEARTH_MIRROR": str(tmp_path / "mirror")},
    )
    assert done.returncode != 0
    for word in ("sha256", "reduced_200.obj", "https://", "data/supplied"):
        assert word in done.stderr
    assert not (tmp_path / "data/published" / name).exists()
