"""The SLURM cluster that the tests of this folder share."""

import contextlib
import subprocess
from pathlib import Path

import cluster as slurm
import pytest


@pytest.fixture(scope="session")
def cluster():
    """A running one-node cluster; the tests are skipped where this machine cannot have one."""
    install = Path(__file__).with_name("install")
    done = subprocess.run(["bash", install], capture_output=True, text=True, timeout=400)
    if done.returncode:
        pytest.skip(f"no SLURM here: {done.stderr.strip()[-300:]}")
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(slurm.running())
        except slurm.CannotRun as reason:
            pytest.skip(f"no SLURM cluster here: {reason}")
        yield slurm
