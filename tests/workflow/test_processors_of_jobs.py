"""Jobs side by side have no more processors than there are; on a cluster each has its own."""

import os
import subprocess

import pytest
from runs import ROOT

TARGET = "results/scheiter2022/gaussian/samples.nc"


@pytest.mark.parametrize(
    ("arguments", "held"), [(["--cores", "4"], True), (["--cores", "1"], False), ([], False)]
)
def test_cores_are_held_to_the_processors_of_the_process(tmp_path, arguments, held):
    one = min(os.sched_getaffinity(0))
    command = ["snakemake", "-n", "--snakefile", ROOT / "Snakefile", "--directory", tmp_path]
    run = subprocess.run(
        [*command, *arguments, "--", TARGET],
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {one}),
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert ("Processors for jobs side by side: 1" in run.stderr + run.stdout) == held
    assert "cpus=1" in run.stderr + run.stdout
