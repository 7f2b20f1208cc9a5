"""Errors of an emulator by position, the density they give, and the power that makes it honest."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import chi2, multivariate_normal

from latentearth.inversion import emulator_errors, likelihood_power
from latentearth.inversion.location import WaveformLikelihood
from latentearth.seeds import stream

SAMPLES, SIGMA = 120, 0.02
RECEIVERS = [[500, 500, 2430], [200, 800, 2430], [500, 800, 2430], [800, 800, 2430]]


class Peaks:
    """What an emulator says of amplitude and arrival."""

    def __init__(self, amplitude, index):
        self.amplitude, self.index = amplitude, index


class Fake:
    """An emulator of a pulse that comes later from farther away."""

    class Model:
        reference = (1.0, 60.0)

    def __init__(self, receiver):
        self.receiver, self.peaks = np.array(receiver, float), self.Model()

    def predict_peaks(self, positions):
        distance = np.linalg.norm(positions - self.receiver, axis=1)
        return Peaks(500.0 / distance, 30.0 + distance / 40.0)

    def predict(self, positions, true_peaks=None):
        peaks = true_peaks or self.predict_peaks(positions)
        late = np.arange(SAMPLES)[None] - peaks.index[:, None]
        return (peaks.amplitude[:, None] * np.exp(-((late / 6.0) ** 2))).astype("f4")


EMULATORS = [Fake(place) for place in RECEIVERS]
PATTERNS = np.linalg.qr(
    np.exp(-(((np.arange(SAMPLES)[:, None] - [50, 58, 66]) / [4.0, 6.0, 8.0]) ** 2))
)[0].T


def size(positions):
    """Standard deviation of the errors along a pattern: ten times as large at the top."""
    return 0.05 * 10.0 ** ((positions[:, 2] - 500.0) / 1500.0)


def world(count, seed, common=0.0):
    """Positions, and traces whose errors grow upwards; a part is common to all receivers."""
    random = np.random.default_rng(seed)
    positions = random.uniform([100, 100, 500], [900, 900, 2000], (count, 3))
    shared = random.normal(size=(count, 3))
    traces = []
    for emulator in EMULATORS:
        predicted, shift, amplitude = emulator_errors.predict_traces(emulator, positions)
        own = random.normal(size=(count, 3))
        along = np.sqrt(common) * shared + np.sqrt(1 - common) * own
        along *= (size(positions) * amplitude)[:, None]
        error = (along @ PATTERNS).astype("f4")
        traces.append(predicted + emulator_errors.aligned_errors(error, -shift, np.ones(count)))
    return positions, np.array(traces)


def test_errors_have_their_patterns_and_their_size_follows_the_position():
    positions, traces = world(800, 1)
    found = emulator_errors.fit(EMULATORS[0], positions, traces[0], 3)
    # what the leading components span is what the errors are made of
    assert np.linalg.norm(PATTERNS @ found.modes.T, axis=1) == pytest.approx(1.0, abs=0.01)
    places = np.random.default_rng(2).uniform([200, 200, 600], [800, 800, 1900], (300, 3))
    variance, rest = found.local(places)
    ratio = np.log(variance.mean(1) / size(places) ** 2)
    # some 13 neighbours of three patterns each: scale and shape are known to 27 and 23 per cent
    # each; over all places, which share 800 events, to 5 per cent, and heights differ among
    # neighbours. Without the position the ratio would spread by 1.1.
    assert abs(ratio.mean()) < 0.15
    assert ratio.std() < 0.4
    assert (rest * SAMPLES < 0.01 * variance.sum(1)).all()


def test_density_is_gaussian_with_the_covariance_of_noise_and_errors():
    positions, traces = world(300, 2)
    known = emulator_errors.fit(EMULATORS[0], positions, traces[0], 5)
    points = np.array([[420.0, 380.0, 1500.0], [610.0, 500.0, 900.0]])
    predicted, shift, amplitude = emulator_errors.predict_traces(EMULATORS[0], points)
    misfit = 0.05 * np.random.default_rng(3).normal(size=predicted.shape).astype("f4")
    found = emulator_errors.log_likelihood(known, points, misfit, shift, amplitude, SIGMA)
    variance, rest = known.local(points)
    for n in range(2):
        moved = emulator_errors.aligned_errors(known.modes, np.full(5, -shift[n]), np.ones(5))
        density = 0.0
        for factor, share in zip(emulator_errors.VARIANCE_FACTORS, known.factors, strict=True):
            others = np.eye(SAMPLES) - moved.T @ moved
            errors = (moved.T * variance[n]) @ moved + rest[n] * others
            covariance = SIGMA**2 * np.eye(SAMPLES) + factor * amplitude[n] ** 2 * errors
            normal = multivariate_normal(np.zeros(SAMPLES), covariance)
            density += share * np.exp(normal.logpdf(misfit[n]))
        exact = np.log(density) + 0.5 * SAMPLES * np.log(2 * np.pi * SIGMA**2)
        # a shift moves a part of the modes out of the window: they lose their unit length there
        assert found[n] == pytest.approx(exact, rel=5e-3)


def test_weights_of_neighbours_do_not_jump():
    positions, traces = world(200, 4)
    known = emulator_errors.fit(EMULATORS[0], positions, traces[0], 5)
    line = np.linspace([300.0, 300, 800], [305.0, 305, 805], 2001)
    variance = known.local(line)[0][:, 0]
    # 2.5 mm apart; the largest step is of the size of the mean one, so that nothing jumps
    steps = np.abs(np.diff(np.log(variance)))
    assert steps.max() < 20 * steps.mean() + 1e-6


def test_an_honest_likelihood_keeps_its_power():
    positions, traces = world(1000, 5)
    found = likelihood_power.fit(EMULATORS, positions, traces, SIGMA, np.random.default_rng(6))
    # 100 events decide: the quantile of chi-squared has 10 per cent of statistical error
    assert np.median(found.square) == pytest.approx(chi2.ppf(0.5, 3), rel=0.25)
    assert min(found.at(z) for z in (700.0, 1250.0, 1800.0)) > 0.65


def test_a_power_makes_good_errors_that_count_too_little():
    positions, traces = world(1000, 7)
    modes, _ = likelihood_power.learn_power(EMULATORS, positions, traces, SIGMA, stream(8))
    small = [
        dataclasses.replace(
            m, variances=m.variances / 9, squares=m.squares / 9, factors=np.eye(8)[3]
        )
        for m in modes
    ]
    squares = []
    for seed in (9, 10):
        others, data = world(1000, seed)
        data = data + np.random.default_rng(seed).normal(0, SIGMA, data.shape)
        squares.append(likelihood_power.linear_squares(EMULATORS, small, others, data, SIGMA))
    # without it the region of 80 per cent holds half of that
    assert (squares[1] < chi2.ppf(0.8, 3)).mean() < 0.5
    weights = np.array(
        [
            likelihood_power.LikelihoodPower(world(1000, 9)[0][:, 2], squares[0]).at(z)
            for z in others[:, 2]
        ]
    )
    # judged on other events; twice the binomial errors of those and of the 100 that decide
    assert (weights * squares[1] < chi2.ppf(0.8, 3)).mean() == pytest.approx(0.8, abs=0.08)


def test_few_events_are_enough_to_run():
    positions, traces = world(12, 11)
    modes, found = likelihood_power.learn_power(EMULATORS, positions, traces, SIGMA, stream(12))
    assert np.isfinite(modes[0].local(positions)[0]).all()
    assert 0.05 <= found.at(1000.0) <= 1.0


class Bare:
    """What predicts traces alone, as a store does."""

    def __init__(self, receiver):
        self.inner = Fake(receiver)

    def predict(self, positions, late=0.0):
        peaks = self.inner.predict_peaks(positions)
        return self.inner.predict(positions, true_peaks=Peaks(peaks.amplitude, peaks.index + late))


def test_a_predictor_without_a_model_of_its_peaks():
    random = np.random.default_rng(4)
    positions = random.uniform([100, 100, 500], [900, 900, 2000], (160, 3))
    stores = [Bare(receiver) for receiver in RECEIVERS]
    # in samples: at an amplitude of 1, four standard deviations of the noise on the flanks
    clean = np.stack([one.predict(positions, random.normal(0.0, 0.6, 160)) for one in stores], 1)
    known = [
        emulator_errors.fit(one, positions[40:], clean[40:, number])
        for number, one in enumerate(stores)
    ]
    clean = clean[:40]
    data = clean + random.normal(0.0, SIGMA, clean.shape)
    excess = {"noise": [], "modes": []}
    for place, observed in zip(positions[:40], data, strict=True):
        around = place + random.uniform(-60.0, 60.0, (400, 3)) * random.uniform(size=(400, 1)) ** 2
        for name, found in excess.items():
            density = WaveformLikelihood(name, stores, observed, SIGMA, known)
            found.append(density(around).max() - density(place[None])[0])
    # half of chi-square of three numbers: 95 per cent are below 3.9
    assert np.mean(np.array(excess["noise"]) > 3.9) > 0.5
    assert np.mean(np.array(excess["modes"]) > 3.9) <= 0.05 + 2 * (0.05 * 0.95 / 40) ** 0.5
