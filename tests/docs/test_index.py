"""The table of figures, rules and scripts is that of the workflow as it is."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_table_is_that_of_the_rules(tmp_path):
    done = subprocess.run(
        [sys.executable, ROOT / "docs/make_index.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = (ROOT / "docs/figures.md").read_text()
    assert done.stdout == found, "python docs/make_index.py > docs/figures.md"
    # by hand: a figure of the loop, and one of several outputs of a rule
    assert "| Figure 1 | `figures/scheiter2022/fig01.png` | `scheiter2022_fig01` |" in found
    assert "| Figure A3 | `figures/santos2024/figA3.png` | `santos2024_convergence` |" in found
