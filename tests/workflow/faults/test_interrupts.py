"""Ctrl-C, twice as well, and a terminal that is closed: the same command goes on, no lock is left.

On a terminal of its own, because it is the terminal that tells every process of the run. And a
Snakemake that is killed without its jobs.
"""

import fcntl
import os
import pty
import signal
import subprocess
import termios
import time

import pytest
import xarray as xr
from smoke_runs import CHAIN, command, kill_during, run

from support.start_checks import at_work

CTRL_C = b"\x03"
LONGEST = 300  # s; nothing here takes so long, and nothing depends on how long it takes


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder in which a chain can be sampled, and what that gives undisturbed."""
    folder = tmp_path_factory.mktemp("interrupted")
    done = run(folder, CHAIN)
    assert done.returncode == 0, done.stderr
    with xr.open_dataset(folder / CHAIN) as made:
        return folder, made.attrs["content_sha256"]


def on_a_terminal():
    """What a terminal gives a program: signals that act, whatever this process ignores."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def on_terminal(folder, act):
    """Start the workflow on a terminal; once its job has a checkpoint, do something to that."""
    main, other = pty.openpty()
    started = subprocess.Popen(
        command(folder, CHAIN),
        stdin=other,
        stdout=other,
        stderr=other,
        start_new_session=True,
        preexec_fn=on_a_terminal,
    )
    os.close(other)
    os.set_blocking(main, False)
    checkpoint = folder / CHAIN.replace(".nc", ".checkpoint.nc")
    open_end, limit, acted = True, time.monotonic() + LONGEST, False
    while started.poll() is None:
        assert time.monotonic() < limit
        if not acted and checkpoint.exists():
            open_end, acted = act(main), True
        try:
            os.read(main, 100_000) if open_end else time.sleep(0.02)
        except OSError:
            time.sleep(0.02)  # nothing is said, or the terminal has ended
    if open_end:
        os.close(main)
    assert acted
    return started.returncode, checkpoint


def press_once(main):
    os.write(main, CTRL_C)
    return True


def press_twice(main):
    os.write(main, CTRL_C)
    time.sleep(1)  # two within a moment are one
    os.write(main, CTRL_C)
    return True


def hang_up(main):
    os.close(main)
    return False


@pytest.mark.parametrize("act", [press_once, press_twice, hang_up])
def test_the_same_command_goes_on(data, act):
    folder, undisturbed = data
    (folder / CHAIN).unlink()
    code, checkpoint = on_terminal(folder, act)
    assert code != 0
    assert not [*(folder / ".snakemake/locks").glob("*")]
    if act is not press_twice:  # the job was waited for
        assert (folder / CHAIN).exists()
    again = run(folder, CHAIN)
    assert again.returncode == 0, again.stderr
    with xr.open_dataset(folder / CHAIN) as made:
        assert made.attrs["content_sha256"] == undisturbed
    assert not checkpoint.exists()


def test_jobs_that_outlive_a_killed_scheduler_are_not_run_twice_at_once(data):
    folder, undisturbed = data
    (folder / CHAIN).unlink()
    checkpoint = folder / CHAIN.replace(".nc", ".checkpoint.nc")
    jobs = kill_during(folder, CHAIN, "cmb_chain", checkpoint.exists, killed="scheduler")
    assert run(folder, options=["--unlock"]).returncode == 0
    refused = run(folder, CHAIN)
    assert refused.returncode != 0
    assert "jobs of an earlier run" in refused.stderr
    assert f"kill {jobs[0]}" in refused.stderr
    for job in jobs:
        os.kill(job, signal.SIGCONT)
    limit = time.monotonic() + LONGEST
    while list(at_work(folder)):
        assert time.monotonic() < limit
        time.sleep(0.1)
    again = run(folder, CHAIN)
    assert again.returncode == 0, again.stderr
    with xr.open_dataset(folder / CHAIN) as made:
        assert made.attrs["content_sha256"] == undisturbed
    assert not checkpoint.exists()
