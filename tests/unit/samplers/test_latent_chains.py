"""Latent samplers against known posteriors, each other, and their own interruption."""

import dataclasses

import numpy as np
import pytest
import torch

from latentearth.diagnostics.mixing import bulk_ess, rank_rhat
from latentearth.samplers import latent_chains, latent_kernels
from latentearth.samplers.latent_chains import LatentChains
from latentearth.samplers.latent_kernels import METHODS, Noise, differentiated
from latentearth.samplers.latent_tuning import begin_tuning, gather, learn_shape
from latentearth.samplers.targets import Normal, Posterior
from latentearth.seeds import stream

LATENT = 4
OPERATOR = torch.tensor(
    [[1.0, 0.8, 0.0, 0.2], [0.0, 1.0, -0.9, 0.0], [0.5, 0.0, 0.3, 0.0]], dtype=torch.float64
)
DATA = torch.tensor([1.0, -1.5, 0.5], dtype=torch.float64)
SIGMA = 0.5


def target_of(value, latent=LATENT):
    """A target whose gradient torch works out."""
    plain, gradient = differentiated(value)
    return Posterior(plain, Normal(latent), gradient)


def gaussian_value(z):
    return -0.5 * ((DATA - z @ OPERATOR.T) / SIGMA).square().sum(dim=1)


def gaussian_posterior():
    """Mean and covariance in closed form (Tarantola 2005, eq. 3.37)."""
    precision = torch.eye(LATENT, dtype=torch.float64) + OPERATOR.T @ OPERATOR / SIGMA**2
    covariance = torch.linalg.inv(precision)
    return covariance @ OPERATOR.T @ DATA / SIGMA**2, covariance


def two_modes_value(z):
    """Data |z_0| = 1.0 and a bent second coordinate: two modes with a passage between them."""
    return (
        -0.5 * ((z[:, 0].abs() - 1.0) / 0.45) ** 2
        - 0.5 * ((z[:, 1] - 0.5 * z[:, 0] ** 2) / 0.4) ** 2
    )


def chains_of(name, value, burn_in, samples, chains=16, latent=LATENT):
    sampler = LatentChains(METHODS[name], burn_in, samples, chains=chains)
    return sampler(target_of(value, latent), None, stream(5, "test", name))


@pytest.mark.parametrize("name", METHODS)
def test_gaussian_posterior_with_known_answer(name):
    """Mean and covariance within five standard errors, which bulk_ess gives."""
    samples = 1200 if METHODS[name].uses_gradient else 5000
    found = chains_of(name, gaussian_value, 600, samples)
    assert found.evaluations == 16 * samples * METHODS[name].leapfrog
    mean, covariance = (part.numpy() for part in gaussian_posterior())
    ess = bulk_ess(found.position)
    assert ess.min() > 800  # else the errors below say little
    assert rank_rhat(found.position).max() < 1.02
    flat = found.flat
    deviation = np.sqrt(np.diag(covariance))
    np.testing.assert_array_less(np.abs(flat.mean(axis=0) - mean), 5 * deviation / np.sqrt(ess))
    # a covariance errs by s_i s_j sqrt(2 / ESS) at most; squares decorrelate no slower than 2 x
    error = np.abs(np.cov(flat.T) - covariance)
    np.testing.assert_array_less(error, 5 * np.outer(deviation, deviation) * 2 / np.sqrt(ess.min()))
    wanted = METHODS[name].acceptance
    assert abs(found.acceptance.mean() - wanted) < 0.12  # what burn-in tuned it to


@pytest.mark.parametrize("name", METHODS)
def test_posterior_stays_as_it_is(name):
    """Exact posterior draws, moved 25 times, are still draws of the posterior.

    With 6000 chains a mean errs by 1.3 per cent of its deviation, a variance by 1.8: five times
    that is allowed. A wrong Metropolis-Hastings ratio shows at once.
    """
    random = np.random.default_rng(3)
    mean, covariance = gaussian_posterior()
    root = torch.linalg.cholesky(covariance)
    z = mean + torch.from_numpy(random.standard_normal((6000, LATENT))) @ root.T
    target, move = target_of(gaussian_value), METHODS[name]
    shape = (
        torch.linalg.cholesky(covariance + 0.1)
        if move.preconditioned
        else torch.eye(LATENT).double()
    )
    state = latent_kernels.begin_chains(target, move, z)
    moved = torch.zeros(6000)
    for _ in range(25):
        noise = Noise(
            torch.from_numpy(random.standard_normal((6000, LATENT))),
            torch.from_numpy(random.random((6000, 2))),
        )
        state, probability, accepted = latent_kernels.take_step(
            target, move, state, noise, step_size=0.5, root=shape
        )
        assert ((probability >= 0) & (probability <= 1)).all()
        moved += accepted
    assert 2 < moved.mean() < 24.5
    white = torch.linalg.solve_triangular(root, (state.position - mean).T, upper=False)
    assert white.mean(dim=1).abs().max() < 5 * 0.013
    assert (torch.cov(white) - torch.eye(LATENT)).abs().max() < 5 * 0.018
    torch.testing.assert_close(state.log_likelihood, gaussian_value(state.position))


def test_trajectories_are_reversible_and_keep_volume():
    """Back with the momentum's sign changed, and the logarithm of the ratio changes its sign."""
    move = dataclasses.replace(METHODS["preconditioned_hmc"], leapfrog=5)
    target = target_of(two_modes_value, 2)
    root = torch.tensor([[0.7, 0.0], [0.3, 0.5]], dtype=torch.float64)
    seen = []

    def tracked(z):
        value, gradient = target.gradient(z)
        seen.append(gradient)
        return value, gradient

    random = torch.Generator().manual_seed(2)
    start = torch.randn(8, 2, generator=random, dtype=torch.float64)
    noise = Noise(torch.randn(8, 2, generator=random, dtype=torch.float64), torch.full((8, 2), 0.5))
    size = 0.2

    def go(z, momentum):
        state = latent_kernels.begin_chains(target, move, z)
        given = Noise(momentum, noise.uniform.double())
        end, ratio = latent_kernels.trajectory(
            dataclasses.replace(target, gradient=tracked),
            move,
            state,
            given,
            step_size=size,
            root=root,
        )
        # the momentum at the end, from the energy's own bookkeeping
        p = momentum + 0.5 * size * ((state.gradient - z) @ root)
        for n, gradient in enumerate(seen[-move.leapfrog :]):
            z = z + size * (p @ root.T)
            p = p + (size if n < move.leapfrog - 1 else size / 2) * ((gradient - z) @ root)
        torch.testing.assert_close(z, end.position)
        return end.position, p, ratio

    end, momentum, ratio = go(start, noise.normal)
    home, back, reverse = go(end, -momentum)
    torch.testing.assert_close(home, start, rtol=0, atol=1e-12)
    torch.testing.assert_close(back, -noise.normal, rtol=0, atol=1e-12)
    torch.testing.assert_close(reverse, -ratio, rtol=0, atol=1e-11)
    flow = lambda x: torch.cat(go(x[None, :2], x[None, 2:])[:2], dim=1)[0]  # noqa: E731
    noise = Noise(noise.normal[:1], noise.uniform[:1])
    x, h = torch.cat([start[0], noise.normal[0]]), 1e-6
    columns = [(flow(x + h * e) - flow(x - h * e)) / (2 * h) for e in torch.eye(4).double()]
    # differences err by h^2 and by rounding over h: 1e-9
    assert float(torch.stack(columns, 1).det()) == pytest.approx(1, abs=1e-6)


def test_samplers_agree_on_a_posterior_with_two_modes():
    """Against integration on a grid: means of z_1, z_0^2, and the share of z_0 > 0."""
    axis = torch.linspace(-5, 5, 801, dtype=torch.float64)
    x, y = torch.meshgrid(axis, axis, indexing="ij")
    points = torch.stack([x.ravel(), y.ravel()], 1)
    density = (two_modes_value(points) - 0.5 * points.square().sum(1)).exp()
    density /= density.sum()
    measures = lambda z: np.stack([z[..., 1], z[..., 0] ** 2, z[..., 0] > 0], -1)  # noqa: E731
    exact = (density.numpy()[:, None] * measures(points.numpy())).sum(0)
    for name in METHODS:
        samples = 1500 if METHODS[name].uses_gradient else 5000
        found = chains_of(name, two_modes_value, 400, samples, chains=24, latent=2)
        values = measures(found.position).astype(float)
        # the spread of chains' means tells their error, whatever the correlation in a chain
        error = values.mean(axis=1).std(axis=0, ddof=1) / np.sqrt(24)
        assert error.max() < 0.05
        np.testing.assert_array_less(np.abs(values.mean(axis=(0, 1)) - exact), 4.5 * error)


@pytest.mark.parametrize("name", ["random_walk", "preconditioned_hmc"])
def test_a_run_taken_up_is_the_run_not_stopped(name, tmp_path, capsys):
    run = LatentChains(METHODS[name], burn_in=90, samples=40, thinning=2, block=32, chains=3)
    seed = stream(1, "resume")
    target = target_of(gaussian_value)
    whole = run(target, None, seed, tmp_path / "whole.pt")
    in_all = whole.evaluations // 3  # of three chains at a time
    for stop in (1, in_all // 2, 9 * in_all // 10):  # the first; in burn-in, and later
        calls, path = [0], tmp_path / f"{stop}.pt"

        def failing(z, function, calls=calls, stop=stop):
            calls[0] += 1
            if calls[0] == stop:
                raise KeyboardInterrupt
            return function(z)

        broken = dataclasses.replace(
            target,
            log_likelihood=lambda z: failing(z, target.log_likelihood),
            gradient=lambda z: failing(z, target.gradient),
        )
        with pytest.raises(KeyboardInterrupt):
            run(broken, None, seed, path)
        capsys.readouterr()
        again = run(target, None, seed, path)
        taken_up = "continuing from step" in capsys.readouterr().out
        assert taken_up == (stop > 1)
        for part in ("position", "log_likelihood", "log_density", "acceptance", "about"):
            np.testing.assert_array_equal(getattr(again, part), getattr(whole, part))


def test_a_checkpoint_of_another_target_is_not_taken_up(tmp_path, capsys):
    run, seed = LatentChains(METHODS["pcn"], 10, 10, block=10, chains=2), stream(1, "other")
    target = dataclasses.replace(target_of(gaussian_value), identity="data 1")
    run(target, None, seed, tmp_path / "c.pt")
    run(dataclasses.replace(target, identity="data 2"), None, seed, tmp_path / "c.pt")
    assert "other settings" in capsys.readouterr().out


def test_points_where_the_target_is_no_number_are_never_entered():
    """A likelihood that fails for z_0 > 0.5 leaves the prior cut there."""

    def value(z):
        return torch.where(z[:, 0] > 0.5, torch.nan, 0.0 * z[:, 0])

    for name in ("random_walk", "mala"):
        seed = stream(2, name)
        start = -abs(np.random.default_rng(seed).standard_normal((8, LATENT)))
        found = LatentChains(METHODS[name], 200, 500)(target_of(value), start, seed)
        assert found.position[..., 0].max() <= 0.5
        assert np.isfinite(found.log_density).all()


def test_chains_that_never_move_teach_no_shape():
    """Nothing is accepted where the target is a number at the start alone: no error, no shape."""

    def value(z):
        return torch.where((z == 1).all(dim=1), 0.0, torch.nan)

    run = LatentChains(METHODS["preconditioned_walk"], 40, 10)
    found = run(target_of(value), np.ones((3, LATENT)), stream(1, "no"))
    assert found.acceptance.max() == 0 and (found.position == 1).all()
    still = torch.ones(3, LATENT, dtype=torch.float64)
    tuning = begin_tuning(0.2, still)
    for _ in range(5):
        tuning = gather(tuning, still)
    torch.testing.assert_close(learn_shape(tuning).root, torch.eye(LATENT).double())


def test_chains_do_not_share_random_numbers():
    seed = stream(1, "noise")
    normal, uniform = latent_chains.block_noise(seed, 3, 5, 0, 200)
    again, _ = latent_chains.block_noise(seed, 2, 5, 0, 200)
    np.testing.assert_array_equal(again, normal[:, :2])
    assert np.abs(np.corrcoef(normal.transpose(1, 0, 2).reshape(3, -1)) - np.eye(3)).max() < 0.15
    other, _ = latent_chains.block_noise(seed, 3, 5, 1, 200)
    assert not np.array_equal(other, normal) and uniform.shape == (200, 3, 2)
