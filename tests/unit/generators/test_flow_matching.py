"""Flow matching: round trips, a density that is one, and an ensemble that is no normal one."""

import json

import numpy as np
import pytest
import torch
from scipy.stats import norm

from latentearth import io
from latentearth.generators import base, flow_matching
from latentearth.generators.flow_matching import FlowTraining

SEED = np.random.SeedSequence(1)


@pytest.fixture(scope="module")
def two_modes():
    """Half of the samples about -1, half about +1 in x, and x + noise in y; and a flow."""
    rng = np.random.default_rng(2)
    x = rng.choice([-1.0, 1.0], 4000) + 0.3 * rng.standard_normal(4000)
    samples = np.stack([x, 0.7 * x + 0.5 * rng.standard_normal(4000)], 1)
    training = FlowTraining(width=64, layers=3, steps=1000, batch=256, learning_rate=5e-3)
    return samples, flow_matching.fit(samples, SEED, training)


def test_before_training_it_is_the_standard_normal_distribution():
    samples = np.random.default_rng(3).standard_normal((50, 3))
    flow = flow_matching.fit(samples, SEED, FlowTraining(width=8, layers=1, steps=0, moves=16))
    exact = norm.logpdf(samples).sum(1)
    # Runge-Kutta steps of 1/16: the closed form is met to 1e-4, float32 to 1e-6
    np.testing.assert_allclose(flow.log_density(samples), exact, atol=1e-3)
    np.testing.assert_allclose(flow.to_samples(samples), samples, atol=1e-4)


def test_both_directions_are_inverse(two_modes):
    samples, flow = two_modes
    back = flow.to_samples(flow.to_latent(samples))
    # fourth order in steps of 1/8, through the valley between the modes: 1e-4 was found
    assert np.sqrt(np.mean((back - samples) ** 2)) < 1e-3


def test_its_density_is_that_of_the_map(two_modes):
    """log p(x) = log N(z) - log |dx/dz|, the derivative by automatic differentiation."""
    _, flow = two_modes
    latent = torch.from_numpy(np.random.default_rng(4).standard_normal((20, 2), np.float32))
    one = lambda z: flow.samples_of(z[None])[0]  # noqa: E731
    jacobian = torch.func.vmap(torch.func.jacrev(one))(latent)
    expected = norm.logpdf(latent).sum(1) - torch.logdet(jacobian).numpy()
    found = flow.log_density(flow.samples_of(latent).numpy())
    # both integrate with an error of fourth order; the largest is between the modes
    np.testing.assert_allclose(found, expected, atol=0.05)


def test_it_learns_two_modes(two_modes):
    samples, flow = two_modes
    drawn = flow.draw(4000, np.random.SeedSequence(5))
    assert drawn.shape == (4000, 2) and drawn.dtype == np.float32
    # mass between the modes: 0.01 of the ensemble, 0.24 of a normal distribution
    assert np.mean(np.abs(drawn[:, 0]) < 0.3) < 0.05
    # standard errors of both sets of 4000 samples are 0.01 to 0.02; the network's own is as large
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(samples.T), atol=0.08)
    grid = np.linspace(-4, 4, 81)
    points = np.stack(np.meshgrid(grid, grid), -1).reshape(-1, 2)
    total = np.exp(flow.log_density(points)).sum() * 0.1**2
    assert total == pytest.approx(1, abs=0.01)  # sum on a grid of a third of the modes' width


def test_gradients_pass_in_both_directions(two_modes):
    _, flow = two_modes
    state = torch.zeros(3, 2, requires_grad=True)
    for function in (flow.samples_of, flow.latent_of, flow.log_density_of):
        (gradient,) = torch.autograd.grad(function(state).sum(), state)
        assert torch.isfinite(gradient).all() and gradient.abs().max() > 0


def test_a_seed_decides(two_modes):
    samples, flow = two_modes
    again = [flow.draw(5, np.random.SeedSequence(6)) for _ in range(2)]
    np.testing.assert_array_equal(*again)
    training = FlowTraining(width=8, layers=1, steps=5, batch=16, smoothing=0.1)
    first, second = (flow_matching.fit(samples, SEED, training) for _ in range(2))
    for a, b in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_samples_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        flow_matching.fit(np.full((4, 2), np.nan), SEED, FlowTraining())


def test_it_is_stored_whole(two_modes, tmp_path):
    _, flow = two_modes
    path, card = tmp_path / "flow.safetensors", tmp_path / "flow.json"
    base.save(path, flow, card, {"title": "two modes"})
    loaded = base.load(path, card)
    np.testing.assert_array_equal(*(f.draw(9, SEED) for f in (flow, loaded)))
    # (2 + 4 times) * 64 + 64, twice 64 * 64 + 64, 64 * 2 + 2
    assert flow.numbers == loaded.numbers == 448 + 2 * 4160 + 130
    assert json.loads(card.read_text())["numbers"] == flow.numbers
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(io.DamagedFile):
        base.load(path, card)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(io.InputError, match="sha256"):
        base.load(path, card)
