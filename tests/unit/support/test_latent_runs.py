"""Chains of several targets, each with its own beginning."""

import numpy as np
import pytest
import torch

from latentearth.samplers.latent_kernels import differentiated
from latentearth.samplers.targets import Normal, Posterior
from support.latent_runs import sample_targets

PLAN = {"method": "preconditioned_hmc", "burn_in": 40, "samples": 60, "thinning": 1, "block": 20}
SIGMA, LATENT, SEED = 0.05, 3, 4


def target_of(means):
    """One mean for all chains, or one for each: data with errors of SIGMA, as a chain sees them."""
    given = torch.as_tensor(means)

    def residuals(z):
        return (z - given) / SIGMA

    plain, gradient = differentiated(lambda z: -0.5 * residuals(z).square().sum(1))
    return Posterior(plain, Normal(LATENT), gradient, f"{means}", residuals=residuals)


@pytest.mark.parametrize(
    ("chains", "begin"),
    [
        (2, {"modes": {"draws": 64, "starts": 8, "tries": 2}}),
        (2, {"particles": 64}),
        (1, {"particles": 64}),
    ],
)
def test_every_target_has_chains_around_its_own_data(tmp_path, chains, begin):
    means = np.array([[1.0, -0.5, 0.3], [-1.2, 0.4, 0.0]])
    together = target_of(np.repeat(means, chains, axis=0))
    settings = {**PLAN, "chains": chains, **begin}
    found, evidence = sample_targets(
        settings,
        [target_of(mean) for mean in means],
        together,
        np.random.SeedSequence(SEED),
        tmp_path / "checkpoint",
        count=LATENT,
    )
    assert found.position.shape == (2 * chains, PLAN["samples"], LATENT)
    away = found.position.mean(1) - np.repeat(means, chains, axis=0)
    # a chain of 60 correlated samples knows a mean to about a deviation, of SIGMA
    assert np.abs(away).max() < 2 * SIGMA
    log_evidence = LATENT * np.log(SIGMA) - 0.5 * np.square(means).sum(1)
    # exact from modes of a normal posterior; 64 particles scatter by some tenths, within three
    assert np.abs(evidence - log_evidence).max() < (0.02 if "modes" in begin else 3)


def test_a_misfit_that_errors_do_not_explain_is_tried_again(tmp_path, capsys):
    means = np.zeros(LATENT)

    def residuals(z):  # nothing explains data as bad as these
        return torch.cat([z / SIGMA, torch.full((len(z), 1), 50.0)], 1)

    plain, gradient = differentiated(lambda z: -0.5 * residuals(z).square().sum(1))
    target = Posterior(plain, Normal(LATENT), gradient, f"{means}", residuals=residuals)
    settings = {**PLAN, "chains": 2, "modes": {"draws": 16, "starts": 4, "tries": 3}}
    seed = np.random.SeedSequence(SEED)
    sample_targets(settings, [target], target, seed, tmp_path / "checkpoint", count=LATENT + 1)
    assert capsys.readouterr().out.count("errors alone have") == 3
