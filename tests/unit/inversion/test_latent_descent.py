"""Descent in a latent space, with a small generator and exact expectations."""

import numpy as np
import pytest
import torch
from scipy.stats import chi

from latentearth.earth.crosshole import all_pairs
from latentearth.inversion import latent_descent as ld
from latentearth.inversion.latent_descent import mean_norm
from latentearth.operators.straight_rays import Grid, StraightRays
from latentearth.seeds import stream

GRID = Grid(8, 5, 0.5)
VELOCITIES = (0.08, 0.06)
LATENT = 3
OPERATOR = StraightRays(GRID, *all_pairs(np.arange(0.25, 4, 0.5), (0.0, 2.5)))
DATA = OPERATOR.lengths.shape[0]
MATRIX = torch.randn(GRID.cells, LATENT, generator=torch.Generator().manual_seed(1))


def decode(z):
    return torch.sigmoid(z @ MATRIX.T)


def times(z):
    with torch.no_grad():
        z = torch.as_tensor(z, dtype=torch.float32)
        return OPERATOR(ld.slowness(decode(z), VELOCITIES)).numpy()


def problem(runs=4, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.standard_normal((runs, LATENT)).astype(np.float32)
    starts = rng.standard_normal((runs, LATENT)).astype(np.float32)
    return truth, times(truth), starts, [stream(5, "run", r) for r in range(runs)]


def run(settings, runs=4, **options):
    _, data, starts, streams = problem(runs)
    return ld.descend(
        decode, OPERATOR, VELOCITIES, data, starts, settings=settings, streams=streams, **options
    )


def test_ring_radius_is_the_mean_norm():
    for latent in (1, 2, 15, 20):
        assert mean_norm(latent) == pytest.approx(chi.mean(latent), rel=1e-12)


def test_one_step_by_hand():
    """Equations 20 and 25 in numpy, all data, with the ring."""
    _, data, starts, _ = problem()
    settings = ld.Descent(batch=None, iterations=2, step=1e-3, weight=4.0, weight_decay=1.0)
    found = run(settings)
    z = starts.astype(float)
    matrix, rays = MATRIX.double().numpy(), OPERATOR.lengths.toarray()
    x = 1 / (1 + np.exp(-z @ matrix.T))
    s = 1 / (0.08 - 0.02 * x)
    residual = s @ rays.T - data
    by_slowness = 2 * residual @ rays
    by_z = (by_slowness * s**2 * 0.02 * x * (1 - x)) @ matrix
    size = np.linalg.norm(z, axis=1, keepdims=True)
    ring = 2 * 4.0 * z * (1 - chi.mean(LATENT) / size)
    expected = np.linalg.norm(z - 1e-3 * (by_z + ring), axis=1)
    # float32 against float64: some hundred roundings of 6e-8
    np.testing.assert_allclose(found.norms[:, 0], size[:, 0], rtol=1e-5)
    np.testing.assert_allclose(found.norms[:, 1], expected, rtol=1e-4)
    np.testing.assert_allclose(found.rms_residuals[:, 0], np.sqrt((residual**2).mean(1)), rtol=1e-4)


def test_adam_is_torchs():
    settings = ld.Descent("adam", None, "none", iterations=30, step=0.05, step_decay=1.0)
    found = run(settings, runs=2)
    _, data, starts, _ = problem(2)
    z = torch.tensor(starts, requires_grad=True)
    optimizer = torch.optim.Adam([z], 0.05)
    norms = []
    for _ in range(30):
        norms.append(z.detach().norm(dim=1).numpy())
        residual = OPERATOR(ld.slowness(decode(z), VELOCITIES)) - torch.from_numpy(data)
        optimizer.zero_grad()
        residual.square().sum().backward()
        optimizer.step()
    np.testing.assert_allclose(found.norms, np.stack(norms, 1), rtol=1e-4)  # float32 roundings


def test_an_epoch_uses_every_datum_once():
    keys = np.stack([stream(1, r).generate_state(4) for r in range(3)])
    first, none = ld._epoch(keys, 0, 10, 4, None)
    second, normal = ld._epoch(keys, 1, 10, 4, 2)
    assert none is None and normal.shape == (3, 4, 2)
    assert torch.equal(first.sort(1).values, torch.arange(10).expand(3, 10))
    assert not torch.equal(first[0], first[1]) and not torch.equal(first, second)


def test_runs_find_the_truth_and_the_best_state_is_the_least_of_the_path():
    truth, *_ = problem()
    settings = ld.Descent(batch=8, iterations=400, step=2e-3, weight=0.01, decay_every=8)
    found = run(settings, truths=decode(torch.from_numpy(truth)).numpy())
    # no noise: the truth's misfit is zero; in 400 steps the slowest run falls to an eighth
    assert (found.rms_residual < 0.2 * found.rms_residuals[:, 0]).all()
    np.testing.assert_array_equal(found.rms_residuals.argmin(1), found.iteration)
    # another batch shape of a float32 product: a few roundings of 90 ns
    np.testing.assert_allclose(found.rms_residual, found.rms_residuals.min(1), atol=1e-4)
    assert (found.errors[:, -1] < 0.3 * found.errors[:, 0]).all()


def test_runs_do_not_depend_on_the_runs_beside_them():
    settings = ld.Descent(batch=8, iterations=60, step=1e-3)
    together = run(settings)
    _, data, starts, streams = problem()
    for r in range(4):
        part = slice(r, r + 1)
        alone = ld.descend(
            decode,
            OPERATOR,
            VELOCITIES,
            data[part],
            starts[part],
            settings=settings,
            streams=streams[part],
        )
        # the same numbers but for roundings of products of another shape, over 60 steps
        np.testing.assert_allclose(alone.rms_residuals[0], together.rms_residuals[r], rtol=1e-3)


def test_an_interrupted_inversion_goes_on_to_the_same_result(tmp_path):
    settings = ld.Descent("adam", 8, "ring", iterations=50, step=0.01, clipping=True)
    whole = run(settings)
    calls = []

    def failing(z):
        calls.append(1)
        if len(calls) > 33:
            raise KeyboardInterrupt
        return decode(z)

    _, data, starts, streams = problem()
    arguments = OPERATOR, VELOCITIES, data, starts
    options = {"settings": settings, "streams": streams, "identity": "weights"}
    options |= {"checkpoint": tmp_path / "c", "checkpoint_every": 10}
    with pytest.raises(KeyboardInterrupt):
        ld.descend(failing, *arguments, **options)
    calls.clear()
    resumed = ld.descend(lambda z: calls.append(1) or decode(z), *arguments, **options)
    assert len(calls) == 20 + 1  # from step 30, and the best states once more
    np.testing.assert_array_equal(resumed.z, whole.z)
    np.testing.assert_array_equal(resumed.rms_residuals, whole.rms_residuals)
    calls.clear()
    options["identity"] = "other weights"
    ld.descend(lambda z: calls.append(1) or decode(z), *arguments, **options)
    assert len(calls) == 51  # another generator: from the start


def test_clipping_draws_anew_what_left_the_box():
    settings = ld.Descent(batch=None, regularization="none", iterations=2, step=0.0, clipping=True)
    data = times(np.zeros((1, LATENT)))
    start = np.array([[0.5, 1.5, -2.0]])
    found = ld.descend(
        decode, OPERATOR, VELOCITIES, data, start, settings=settings, streams=[stream(3, "x")]
    )
    drawn = ld._epoch(np.array([stream(3, "x").generate_state(4)]), 0, DATA, 1, LATENT)[1][0, 0]
    expected = np.linalg.norm([0.5, *drawn.numpy()[1:]])
    assert found.norms[0, 1] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("change", ["data", "streams", "batch"])
def test_numbers_that_do_not_fit_are_refused(change):
    _, data, starts, streams = problem()
    settings = ld.Descent(batch=DATA + 1 if change == "batch" else 8, iterations=1)
    data = data[:2] if change == "data" else data
    streams = streams[:1] if change == "streams" else streams
    with pytest.raises(ValueError, match=r"batches|starts"):
        ld.descend(decode, OPERATOR, VELOCITIES, data, starts, settings=settings, streams=streams)
