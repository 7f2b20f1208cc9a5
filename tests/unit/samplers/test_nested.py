"""Nested sampling against integrals that are known."""

import numpy as np
import pytest

from latentearth import samples
from latentearth.samplers import nested
from latentearth.seeds import stream

BOUNDS = np.array([[0.0, 1000.0], [0.0, 1000.0], [0.0, 2430.0]])
CENTRE, WIDTH = np.array([380.0, 300.0, 1575.0]), np.array([20.0, 30.0, 25.0])
VOLUME = 2.43e9


def gaussian(points, centre=CENTRE):
    """A normal density times the volume of the box: its evidence is 1."""
    constant = np.log(VOLUME) - 0.5 * np.log(2 * np.pi * WIDTH**2).sum()
    return constant - 0.5 * (((points - centre) / WIDTH) ** 2).sum(axis=1)


def two(points):
    other = gaussian(points, CENTRE + np.array([300.0, 200.0, -800.0]))
    return np.logaddexp(np.log(0.7) + gaussian(points), np.log(0.3) + other)


SAMPLERS = ["nautilus"] + (["multinest"] if nested.multinest_available() else [])


def test_the_real_library_is_here():
    # in the lock; where it is missing, nautilus takes its place
    assert nested.multinest_available()


def test_gaussian():
    # (nautilus has its turn below: its networks take ten times longer than this)
    found = nested.sample(gaussian, BOUNDS, stream(1), sampler=SAMPLERS[-1], effective=2000)
    assert found.sampler == SAMPLERS[-1]
    # three standard errors; both state some 0.02
    assert abs(found.log_evidence) < 3 * found.log_evidence_error + 0.02
    error = WIDTH / np.sqrt(found.effective_size)
    assert (abs(found.mean - CENTRE) < 4 * error).all()
    np.testing.assert_allclose(found.standard_deviation, WIDTH, rtol=0.1)
    assert found.weights.sum() == pytest.approx(1.0)


def test_both_samplers_agree_on_two_modes():
    found = [
        nested.sample(two, BOUNDS, stream(2), sampler=name, effective=2000) for name in SAMPLERS
    ]
    for one in found:
        assert abs(one.log_evidence) < 3 * one.log_evidence_error + 0.02
        first = one.weights[np.abs(one.points[:, 2] - CENTRE[2]) < 400].sum()
        # the share of a mode is binomial in the effective number, and MultiNest's live points
        assert first == pytest.approx(0.7, abs=4 * np.sqrt(0.21 / 400))
    a, b = found[0], found[-1]
    allowed = 3 * np.hypot(a.log_evidence_error, b.log_evidence_error) + 0.02
    assert abs(a.log_evidence - b.log_evidence) < allowed


def test_equal_seeds_give_equal_samples():
    a, b = (nested.sample(gaussian, BOUNDS, stream(3), live=60) for _ in range(2))
    np.testing.assert_array_equal(a.points, b.points)
    assert a.log_evidence == b.log_evidence


def test_nautilus_takes_the_place_of_a_missing_library(monkeypatch, capsys):
    monkeypatch.setattr(nested, "multinest_available", lambda: False)
    monkeypatch.setattr(nested, "_nautilus", lambda *rest: "nautilus ran")
    assert nested.sample(gaussian, BOUNDS, stream(1), sampler="multinest") == "nautilus ran"
    assert "sampling with nautilus instead" in capsys.readouterr().out


def test_bounds_and_names_are_checked():
    with pytest.raises(ValueError, match="the lower first"):
        nested.sample(gaussian, BOUNDS[:, ::-1], stream(1))
    with pytest.raises(ValueError, match="multinest or nautilus, not emcee"):
        nested.sample(gaussian, BOUNDS, stream(1), sampler="emcee")


def test_files_and_intervals(tmp_path):
    random = np.random.default_rng(0)
    points = random.normal(size=(40000, 3)) * WIDTH + CENTRE
    one = samples.Posterior(
        points, np.full(40000, 1 / 40000), gaussian(points), 0.1, 0.02, 5, "grid"
    )
    samples.dataset(one, 1.5).to_netcdf(tmp_path / "p.nc")
    import xarray as xr

    with xr.open_dataset(tmp_path / "p.nc") as found:
        again = samples.from_dataset(found.load())
    np.testing.assert_array_equal(again.points, one.points)
    assert (again.sampler, again.evaluations, again.log_evidence) == ("grid", 5, 0.1)
    half = np.diff(samples.interval(one)).T[0] / 2 / WIDTH
    # 68 per cent of a normal distribution lie within 0.994 standard deviations
    np.testing.assert_allclose(half, 0.994, rtol=0.02)
    assert one.effective_size == pytest.approx(40000)
