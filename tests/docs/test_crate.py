"""A run as an RO-Crate: each file with what it says of itself; runs of several commits apart."""

import hashlib
import importlib.util
import json
from pathlib import Path

import netCDF4
import pytest
from matplotlib import pyplot

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("make_crate", ROOT / "docs" / "make_crate.py")
make_crate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make_crate)


def of(commit):
    return {
        "title": "Rings",
        "git_commit": commit,
        "scale": "smoke",
        "seed": "1",
        "versions": '{"numpy": "2.4.3"}',
    }


@pytest.fixture
def run(tmp_path):
    """A figure, a table and an ensemble of two commits, a checkpoint, and a page without origin."""
    folder = tmp_path / "run"
    figures, results = folder / "figures" / "rings", folder / "results" / "rings"
    figures.mkdir(parents=True)
    results.mkdir(parents=True)
    figure = pyplot.figure(figsize=(1, 1))
    figure.savefig(figures / "fig01.png", metadata=of("a1"))
    pyplot.close(figure)
    (results / "table.csv").write_text("x\n1\n")
    (results / "table.csv.json").write_text(json.dumps(of("a1")))
    (results / "gan.checkpoint").write_bytes(b"state")
    (results / "claims.html").write_text("<p>")
    with netCDF4.Dataset(results / "samples.nc", "w") as file:
        file.setncatts(of("b2"))
    return folder


def test_files_say_what_made_them(run):
    found = {str(path): properties for path, properties in make_crate.described(run)}
    origins = {name: properties["origin"] for name, properties in found.items()}
    assert origins == {
        "figures/rings/fig01.png": ("a1", "smoke", "1"),
        "results/rings/table.csv": ("a1", "smoke", "1"),
        "results/rings/table.csv.json": ("", "", ""),
        "results/rings/claims.html": ("", "", ""),
        "results/rings/samples.nc": ("b2", "smoke", "1"),
    }
    table = found["results/rings/table.csv"]
    assert table["sha256"] == hashlib.sha256(b"x\n1\n").hexdigest()
    assert table["encodingFormat"] == "text/csv" and table["name"] == "Rings"


def test_a_crate_has_an_action_for_each_commit(run, tmp_path):
    pytest.importorskip("rocrate", reason="needs the extra crate")
    out = tmp_path / "crate"
    make_crate.describe(run, out, make_crate.pack(run, out)).metadata.write(out)
    graph = json.loads((out / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    actions = [entity for entity in graph if entity["@type"] == "CreateAction"]
    results = [{each["@id"] for each in _list(action["result"])} for action in actions]
    assert results == [
        {"figures/rings/fig01.png", "results/rings/table.csv"},
        {"results/rings/samples.nc"},
    ]
    assert entities["#numpy"]["softwareVersion"] == "2.4.3"
    assert "ComputationalWorkflow" in entities["Snakefile"]["@type"]
    missing = [e["@id"] for e in graph if "File" in _list(e["@type"]) and not _is_there(out, e)]
    assert not missing


def _list(value):
    return value if isinstance(value, list) else [value]


def _is_there(out, entity):
    return (out / entity["@id"]).is_file()
