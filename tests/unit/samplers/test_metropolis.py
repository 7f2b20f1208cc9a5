"""Metropolis against densities that are known exactly, and against itself when interrupted."""

import numpy as np
import pytest
from scipy import stats

from latentearth.diagnostics import mixing
from latentearth.ensembles import shell, slices
from latentearth.samplers import metropolis, random_walk
from latentearth.samplers.metropolis import Metropolis
from latentearth.samplers.random_walk import Density

SHELL = Density(shell.log_density, shell.SHELL)
SETTINGS = {2: (0.7, 30), 3: (0.5, 30), 10: (0.18, 55)}  # dimension: step, thinning


@random_walk.compiled_density
def correlated(x, parameters):
    """Two Gaussian variables of mean (1, -2), deviations 1 and 0.5, correlation parameters[0]."""
    a, b, rho = x[0] - 1.0, 2.0 * (x[1] + 2.0), parameters[0]
    return -0.5 * (a * a - 2.0 * rho * a * b + b * b) / (1.0 - rho * rho)


@random_walk.compiled_density
def half_line(x, parameters):
    """Exponential density on x > 0, nothing below."""
    return -x[0] / parameters[0] if x[0] > 0 else -np.inf


@random_walk.compiled_density
def broken(x, parameters):
    """Not a number on x > 1, a standard Gaussian below."""
    return np.nan if x[0] > 1 else -0.5 * x[0] * x[0]


def _shell(dimension, chains=4, samples=20_000, seed=1, threads=2):
    step, thinning = SETTINGS[dimension]
    position = np.random.default_rng(seed).standard_normal((chains, dimension))
    run = Metropolis(step, samples, thinning, 2000, threads=threads)
    return run(SHELL, position, np.random.SeedSequence(seed))


@pytest.mark.parametrize("dimension", [2, 3, 10])
def test_shell_has_its_exact_distribution(dimension):
    run = _shell(dimension)
    samples = run.position.astype(float)
    radius = np.linalg.norm(samples, axis=2)
    exact = shell.Radius(dimension)
    # Thinned radii are independent to a few per cent, so that Kolmogorov's distribution holds:
    # a right sampler fails with probability 1e-3 (and, the seed being fixed, not by chance).
    assert mixing.bulk_ess(radius)[0] > 0.9 * radius.size
    assert stats.kstest(radius.ravel(), exact.cdf).pvalue > 1e-3
    # Directions: every coordinate has mean 0 and variance E[r^2] / d; 4 standard errors, from
    # the autocorrelation time. 2 x d tests fail with probability 2 d x 6e-5.
    for values, mean, variance in (
        (samples, 0.0, exact.moment(2) / dimension),
        (
            samples**2,
            exact.moment(2) / dimension,
            3 * exact.moment(4) / (dimension * (dimension + 2))
            - (exact.moment(2) / dimension) ** 2,
        ),
    ):
        time = mixing.autocorrelation_time(values)
        error = np.sqrt(variance * time / radius.size)
        assert (np.abs(values.mean(axis=(0, 1)) - mean) < 4 * error).all()
    assert (mixing.rank_rhat(samples) < 1.01).all()


def test_gaussian_posterior():
    rho = 0.8
    sampler = Metropolis(0.8, 100_000, 5, 1000, threads=2)
    run = sampler(Density(correlated, [rho]), np.zeros((4, 2)), np.random.SeedSequence(7))
    x = run.position.astype(float)
    mean, deviation = np.array([1, -2]), np.array([1, 0.5])
    z = (x - mean) / deviation
    second = np.stack([z[..., 0] ** 2, z[..., 1] ** 2, z[..., 0] * z[..., 1]], axis=2)
    # Of Gaussian variables: Var z^2 = 2, Var z1 z2 = 1 + rho^2. 4 standard errors each.
    for values, expected, variance in (
        (z, [0, 0], [1, 1]),
        (second, [1, 1, rho], [2, 2, 1 + rho**2]),
    ):
        time = mixing.autocorrelation_time(values)
        error = np.sqrt(np.array(variance) * time / x[..., 0].size)
        assert (np.abs(values.mean(axis=(0, 1)) - expected) < 4 * error).all()


def test_density_with_an_edge():
    sampler = Metropolis(4.0, 5000, 40, 1000)
    run = sampler(Density(half_line, [2.0]), np.full((4, 1), 0.5), np.random.SeedSequence(8))
    assert run.position.min() > 0
    assert stats.kstest(run.position.ravel(), stats.expon(scale=2).cdf).pvalue > 1e-3


def test_states_that_are_not_a_number_are_refused():
    sampler = Metropolis(2.0, 5000, 20, 100)
    run = sampler(Density(broken), np.zeros((2, 1)), np.random.SeedSequence(8))
    assert run.position.max() <= 1
    exact = stats.truncnorm(-np.inf, 1)
    assert stats.kstest(run.position.ravel(), exact.cdf).pvalue > 1e-3


def test_acceptance_rate_counts_moves():
    # With every state kept, the share of samples that differ from the one before is the rate.
    density = Density(correlated, [0.5])
    run = Metropolis(0.5, 4000)(density, np.zeros((3, 2)), np.random.SeedSequence(3))
    before = np.concatenate([np.zeros((3, 1, 2), np.float32), run.position[:, :-1]], axis=1)
    moved = (run.position != before).any(axis=2).mean(axis=1)
    # Two moves in 12,000 may be too small for float32.
    np.testing.assert_allclose(run.acceptance, moved, atol=2 / 4000)
    assert run.evaluations == 3 * 4000
    # kept before positions were rounded, to 6e-8 of values up to 5, with slopes up to some 20
    np.testing.assert_allclose(
        run.log_density.ravel(), density.at(run.flat.astype(float)), atol=1e-5
    )


@pytest.mark.parametrize("thinning", [1, 7, 100])
def test_a_resumed_walk_is_the_same_to_the_bit(thinning):
    walk = {"step_size": 0.4, "thinning": thinning}
    first = random_walk.begin_walk(SHELL, np.full((3, 3), 0.4), np.random.SeedSequence(5))
    whole, values, end = random_walk.advance_within(SHELL, first, 500, **walk)
    part, some, state = random_walk.advance_within(SHELL, first, 123, **walk)
    rest, others, state = random_walk.advance_within(SHELL, state, 377, **walk)
    for chain in range(3):
        np.testing.assert_array_equal(np.concatenate([part[chain], rest[chain]]), whole[chain])
        np.testing.assert_array_equal(np.concatenate([some[chain], others[chain]]), values[chain])
    for name, value in vars(end).items():
        np.testing.assert_array_equal(getattr(state, name), value, err_msg=name)


def test_a_run_taken_up_is_the_run_not_stopped(tmp_path, monkeypatch, capsys):
    run, start, path = Metropolis(0.4, 350, 3, 50, block=100), np.full((2, 3), 0.4), tmp_path / "c"
    seed = np.random.SeedSequence(5)
    whole = run(SHELL, start, seed)
    advance, calls = random_walk.advance_within, []

    def failing(*rest, **walk):
        calls.append(1)
        if len(calls) == 4:  # after burn-in and two blocks
            raise KeyboardInterrupt
        return advance(*rest, **walk)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(metropolis, "advance_within", failing)
        run(SHELL, start, seed, path)
    again = run(SHELL, start, seed, path)
    for part in ("position", "log_density", "acceptance", "evaluations", "about"):
        np.testing.assert_array_equal(getattr(again, part), getattr(whole, part))
    assert "anew" not in capsys.readouterr().out
    run(SHELL, start, np.random.SeedSequence(6), path)  # of another seed: not taken up
    path.write_bytes(b"no netCDF")
    run(SHELL, start, seed, path)
    assert capsys.readouterr().out.count("anew") == 2


def test_a_chain_depends_on_no_other_and_on_no_thread():
    many = _shell(2, chains=6, samples=200, threads=2)
    start = np.random.default_rng(1).standard_normal((6, 2))[:2]
    few = Metropolis(0.7, 200, 30, 2000)(SHELL, start, np.random.SeedSequence(1))
    np.testing.assert_array_equal(many.position[:2], few.position)
    assert not np.array_equal(many.position[0], many.position[1])


def test_filtering_while_sampling_keeps_the_same_states():
    first = random_walk.begin_walk(SHELL, np.full((2, 4), 0.4), np.random.SeedSequence(6))
    walk = {"step_size": 0.4, "thinning": 3}
    everything, _, end = random_walk.advance_within(SHELL, first, 5000, **walk)
    kept, values, state = random_walk.advance_within(
        SHELL, first, 5000, inside=slices.in_slice, limits=(0.15,), **walk
    )
    for chain in range(2):
        expected = slices.within_slice(everything[chain], 0.15)
        assert 0 < len(expected) < 5000
        np.testing.assert_array_equal(kept[chain], expected)
        assert values[chain].shape == (len(expected),)
    np.testing.assert_array_equal(state.position, end.position)


def test_collecting_a_slice_from_chains():
    position = shell.Radius(4).sample(np.random.default_rng(0), 2)
    state = random_walk.begin_walk(SHELL, position, np.random.SeedSequence(9))
    draw = random_walk.drawer(
        SHELL, state, 20_000, step_size=0.4, thinning=35, inside=slices.in_slice, limits=(0.15,)
    )
    result = slices.collect_slice(draw, 0.15, wanted=4000, maximum=10**6)
    assert result.samples.shape == (4000, 4)
    assert result.drawn % 40_000 == 0
    # The share of independent samples is binomial; ESS/N > 0.9, hence the factor 1.1 on the
    # variance; 4 standard errors.
    exact = shell.slice_probability(4, 0.15)
    error = np.sqrt(1.1 * exact * (1 - exact) / result.drawn)
    assert abs(result.found / result.drawn - exact) < 4 * error


def test_bad_starts_and_settings_are_refused():
    seed, density = np.random.SeedSequence(1), Density(half_line, [1.0])
    with pytest.raises(ValueError, match="chain 1 cannot start"):
        random_walk.begin_walk(density, [[1.0], [-1.0]], seed)
    for settings in (Metropolis(0.0, 10), Metropolis(1.0, 10, thinning=0)):
        with pytest.raises(ValueError, match="positive"):
            settings(density, np.ones((1, 1)), seed)
