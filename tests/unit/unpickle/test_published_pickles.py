"""The published files, read without running anything."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from latentearth.unpickle import load_arrays, load_module_arrays

MIRROR = os.environ.get("LATENTEARTH_MIRROR")
PATCH_SIZES = (483, 471, 505, 506, 486, 513, 532, 505, 507, 530, 509, 484, 505, 504, 469, 491)
pytestmark = [
    pytest.mark.published,
    pytest.mark.skipif(not MIRROR, reason="LATENTEARTH_MIRROR is not set"),
]


@pytest.mark.parametrize("samples", [200, 600, 1000])
def test_published_ring_ensembles(samples):
    folder = Path(MIRROR, "MScheiter/gan_mcmc/synthetic_example/datasets")
    ring = load_arrays(folder / f"mcmc_samples_pcp_dim_2_reduced_{samples}.obj")
    assert ring.shape == (samples, 10, 2) and ring.dtype == np.float64  # (sample, chain, x|y)
    largest = load_arrays(folder / "mcmc_samples_pcp_dim_2_reduced_1000.obj")
    assert np.array_equal(ring, largest[:samples])
    # Exact mean radius 0.7143 (density exp(-(r - 0.7)^2 / 0.02) r dr); spread 0.0995. The
    # samples are independent, so 5 standard errors hold but for one run in a million.
    radius = np.hypot(*np.moveaxis(ring, -1, 0))
    assert abs(radius.mean() - 0.7143) < 5 * 0.0995 / np.sqrt(radius.size)


def test_published_maps_and_integrals():
    folder = Path(MIRROR, "MScheiter/gan_mcmc")
    maps = load_arrays(folder / "geophysical_example/plotting_data/data_dict_patches.obj")
    moments = {f"{kind}_{m}" for kind in ("real", "fake") for m in ("mean", "std", "skew", "kurt")}
    assert maps.keys() == moments | {"lon", "lat"}
    assert all(value.shape == (72, 144) for value in maps.values())
    integrals = load_arrays(folder / "synthetic_example/processed_data/integrals_std_array.obj")
    assert integrals.shape == (2, 4, 100)
    # The values of the notes are rounded to three digits.
    assert np.allclose(integrals[0].mean(-1), [7.30, 4.31, 3.20, 0.322], rtol=2e-3)


@pytest.mark.parametrize("patch", range(16))
def test_published_generators(patch):
    folder = Path(MIRROR, "MScheiter/gan_mcmc/geophysical_example/trained_gans")
    arrays, layers = load_module_arrays(folder / f"tomo_patch_{patch}.pt")
    assert layers[""]["class"] == "WGAN" and layers[""]["ndim"] == PATCH_SIZES[patch]
    linear = [n for n in layers if n.startswith("gen.") and layers[n]["class"] == "Linear"]
    widths = [100, 200, 200, 200, PATCH_SIZES[patch]]
    assert [arrays[f"{n}.weight"].shape for n in linear] == [
        (out, into) for into, out in itertools.pairwise(widths)
    ]
    assert all(
        np.isfinite(values).all() and values.std() > 0
        for values in (arrays[f"{n}.weight"] for n in linear)
    )
    rest = [v for n, v in layers.items() if n.startswith("gen.model.") and n not in linear]
    assert {v["class"] for v in rest} == {"LeakyReLU", "Dropout"}
    assert {v["negative_slope"] for v in rest if v["class"] == "LeakyReLU"} == {0.1}
    assert {v["p"] for v in rest if v["class"] == "Dropout"} == {0.4}
