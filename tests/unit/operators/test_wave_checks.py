"""Checks of simulated traces."""

import numpy as np
import pytest

from latentearth.earth import marine
from latentearth.operators import wave_checks
from latentearth.operators.trace_scores import r2d
from latentearth.seeds import stream


def test_peaks_between_samples():
    time = np.arange(200) * 0.004
    at = np.array([0.3111, 0.4567])
    pulse = np.exp(-(((time[None] - at[:, None]) / 0.03) ** 2))
    # a parabola through three samples of a pulse 30 ms wide is off by some 0.02 ms
    np.testing.assert_allclose(wave_checks.peak_times(pulse, 0.004), at, atol=1e-4)
    late = wave_checks.arrival_times(pulse, at - 0.15 - [0.001, 0.02], 0.004, 0.15)
    assert late["median_ms"] == pytest.approx(10.5, abs=0.1)
    assert late["within_10_ms"] == 0.5


def test_refinement_sees_a_grid_that_is_too_coarse():
    model = marine.synthetic(
        stream(1), shape=(33, 33, 61), extent=(400.0, 400.0, 600.0), sea_bed=450.0
    )
    settings = {
        "factor": 2,
        "half_width": 100.0,
        "depth": 200.0,
        "count": 20,
        "time_step_s": 2e-3,
        "steps_per_sample": 2,
        "samples": 90,
        "vs_floor": 600.0,
        "pml": 6,
    }
    coarse, fine, positions = wave_checks.refinement(
        model,
        [25.0, 25.0, 25.0],
        np.array([200.0, 200.0, 450.0]),
        stream(2),
        frequency=6.0,
        **settings,
    )
    assert coarse["xy"].shape == fine["xy"].shape == (20, 90)
    assert positions[:, 2].max() < 450.0
    good = r2d(fine["explosion"], coarse["explosion"])
    coarser, finer, _ = wave_checks.refinement(
        model,
        [25.0, 25.0, 25.0],
        np.array([200.0, 200.0, 450.0]),
        stream(2),
        frequency=25.0,
        **settings,
    )
    bad = r2d(finer["explosion"], coarser["explosion"])
    # 6 Hz: 10 nodes a wavelength of P, 4 of S; 25 Hz: 2.4 and 1
    assert good > 0.98
    assert bad < good - 0.05
    # shear suffers more: its waves are half as long
    errors = [wave_checks.relative_l2(coarse[name], fine[name]) for name in ("explosion", "xy")]
    assert errors[0] < errors[1]


def test_sources_by_mechanism():
    strains = np.random.default_rng(0).normal(size=(3, 6, 5))
    found = wave_checks.by_mechanism(strains, 2.0)
    xx, yy, zz, xy, _, _ = np.moveaxis(strains, 1, 0)
    np.testing.assert_allclose(found["explosion"], -2.0 * (xx + yy + zz))
    np.testing.assert_allclose(found["2zz-xx-yy"], -2.0 * (2 * zz - xx - yy))
    np.testing.assert_allclose(found["xy"], -4.0 * xy)


def test_agreement_of_traces():
    time = np.arange(200) * 0.004
    fine = np.exp(-(((time - np.array([[0.30], [0.42], [0.50]])) / 0.02) ** 2))
    coarse = fine.copy()
    coarse[2] = np.exp(-(((time - 0.516) / 0.02) ** 2))  # four samples late
    found = wave_checks.agreement(coarse, fine, 0.004)
    assert found["traces"] == 3
    assert found["peaks_within_2_ms"] == pytest.approx(2 / 3)
    assert found["r2d"] == r2d(fine, coarse) < 0.95
    # the median of three traces, of which two are the same
    assert found["relative_l2"] == 0.0 < wave_checks.relative_l2(coarse[2:], fine[2:])
    assert wave_checks.agreement(fine, fine, 0.004)["r2d"] == pytest.approx(1.0)
    assert wave_checks.agreement(fine[:0], fine[:0], 0.004) == {"traces": 0}
