"""Location with a free tensor in a homogeneous medium, whose Green's functions are exact."""

import numpy as np
import pytest
from scipy import stats
from whole_space import INTERVAL, KAPPA, RECEIVERS, RHO, SAMPLES, VP, VS, elementary

from latentearth.inversion import tensor_types as types
from latentearth.inversion.conditional_tensor import TensorPrior, condition_tensor
from latentearth.inversion.moment_tensor import TensorLikelihood, scan_origin_times
from latentearth.operators.elastic_solver import EXPLOSION
from latentearth.operators.elastic_waves import analytic_pressure
from latentearth.samplers.importance import scanned
from latentearth.samplers.modes import ModeSampler
from latentearth.samplers.targets import Box, Posterior

PRIOR = TensorPrior((0.1, 1.0, 10.0))
MARGIN = 0.06
RANDOM = np.random.default_rng


def record(position, origin, tensor, sigma, rng):
    """What the receivers record, of an event at an origin time between samples."""
    fine = elementary(position[None], samples=SAMPLES * 20, interval=INTERVAL / 20)[0]
    trace = np.einsum("rkt,k->rt", fine, tensor)
    time = np.arange(SAMPLES) * INTERVAL
    clean = np.stack(
        [np.interp(time - origin, np.arange(SAMPLES * 20) * INTERVAL / 20, row) for row in trace]
    )
    return clean + rng.normal(0, sigma, clean.shape)


def likelihood(observed, sigma, prior=PRIOR):
    return TensorLikelihood(elementary, observed, sigma, INTERVAL, prior=prior, margin_s=MARGIN)


def test_the_whole_space_is_that_of_explosions():
    position = np.array([[430.0, 520.0, 1300.0]])
    found = elementary(position)[0, :, :3].sum(1)
    distance = np.linalg.norm(RECEIVERS - position, axis=1)
    time = np.arange(SAMPLES) * INTERVAL
    expected = analytic_pressure(distance, time, RHO, VP, VS, 8.0)
    assert KAPPA > 0
    # float32 of sums that nearly cancel: the near field has no part in an explosion's pressure
    np.testing.assert_allclose(found, expected, atol=2e-5 * np.abs(expected).max())


@pytest.mark.parametrize("kind", ["explosion", "double couple", "CLVD", "any"])
def test_the_tensor_is_found_at_the_true_position(kind):
    rng = RANDOM(5)
    position, origin = np.array([430.0, 520.0, 1300.0]), 0.0123
    tensor = 2.0 * types.random_tensors(kind, 1, rng)[0]
    clean = record(position, origin, tensor, 0.0, rng)
    sigma = np.abs(clean).max() / 30
    one = likelihood(clean + rng.normal(0, sigma, clean.shape), sigma)
    drawn = one.draw(np.tile([*position, origin], (400, 1)), rng)
    assert types.angle(drawn, tensor).mean() < 15
    # each number within its stated deviations: 4 of them for 6 numbers of 4 cases
    off = (drawn.mean(0) - tensor) / drawn.std(0)
    assert np.abs(off).max() < 4
    assert types.scalar_moment(drawn).mean() == pytest.approx(2.0, rel=0.15)


def test_evidence_is_the_gaussian_integral_and_coverage_is_exact():
    """A linear Gaussian problem: evidence by the full covariance; chi-square of the truth."""
    rng = RANDOM(1)
    kernel, deviation = rng.normal(0, 1, (30, 6)), 0.7
    prior = TensorPrior((deviation,))
    squares = []
    for _ in range(400):
        truth = rng.normal(0, deviation, 6) / np.sqrt(types.DOUBLED)
        data = kernel @ truth + rng.normal(0, 1, 30)
        found = condition_tensor(
            (kernel.T @ kernel)[None], (kernel.T @ data)[None], float(data @ data), prior
        )
        off = found.mean[0, 0] - truth
        squares.append(off @ np.linalg.solve(found.covariance[0, 0], off))
    covariance = np.eye(30) + kernel @ np.diag(deviation**2 / types.DOUBLED) @ kernel.T
    exact = stats.multivariate_normal.logpdf(data, np.zeros(30), covariance) + 15 * np.log(
        2 * np.pi
    )
    assert found.log_evidence[0, 0] == pytest.approx(exact, rel=1e-9)
    # Kolmogorov-Smirnov of 400 draws: a false alarm in a thousand seeds
    assert stats.kstest(squares, stats.chi2(6).cdf).pvalue > 1e-3


def test_times_between_samples_and_the_window_are_exact():
    """The evidence at any origin time is that of traces shifted beforehand."""
    rng = RANDOM(7)
    position, tensor = np.array([300.0, 600.0, 1100.0]), types.random_tensors("any", 1, rng)[0]
    for origin in (-0.031, 0.0, 0.0257):
        observed = record(position, origin, tensor, 1e-3, rng)
        one = likelihood(observed, 1e-3)
        left, right, _ = one.normal_equations(np.array([[*position, origin]]))
        shifted = np.stack([record(position, origin, e, 0.0, rng) for e in np.eye(6)])
        flat = (shifted * one.window).reshape(6, -1) / 1e-3
        # the window is smooth, but no polynomial; linear interpolation of record(): 1e-4
        np.testing.assert_allclose(left[0], flat @ flat.T, atol=2e-3 * np.abs(left).max())
        data = (observed * one.window).ravel() / 1e-3
        np.testing.assert_allclose(right[0], flat @ data, atol=2e-3 * np.abs(right).max())
        # the energy on the record's clock, the others on the source's: they cancel
        clean = likelihood(record(position, origin, tensor, 0.0, rng), 1e-3)
        left, right, energy = clean.normal_equations(np.array([[*position, origin]]))
        unexplained = energy[0] - 2 * right[0] @ tensor + tensor @ left[0] @ tensor
        assert abs(unexplained) < 2e-3 * energy[0]


def test_noise_alone_tells_nothing_of_the_origin_time():
    """The same samples are data at every one; an edge that moved would cut noise elsewhere."""
    sigma = 2.0
    observed = RANDOM(3).normal(0, sigma, (len(RECEIVERS), SAMPLES))
    shifts = np.linspace(-0.9 * MARGIN, 0.9 * MARGIN, 13)
    points = np.column_stack([np.tile([430.0, 520.0, 1300.0], (13, 1)), shifts])
    one = likelihood(observed, sigma)
    energy = one.normal_equations(points)[2]
    # a window of single precision
    np.testing.assert_allclose(energy, ((observed * one.window / sigma) ** 2).sum(), rtol=1e-6)


def test_noise_of_another_size_is_told_by_the_misfit():
    rng = RANDOM(9)
    position, tensor = np.array([300.0, 600.0, 1100.0]), types.random_tensors("any", 1, rng)[0]
    clean = record(position, 0.01, tensor, 0.0, rng)
    sigma = np.abs(clean).max() / 12
    one = likelihood(clean + rng.normal(0, 2 * sigma, clean.shape), sigma)
    point = np.array([[*position, 0.01]])
    # chi-square of 2800 samples scatters by 2.7 per cent
    assert one.misfit(point) == pytest.approx(4, rel=0.11)
    raised = one.scaled(2.0)
    assert raised.misfit(point) == pytest.approx(one.misfit(point) / 4, rel=1e-5)
    expected = likelihood(clean, 2 * sigma).conditional(point).covariance
    np.testing.assert_allclose(raised.conditional(point).covariance, expected, rtol=1e-3)


@pytest.fixture(scope="module")
def located():
    """Events of three kinds, located with the tensor free and as explosions."""
    rng, events = RANDOM(11), []
    for kind in ("explosion", "double couple", "CLVD"):
        position = rng.uniform((300, 300, 900), (700, 700, 1700))
        origin, tensor = rng.uniform(-0.03, 0.03), types.random_tensors(kind, 1, rng)[0]
        clean = record(position, origin, tensor, 0.0, rng)
        sigma = np.abs(clean).max() / 12
        events.append((kind, position, origin, tensor, clean, sigma))
    bounds = np.array([[0, 1000], [0, 1000], [600, 2000], [-0.05, 0.05]], float)
    found = {}
    for name, prior in (
        ("free", PRIOR),
        ("explosion", TensorPrior(PRIOR.deviations, np.array(EXPLOSION)[:, None])),
    ):
        for number, (kind, _, _, _, clean, sigma) in enumerate(events):
            observed = clean + RANDOM(number).normal(0, sigma, clean.shape)
            one = likelihood(observed, sigma, prior)
            points = Box(bounds[:3]).draw(1500, RANDOM(2))
            scan = scan_origin_times([one], points, np.arange(-0.05, 0.051, 0.004))[0]
            start = scanned(np.column_stack([points, scan[:, 1]]), scan[:, 0])
            sampler = ModeSampler((10.0, 10.0, 10.0, 0.005), wanted=200)
            posterior = sampler(Posterior(one, Box(bounds)), start, np.random.SeedSequence(3))
            found[name, kind] = one, posterior
    return events, found


def test_events_of_every_kind_are_located_with_their_tensor(located):
    events, found = located
    for kind, position, origin, tensor, *_ in events:
        one, posterior = found["free", kind]
        off = (posterior.mean - [*position, origin]) / posterior.deviation
        assert np.abs(off).max() < 4  # of twelve numbers
        assert posterior.deviation[:3].max() < 40
        drawn = one.draw(posterior.flat, RANDOM(1))
        angles = types.angle(drawn, tensor)
        assert (posterior.weight.ravel() * angles).sum() < 15


def test_a_shear_source_taken_for_an_explosion_is_lost(located):
    events, found = located
    for kind, position, *_ in events:
        (_, posterior), (_, free) = found["explosion", kind], found["free", kind]
        error = np.linalg.norm(posterior.mean[:3] - position)
        if kind == "explosion":  # true here, and worth knowing
            assert error < 20
            assert posterior.log_evidence > free.log_evidence
        else:  # the evidence says so: by thousands
            assert error > 3 * np.linalg.norm(free.mean[:3] - position)
            assert free.log_evidence > posterior.log_evidence + 100


def test_errors_of_traces_are_those_of_a_full_covariance():
    rng = RANDOM(11)
    position, tensor = np.array([300.0, 600.0, 1100.0]), types.random_tensors("any", 1, rng)[0]
    observed = record(position, 0.0, tensor, 1e-3, rng)
    errors = 1e-3 * rng.normal(0, [[[1]], [[3]], [[0.1]]], (3, *observed.shape))
    one = likelihood(observed, 1e-3).with_errors(errors)
    used = one.window.astype(float)
    traces, white = elementary(position[None])[0] * used, (errors * used).reshape(3, -1)
    kernel = traces.swapaxes(0, 1).reshape(6, -1).T.astype(float)
    data = (observed * used).ravel()
    covariance = 1e-6 * np.eye(data.size) + white.T @ white
    weighted = np.linalg.solve(covariance, np.column_stack([kernel, data]))
    left, right, energy = one.normal_equations(np.append(position, 0)[None])
    # single precision of traces; errors under a thousandth of the noise's variance are left out
    np.testing.assert_allclose(left[0], kernel.T @ weighted[:, :6], rtol=0, atol=1e-4 * left.max())
    expected = kernel.T @ weighted[:, 6]
    np.testing.assert_allclose(right[0], expected, rtol=0, atol=1e-4 * np.abs(right).max())
    assert energy[0] == pytest.approx(data @ weighted[:, 6], rel=1e-4)
    # noise twice as large, errors as they are
    doubled = one.scaled(2.0).normal_equations(np.append(position, 0)[None])[2]
    more = np.linalg.solve(4e-6 * np.eye(data.size) + white.T @ white, data)
    assert doubled[0] == pytest.approx(data @ more, rel=1e-4)


def test_what_a_few_p_waves_leave_unknown_explains_nothing():
    """Three amplitudes for six numbers, and a wide prior: rounding must not stand in for data."""
    rng = RANDOM(3)
    at = np.array([430.0, 520.0, 1300.0])
    clean = record(at, 0.01, types.random_tensors("any", 1, rng)[0], 0.0, rng)
    few = TensorLikelihood(
        lambda points: elementary(points)[:, :3],
        clean[:3],
        np.abs(clean).max() / 50,
        INTERVAL,
        prior=TensorPrior(np.geomspace(1e-3, 1e7, 11)),
        margin_s=MARGIN,
    )
    positions = at + rng.normal(0, 40, (100, 3))
    scanned_evidence, times = scan_origin_times([few], positions, np.linspace(-0.03, 0.03, 13))[0].T
    # chi-square is positive, and a prior is wider than the posterior: no evidence above zero
    assert scanned_evidence.max() < 0
    assert few(np.column_stack([positions, times])).max() < 0
