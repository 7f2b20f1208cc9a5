"""Inversions of Lopez-Alvis et al. (2021) in the DAG, and a user's own survey from end to end."""

import re

import numpy as np
import pytest
import xarray as xr
import yaml
from runs import ROOT, jobs, snakemake

from support.config import ConfigError, validate

PREFIX = "lopez_alvis2021_"
OWN = """
lopez_alvis2021:
  inversion:
    own: {survey: survey.csv, traveltimes: times.csv, operator: %s, starts: 2, iterations: 3}
"""


def test_published_inputs_and_all_cases(tmp_path):
    found = jobs(tmp_path, "data: {published: true}", "results/lopez_alvis2021/table3.csv")
    # six truths, noise, two files of starting points, and the training image
    assert found["fetch_published"] == 10
    assert found[f"{PREFIX}linear_case"] == 7  # Table 1, and VSbrd with noise
    assert found[f"{PREFIX}nonlinear"] == 2


def own_files(folder, last_x=6.5):
    """A survey of three by three antennas in a homogeneous medium of 0.075 m/ns."""
    depths = np.array([2.0, 6.0, 10.0])
    first, second = (z.ravel() for z in np.meshgrid(depths, depths, indexing="ij"))
    rows = [f"0,{a},6.5,{b}" for a, b in zip(first, second, strict=True)]
    rows[-1] = f"0,10,{last_x},10"
    head = "source_x_m,source_z_m,receiver_x_m,receiver_z_m\n"
    (folder / "survey.csv").write_text(head + "\n".join(rows) + "\n")
    times = np.hypot(6.5, second - first) / 0.075
    text = "\n".join(f"{t:.6f}" for t in times)
    (folder / "times.csv").write_text(f"traveltime_ns\n{text}\n")
    return times


def message(folder):
    """What the log of the own inversion says about a bad file."""
    text = (folder / "logs/lopez_alvis2021/own_inversion.log").read_text()
    return re.search(r"InputError: (.*)", text).group(1)


def test_a_users_data_from_end_to_end(tmp_path):
    """Bent rays through a network trained on the spot; then a bad survey, with its message."""
    times = own_files(tmp_path)
    target = "figures/lopez_alvis2021/own.png"
    run = snakemake(tmp_path, OWN % "curved", "--", target, seconds=1500)
    assert run.returncode == 0, run.stderr[-3000:]
    with xr.open_dataset(tmp_path / "results/lopez_alvis2021/own/inversion.nc") as found:
        assert found.misfit.shape == (1, 2) and found.misfit_path.shape == (1, 2, 3)
        np.testing.assert_allclose(found.observed, times, atol=1e-6)  # as printed in the file
        best = found.misfit.values.min()
        rms = np.sqrt(((found.simulated - found.observed) ** 2).mean())
        np.testing.assert_allclose(rms, best, rtol=1e-4)  # float32
    own_files(tmp_path, last_x=6.51)
    assert snakemake(tmp_path, OWN % "curved", "--", target, seconds=1500).returncode != 0
    assert "line 10, receiver_x_m: found 6.51 (outside the domain)" in message(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"velocities": [0.08, 0.08]}, "two different velocities"),
        ({"velocities": [80.0, 60.0]}, "velocities"),
        ({"cases": {}}, "all cases of Table 1"),
        ({"own": {"travel_times": "a.csv"}}, "did you mean traveltimes"),
        ({"nonlinear": {"engine": "pygimli"}}, "engine"),
    ],
)
def test_impossible_settings_are_refused(change, words):
    content = yaml.safe_load((ROOT / "config.yaml").read_text())
    section = content["lopez_alvis2021"]["inversion"]
    for key, value in change.items():
        both = isinstance(value, dict) and value
        section[key] = {**section.get(key, {}), **value} if both else value
    with pytest.raises(ConfigError, match=words):
        validate(content)
