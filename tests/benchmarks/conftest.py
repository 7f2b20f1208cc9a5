"""Measurements of speed: ratios within one run, gathered in one table, never judged.

    pytest -m benchmark

Ways to do the same take turns, and the best of each counts, in time of the processor, so that
other work on the machine disturbs little. The table goes to the terminal and to
``benchmarks/speed.csv``. ``expected`` is what the project aims at on an idle machine; a row that
stays behind is marked, and fails nothing: a test must not depend on how busy a machine is.
"""

import csv
import time
from pathlib import Path

import numba
import pytest
import torch

from support.job import hardware

FILE = Path(__file__).parents[2] / "benchmarks" / "speed.csv"
COLUMNS = ("what", "unit", "ours", "compared_with", "theirs", "ratio", "expected", "reached")
ROWS: list[dict] = []


def seconds(function, calls=1) -> float:
    """CPU time of one of several calls."""
    start = time.process_time()
    for _ in range(calls):
        function()
    return (time.process_time() - start) / calls


class Comparison:
    """What the fixture `compare` gives: ours against others in turns."""

    def __call__(self, what, ours, others, *, expected=None, rounds=7, calls=1, per=1, unit="ms"):
        """Time ways to do the same.

        Parameters
        ----------
        what
            The work, in a few words.
        ours
            Function without arguments.
        others
            Peers by name: functions without arguments.
        expected
            How many times as fast ours should be on an idle machine.
        rounds, calls
            Turns, of which the best counts, and calls within a turn.
        per
            Pieces of work in one call.
        unit
            ``ms`` or ``us`` per piece.
        """
        ways = {"ours": ours, **others}
        for function in ways.values():
            function()  # compiles, and fills the caches
        scale = {"ms": 1e3, "us": 1e6}[unit] / per
        best = {name: float("inf") for name in ways}
        for _ in range(rounds):
            for name, function in ways.items():
                best[name] = min(best[name], scale * seconds(function, calls))
        for name in others:
            ratio = best[name] / best["ours"]
            reached = "" if expected is None else "yes" if ratio >= expected else "no"
            cells = what, unit, best["ours"], name, best[name], ratio, expected, reached
            ROWS.append(dict(zip(COLUMNS, cells, strict=True)))
            expected = None  # it was for the first


@pytest.fixture
def compare():
    """One thread for all: threads that wait for each other burn time of the processor."""
    before = torch.get_num_threads(), numba.get_num_threads()
    torch.set_num_threads(1)
    numba.set_num_threads(1)
    yield Comparison()
    torch.set_num_threads(before[0])
    numba.set_num_threads(before[1])


def pytest_terminal_summary(terminalreporter):
    """Write and show the table."""
    if not ROWS:
        return
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*COLUMNS, "processor"])
        writer.writeheader()
        writer.writerows(row | {"processor": hardware()} for row in ROWS)
    show = terminalreporter.write_line
    terminalreporter.section(f"speed on {hardware()}: {FILE}")
    for row in ROWS:
        aim = f", {row['expected']:g} expected" if row["expected"] else ""
        show(
            f"{row['what']}: {row['ours']:.3g} {row['unit']}; {row['compared_with']} "
            f"{row['theirs']:.3g}: {row['ratio']:.2f} times{aim}"
            + (" (not reached)" if row["reached"] == "no" else "")
        )
