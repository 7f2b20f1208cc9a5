"""Small results that entries are measured in."""

import json

import numpy as np
import pytest
import xarray as xr

from support.ledger.verdicts import Results


@pytest.fixture
def results(tmp_path):
    """Small results of every kind."""
    xr.Dataset(
        {
            "curve": (("source", "frequency"), [[1.0, 2.0, 4.0], [10.0, 20.0, 40.0]]),
            "x": (("sample", "coordinate"), np.array([[3, 4], [0, 1]], np.float32)),
            "single": ((), 7),
        },
        {"source": ["mcmc", "gan"], "frequency": [0.5, 1.5, 2.5]},
        {"draws": 5, "settings": json.dumps({"gan": {"betas": [0.5, 0.9]}})},
    ).to_netcdf(tmp_path / "a.nc")
    card = {"seconds": 12.5, "optimiser": "Adam", "settings": json.dumps({"steps": 400})}
    (tmp_path / "card.json").write_text(json.dumps(card))
    (tmp_path / "t.csv").write_text("name,size,rate_s\nGAN,200,3.5\nGAN,2d,4\nexact,200,9\n")
    return Results(tmp_path, "laptop")
