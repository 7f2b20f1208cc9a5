"""Where results are from, as the files say."""

import json

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from safetensors.numpy import save_file

from support.ledger.origins import Origin, in_words, origin_of
from support.ledger.verdicts import Results

MADE = {"scale": "smoke", "seed": 2, "git_commit": "0123456789abcdef+changes"}
ORIGIN = Origin("smoke", "2", MADE["git_commit"])


def test_every_kind_of_file_tells_where_it_is_from(tmp_path):
    text = {name: str(value) for name, value in MADE.items()}
    xr.Dataset(attrs=MADE).to_netcdf(tmp_path / "a.nc")
    (tmp_path / "a.json").write_text(json.dumps(MADE))
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "a.csv.json").write_text(json.dumps(MADE))
    save_file({"w": np.zeros(1)}, tmp_path / "a.safetensors", {"card": json.dumps(MADE)})
    results = Results(tmp_path, "laptop")
    for name in ("a.nc", "a.json", "a.csv", "a.safetensors"):
        results(name)
        assert results.origins[name] == ORIGIN
    plt.figure().savefig(tmp_path / "a.png", metadata=text)
    for name in ("a.png", "a.csv"):
        assert origin_of(tmp_path / name) == ORIGIN


def test_shipped_weights_and_files_that_say_nothing_do_not_count(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(MADE | {"stored_as": "float16"}))
    (tmp_path / "b.json").write_text("{}")
    results = Results(tmp_path, "laptop")
    for name in ("a.json", "b.json"):
        results(name)
        assert results.origins[name] is None
    assert in_words(results.origins.values()).startswith("Nothing")


def test_several_runs_are_named():
    other = Origin("laptop", "2022", "fedc")
    assert in_words([ORIGIN, None]) == "Scale smoke, seed 2, commit 0123456789+changes."
    text = in_words([ORIGIN, other, ORIGIN])
    assert "scale laptop, seed 2022, commit fedc (1 of 3 files)" in text and "(2 of 3" in text
