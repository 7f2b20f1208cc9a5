"""Inversions without a learned prior, against problems whose answers are known."""

import numpy as np
import pytest
import scipy.sparse

from latentearth.earth.crosshole import all_pairs
from latentearth.inversion import least_squares
from latentearth.inversion.least_squares import PenalizedRays, QuadraticInversion, constant_fit
from latentearth.inversion.total_variation import (
    TotalVariation,
    adjoint_differences,
    differences,
    into_ball,
    invert_bent_rays,
)
from latentearth.operators.shortest_path import ShortestPath
from latentearth.operators.straight_rays import Grid, ray_lengths

GRID = Grid(24, 16, 0.5)  # 8 m across, 12 m deep
SHAPE = GRID.nz, GRID.nx
BOUNDS = 12.5, 16.7  # ns/m
SURVEY = all_pairs(np.arange(0.75, 12, 0.75), (0.1, 7.9))
METHODS = {
    "damping": QuadraticInversion("damping"),
    "smoothing": QuadraticInversion("smoothing"),
    "total variation": TotalVariation(BOUNDS, iterations=2000, tolerance=1e-6),
}


@pytest.fixture(scope="module")
def lengths():
    return ray_lengths(GRID, *SURVEY)


def block():
    """A slow block in a fast medium, (1, cell)."""
    model = np.full(SHAPE, BOUNDS[0])
    model[8:14, 5:12] = BOUNDS[1]
    return model.reshape(1, -1)


def rms(times, other):
    return np.sqrt(((times - other) ** 2).mean(1))


@pytest.mark.parametrize("name", METHODS)
def test_residuals_are_as_large_as_the_errors(lengths, name):
    """The discrepancy principle: chi2 / N = 1, for several models of one survey."""
    times = np.concatenate([block(), block()[:, ::-1]]) @ lengths.T.toarray()
    times += 0.3 * np.random.default_rng(1).standard_normal(times.shape)
    found = METHODS[name](lengths, SHAPE, times, 0.3)
    # what 2000 iterations leave; the weights of least squares are found by 60 halvings
    np.testing.assert_allclose(rms(found @ lengths.T.toarray(), times), 0.3, rtol=2e-3)


def test_a_model_of_blocks_comes_back_where_nothing_else_is_told(lengths):
    """Total variation makes the block anew, and its rivals do not."""
    times = block() @ lengths.T.toarray()
    errors = {
        name: rms(method(lengths, SHAPE, times, 1e-2), block())[0] / (BOUNDS[1] - BOUNDS[0])
        for name, method in METHODS.items()
    }
    # edges along the grid are what total variation makes exactly; a hundredth is the data's error
    assert errors["total variation"] < 0.02
    assert errors["total variation"] < 0.2 * min(errors["damping"], errors["smoothing"])


def test_total_variation_is_the_least_of_all_that_fit(lengths):
    """No other model between the bounds that fits as well is less rough (it is convex)."""
    times = block() @ lengths.T.toarray()
    times += 0.3 * np.random.default_rng(2).standard_normal(times.shape)
    found = METHODS["total variation"](lengths, SHAPE, times, 0.3)

    def roughness(model):
        return np.sqrt((differences(model, SHAPE) ** 2).sum(1)).sum()

    def misfit(model):
        return rms(model @ lengths.T.toarray(), times)[0]

    # the truth fits (noise of rms 0.3 within its scatter): along the line to it, convexity says
    # that roughness falls nowhere below the minimum's by more than what iterations leave
    truth = block()
    assert misfit(truth) < 0.32
    for part in (0.25, 0.5, 1.0):
        other = found + part * (truth - found)
        if misfit(other) <= 0.3:
            assert roughness(other) > roughness(found) * (1 - 1e-3)
    assert roughness(found) < roughness(truth)
    assert (found >= BOUNDS[0]).all() and (found <= BOUNDS[1]).all()


def test_starts_change_nothing(lengths):
    times = block() @ lengths.T.toarray()
    method = METHODS["total variation"]
    first = method(lengths, SHAPE, times, 0.2)
    rough = BOUNDS[0] + 4.2 * np.random.default_rng(3).random((1, GRID.cells))
    other = method(lengths, SHAPE, times, 0.2, rough)
    # of a span of 4.2 ns/m: what iterations leave
    np.testing.assert_allclose(first, other, atol=0.05)


@pytest.mark.parametrize("name", METHODS)
def test_data_that_a_constant_explains_give_a_constant(lengths, name):
    """The limit of errors beyond all structure."""
    times = block() @ lengths.T.toarray()
    found = METHODS[name](lengths, SHAPE, times, 30.0)
    np.testing.assert_allclose(found, constant_fit(lengths, times), atol=1e-3)


@pytest.mark.parametrize("penalty", ["damping", "smoothing", "splitting"])
def test_the_minimum_of_a_quadratic_penalty_as_dense_algebra_has_it(penalty):
    """Normal equations with the penalty's matrix built from differences."""
    shape, rng = (5, 4), np.random.default_rng(4)
    lengths = scipy.sparse.csr_array(rng.random((7, 20)) * (rng.random((7, 20)) < 0.4))
    rays = PenalizedRays(lengths, shape, penalty)
    times, centre, weight = rng.random((1, 7)), rng.random((1, 20)), 0.3
    slopes = differences(np.eye(20), shape).reshape(20, -1)
    first = slopes @ slopes.T
    matrix = {
        "damping": np.eye(20),
        "smoothing": first @ first + 1e-9 * np.eye(20),
        "splitting": first + np.eye(20),
    }[penalty]
    dense = lengths.toarray()
    expected = np.linalg.solve(
        dense.T @ dense + weight * matrix, dense.T @ times[0] + weight * matrix @ centre[0]
    )
    # rounding, with the condition number of the smoothing matrix (1e9 and more)
    tolerance = 1e-5 if penalty == "smoothing" else 1e-10
    np.testing.assert_allclose(rays.fit(centre, times, weight)[0], expected, atol=tolerance)


def test_adjoint_of_the_gradient():
    rng = np.random.default_rng(5)
    model, slope = rng.standard_normal((2, 20)), rng.standard_normal((2, 2, 5, 4))
    slope[:, 0, -1] = slope[:, 1, :, -1] = 7.0  # no differences there: they must not count
    forward = differences(model, (5, 4))
    np.testing.assert_allclose(
        (forward * slope).sum(), (model * adjoint_differences(slope)).sum(), rtol=1e-12
    )


def test_into_a_ball():
    points = np.array([[3.0, 4.0], [0.1, 0.0]])
    np.testing.assert_allclose(
        into_ball(points, np.zeros((2, 2)), 1.0), [[0.6, 0.8], [0.1, 0.0]], rtol=1e-12
    )


def test_bent_rays_find_what_straight_ones_miss(lengths):
    """The block delays by up to 34 per cent: rays go around it."""
    operator = ShortestPath(GRID, *SURVEY, secondary=2)
    ((times, _),) = operator.rays(block())
    method = TotalVariation(BOUNDS, iterations=300)
    bent = invert_bent_rays(method, operator, times[None], 0.3, 12)
    straight = method(lengths, SHAPE, times[None], 0.3)
    ((recorded, _),) = operator.rays(bent)
    # 1.02 is where the loop stops; and no worse a model than that of the wrong physics
    assert rms(recorded[None], times[None])[0] <= 1.03 * 0.3
    assert rms(bent, block())[0] < 0.8 * rms(straight, block())[0]


def test_a_matrix_of_another_grid_is_refused(lengths):
    with pytest.raises(ValueError, match="384 cells of rays in a grid of"):
        least_squares.PenalizedRays(lengths, (3, 4), "damping")
