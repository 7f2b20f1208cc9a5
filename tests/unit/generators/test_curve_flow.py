"""A curve flow against the physics that it knows and the training cakes that it saw."""

import numpy as np
import pytest
import torch

from latentearth.earth.stirred_circle import amplitude_curves
from latentearth.earth.stirring import Distributions, Flow, sample_parameters, stir
from latentearth.generators import base, curve_flow
from latentearth.generators.flow_matching import FlowTraining

FLOW, STEPS = Flow(), 160


@pytest.fixture(scope="module")
def cakes():
    return sample_parameters(Distributions(), 2000, np.random.SeedSequence(1))


@pytest.fixture(scope="module")
def learnt(cakes):
    """A training of a second."""
    curves = amplitude_curves(cakes, FLOW, STEPS)
    training = FlowTraining(width=64, layers=2, steps=300, batch=256)
    seed = np.random.SeedSequence(2)
    return curve_flow.fit(
        curves, cakes[:, :2], seed, training, flow=FLOW, side=64, edge=0.01, components=5
    )


def test_cakes_survive_encoding_and_decoding(cakes, learnt):
    """Also cakes that were not among those it learned from."""
    new = sample_parameters(Distributions(), 30, np.random.SeedSequence(3))
    for some in (cakes[:30], new):
        scores = learnt.scores_of(amplitude_curves(some, FLOW, STEPS), some[:, :2])
        images = learnt.images_of(torch.from_numpy(scores)).numpy()
        same = ((images > 0.5) == stir(some, 64, FLOW)).mean(axis=(1, 2))
        assert same.mean() > 0.97  # five components keep all but 2e-6 of the curves' variance


def test_scores_are_white_and_come_back(cakes, learnt):
    curves = amplitude_curves(cakes, FLOW, STEPS)
    scores = learnt.scores_of(curves, cakes[:, :2])
    assert scores.shape == (2000, learnt.latent) == (2000, 12)
    np.testing.assert_allclose(scores.mean(0), 0, atol=1e-3)  # of the same cakes
    np.testing.assert_allclose(scores.std(0), 1, atol=1e-3)
    a = learnt.mean[0] + scores[:, :5] @ learnt.components[0]
    # the spread of a is .7; what five components leave of it is .001, and three times at the ends
    assert np.abs(a - curves[..., 0]).max() < 0.02


def test_latent_vectors_make_images_with_a_derivative(learnt):
    z = torch.from_numpy(np.random.default_rng(4).normal(size=(3, 12)).astype(np.float32))
    coarse = learnt.at(32, 0.1)
    weight = torch.from_numpy(np.random.default_rng(5).normal(size=(32, 32)).astype(np.float32))

    def number(x):
        return (coarse(x) * weight).sum(dim=(1, 2))

    z.requires_grad_()
    (slope,) = torch.autograd.grad(number(z).sum(), z)
    change = torch.zeros_like(z)
    change[:, 3] = 1e-3
    with torch.no_grad():
        found = (number(z + change) - number(z - change)) / 2e-3
    # single precision: 1e-7 of a number near 10 over 2e-3 is .001; the second derivative adds 1 %
    torch.testing.assert_close(slope[:, 3], found, rtol=0.05, atol=0.05)
    assert torch.autograd.grad(number(z)[0], z)[0][1:].abs().max() == 0  # each for itself


def test_draws_are_like_cakes(cakes, learnt):
    """Half white and nearly binary: a test of the whole chain, not of how well it was trained."""
    z = torch.randn(32, 12, generator=torch.Generator().manual_seed(6))
    images = learnt(z).numpy()
    assert images.shape == (32, 64, 64)
    np.testing.assert_allclose(images.mean(axis=(1, 2)), 0.5, atol=0.02)  # the flow keeps areas
    assert ((images > 0.1) & (images < 0.9)).mean() < 0.06  # 3.2 times the edge, and sampling


def test_it_comes_back_from_its_file(learnt, tmp_path):
    path, card = tmp_path / "flow.safetensors", tmp_path / "flow.json"
    base.save(path, learnt, card, {"title": "a test"})
    again = base.load(path, card)
    z = torch.ones(1, 12)
    # arrays that lie elsewhere in memory may be multiplied in another order
    torch.testing.assert_close(again.law.samples_of(z), learnt.law.samples_of(z))
    assert ((again(z) > 0.5) == (learnt(z) > 0.5)).float().mean() > 0.99
    assert again.numbers == learnt.numbers
    with pytest.raises(ValueError, match="allowed: cpu"):
        again.to("cuda")
