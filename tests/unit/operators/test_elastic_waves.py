"""Elastic waves against an exact solution, reciprocity, and wider absorbing sides."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from latentearth.io import InputError
from latentearth.operators import elastic_kernel, elastic_waves
from latentearth.operators.elastic_waves import Medium

STEP = 20.0  # m


def homogeneous(nodes, rho=2000.0, vp=2500.0, vs=1200.0):
    shape = (nodes,) * 3
    axes = [np.arange(nodes) * STEP] * 3
    return Medium(np.full(shape, rho), np.full(shape, vp), np.full(shape, vs), axes)


@pytest.fixture(scope="module")
def layered():
    """Blocks of contrast in rock below water."""
    nodes = 20
    random = np.random.default_rng(0)
    shape = (nodes,) * 3
    sign = np.sign(gaussian_filter(random.normal(size=shape), 2.5))
    vp = 2300.0 + 300.0 * sign
    vs, rho = vp / 1.9, 2000.0 + 200.0 * sign
    vp[..., 14:], vs[..., 14:], rho[..., 14:] = 1490.0, 0.0, 1030.0
    return Medium(rho, vp, vs, [np.arange(nodes) * STEP] * 3)


def apart(found, truth):
    """Relative L2 difference of each trace."""
    return np.linalg.norm(found - truth, axis=-1) / np.linalg.norm(truth, axis=-1)


def ahead(f, axis, back=0):
    """Derivative of order 8 half a step ahead of each node, or behind, of a unit grid."""
    weights = elastic_kernel.DIFFERENCE_WEIGHTS
    return sum(
        w * (np.roll(f, -k - 1 + back, axis) - np.roll(f, k + back, axis))
        for k, w in enumerate(weights)
    )


def test_differences():
    """Within what the kernel says, down to 3.5 nodes a wavelength; 3 are the end."""
    wavenumber = np.linspace(0.01, 2 * np.pi / 3, 400)  # times the step
    slope = 2 * sum(
        w * np.sin((m + 0.5) * wavenumber) for m, w in enumerate(elastic_kernel.DIFFERENCE_WEIGHTS)
    )
    error = abs(slope / wavenumber - 1)
    assert error[wavenumber < 2 * np.pi / 3.5].max() < 1.55e-4
    assert error.max() < 4.5e-3


def test_a_step_of_the_kernel():
    """Velocities, then stresses, as the equations say: in numpy, away from the edges."""
    shape, random = (11, 12, 13), np.random.default_rng(0)
    fields = random.standard_normal((17, *shape))
    v, s, lightness, moduli = np.split(fields, [3, 9, 12])
    xx, yy, zz, xy, xz, yz = s
    slopes = [
        ahead(xx, 0) + ahead(xy, 1, 1) + ahead(xz, 2, 1),
        ahead(xy, 0, 1) + ahead(yy, 1) + ahead(yz, 2, 1),
        ahead(xz, 0, 1) + ahead(yz, 1, 1) + ahead(zz, 2),
    ]
    vx, vy, vz = moved = v + lightness * np.array(slopes)
    la, mu, mxy, mxz, myz = moduli
    own = np.array([ahead(moved[axis], axis, 1) for axis in range(3)])
    across = [
        mxy * (ahead(vx, 1) + ahead(vy, 0)),
        mxz * (ahead(vx, 2) + ahead(vz, 0)),
        myz * (ahead(vy, 2) + ahead(vz, 1)),
    ]
    loaded = s + np.concatenate([la * own.sum(0) + 2 * mu * own, across])
    flat = [field.astype("f4").reshape(-1) for field in fields]
    weights = [tuple(np.float32(w) for w in elastic_kernel.DIFFERENCE_WEIGHTS)] * 3
    where = shape, elastic_kernel.HALO, shape[2] - elastic_kernel.HALO
    elastic_kernel.velocities(*flat[:12], *weights, *where)
    inner = (slice(4, -4),) * 3
    for found, truth in zip(flat[:3], moved, strict=True):  # sums of 24 numbers in float32
        np.testing.assert_allclose(found.reshape(shape)[inner], truth[inner], atol=1e-5)
    for field, truth in zip(flat[:3], moved, strict=True):
        field[:] = truth.reshape(-1)  # beyond the edges, where the kernel does nothing
    elastic_kernel.stresses(*flat[:9], *flat[12:], *weights, *where)
    for found, truth in zip(flat[3:9], loaded, strict=True):
        np.testing.assert_allclose(found.reshape(shape)[inner], truth[inner], atol=1e-4)


def test_homogeneous_medium():
    # 8 Hz in 2500 m/s: 15 nodes a wavelength. The notes' prototype was within 0.5 per cent, and
    # ignoring that a sample belongs to n dt, not (n + 1/2) dt, costs 5 per cent.
    medium, middle = homogeneous(40), np.array([20, 20, 20])
    points = np.array([[32, 20, 20], [25, 28, 13], [12, 12, 27]])
    found = elastic_waves.simulate(
        medium, middle, points, time_step_s=2e-3, samples=220, frequency=8.0
    )
    distance = np.linalg.norm((points - middle) * STEP, axis=1)
    exact = elastic_waves.analytic_pressure(
        distance, np.arange(220) * 2e-3, 2000.0, 2500.0, 1200.0, 8.0
    )
    assert apart(found, exact).max() < 0.01
    late = elastic_waves.analytic_pressure(
        distance, (np.arange(220) + 0.5) * 2e-3, 2000.0, 2500.0, 1200.0, 8.0
    )
    assert apart(found, late).min() > 0.03
    assert (found.max(axis=1) > -found.min(axis=1)).all()  # the main lobe is positive


def test_what_the_time_step_does_is_undone():
    # 12 Hz and steps of 3.4 ms: omega dt = 0.26, a phase of omega t (omega dt)^2 / 24 = 0.04 after
    # 0.19 s of travel. What is left is of space, at 10 nodes a wavelength, and of the sides.
    medium, middle = homogeneous(34), np.array([8, 8, 8])
    points = np.array([[22, 22, 22], [26, 8, 20]])
    settings = {"time_step_s": 3.4e-3, "samples": 130, "frequency": 12.0}
    exact = elastic_waves.analytic_pressure(
        np.linalg.norm((points - middle) * STEP, axis=1),
        np.arange(130) * 3.4e-3,
        2000.0,
        2500.0,
        1200.0,
        12.0,
    )
    undone, left = (
        elastic_waves.simulate(medium, middle, points, undo_dispersion=undo, **settings)
        for undo in (True, False)
    )
    assert apart(undone, exact).max() < 0.01
    assert apart(left, exact).min() > 0.025


def test_high_water_may_go(layered):
    medium = elastic_waves.without_high_water(
        Medium(
            *(
                np.concatenate([f, f[..., -1:].repeat(9, axis=2)], axis=2)
                for f in (layered.rho, layered.vp, layered.vs)
            ),
            [*layered.axes[:2], np.arange(29) * STEP],
        )
    )
    assert medium.rho.shape == (20, 20, 14 + elastic_waves.WATER_NODES)
    settings = {"time_step_s": 2e-3, "samples": 140, "frequency": 8.0, "pml": 10}
    receiver, points = np.array([10, 10, 14]), np.array([[4, 5, 3], [15, 7, 9]])
    cut = elastic_waves.reciprocal_traces(medium, receiver, points, **settings)
    # with 6 of 8 nodes of water and the side behind them; the notes' prototype had 5e-4
    whole = elastic_waves.reciprocal_traces(layered, receiver, points, **settings)
    assert apart(whole, cut).max() < 3e-3


@pytest.mark.parametrize("height", [14, 12, 17], ids=["sea bed", "rock", "water"])
def test_reciprocity_in_a_heterogeneous_medium(layered, height):
    # The discrete equations obey it; float32 sums in another order differ by some 1e-6.
    receiver = np.array([10, 10, height])
    points = np.array([[4, 5, 3], [15, 7, 9], [6, 15, 11]])
    settings = {"time_step_s": 2e-3, "samples": 140, "frequency": 8.0, "pml": 6}
    reciprocal = elastic_waves.reciprocal_traces(layered, receiver, points, **settings)
    direct = np.array(
        [elastic_waves.simulate(layered, p, receiver[None], **settings)[0] for p in points]
    )
    assert apart(reciprocal, direct).max() < 1e-5
    without_kappa = elastic_waves.simulate(layered, receiver, points, **settings)
    assert apart(without_kappa, direct).max() > 0.3  # in rock, some have the receiver's own


def test_sides_absorb():
    # against sides so wide that nothing comes back within the record
    medium = homogeneous(14, vs=600.0)
    points = np.array([[4, 5, 3], [10, 7, 9], [6, 12, 11], [7, 1, 7]])
    settings = {"time_step_s": 2e-3, "samples": 170, "frequency": 8.0}
    narrow, wide = (
        elastic_waves.simulate(medium, np.array([7, 7, 7]), points, pml=width, **settings)
        for width in (10, 36)
    )
    assert np.median(apart(narrow, wide)) < 0.005


def test_deepwave_finds_the_same():
    # Another code of the same order. In a homogeneous medium it takes our time step, so that only
    # rounding and the profiles of the absorbing sides differ.
    medium = homogeneous(24)
    points = np.array([[15, 12, 12], [9, 16, 10]])
    settings = {"time_step_s": 2e-3, "samples": 130, "frequency": 8.0, "undo_dispersion": False}
    ours, theirs = (
        elastic_waves.simulate(medium, np.array([12, 12, 12]), points, engine=engine, **settings)
        for engine in ("kernel", "deepwave")
    )
    assert apart(ours, theirs).max() < 0.005


def test_samples_may_be_fewer_than_steps():
    medium, point = homogeneous(12), np.array([[7, 6, 6]])
    settings = {"frequency": 8.0, "pml": 6, "undo_dispersion": False}
    every = elastic_waves.simulate(
        medium, point[0], point, time_step_s=2e-3, samples=61, **settings
    )
    third = elastic_waves.simulate(
        medium, point[0], point, time_step_s=2e-3, samples=21, steps_per_sample=3, **settings
    )
    np.testing.assert_array_equal(every[:, ::3], third)


def test_time_step_beyond_the_stability_limit():
    medium = homogeneous(8)
    limit = elastic_waves.largest_step(medium)
    # 20 m / (1.340 sqrt(3) 2500 m/s)
    assert limit == pytest.approx(3.447e-3, rel=1e-3)
    with pytest.raises(InputError, match=r"time step: found 3\.48.* expected at most 3\.44"):
        elastic_waves.check_stability(medium, 1.01 * limit)


def test_the_stability_limit_is_sharp():
    # just below it a wave stays bounded, just above it grows without end
    medium, node = homogeneous(8), np.array([[4, 4, 4]])
    limit = elastic_waves.largest_step(medium)
    settings = {"samples": 500, "frequency": 8.0, "pml": 6, "undo_dispersion": False}
    held = elastic_waves.simulate(medium, node[0], node, time_step_s=0.99 * limit, **settings)
    assert abs(held[0, -1]) < 1e-3 * abs(held).max()
    with pytest.MonkeyPatch.context() as patch, np.errstate(all="ignore"):
        patch.setattr(elastic_waves, "check_stability", lambda medium, time_step_s: None)
        grown = elastic_waves.simulate(medium, node[0], node, time_step_s=1.06 * limit, **settings)
    assert not abs(grown[0, -1]) < 1e3 * abs(held).max()


def test_vp_below_vs():
    medium = homogeneous(8)
    medium.vs[2, 3, 4] = 2600.0
    with pytest.raises(InputError, match=r"node \(2, 3, 4\): found Vp < Vs"):
        elastic_waves.check_stability(medium, 1e-3)


def test_a_point_outside():
    with pytest.raises(InputError, match="points: found a node outside the model"):
        elastic_waves.simulate(
            homogeneous(8),
            np.array([4, 4, 4]),
            np.array([[4, 4, 8]]),
            time_step_s=1e-3,
            samples=2,
            frequency=8.0,
        )
