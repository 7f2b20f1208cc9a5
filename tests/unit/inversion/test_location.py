"""Likelihoods of positions, the fast search for many events, and what calibration counts."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from latentearth.diagnostics import coverage
from latentearth.diagnostics.mixing import kish_ess
from latentearth.inversion import emulator_errors, location
from latentearth.samplers.importance import Importance, scanned
from latentearth.samplers.nested import Nested
from latentearth.samplers.targets import Box, Posterior
from latentearth.seeds import stream

BOUNDS = np.array([[0.0, 1000.0], [0.0, 1000.0], [0.0, 2430.0]])
TRUTH = np.array([380.0, 300.0, 1575.0])


class Peaks:
    """What an emulator says of amplitude and arrival."""

    def __init__(self, amplitude, index):
        self.amplitude, self.index = amplitude, index


class Fake:
    """An emulator of a pulse that comes later from farther away."""

    class Model:
        reference = (1.0, 100.0)

    def __init__(self, receiver, kind="direct"):
        self.receiver, self.peaks = np.array(receiver, float), self.Model()
        self.variance = 1e-3 * np.ones(300, "f4")

    def predict_peaks(self, positions):
        distance = np.linalg.norm(positions - self.receiver, axis=1)
        return Peaks(500.0 / distance, 30.0 + distance / 10.0)

    def predict(self, positions, true_peaks=None):
        peaks = true_peaks or self.predict_peaks(positions)
        late = np.arange(300)[None] - peaks.index[:, None]
        return (peaks.amplitude[:, None] * np.exp(-((late / 12.0) ** 2))).astype("f4")


RECEIVERS = [[500, 500, 2430], [200, 800, 2430], [500, 800, 2430], [800, 800, 2430]]
EMULATORS = [Fake(place) for place in RECEIVERS]
SIGMA = 0.03


def data(seed, position=TRUTH):
    clean = np.array([e.predict(position[None])[0] for e in EMULATORS])
    return clean + np.random.default_rng(seed).normal(0, SIGMA, clean.shape)


def test_noise_is_the_gaussian_density():
    points = TRUTH + np.random.default_rng(0).normal(0, 20, (5, 3))
    observed = data(1)
    found = location.WaveformLikelihood("noise", EMULATORS, observed, SIGMA)(points)
    for n, point in enumerate(points):
        misfit = observed - np.array([e.predict(point[None])[0] for e in EMULATORS])
        assert found[n] == pytest.approx(-0.5 * (misfit**2).sum() / SIGMA**2, rel=1e-5)
    squares = location.squared_residuals(EMULATORS, observed[None].astype("f4"), points)[0]
    np.testing.assert_allclose(found, -0.5 * squares / SIGMA**2, rtol=1e-4)


def test_variance_is_the_gaussian_density_with_the_errors_variance():
    point, observed = TRUTH[None] + 15.0, data(2)
    expected = 0.0
    for number, emulator in enumerate(EMULATORS):
        predicted, shift, amplitude = emulator_errors.predict_traces(emulator, point)
        inside = np.arange(300) - shift[0]
        profile = np.where((inside >= 0) & (inside < 300), 1e-3, 0.0)
        covariance = SIGMA**2 * np.eye(300) + amplitude[0] ** 2 * np.diag(profile)
        density = multivariate_normal(np.zeros(300), covariance).logpdf(
            observed[number] - predicted[0]
        )
        expected += density + 0.5 * 300 * np.log(2 * np.pi * SIGMA**2)
    found = location.WaveformLikelihood("variance", EMULATORS, observed, SIGMA)(point)
    assert found[0] == pytest.approx(expected, rel=1e-4)  # float32 sums of 300 terms


def test_an_unknown_likelihood():
    with pytest.raises(ValueError, match="noise, variance, modes, not magic"):
        location.WaveformLikelihood("magic", EMULATORS, data(1), SIGMA)


def locate(likelihood, observed, seed):
    random = np.random.default_rng(stream(seed))
    scan = random.uniform(BOUNDS[:, 0], BOUNDS[:, 1], (4000, 3))
    first = -0.5 * location.squared_residuals(EMULATORS, observed[None], scan)[0] / SIGMA**2
    sampler = Importance(draws=600, rounds=40)
    return sampler(Posterior(likelihood, Box(BOUNDS)), scanned(scan, first), random)


def test_importance_sampling_finds_the_posterior_of_nested_sampling():
    observed = data(5)
    likelihood = location.WaveformLikelihood("noise", EMULATORS, observed, SIGMA)
    fast = locate(likelihood, observed, 6)
    slow = Nested()(Posterior(likelihood, Box(BOUNDS)), None, stream(7))
    # four standard errors of a mean, and of a standard deviation, which is 1 / sqrt(2 n) of it
    worth = np.array([kish_ess(fast.weight), kish_ess(slow.weight)])
    error = np.sqrt((1 / worth).sum())
    assert worth.min() >= 500
    assert (abs(fast.mean - slow.mean) < 4 * error * slow.deviation).all()
    ratio = fast.deviation / slow.deviation
    assert (abs(np.log(ratio)) < 4 * error / np.sqrt(2)).all()
    error = np.hypot(fast.log_evidence_error, slow.log_evidence_error)
    assert abs(fast.log_evidence - slow.log_evidence) < 4 * error + 0.1


def test_importance_sampling_of_two_modes():
    width = np.array([8.0, 8.0, 12.0])

    def two(points):
        a, b = (-0.5 * (((points - TRUTH - d) / width) ** 2).sum(1) for d in (0, [60, -80, 90]))
        return np.logaddexp(a, b)

    sampler = Importance(scan=8000, draws=1000, rounds=60, wanted=2000)
    found = sampler(Posterior(two, Box(BOUNDS)), None, np.random.default_rng(8))
    exact = np.log(2 * (2 * np.pi) ** 1.5 * width.prod() / 2.43e9)
    assert found.log_evidence == pytest.approx(exact, abs=0.15)
    assert found.weight[0, found.flat[:, 2] < 1620].sum() == pytest.approx(0.5, abs=0.1)


def test_the_search_ends_on_many_points_however_sharp_the_posterior():
    # a millimetre wide in a cubic kilometre, behind a ridge a kilometre long: the rounds go on
    # until the samples are worth what is asked, which eight rounds were not enough for
    width = np.array([1e-3, 2e-3, 5e-3])
    turn = np.linalg.qr(np.random.default_rng(11).normal(size=(3, 3)))[0]

    def sharp(points):
        away = (points - TRUTH) @ turn
        return -0.5 * ((away / width) ** 2).sum(1)

    sampler = Importance(scan=2000, draws=500, rounds=60)
    found = sampler(Posterior(sharp, Box(BOUNDS)), None, np.random.default_rng(10))
    assert kish_ess(found.weight) >= 500
    error = 1 / np.sqrt(kish_ess(found.weight))
    away = (found.flat - TRUTH) @ turn
    mean = found.weight[0] @ away
    assert (abs(mean) < 4 * error * width).all()
    deviation = np.sqrt(found.weight[0] @ (away - mean) ** 2)
    assert (abs(np.log(deviation / width)) < 4 * error / np.sqrt(2)).all()
    exact = 1.5 * np.log(2 * np.pi) + np.log(width).sum() - np.log(2.43e9)
    assert found.log_evidence == pytest.approx(exact, abs=4 * found.log_evidence_error)


def test_an_event_that_is_not_found_says_so():
    def sharp(points):
        return -0.5 * ((points - TRUTH) ** 2).sum(1) / 1e-6

    sampler = Importance(scan=2000, draws=200, rounds=3)
    found = sampler(Posterior(sharp, Box(BOUNDS)), None, np.random.default_rng(12))
    assert kish_ess(found.weight) < 100


def test_calibration_of_an_honest_likelihood():
    # positions from the prior, data from the likelihood: levels are uniform by construction
    random = np.random.default_rng(9)
    rows = []
    for number in range(40):
        truth = random.uniform([200, 200, 800], [800, 800, 2000])
        observed = data(100 + number, truth).astype("f4")
        likelihood = location.WaveformLikelihood("noise", EMULATORS, observed, SIGMA)
        rows.append(coverage.score(locate(likelihood, observed, number), truth, likelihood))
    found = coverage.coverage(
        np.array([row["quantile"] for row in rows]), np.array([row["level"] for row in rows])
    )
    for row in found:
        # three binomial standard errors: 0.22 and 0.10
        assert abs(row["regions"] - row["level"]) < 3 * row["binomial_error"]
        assert abs(row["intervals"] - row["level"]) < 3 * row["binomial_error"]


def test_coverage_counts():
    quantiles = np.array([[0.5, 0.17, 0.02], [0.5, 0.9, 0.99]])
    found = coverage.coverage(quantiles, np.array([0.5, 0.9]))
    assert found[0]["intervals"] == pytest.approx(3 / 6)
    assert found[1]["intervals"] == pytest.approx(4 / 6)
    assert [row["regions"] for row in found] == [0.5, 1.0]
    assert found[0]["binomial_error"] == pytest.approx(np.sqrt(0.68 * 0.32 / 2))
