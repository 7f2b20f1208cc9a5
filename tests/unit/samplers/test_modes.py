"""Importance sampling around modes: densities that are known exactly."""

import numpy as np
import pytest
from scipy import stats

from latentearth.samplers.importance import scanned
from latentearth.samplers.modes import ModeSampler
from latentearth.samplers.targets import Box, Posterior

BOX = Box(np.array([[0.0, 1000.0], [0.0, 1000.0], [-0.1, 0.1]]))
SCALE = (20.0, 20.0, 0.01)
DEVIATION = np.array([3.0, 5.0, 0.004])
COVARIANCE = np.outer(DEVIATION, DEVIATION) * (0.4 + 0.6 * np.eye(3))
FIRST, SECOND = np.array([300.0, 400.0, 0.02]), np.array([700.0, 450.0, -0.05])


def sampled(log_likelihood, seed=1, count=3000):
    points = BOX.draw(count, np.random.default_rng(seed))
    start = scanned(points, log_likelihood(points))
    sampler = ModeSampler(SCALE, draws=800, wanted=400)
    return sampler(Posterior(log_likelihood, BOX), start, np.random.SeedSequence(seed))


def test_a_narrow_peak_is_found_with_its_size_and_evidence():
    peak = stats.multivariate_normal(FIRST, COVARIANCE)
    found = sampled(lambda x: 2.0 + peak.logpdf(x))
    # 400 effective samples: the mean to 0.05 deviations, a deviation to 3.5 per cent; 4 of these
    assert np.abs((found.mean - FIRST) / DEVIATION).max() < 0.2
    np.testing.assert_allclose(found.deviation, DEVIATION, rtol=0.14)
    exact = 2.0 - np.log(BOX.width.prod())
    assert found.log_evidence == pytest.approx(exact, abs=0.2)


def test_two_peaks_share_the_samples_by_what_they_hold():
    one, other = (stats.multivariate_normal(c, COVARIANCE) for c in (FIRST, SECOND))
    found = sampled(
        lambda x: np.logaddexp(np.log(0.7) + one.logpdf(x), np.log(0.3) + other.logpdf(x))
    )
    near = np.abs(found.flat[:, 0] - FIRST[0]) < 100
    # a share of 0.7 of 400 effective samples: 0.023; 4 of these
    assert found.weight.ravel()[near].sum() == pytest.approx(0.7, abs=0.1)


def test_no_sample_is_outside_the_prior():
    corner = stats.multivariate_normal([1.0, 2.0, 0.0], COVARIANCE)
    found = sampled(corner.logpdf, count=20_000)
    assert BOX.inside(found.flat).all()
    exact = np.log(np.mean(BOX.inside(corner.rvs(200_000, random_state=1)))) - np.log(
        BOX.width.prod()
    )
    assert found.log_evidence == pytest.approx(exact, abs=0.25)


def test_a_scan_is_needed():
    with pytest.raises(ValueError, match="points of a scan"):
        ModeSampler(SCALE)(Posterior(lambda x: -x.sum(1), BOX), None, np.random.SeedSequence(1))


def test_rounds_end_when_samples_are_worth_what_is_wanted():
    peak = stats.multivariate_normal(FIRST, COVARIANCE)
    calls = []

    def counted(x):
        calls.append(len(x))
        return peak.logpdf(x)

    sampled(counted)
    # a normal peak by a Student distribution of its curvature: 600 of the first 800
    assert sum(count > 700 for count in calls[1:]) == 1


def test_a_mixture_of_wider_forms_is_sampled_from_the_narrow_one():
    peak, wide = (stats.multivariate_normal(FIRST, f**2 * COVARIANCE) for f in (1, 5))
    narrow = sampled(peak.logpdf)
    both = Posterior(
        lambda x: np.logaddexp(np.log(0.8) + peak.logpdf(x), np.log(0.2) + wide.logpdf(x)), BOX
    )
    sampler = ModeSampler(SCALE, draws=1600, wanted=600)
    found = sampler.around(both, narrow, np.random.SeedSequence(4), np.array([1.0, 1.0, 5.0]))
    # 600 effective samples of kurtosis up to 11: 6 per cent; 4 of these
    np.testing.assert_allclose(found.deviation, np.sqrt(0.8 + 0.2 * 25) * DEVIATION, rtol=0.25)
