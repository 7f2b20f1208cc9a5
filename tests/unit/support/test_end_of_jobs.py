"""A job's Python ends without taking everything apart."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import support

CYCLE = """
class Cycle:
    def __init__(self):
        self.own = self

    def __del__(self):
        print("taken apart")

Cycle()
"""


@pytest.mark.parametrize("path, said", [("workflow", ""), ("src", "taken apart\n")])
def test_cycles_are_left_to_the_system_in_jobs_alone(path, said):
    folder = Path(support.__file__).parents[2] / path
    command = [sys.executable, "-c", CYCLE]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
