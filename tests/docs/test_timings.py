"""The table of what a run took, from what its jobs wrote."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def timings():
    spec = importlib.util.spec_from_file_location("timings", ROOT / "docs/timings.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(folder, name, cpu, bfloat16):
    """The costs of one job."""
    path = folder / "logs" / f"{name}.cost.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    cost = {"cpu_s": cpu, "wall_s": 2 * cpu, "memory_MB": 512.0, "finished": True}
    path.write_text(json.dumps(cost | {"processor": "P", "bfloat16": bfloat16}))


def test_runs_on_both_kinds_of_processors_stand_side_by_side(timings, tmp_path):
    for kind, factor in ((True, 1), (False, 3)):
        write(tmp_path / str(kind), "scheiter2022/ring/gans", 100.0 * factor, kind)
        write(tmp_path / str(kind), "scheiter2022/ring/draws", 10.0 * factor, None)
        write(tmp_path / str(kind), "claims", 1.0, None)
    text = timings.table([timings.read(tmp_path / str(kind)) for kind in (True, False)])
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    assert rows[0][3:5] == ["CPU time (s), P, with bfloat16", "CPU time (s), P, without bfloat16"]
    assert ["scheiter2022", "training", "1", "100", "300", "200 (gans)", "0.5"] in rows
    assert ["claims", "claim ledger", "1", "1", "1", "2 (claims)", "0.5"] in rows
    assert rows[-1] == ["all", "", "3", "111", "331", "200 (gans)", "0.5"]
