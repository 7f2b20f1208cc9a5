"""Straight rays against lengths that are known."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from latentearth.earth.crosshole import all_pairs
from latentearth.operators.straight_rays import Grid, StraightRays, ray_lengths

PAPER = Grid()
SMALL = Grid(6, 4, 0.5)  # 2 m across, 3 m deep


def survey():
    """The authors' geometry for straight rays."""
    return all_pairs(np.arange(0.5, 12.6, 0.5), (0.01, 6.49))


def entries_by_counting():
    """Cells that the survey's rays cross, from integer arithmetic alone.

    A ray crosses 65 columns, and one more cell for each inner line of depth that it crosses, but
    none for a line that it crosses at a corner of cells.
    """
    total = 0
    for first in range(5, 126, 5):
        for last in range(5, 126, 5):
            total += 65 + max(abs(last - first) - 1, 0)
            for line in range(1, 65):
                z = first + (last - first) * (line - Fraction(1, 10)) / Fraction(648, 10)
                total -= z.denominator == 1 and first != last
    return total


def test_the_papers_matrix():
    lengths = ray_lengths(PAPER, *survey())
    assert lengths.shape == (625, 8385)
    # Exact; the authors' matrix has 66 043 entries, 22 of them slivers of rounding.
    assert lengths.nnz == entries_by_counting() == 66_021
    sources, receivers = survey()
    # ten times the rounding of a sum of some 200 terms
    apart = np.hypot(*(receivers - sources).T)
    np.testing.assert_allclose(lengths.sum(axis=1), apart, rtol=0, atol=1e-12)
    assert lengths.data.min() > 0


def test_rays_along_an_axis():
    ends = [(0.1, 0.7), (0.3, 0.2)], [(1.9, 0.7), (0.3, 2.9)]
    across, down = ray_lengths(SMALL, *map(np.array, ends)).toarray().reshape(2, 6, 4)
    expected = np.zeros((6, 4))
    expected[1] = 0.4, 0.5, 0.5, 0.4
    np.testing.assert_allclose(across, expected, atol=1e-12)  # rounding
    expected = np.zeros((6, 4))
    expected[:, 0] = 0.3, 0.5, 0.5, 0.5, 0.5, 0.4
    np.testing.assert_allclose(down, expected, atol=1e-12)


def test_a_ray_along_a_grid_line_belongs_to_one_row_of_cells():
    found = ray_lengths(SMALL, np.array([[0.0, 1.0]]), np.array([[2.0, 1.0]])).toarray()
    assert (found.reshape(6, 4).sum(1) > 0).tolist() == [False, True, False, False, False, False]
    edge = ray_lengths(SMALL, np.array([[0.0, 0.0]]), np.array([[2.0, 0.0]]))
    assert edge.sum() == pytest.approx(2.0, abs=1e-12) and edge.indices.max() == 3


def test_a_diagonal_through_corners_has_one_cell_per_row():
    found = ray_lengths(SMALL, np.array([[0.0, 0.0]]), np.array([[2.0, 2.0]])).toarray()
    expected = np.zeros((6, 4))
    np.fill_diagonal(expected, 0.5 * np.sqrt(2))
    np.testing.assert_allclose(found.reshape(6, 4), expected, atol=1e-12)


def test_reciprocity():
    rng = np.random.default_rng(0)
    sources, receivers = rng.random((2, 50, 2)) * (2.0, 3.0)
    there, back = (
        ray_lengths(SMALL, *ends) for ends in ((sources, receivers), (receivers, sources))
    )
    assert abs(there - back).max() < 1e-12


@pytest.mark.parametrize("bad", [(-0.1, 1.0), (2.1, 1.0), (1.0, 3.2), (np.nan, 1.0)])
def test_an_antenna_outside_is_refused(bad):
    with pytest.raises(ValueError, match="outside the grid"):
        ray_lengths(SMALL, np.array([bad]), np.array([[1.0, 1.0]]))


def test_the_torch_operator_is_linear_and_its_derivative_the_transpose():
    sources, receivers = np.random.default_rng(1).random((2, 30, 2)) * (2.0, 3.0)
    operator = StraightRays(SMALL, sources, receivers)
    rng = torch.Generator().manual_seed(0)
    slowness = (12 + 5 * torch.rand(3, 24, generator=rng)).requires_grad_()
    weights = torch.rand(3, 30, generator=rng)
    times = operator(slowness)
    (times * weights).sum().backward()
    dense = torch.from_numpy(operator.lengths.toarray()).float()
    # float32 sums of some ten terms
    torch.testing.assert_close(times, slowness.detach() @ dense.T, rtol=1e-6, atol=0)
    torch.testing.assert_close(slowness.grad, weights @ dense, rtol=1e-5, atol=1e-6)
