"""The worked examples of docs/data.md, run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import xarray as xr

ROOT = Path(__file__).parents[2]
SECTIONS = re.split(r"^## ", (ROOT / "docs/data.md").read_text(encoding="utf-8"), flags=re.M)[1:]
ENV = os.environ | {"PYTHONPATH": str(ROOT / "src")}


@pytest.mark.parametrize("text", SECTIONS, ids=lambda text: text.split(":")[0])
def test_a_worked_example_runs(text, tmp_path):
    made = tmp_path / "mine"
    made.mkdir()
    code, config = (
        re.search(rf"```{kind}\n(.*?)```", text, re.S)[1] for kind in ("python", "yaml")
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=made, env=ENV, capture_output=True)
    assert done.returncode == 0, done.stderr[-2000:]
    (tmp_path / "mine.yaml").write_text(config)
    (line,) = re.findall(r"^    (snakemake .*)$", text, re.M)
    line = line.replace("workflow/scales", f"{ROOT}/workflow/scales")
    command = [*line.split(), "--snakefile", ROOT / "Snakefile"]
    split = command.index("--")  # the target stays last
    command = [*command[:split], *command[split + 2 :], *command[split : split + 2]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr[-3000:]
    assert xr.open_dataset(made / line.split()[-1]).sizes


def test_there_is_one_for_each_paper_and_one_for_any_ensemble():
    papers = {"own_ensemble"} | {
        path.stem.split("_inv")[0] for path in (ROOT / "workflow/rules").glob("*20??.smk")
    }
    assert papers == {text.split(":")[0] for text in SECTIONS}
