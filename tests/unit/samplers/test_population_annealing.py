"""Annealed populations against posteriors and evidences that are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import i0e

from latentearth.inversion.image_priors import bank_of
from latentearth.samplers.population_annealing import PopulationAnnealing, difference_jumps
from latentearth.samplers.targets import Box, Normal, Posterior

SEEDS = np.random.SeedSequence(9)
SAMPLER = PopulationAnnealing(particles=256, chains=32, rounds=3)


def gaussian(mean, sigma, latent):
    """Data `mean` with errors `sigma` under a normal prior."""
    return Posterior(lambda z: -0.5 * np.square((z - mean) / sigma).sum(1), Normal(latent))


def phase(kappa, mean, deviation=0.02):
    """A phase known to 1 / sqrt(kappa), whose mean lies at the seam, and a number in a box."""

    def log_likelihood(x):
        of_phase = kappa * (np.cos(x[:, 0] - mean) - 1)
        return of_phase - 0.5 * np.square((x[:, 1] - 0.3) / deviation)

    return Posterior(log_likelihood, Box([[0, 2 * np.pi], [0, 1]], (0,)))


def runs_of(target, count=8, sampler=SAMPLER):
    return [sampler(target, None, seed) for seed in SEEDS.spawn(count)]


def check_evidence(found, log_true):
    """The evidence itself, not its logarithm, is without bias: four standard errors."""
    ratio = np.exp(np.array([one.log_evidence for one in found]) - log_true)
    assert abs(ratio.mean() - 1) < 4 * ratio.std(ddof=1) / np.sqrt(len(found))
    assert ratio.std() < 1  # a spread that would let anything pass


def check_mean(values, expected):
    """Independent runs tell their own standard error, (run, ...): four of those."""
    error = values.std(0, ddof=1) / np.sqrt(len(values))
    assert np.all(np.abs(values.mean(0) - expected) < 4 * error)


def test_gaussian_posterior_and_evidence():
    mean, sigma, latent = 2.0, 0.1, 3
    found = runs_of(gaussian(mean, sigma, latent))
    precision = 1 + 1 / sigma**2
    check_mean(np.array([one.mean for one in found]), mean / sigma**2 / precision)
    log_true = latent * (np.log(sigma) - 0.5 * np.log(1 + sigma**2))
    check_evidence(found, log_true - latent * 0.5 * mean**2 / (1 + sigma**2))
    variance = np.array([one.flat.var(0) for one in found]).mean() * precision
    # 8 runs of 32 chains, at least one independent state each: 3 x 256 numbers know a variance
    # to 5 per cent; three of those, and the few that copies take away
    assert 0.8 < variance < 1.15


def test_a_phase_goes_round():
    kappa, deviation = 400.0, 0.02
    found = runs_of(phase(kappa, 0.01))
    direction = np.array([np.exp(1j * one.flat[:, 0]).mean() for one in found])
    check_mean(np.angle(direction), 0.01)
    # both sides of the seam are visited, by half each: deviation 1 / 20 about 0.01
    assert all(0.2 < (one.flat[:, 0] > np.pi).mean() < 0.65 for one in found)
    # of exp(kappa (cos - 1)) over the circle, and of the normal factor over the box
    log_true = np.log(i0e(kappa)) + np.log(deviation * np.sqrt(2 * np.pi))
    check_evidence(found, log_true)
    assert all(((one.flat >= 0) & (one.flat <= [2 * np.pi, 1])).all() for one in found)


def test_differences_take_the_shorter_way():
    box = Box([[0, 2 * np.pi], [0, 1]], (0,))
    others = np.array([[0.1, 0.5], [2 * np.pi - 0.1, 0.5]])
    jump = difference_jumps(others, box, 1.0, 500, np.random.default_rng(0))
    # 0.2 across the seam at most, times 2.38 / sqrt 2 and exp(0.7 x 3.5), not 2 pi - 0.2; the
    # nudge is a thousandth of the deviation, 3
    assert np.abs(jump[:, 0]).max() < 0.2 * 1.7 * 12 + 0.02
    assert np.abs(jump[:, 0]).max() > 0.1 and not jump[:, 1].any()


def test_a_screen_changes_the_cost_and_not_the_result():
    """A screen that is shifted, and too sure of itself."""
    exact = gaussian(1.0, 0.2, 2)
    calls = []

    def counted(z):
        calls.append(len(z))
        return exact.log_likelihood(z)

    screen = gaussian(1.1, 0.15, 2).log_likelihood
    found = runs_of(replace(exact, log_likelihood=counted, screen=screen))
    precision = 1 + 1 / 0.2**2
    check_mean(np.array([one.mean for one in found]), 1 / 0.2**2 / precision)
    check_evidence(found, 2 * np.log(0.2 / np.sqrt(1.04)) - 1 / 1.04)
    assert sum(one.evaluations for one in found) == sum(calls)
    assert all(one.evaluations < 0.6 * one.about["screened"] for one in found)


def test_stages_in_the_posterior_change_no_evidence():
    """And spread what few ancestors have left too narrow."""
    target = gaussian(1.0, 0.05, 3)
    found = [replace(SAMPLER, rounds=1, last=last)(target, None, SEEDS) for last in (0, 6)]
    assert found[0].log_evidence == found[1].log_evidence
    assert found[1].about["stages"] == found[0].about["stages"] + 6
    assert found[1].evaluations > found[0].evaluations
    # 6 stages of 8 steps of 32 chains: a deviation to 10 per cent, two of them
    assert found[1].deviation.mean() == pytest.approx(0.05, rel=0.2)


def test_a_bank_is_where_a_population_begins():
    """One that is larger than the population, and whose likelihoods are not asked for again."""
    target = gaussian(1.5, 0.1, 2)
    first = target.prior.draw(2000, np.random.default_rng(1))
    bank = bank_of(first, target.log_likelihood(first))
    near = (target.log_likelihood(first) > -50).sum()  # those which the data leave
    seen = []

    def noted(z):
        seen.append(z)
        return target.log_likelihood(z)

    found = SAMPLER(replace(target, log_likelihood=noted), bank, SEEDS)
    known = {tuple(row) for row in first}
    assert not any(tuple(row) in known for row in np.concatenate(seen))
    assert 5 < found.independent <= max(near, 5) * 4
    assert np.abs(found.mean - 1.5 / 1.01).max() < 0.06  # 0.1 over the root of 32 chains: three


def test_an_interrupted_run_goes_on(tmp_path, capsys):
    target, calls, stop_at = gaussian(1.0, 0.1, 3), [], [0]

    def stopping(z):
        calls.append(1)
        if len(calls) == stop_at[0]:
            raise KeyboardInterrupt
        return target.log_likelihood(z)

    whole = SAMPLER(replace(target, log_likelihood=stopping), None, SEEDS)
    stop_at[0] = 4 * len(calls) // 5
    calls.clear()
    file = tmp_path / "particles"
    with pytest.raises(KeyboardInterrupt):
        SAMPLER(replace(target, log_likelihood=stopping), None, SEEDS, file)
    stop_at[0] = 0
    capsys.readouterr()
    found = SAMPLER(replace(target, log_likelihood=stopping), None, SEEDS, file)
    assert "256 particles: continuing from stage " in capsys.readouterr().out
    np.testing.assert_array_equal(found.position, whole.position)
    assert found.log_evidence == whole.log_evidence and found.about == whole.about
    assert found.evaluations == whole.evaluations


def test_likelihoods_that_are_no_numbers_lose_their_particles():
    def log_likelihood(z):
        value = -0.5 * np.square((z - 1) / 0.2).sum(1)
        return np.where(z[:, 0] < 0, np.nan, value)

    found = SAMPLER(Posterior(log_likelihood, Normal(2)), None, SEEDS)
    assert np.isfinite(found.log_density).all() and (found.flat[:, 0] >= 0).all()


def test_settings_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="multiple of 100"):
        PopulationAnnealing(particles=256, chains=100)
