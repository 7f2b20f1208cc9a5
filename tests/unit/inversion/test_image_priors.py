"""Priors of images: the flow's parameters, their likelihood, and what needs no sampler."""

import numpy as np
import pytest
import torch

from latentearth.earth.stirring import Distributions, Flow, sample_parameters
from latentearth.generators.curve_flow import CurveFlow
from latentearth.generators.flow_matching import FlowMatching
from latentearth.inversion.curve_flow_prior import ScoreChart
from latentearth.inversion.downscaling import homogenize, observe
from latentearth.inversion.image_priors import (
    Observation,
    bank_of,
    coarse_errors,
    image_posterior,
)
from latentearth.inversion.linear_downscaling import nearest_medium, wiener_image
from latentearth.inversion.stirring_parameters import CurveChart, stirring_box, stirring_prior
from latentearth.operators.homogenization import Homogenization
from latentearth.samplers.population_annealing import PopulationAnnealing
from latentearth.seeds import stream

SIZE, WAVES = 32, 3
SIGMA = np.array([4.0, 4.0, 3.0, 2.0, 0.5, 0.5])
# flows so alike that a few hundred draws lie close enough to any target
ALIKE = Distributions(0.02, (0.9, 1.1), (0.4, 0.6), (1.0, 1.5))


@pytest.fixture(scope="module")
def prior():
    return stirring_prior(ALIKE, SIZE, Flow(steps=20), SIZE // 2, Flow(steps=15))


@pytest.fixture(scope="module")
def operators():
    return Homogenization(SIZE, WAVES), Homogenization(SIZE // 2, WAVES)


def test_phases_that_go_all_round_are_periodic(prior):
    assert stirring_box(Distributions()).periodic == (6, 7)
    assert stirring_box(ALIKE).periodic == ()
    parameters = sample_parameters(ALIKE, 1, stream(3, "p"))
    turned = parameters + np.array([0, 0, 0, 0, 0, 0, 2 * np.pi, -2 * np.pi])
    # single precision moves a pixel in 10^5
    assert (prior.images(parameters) != prior.images(turned)).mean() < 0.005
    box = stirring_box(Distributions())
    np.testing.assert_allclose(box.wrapped(turned), parameters)
    assert box.inside(turned).all() and np.isfinite(box.log_density(turned)).all()


def check_chart(chart, x, tolerance, error):
    """There and back, and the volume by difference quotients of each coordinate."""
    y = chart.forward(x)
    found, log_volume = chart.back(y)
    assert np.abs(found - x).max() < tolerance
    step = 1e-3
    slopes = np.empty((len(x), y.shape[1], y.shape[1]))
    for k in range(y.shape[1]):
        move = step * (np.arange(y.shape[1]) == k)
        slopes[:, :, k] = (chart.back(y + move)[0] - chart.back(y - move)[0]) / (2 * step)
    by_hand = np.linalg.slogdet(slopes)[1]
    np.testing.assert_allclose(log_volume, by_hand, atol=error)


def test_curves_are_a_chart_of_the_parameters():
    x = sample_parameters(Distributions(), 50, stream(6, "p"))
    x[:, 4:6] = 0.1 + 0.9 * x[:, 4:6]  # differences of steps would cross f = 0
    chart = CurveChart(2.5)
    # angles by their sines and cosines would have another volume: away from the seam instead
    x[:, 6:] = 0.5 + 0.8 * x[:, 6:]
    check_chart(chart, x, 1e-9, 0.02)
    # the curve at that time, and its slope, by the simulator's own formula
    y, (a, b) = chart.forward(x), (x[:, [2, 4, 6]].T, x[:, [3, 5, 7]].T)
    np.testing.assert_allclose(y[:, 2], a[0] * np.sin(a[1] * 2.5 + a[2]))
    np.testing.assert_allclose(y[:, 7], -b[0] * b[1] * np.sin(b[1] * 2.5 + b[2]))
    y[:, 5] = -0.1
    assert np.isneginf(chart.back(y)[1]).all()


def test_scores_are_a_chart_of_latent_vectors():
    random = np.random.default_rng(7)
    layers = [(16, 20), (20,), (20, 12), (12,)]  # 12 scores, 4 of time
    law = FlowMatching(tuple((0.3 * random.normal(size=s)).astype(np.float32) for s in layers), 8)
    curves = CurveFlow(*(np.zeros(1),) * 3, law, 0.1, 5.0, 16, 0.01)
    # single precision, and steps that do not undo each other to the last digit
    check_chart(ScoreChart(curves), random.normal(size=(20, 12)), 1e-3, 0.02)


def test_log_likelihood_is_of_independent_errors():
    random = np.random.default_rng(0)
    media, observed = random.normal(size=(3, 6, 2, 2)), random.normal(size=(6, 2, 2))
    found = Observation(observed, SIGMA).log_likelihood(media, 1.0)
    by_hand = [
        -0.5 * sum(((m[i] - observed[i]) ** 2).sum() / (SIGMA[i] ** 2 + 1) for i in range(6))
        for m in media
    ]
    np.testing.assert_allclose(found, by_hand)


def test_particles_find_a_marble_cake(prior, operators):
    """Two populations fit as well as the truth does, and agree."""
    parameters = sample_parameters(ALIKE, 301, stream(5, "bank"))
    media = homogenize(operators[0], prior.images(parameters)).astype(float)
    observation = Observation(observe(media[-1], SIGMA, stream(5, "noise")), SIGMA)
    posterior = image_posterior(
        prior, observation, *operators, coarse_errors(prior, parameters, media, operators[1])
    )
    bank = bank_of(parameters[:-1], observation.log_likelihood(media[:-1]))
    sampler = PopulationAnnealing(particles=128, chains=16, rounds=2)
    found = [sampler(posterior, bank, stream(5, "run", k)) for k in range(2)]
    truth = observation.log_likelihood(media[-1:])[0]
    for run in found:
        # eight parameters: half of chi-square of 8 lies below 13 in 1 of 1000 cases; above the
        # truth for as much
        assert abs(run.log_likelihood.mean() - truth) < 13
        assert run.evaluations < run.about["screened"]
    images = [prior.images(run.flat).mean(0) for run in found]
    right = np.mean((images[0] > 0.5) == prior.images(parameters[-1:])[0])
    assert right > 0.9 > np.mean(prior.images(parameters[:-1]).mean(0).round() == 1)
    assert np.corrcoef(images[0].ravel(), images[1].ravel())[0, 1] > 0.95


def test_coarse_images_err_less_with_more_pixels(prior, operators):
    parameters = sample_parameters(ALIKE, 20, stream(2, "p"))
    media = homogenize(operators[0], prior.images(parameters)).astype(float)
    errors = []
    for size in (12, 16, 32):
        coarser = stirring_prior(ALIKE, SIZE, Flow(steps=20), size, Flow(steps=20))
        errors.append(coarse_errors(coarser, parameters, media, Homogenization(size, WAVES)).mean())
    assert errors[0] > errors[1] > errors[2] == 0
    with pytest.raises(TypeError, match="coarse images"):
        coarse_errors(stirring_prior(ALIKE, SIZE, Flow()), parameters, media, operators[1])


def test_wiener_filter_is_the_conditional_mean():
    """Against covariances written out; and for Gaussian images it is right."""
    random = np.random.default_rng(1)
    images, maps = random.normal(size=(400, 4, 4)), random.normal(size=(24, 16))
    media = (images.reshape(400, 16) @ maps.T).reshape(400, 6, 2, 2)
    sigma, truth = np.full(6, 0.3), random.normal(size=16)
    observed = (maps @ truth).reshape(6, 2, 2) + 0.3 * random.normal(size=(6, 2, 2))
    found = wiener_image(images, media, observed, sigma)
    flat, data = images.reshape(400, 16), media.reshape(400, 24)
    both = np.cov(np.hstack([flat, data]).T, bias=True)
    inverse = np.linalg.inv(both[16:, 16:] + 0.09 * np.eye(24))
    expected = flat.mean(0) + both[:16, 16:] @ inverse @ (observed.ravel() - data.mean(0))
    np.testing.assert_allclose(found.ravel(), expected, atol=1e-4)  # weights in single precision
    # 24 data of 16 numbers, errors a tenth of the signal: most of each pixel's variance of 1
    assert np.mean((found.ravel() - truth) ** 2) < 0.2


def test_the_nearest_medium_is_the_best_fit():
    media = torch.zeros(3, 6, 1, 1).numpy() + np.arange(3)[:, None, None, None]
    observation = Observation(np.full((6, 1, 1), 1.2), np.ones(6))
    assert nearest_medium(observation.log_likelihood(media)) == 1


def test_one_truth_of_a_hundred_fits_worse_than_least():
    rng, sigma = np.random.default_rng(7), np.full(6, 0.3)
    observed = sigma[:, None, None] * rng.standard_normal((20000, 6, 2, 2))
    observation = Observation(np.zeros((6, 2, 2)), sigma)  # truth and data change places
    below = np.mean(observation.log_likelihood(observed) < observation.least(0.01))
    assert abs(below - 0.01) < 4 * 0.0007  # four errors of a share of 20000
