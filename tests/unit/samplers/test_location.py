"""Likelihoods of positions, the fast search for many events, and what calibration counts."""

import numpy as np
import pytest
from latentearth.provenance import stream
from latentearth.samplers import calibration, importance, location, nested
from scipy.stats import multivariate_normal

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
        self.aligned_variance = 1e-3 * np.ones(300, "f4")

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
    squares = location.squared_misfits(EMULATORS, observed[None].astype("f4"), points)[0]
    np.testing.assert_allclose(found, -0.5 * squares / SIGMA**2, rtol=1e-4)


def test_variance_and_modes_are_gaussian_densities_with_the_errors_covariance():
    point, observed = TRUTH[None] + 15.0, data(2)
    modes = np.linalg.qr(np.random.default_rng(3).normal(size=(300, 4)))[0].T
    known = location.ErrorModes(modes.astype("f4"), np.array([0.4, 0.2, 0.1, 0.05]), 2e-4)
    zero = np.zeros(300)
    expected = {"variance": 0.0, "modes": 0.0}
    for number, emulator in enumerate(EMULATORS):
        predicted, shift, amplitude = location._predict(emulator, point)
        misfit = observed[number] - predicted[0]
        inside = np.arange(300) - shift[0]
        kept = (inside >= 0) & (inside < 300)
        profile = np.where(kept, 1e-3, 0.0)
        moved = np.zeros((4, 300))
        moved[:, kept] = modes[:, inside[kept].astype(int)]
        noise = SIGMA**2 * np.eye(300)
        covariances = {
            "variance": noise + amplitude[0] ** 2 * np.diag(profile),
            "modes": noise + amplitude[0] ** 2 * (
                2e-4 * np.eye(300) + moved.T * known.variances @ moved
            ),
        }  # fmt: skip
        constant = -0.5 * 300 * np.log(2 * np.pi * SIGMA**2)
        for kind, covariance in covariances.items():
            density = multivariate_normal(zero, covariance).logpdf(misfit)
            expected[kind] += density - constant
    for kind, value in expected.items():
        found = location.WaveformLikelihood(kind, EMULATORS, observed, SIGMA, [known] * 4)(point)
        # modes that a shift moves out of the record lose their unit length: some 1e-3
        assert found[0] == pytest.approx(value, rel=2e-3)


def test_error_modes_find_what_errors_are_made_of():
    random = np.random.default_rng(4)
    positions = random.uniform([200, 200, 500], [800, 800, 1800], (400, 3))
    emulator = EMULATORS[0]
    predicted, shift, amplitude = location._predict(emulator, positions)
    pattern = np.exp(-(((np.arange(300) - 100) / 8.0) ** 2))
    pattern /= np.linalg.norm(pattern)
    along = random.normal(0, 0.5, 400)
    truth = predicted.copy()
    for n in range(400):
        moved = np.zeros(300)
        inside = np.arange(300) - int(shift[n])
        kept = (inside >= 0) & (inside < 300)
        moved[kept] = pattern[inside[kept]]
        truth[n] += amplitude[n] * along[n] * moved
    found = location.error_modes(emulator, positions, truth, 5)
    assert abs(found.modes[0] @ pattern) > 0.99
    # the variance of 400 numbers is known to 7 per cent
    assert found.variances[0] == pytest.approx(0.25, rel=0.25)
    assert found.variances[1] < 0.01 * found.variances[0]


def test_an_unknown_likelihood():
    with pytest.raises(ValueError, match="noise, variance, modes, not magic"):
        location.WaveformLikelihood("magic", EMULATORS, data(1), SIGMA)


def locate(likelihood, observed, seed):
    random = np.random.default_rng(stream(seed))
    scan = random.uniform(BOUNDS[:, 0], BOUNDS[:, 1], (4000, 3))
    first = -0.5 * location.squared_misfits(EMULATORS, observed[None], scan)[0] / SIGMA**2
    return importance.locate(likelihood, BOUNDS, scan, first, random, 600, 7)


def test_importance_sampling_finds_the_posterior_of_nested_sampling():
    observed = data(5)
    likelihood = location.WaveformLikelihood("noise", EMULATORS, observed, SIGMA)
    fast = locate(likelihood, observed, 6)
    slow = nested.sample(likelihood, BOUNDS, stream(7), live=200)
    assert fast.effective_size > 300
    # both have some hundred effective samples: means within 0.3 of a standard deviation, and
    # standard deviations within 20 per cent, are 4 standard errors
    assert (abs(fast.mean - slow.mean) < 0.3 * slow.standard_deviation).all()
    np.testing.assert_allclose(fast.standard_deviation, slow.standard_deviation, rtol=0.25)
    error = np.hypot(fast.log_evidence_error, slow.log_evidence_error)
    assert abs(fast.log_evidence - slow.log_evidence) < 4 * error + 0.1


def test_importance_sampling_of_two_modes():
    width = np.array([8.0, 8.0, 12.0])

    def two(points):
        a, b = (-0.5 * (((points - TRUTH - d) / width) ** 2).sum(1) for d in (0, [60, -80, 90]))
        return np.logaddexp(a, b)

    random = np.random.default_rng(8)
    scan = random.uniform(BOUNDS[:, 0], BOUNDS[:, 1], (8000, 3))
    found = importance.locate(two, BOUNDS, scan, two(scan), random, 1000, 8)
    exact = np.log(2 * (2 * np.pi) ** 1.5 * width.prod() / 2.43e9)
    assert found.log_evidence == pytest.approx(exact, abs=0.15)
    assert found.weights[found.points[:, 2] < 1620].sum() == pytest.approx(0.5, abs=0.1)


def test_calibration_of_an_honest_likelihood():
    # positions from the prior, data from the likelihood: levels are uniform by construction
    random = np.random.default_rng(9)
    rows = []
    for number in range(40):
        truth = random.uniform([200, 200, 800], [800, 800, 2000])
        observed = data(100 + number, truth).astype("f4")
        likelihood = location.WaveformLikelihood("noise", EMULATORS, observed, SIGMA)
        rows.append(calibration.score(locate(likelihood, observed, number), truth, likelihood))
    found = calibration.coverage(
        np.array([row["quantile"] for row in rows]), np.array([row["level"] for row in rows])
    )
    for row in found:
        # three binomial standard errors: 0.22 and 0.10
        assert abs(row["regions"] - row["level"]) < 3 * row["binomial_error"]
        assert abs(row["intervals"] - row["level"]) < 3 * row["binomial_error"]


def test_coverage_counts():
    quantiles = np.array([[0.5, 0.17, 0.02], [0.5, 0.9, 0.99]])
    found = calibration.coverage(quantiles, np.array([0.5, 0.9]))
    assert found[0]["intervals"] == pytest.approx(3 / 6)
    assert found[1]["intervals"] == pytest.approx(4 / 6)
    assert [row["regions"] for row in found] == [0.5, 1.0]
    assert found[0]["binomial_error"] == pytest.approx(np.sqrt(0.68 * 0.32 / 2))
