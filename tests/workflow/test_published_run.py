"""The workflow on the authors' own files, where a mirror of them is at hand."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from latentearth.ensembles import azimuth
from latentearth.unpickle import load_arrays

ROOT = Path(__file__).parents[2]
RING = "MScheiter/gan_mcmc/synthetic_example"
MORE = """
data: {published: true}
scheiter2022:
  ring:
    sizes: [200, 600, 1000]
    frequencies: 100
    draws: 1000
    gan: {steps: 50, checkpoint_every: 50}
"""


@pytest.mark.published
@pytest.mark.skipif("LATENTEARTH_MIRROR" not in os.environ, reason="LATENTEARTH_MIRROR is not set")
def test_published_ensembles_take_the_place_of_ours_and_give_the_published_curves(tmp_path):
    more = tmp_path / "more.yaml"
    more.write_text(MORE)
    target = "figures/scheiter2022/fig03.png"
    command = ["snakemake", target, "--snakefile", ROOT / "Snakefile", "--directory", tmp_path]
    command += ["--cores", "2", "--configfile", ROOT / "workflow/scales/smoke.yaml", more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    results = tmp_path / "results/scheiter2022/ring"
    assert not (results / "ensemble_2d.nc").exists()  # none of our chains was needed
    for size in (200, 600, 1000):
        theirs = load_arrays(
            tmp_path / f"data/published/{RING}/datasets/mcmc_samples_pcp_dim_2_reduced_{size}.obj"
        )
        ours = xr.open_dataset(results / f"subset_{size}.nc").x.values
        np.testing.assert_array_equal(ours, theirs.swapaxes(0, 1).astype(np.float32))
    integrals = xr.open_dataset(results / "integrals.nc")
    published = integrals.published.sel(published_size=[200, 600, 1000]).isel(source=0)
    # the same samples, rounded to float32, at frequencies up to 99.5: the angle errs by 1e-7,
    # its multiple by 1e-5, and a relative error of the integral by some 1e-4 of its size
    ours = integrals.error_spread.sel(source="mcmc").values
    np.testing.assert_allclose(ours, published.values, rtol=2e-3)
    assert azimuth.exact_integrals(integrals.frequency.values)[0] == pytest.approx(4)
