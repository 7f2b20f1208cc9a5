"""Runs of parts of the workflow, smaller than the smoke scale, for the tests of this folder."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]
SMOKE = ROOT / "workflow/scales/smoke.yaml"
TINY = Path(__file__).with_name("tiny.yaml")

RING = "results/scheiter2022/ring/gans.safetensors"
CHAIN = "results/scheiter2022/cmb/chains/chain_00.nc"
LATENT = "results/santos2024/inversion/chains/principal.nc"
DESCENT = "results/lopez_alvis2021/linear/VSbrd.nc"
RECEIVERS = [f"results/spurio_mancini2021/traces/receiver_{k}.nc" for k in (0, 1)]
EMULATOR = "results/spurio_mancini2021/emulators/0/direct_0.safetensors"
# A training, a sampling and a simulation of every paper that has them, and a table.
TARGETS = [
    RING,
    CHAIN,
    "results/santos2024/table_errors.csv",
    LATENT,
    DESCENT,
    *RECEIVERS,
    EMULATOR,
]


def command(folder, *targets, cores=1, more=()):
    """The command that builds some files in a folder."""
    line = ["snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    line += ["--cores", str(cores), "--configfile", SMOKE, TINY, *more]
    return [*map(str, line), "--show-failed-logs", "--", *targets]


def run(folder, *targets, env=None, options=(), **more):
    """Run the workflow; returns the finished process."""
    line = command(folder, *targets, **more)
    line[1:1] = options
    return subprocess.run(line, capture_output=True, text=True, timeout=500, env=env)


def copied(whole, folder):
    """A copy of a run, so that Snakemake finds it as it was left.

    The folders are equally deep, because Snakemake knows the code by its relative path.
    """
    assert len(whole.parts) == len(folder.parts)
    shutil.copytree(whole, folder, dirs_exist_ok=True, symlinks=True)
    return folder


def kill_during(folder, target, script, ready, killed="job"):
    """Start the workflow, and kill -9 the job of a script as soon as `ready()` is true.

    Or everything, Snakemake first, as when the machine goes down; or the scheduler, that is
    Snakemake, alone: its jobs are halted then, so that they cannot end. Gives their numbers.
    """
    log = folder / "killed.txt"
    with log.open("w") as out:
        started = subprocess.Popen(
            command(folder, target), stdout=out, stderr=out, start_new_session=True
        )
        limit = time.monotonic() + 300
        while not ready() and started.poll() is None and time.monotonic() < limit:
            time.sleep(0.01)
        pattern = rf"\.snakemake/scripts/[^ ]*\.{script}\.py"
        jobs = subprocess.run(
            ["pgrep", "-s", str(started.pid), "-f", pattern], capture_output=True, text=True
        ).stdout.split()
        if killed != "job":
            os.kill(started.pid, signal.SIGKILL)
        for pid in jobs:
            os.kill(int(pid), signal.SIGSTOP if killed == "scheduler" else signal.SIGKILL)
        assert jobs, log.read_text()
        assert started.wait(timeout=120) != 0
    return [int(pid) for pid in jobs]
