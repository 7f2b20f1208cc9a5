"""What a job took: all of it, with children and earlier attempts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import costs

ROOT = Path(__file__).parents[3]
ENV = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "workflow")])}
# Works until its processor time is up, whatever else the machine does.
WORK = """
import time, subprocess, sys, os, signal
from support import costs, job

def work(seconds):
    start = time.process_time()
    while time.process_time() - start < seconds:
        sum(range(10_000))
"""


def run(folder, code):
    """A process of its own, as a job is; its costs."""
    code = WORK + "\n" + code
    subprocess.run([sys.executable, "-c", code], env=ENV, cwd=folder, capture_output=True)
    return costs.read(folder / "a.cost.json")


def test_work_of_the_process_and_its_children_counts(tmp_path):
    child = "import time\\nwhile time.process_time() < 0.5: pass"
    cost = run(
        tmp_path,
        f"with job.logged('a.log', 1):\n    work(0.5)\n"
        f"    subprocess.run([sys.executable, '-c', '{child}'])",
    )
    assert cost.finished and cost.attempts == 1
    assert cost.cpu_s >= 1.0  # half a second each, and the imports
    assert cost.wall_s > 0 and cost.memory_MB > 0 and cost.processor


def test_memory_is_the_most_that_was_held(tmp_path):
    small = run(tmp_path, "with costs.counted('a.log'):\n    pass")
    large = run(tmp_path, "with costs.counted('a.log'):\n    x = b'1' * 200_000_000; del x")
    # 191 MiB; what else a process needs differs by less than 10 from one to the next
    assert large.memory_MB - small.memory_MB == pytest.approx(200e6 / 2**20, abs=10)


@pytest.mark.parametrize("end", ["1 / 0", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_an_interrupted_job_adds_up(tmp_path, end):
    """A job that is killed notes its costs as it goes."""
    first = run(tmp_path, f"with costs.counted('a.log', every=0.01):\n    work(0.5)\n    {end}")
    assert not first.finished and first.cpu_s >= 0.4 and first.attempts == 1
    second = run(tmp_path, "with costs.counted('a.log'):\n    work(0.2)")
    assert second.finished and second.attempts == 2
    assert second.cpu_s >= first.cpu_s + 0.2 and second.wall_s > first.wall_s


def test_a_job_made_anew_starts_from_nothing(tmp_path):
    code = "with costs.counted('a.log'):\n    pass"
    (tmp_path / "a.cost.json").write_text(json.dumps({"cpu_s": 1e6, "finished": True}))
    assert run(tmp_path, code).cpu_s < 1e6
    (tmp_path / "a.cost.json").write_text('{"cpu_s": 1')  # not whole
    assert run(tmp_path, code).attempts == 1
