"""Inversions by laws of codes, on models that are a sum of two patterns."""

import numpy as np
import pytest
import torch

from latentearth.generators.flow_matching import FlowTraining
from latentearth.generators.mapped import fit_flow
from latentearth.inversion.crosshole_survey import between_boreholes, straight, times
from support.code_laws import one_start, two_facies
from support.latent_posteriors import Recoded, learn_inversion

V, NOISE = (0.08, 0.06), 0.25
PATTERNS = torch.zeros(2, 129, 65)
PATTERNS[0, 10:40], PATTERNS[1, 70:110] = 1, 1
OPERATOR = straight(between_boreholes(np.arange(0.5, 12.6, 1.0), (0.01, 6.49), (0.0, 6.5)))


def summed(codes):
    """Models of two patterns, each as white as a code says."""
    return torch.einsum("nc,czx->nzx", codes, PATTERNS)


@pytest.fixture(scope="module")
def recoded():
    rng = np.random.default_rng(1)
    codes = (0.5 + rng.normal(size=(200, 2)) @ [[0.15, 0.1], [0.0, 0.1]]).astype(np.float32)
    decoded = summed(torch.from_numpy(codes)).numpy()
    rough = decoded + 0.02 * rng.standard_normal(decoded.shape, np.float32)
    return Recoded(rough, decoded, codes)


def inversion(recoded):
    return learn_inversion(summed, recoded, OPERATOR, V, NOISE, np.random.default_rng(2))


def test_a_flow_that_learned_nothing_finds_what_mean_and_covariance_find(recoded):
    """It is a normal law in whitened codes, whatever its latent vectors are."""
    normal = inversion(recoded)
    untrained = FlowTraining(width=4, layers=1, steps=0)
    flow = normal.by(fit_flow(recoded.codes, np.random.SeedSequence(3), untrained))
    true = summed(torch.tensor([[0.4, 0.6], [0.7, 0.5]])).numpy()
    observed = times(OPERATOR, true, V)
    ours, theirs = (one.likeliest(one(observed)[0]) for one in (flow, normal))
    # eight steps of Runge and Kutta are within 1e-3 of the identity
    np.testing.assert_allclose(ours, theirs, atol=5e-3)
    assert np.abs(theirs - true).max() < 0.05  # 169 data tell two numbers


def test_runs_say_how_far_their_models_and_times_are(recoded):
    normal, true = inversion(recoded), summed(torch.tensor([[0.4, 0.6]])).numpy()
    observed = times(OPERATOR, true, V)
    run = one_start(normal, true, observed, np.random.default_rng(4))
    model = run.model.values[:, 0]
    assert run.error.item() == pytest.approx(np.sqrt(((model - true) ** 2).mean()))
    apart = times(OPERATOR, model, V) - observed
    assert run.misfit.item() == pytest.approx(np.sqrt((apart**2).mean()), rel=1e-5)


def test_samples_are_of_two_facies_by_the_law_of_codes(recoded):
    drawn = two_facies(inversion(recoded), 2000, np.random.SeedSequence(5))
    assert set(np.unique(drawn)) == {0.0, 1.0}
    # codes are 0.5 in the mean, so that half of them are cut to a channel; four errors of 2000
    assert drawn[:, 20, 5].mean() == pytest.approx((recoded.codes[:, 0] > 0.5).mean(), abs=0.09)
