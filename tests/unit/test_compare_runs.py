"""The comparison of two runs finds a changed bit, and overlooks what no two runs share."""

import json

import compare_runs
import numpy as np
import xarray as xr

from latentearth import io


def write(folder, x, cpu=1.0, commit="a"):
    data = xr.Dataset({"x": ("sample", x), "cpu_time": ((), cpu)}, attrs={"git_commit": commit})
    io.write_dataset(folder / "samples.nc", data, {"seed": 1})
    io.write_table(folder / "table.csv", [{"misfit": x[0], "training_cpu_s": cpu}], {})
    io.write_json(folder / "card.json", {"score": [x[1]], "training_seconds": cpu})
    return folder


def test_only_values_count(tmp_path, capsys):
    x = np.array([0.0, 1.0, np.nan])
    one, other = write(tmp_path / "1", x), write(tmp_path / "2", x, 2.0, "b")
    counts, found = compare_runs.compare(one, other)
    assert not found and set(counts) == {"samples.nc", "table.csv", "table.csv.json", "card.json"}
    assert compare_runs.main(one, other) == 0
    (tmp_path / "2/claims.json").write_text(json.dumps({"differs": 1}))
    assert compare_runs.main(one, other) == 0


def test_the_last_bit_counts_and_a_missing_file(tmp_path, capsys):
    x = np.array([0.0, 1.0, np.nan])
    one, other = write(tmp_path / "1", x), write(tmp_path / "2", np.nextafter(x, 2))
    _, found = compare_runs.compare(one, other)
    assert set(found) == {("samples.nc", "x"), ("table.csv", "misfit"), ("card.json", "score/0")}
    (other / "card.json").unlink()
    assert compare_runs.main(one, other) == 1
    assert "card.json: only in one folder" in capsys.readouterr().out
    assert compare_runs.main(tmp_path / "3", tmp_path / "4") == 1  # nothing to compare
