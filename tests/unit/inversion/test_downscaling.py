"""The inverse problem on small pieces: likelihood, errors, closest fits, solutions."""

import numpy as np
import pytest
import torch

from latentearth.diagnostics import efficiency
from latentearth.images import pixels
from latentearth.inversion import downscaling, downscaling_solution
from latentearth.inversion.closest_fit import ClosestFit
from latentearth.operators.homogenization import Homogenization
from latentearth.operators.homogenization_elastic import TwoPhases
from latentearth.samplers.latent_chains import LatentChains
from latentearth.samplers.latent_kernels import METHODS
from latentearth.samplers.targets import Normal, Posterior
from latentearth.seeds import stream

SIZE, LATENT, WAVES = 32, 3, 2
SIGMA = np.array([4.0, 4.0, 3.0, 2.0, 0.5, 0.5])


def generator(z):
    """Smooth stripes and a blob: a network would do no more for these tests."""
    x = (torch.arange(SIZE, dtype=z.dtype) + 0.5) / SIZE
    wave = torch.sin(2 * torch.pi * (x + 0.3 * z[:, 0:1]))[:, None, :]
    blob = torch.cos(2 * torch.pi * x + z[:, 1:2])[:, :, None]
    return torch.sigmoid(3 * (wave + z[:, 2, None, None] * blob))


def posterior_of(operator, observed, sigma=SIGMA, **settings):
    return downscaling.latent_posterior(generator, operator, observed, sigma, LATENT, **settings)


@pytest.fixture(scope="module")
def operator():
    return Homogenization(SIZE, WAVES)


@pytest.fixture(scope="module")
def truth(operator):
    z = np.array([[0.4, -0.7, 0.9]])
    image = downscaling.generate(generator, z)
    return z, image, downscaling.homogenize(operator, image)


def test_likelihood_is_the_formula_of_the_paper(operator, truth):
    """Equation 15, summed by hand."""
    observed = downscaling.observe(truth[2][0], SIGMA, stream(1, "noise"))
    z = torch.from_numpy(np.random.default_rng(0).standard_normal((5, LATENT)))
    target = posterior_of(operator, observed)
    media = downscaling.homogenize(operator, downscaling.generate(generator, z.numpy()))
    by_hand = [
        -0.5 * sum(np.sum((observed[i] - m[i]) ** 2) / SIGMA[i] ** 2 for i in range(6))
        for m in media
    ]
    np.testing.assert_allclose(target.log_likelihood(z), by_hand, rtol=1e-4)  # single precision
    only = posterior_of(operator, observed, components=[0])
    first = [-0.5 * np.sum((observed[0] - m[0]) ** 2) / SIGMA[0] ** 2 for m in media]
    np.testing.assert_allclose(only.log_likelihood(z), first, rtol=1e-4)


def test_gradient_of_the_likelihood(operator, truth):
    """Through homogenization and generator, against finite differences in double precision."""
    operator = Homogenization(SIZE, WAVES, dtype=torch.float64)
    z = torch.tensor([[0.1, 0.2, -0.3]], dtype=torch.float64, requires_grad=True)
    data = torch.from_numpy(truth[2][0]).double()

    def value(z):
        return (
            -0.5
            * ((data - operator(generator(z))[0]) / torch.tensor(SIGMA)[:, None, None])
            .square()
            .sum()
        )

    exact = np.array(
        [
            float(value(z.detach() + h) - value(z.detach() - h)) / 2e-5
            for h in 1e-5 * torch.eye(LATENT, dtype=torch.float64)
        ]
    )
    found, slope = posterior_of(Homogenization(SIZE, WAVES), truth[2][0]).gradient(z)
    # the target works in single precision: 1e-3 of the largest component
    np.testing.assert_allclose(slope[0].numpy(), exact, atol=1e-3 * np.abs(exact).max())
    assert float(found) == pytest.approx(float(value(z)), rel=1e-4)


def test_every_chain_may_have_its_own_data(operator, truth):
    others = np.stack([truth[2][0], truth[2][0] + 3.0])
    z = torch.from_numpy(np.repeat(truth[0], 2, axis=0))
    target = posterior_of(operator, others)
    value = target.log_likelihood(z).numpy()
    assert abs(value[0]) < 1e-3 and value[1] == pytest.approx(
        -0.5 * 16 * np.sum(9 / SIGMA**2), rel=1e-3
    )


def test_data_off_the_grid_are_refused(operator):
    with pytest.raises(ValueError, match="expected"):
        posterior_of(operator, np.zeros((6, 5, 5)))


def test_errors():
    """Spread over an ensemble, its combination with sigma_G, and the noise that is added."""
    random = np.random.default_rng(1)
    media = random.normal(100, SIGMA[None, :, None, None], (400, 6, 4, 4))
    np.testing.assert_allclose(downscaling.spread(media), SIGMA, rtol=0.05)  # 6400 numbers: 0.9 %
    fits = media + random.normal(0, 2 * SIGMA[None, :, None, None], media.shape)
    np.testing.assert_allclose(downscaling.generator_error(media, fits), 2 * SIGMA, rtol=0.05)
    np.testing.assert_allclose(downscaling.combine([0.2], [0.75]), [0.7762], rtol=1e-4)
    seen = downscaling.observe(np.zeros((6, 60, 60)), SIGMA, stream(1, "n"))
    np.testing.assert_allclose(seen.std(axis=(1, 2)), SIGMA, rtol=0.08)


def test_local_tensors():
    """Equations 6 to 8 by hand for white rock."""
    local = downscaling.local(TwoPhases(), np.ones((2, 2)))[:, 0, 0]
    mu = 3.0 * 4.13**2
    lam = 3.0 * ((1.8 * 4.13) ** 2 - 2 * 4.13**2)
    np.testing.assert_allclose(local, [lam + 2 * mu, lam + 2 * mu, 2 * mu, lam, 0, 0], rtol=1e-6)


def test_closest_fit_finds_an_image_that_the_generator_can_make(truth):
    search = ClosestFit(candidates=100, starts=2, steps=120, learning_rate=0.05)
    z, first, last = search(generator, truth[1], LATENT, stream(1, "fit"))
    assert last[0] < 0.05 * first[0] and last[0] < 1e-3
    again = downscaling.generate(generator, z)
    assert np.mean((again - truth[1]) ** 2) == pytest.approx(last[0], rel=0.01, abs=1e-6)


def test_the_search_never_ends_farther_than_it_began():
    images = (np.random.default_rng(2).random((3, SIZE, SIZE)) > 0.5).astype(float)
    search = ClosestFit(candidates=50, starts=2, steps=5, learning_rate=3.0)
    _, first, last = search(generator, images, LATENT, stream(1, "x"))
    assert (last <= first + 1e-6).all()


def test_recovery_of_a_known_image(operator, truth):
    """Small noise: the posterior's mean image is the true one but for some pixels at its edge."""
    observed = downscaling.observe(truth[2][0], 0.05 * SIGMA, stream(1, "noise"))
    target = posterior_of(operator, observed, 0.3 * SIGMA)
    run = LatentChains(METHODS["mala"], 250, 120, chains=12)
    found = run(target, None, stream(3, "recovery"))
    best = found.log_likelihood.mean(axis=1) > found.log_likelihood.mean(axis=1).max() - 30
    result = downscaling_solution.describe_solution(
        found.of_chains(best),
        lambda z: downscaling.generate(generator, z),
        lambda images: downscaling.homogenize(operator, images),
        observed=observed,
        sigma=0.3 * SIGMA,
        image=truth[1][0],
        count=200,
        seed=stream(1, "examples"),
    )
    assert float(result.correct_mean) > 0.95
    assert float(result.misfit_of_mode) < 0.5  # noise is a sixth of the assumed error
    assert result.example.shape == (10, SIZE, SIZE) and float(result.mean_deviation) < 0.2


def test_pixel_statistics_and_thinning():
    def generate(z):
        return np.repeat(np.repeat(z[:, :1, None], 4, 1), 4, 2)

    samples = np.linspace(0, 1, 11)[:, None]
    mean, deviation, white = pixels.pixel_statistics(generate, samples, block=3)
    np.testing.assert_allclose(mean, 0.5)
    np.testing.assert_allclose(deviation, samples.std())
    np.testing.assert_allclose(white, 5 / 11)
    chains = np.arange(60.0).reshape(3, 20, 1)
    assert pixels.thin(chains, 9)[:, 0].tolist() == [0, 10, 19, 20, 30, 39, 40, 50, 59]
    assert len(pixels.thin(chains, 10_000)) == 60
    image = np.array([[0.9, 0.2], [0.6, 0.4]])
    assert pixels.correct_share(image, np.array([[1, 0], [0, 0]])) == 0.75


def test_comparison_of_samplers_on_a_gaussian():
    """Equal posteriors: means apart by about one standard error, and rows say what was counted."""

    def value(z):
        return -2.0 * z.square().sum(1)

    target = Posterior(value, Normal(LATENT), lambda z: (value(z), -4.0 * z))
    runs = {}
    for name in ("random_walk", "mala"):
        run = LatentChains(METHODS[name], 200, 800, chains=6)
        runs[name] = run(target, None, stream(4, name))
    rows = efficiency.compare_samplers(runs)
    assert [row["evaluations"] for row in rows] == [4800, 4800]
    assert rows[0]["gain_median"] == 1 and rows[1]["gain_median"] > 0
    assert all(row["mean_apart_in_errors"] < 3 for row in rows)
    shown = efficiency.autocorrelation_curves(runs)["autocorrelation"][1]
    np.testing.assert_allclose(shown[:, 0], 1)
    assert shown[1, 5] < shown[0, 5]  # the gradient's chains forget sooner
    # far apart, two states are independent: twice the variance 1/5 of each coordinate. 6 chains of
    # 800 steps of a correlation time of some ten are worth 500 samples: 30 per cent is five errors
    limit = 2 * LATENT / 5
    for row, run in zip(rows, runs.values(), strict=True):
        assert row["squared_distance_limit"] == pytest.approx(limit, rel=0.3)
        far = efficiency.squared_distance(run.position, 400)
        assert far == pytest.approx(limit, rel=0.3)
    assert rows[0]["gain_distance"] == 1


def test_squared_distance_of_a_straight_path():
    path = np.stack([np.arange(10.0), np.zeros(10)], axis=1)[None]
    assert efficiency.squared_distance(path, 3.2) == 9
    assert efficiency.squared_distance(path, 0.1) == 1  # at least one step
    assert efficiency.squared_distance(path, 99) == 81  # at most what there is
