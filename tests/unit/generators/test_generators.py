"""Gaussians, copula, kernels, flows in other coordinates, and the cell-copying model."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from latentearth.earth import sphere
from latentearth.ensembles.shell import Radius
from latentearth.generators import base, cell_copying, coordinates, gaussian, mapped, stored_samples
from latentearth.generators.cell_copying import CellCopyingSettings
from latentearth.generators.cell_copying_corrections import drawn_statistics
from latentearth.generators.flow_matching import FlowTraining

SEED = np.random.SeedSequence(1)
COVARIANCE = np.array([[1.0, 0.6, 0.0], [0.6, 2.0, -0.5], [0.0, -0.5, 0.5]])


@pytest.fixture(scope="module")
def skewed():
    """Log-normal coordinates, correlated: (sample, coordinate)."""
    rng = np.random.default_rng(2)
    return np.exp(0.5 * rng.multivariate_normal(np.zeros(3), COVARIANCE, 8000)).astype(np.float32)


@pytest.fixture(scope="module")
def cells():
    """Voronoi models with independent normal values on a grid, and its points."""
    rng = np.random.default_rng(3)
    lat, lon = sphere.grid_points(np.linspace(40, -40, 15), np.linspace(0, 80, 15))
    models = []
    for _ in range(800):
        nuclei = rng.uniform(-45, 45, 30), rng.uniform(-5, 85, 30)
        nearest = sphere.nearest_points(*nuclei, lat, lon)
        models.append((7 + 0.1 * rng.standard_normal(30))[nearest])
    return np.array(models, np.float32), lat, lon


def test_gaussians_have_the_ensembles_mean_and_covariance():
    samples = np.random.default_rng(4).multivariate_normal([1, 2, 3], COVARIANCE, 20000)
    full, independent = gaussian.fit(samples), gaussian.fit_independent(samples)
    at = samples[:20]
    exact = multivariate_normal(samples.mean(0), np.cov(samples.T, ddof=0))
    # single precision of the factor, and a millionth on the diagonal
    np.testing.assert_allclose(full.log_density(at), exact.logpdf(at), atol=1e-3)
    own = norm.logpdf(at, samples.mean(0), samples.std(0)).sum(1)
    np.testing.assert_allclose(independent.log_density(at), own, atol=1e-3)
    # five standard errors of 20 000 draws: 2 / sqrt(20 000) = 0.014 at most
    np.testing.assert_allclose(np.cov(full.draw(20000, SEED).T), COVARIANCE, atol=0.1)
    assert (full.numbers, independent.numbers) == (3 + 6, 6)


def test_a_copula_keeps_marginals_and_correlation(skewed):
    copula = mapped.fit_copula(skewed)
    drawn = copula.draw(8000, SEED)
    levels = [0.01, 0.1, 0.5, 0.9, 0.99]
    found, wanted = np.quantile(drawn, levels, 0), np.quantile(skewed, levels, 0)
    # five standard errors of the 99th percentile of 8000 log-normal samples
    np.testing.assert_allclose(found, wanted, rtol=0.15)
    np.testing.assert_allclose(
        np.corrcoef(np.log(np.maximum(drawn, 1e-3)).T), np.corrcoef(np.log(skewed).T), atol=0.06
    )
    # the exact density is known: mean difference below the error of 33 quantiles
    exact = multivariate_normal(np.zeros(3), 0.25 * COVARIANCE).logpdf(np.log(skewed[:500]))
    exact -= np.log(skewed[:500]).sum(1)
    assert abs(np.mean(copula.log_density(skewed[:500]) - exact)) < 0.05


@pytest.mark.parametrize("make", ["fit_whitening", "fit_normal_scores", "fit_radial_scores"])
def test_maps_are_invertible_and_know_their_volume(skewed, make):
    each = getattr(coordinates, make)(skewed)
    some = skewed[:50].astype(np.float64)
    back = each.inverse(each.forward(some))
    np.testing.assert_allclose(back, some, atol=1e-4)  # single precision, steep pieces
    step = 1e-2  # wide for single precision, so some differences straddle a knot
    moved = [
        (each.forward(some + step * unit) - each.forward(some - step * unit)) / (2 * step)
        for unit in np.eye(3)
    ]
    volume = np.linalg.slogdet(np.stack(moved, 1).astype(np.float64))[1]
    assert np.median(np.abs(volume - each.log_jacobian(some))) < 0.1


def test_a_shell_becomes_normal_by_its_radius():
    shell = Radius(5)
    samples = shell.sample(np.random.default_rng(5), 20000)
    training = FlowTraining(width=16, layers=1, steps=50, batch=128)
    flow = mapped.fit_flow(samples, SEED, training, radial=True)
    drawn = np.linalg.norm(flow.draw(20000, SEED), axis=1)
    # five standard errors of 20 000 radii; 50 steps of a small network add as much
    assert drawn.mean() == pytest.approx(shell.mean, abs=0.01)
    assert drawn.std() == pytest.approx(shell.std, abs=0.01)
    np.testing.assert_allclose(flow.to_samples(flow.to_latent(samples[:9])), samples[:9], atol=1e-3)


def test_kernels_have_a_density():
    samples = np.array([[0.0], [1.0]])
    kernels = stored_samples.fit_kernels(samples, 0.5)
    x = np.linspace(-6, 7, 1301)[:, None]
    expected = 0.5 * norm.pdf(x[:, 0], 0, 0.5) + 0.5 * norm.pdf(x[:, 0], 1, 0.5)
    np.testing.assert_allclose(np.exp(kernels.log_density(x)), expected, atol=1e-9)
    assert kernels.draw(4000, SEED).var() == pytest.approx(0.5, abs=0.05)  # 0.25 + 0.25
    with pytest.raises(ValueError, match="positive"):
        stored_samples.fit_kernels(samples, 0.0)
    resampled = stored_samples.fit_resampled(samples).draw(100, SEED)
    assert set(resampled.ravel()) == {0.0, 1.0}
    with pytest.raises(NotImplementedError, match="no density"):
        stored_samples.fit_resampled(samples).log_density(samples)


def test_partitions_have_bells_numbers():
    for count, bell in ((1, 1), (2, 2), (3, 5), (4, 15), (5, 52)):
        first, cells_of = cell_copying.partitions(count)
        assert (first >= 0).sum() == bell
        assert first.max() + cells_of[first.argmax()] + 1 == (cells_of[first >= 0] + 1).sum()


def test_neighbours_are_visited_before(cells):
    _, lat, lon = cells
    near = cell_copying.visited_neighbours(lat, lon, 4)
    assert (near[1:] < np.arange(1, len(lat))[:, None]).all()
    place = sphere.unit_vectors(lat, lon)
    brute = np.argsort(-(place[:100] @ place[100]))[:4]
    assert set(near[100]) == set(brute)


def test_cell_copying_has_cells_like_the_ensembles(cells):
    samples, lat, lon = cells
    model = cell_copying.fit(samples, lat, lon, CellCopyingSettings())
    drawn = model.draw(800, SEED)
    pairs = sphere.neighbour_pairs(lat, lon)
    shared = [(x[:, pairs[:, 0]] == x[:, pairs[:, 1]]).mean() for x in (samples, drawn)]
    # a share of 0.55 with a standard error below 0.01; the model's own error is 0.03
    assert shared[1] == pytest.approx(shared[0], abs=0.06)
    count = [np.mean([len(np.unique(row)) for row in x]) for x in (samples, drawn)]
    assert count[1] == pytest.approx(count[0], rel=0.25)
    assert drawn.mean() == pytest.approx(samples.mean(), abs=0.01)
    assert drawn.std() == pytest.approx(samples.std(), rel=0.1)


def test_corrections_by_draws_hold_for_samples_that_were_not_learnt(cells):
    samples, lat, lon = cells
    learnt, others = samples[::2], samples[1::2]
    near = cell_copying.visited_neighbours(lat, lon, 4)
    off = []
    for rounds in (0, 14):
        model = cell_copying.fit(learnt, lat, lon, CellCopyingSettings(corrections=rounds))
        of = [drawn_statistics(model.marginals, x, near) for x in (others, model.draw(1600, SEED))]
        off.append(
            [np.abs(np.mean(np.atleast_1d(a - b), axis=0)).max() for a, b in zip(*of, strict=True)]
        )
    # means over all points: a share of 400 samples of some 30 cells each has an error of 0.005
    assert off[1][0] < off[0][0] and off[1][1] < 0.5 * off[0][1]


def test_without_cells_it_is_a_sequential_simulation():
    lat, lon = sphere.grid_points(np.linspace(20, -20, 6), np.linspace(0, 40, 6))
    samples = np.random.default_rng(7).standard_normal((600, 36)).astype(np.float32)
    model = cell_copying.fit(samples, lat, lon, CellCopyingSettings())
    drawn = model.draw(600, SEED)
    assert len(np.unique(drawn[0])) == 36
    assert drawn.std() == pytest.approx(1, abs=0.1)


def test_every_generator_is_stored_whole(skewed, cells, tmp_path):
    samples, lat, lon = cells
    training = FlowTraining(width=8, layers=1, steps=3, batch=16)
    for number, generator in enumerate(
        (
            gaussian.fit(skewed),
            gaussian.fit_independent(skewed),
            mapped.fit_copula(skewed),
            mapped.fit_flow(skewed, SEED, training, scores=True, radial=True),
            stored_samples.fit_kernels(skewed, 0.1),
            cell_copying.fit(
                samples, lat, lon, CellCopyingSettings(learnt=100 * lat.size, rounds=1)
            ),
        )
    ):
        path, card = tmp_path / f"{number}.safetensors", tmp_path / f"{number}.json"
        base.save(path, generator, card)
        loaded = base.load(path, card)
        assert type(loaded) is type(generator) and loaded.numbers == generator.numbers
        np.testing.assert_array_equal(loaded.draw(7, SEED), generator.draw(7, SEED))
