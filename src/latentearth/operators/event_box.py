"""Boxes of nodes, and an event's position in one by the solver's own wave field."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from latentearth.operators.greens_functions import GreensFunctions


def nodes_around(
    event: np.ndarray, axes: list[np.ndarray], half_width: Sequence[float], top: float
) -> list[np.ndarray]:
    """Indices along x, y, z of the nodes around an event, below the sea bed.

    Parameters
    ----------
    event
        (3,) node indices.
    axes
        Nodes along x, y, z (m).
    half_width
        Of the box along x, y, z (m).
    top
        Height below which the nodes lie (m).
    """
    found = []
    for axis, middle, half in zip(axes, event, half_width, strict=True):
        reach = max(round(half / float(axis[1] - axis[0])), 2)
        indices = np.arange(max(0, middle - reach), min(axis.size, middle + reach + 1))
        found.append(indices)
    found[2] = found[2][axes[2][found[2]] < top - 1e-6]
    return found


def flat(around: list[np.ndarray]) -> np.ndarray:
    """Node indices of the box, (nodes, 3), z fastest."""
    return np.stack(np.meshgrid(*around, indexing="ij"), axis=-1).reshape(-1, 3)


def nodes_below(axes: list[np.ndarray], every: Sequence[int], top: float) -> list[np.ndarray]:
    """Indices along x, y, z of every so many nodes below a height `top` (m), the highest too."""
    sizes = axes[0].size, axes[1].size, int((axes[2] < top - 1e-6).sum())
    return [
        np.arange((size - 1) % step, size, step) for size, step in zip(sizes, every, strict=True)
    ]


def grid_posterior(
    stores: Sequence[GreensFunctions],
    observed: np.ndarray,
    sigma: float,
    points: int = 25,
    rounds: int = 4,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Posterior of an explosion's position within a box, by the solver's own traces on a grid.

    The grid first spans the box; each further one spans what the last found likely. The prior is
    uniform and the noise Gaussian, as with the emulators.

    Parameters
    ----------
    stores
        One for each receiver, of the same box.
    observed
        (receivers, samples).
    sigma
        Standard deviation of the noise.
    points
        Grid points along each axis.
    rounds
        Number of grids.

    Returns
    -------
    positions : numpy.ndarray
        (points^3, 3) metres.
    weights : numpy.ndarray
        (points^3,) adding up to 1.
    log_likelihood : numpy.ndarray
        (points^3,)
    """
    low, high = stores[0].low, stores[0].high
    begin, end = low, high
    for _ in range(rounds):
        axes = [np.linspace(a, b, points) for a, b in zip(begin, end, strict=True)]
        positions = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
        log_likelihood = np.zeros(len(positions))
        for store, data in zip(stores, observed, strict=True):
            residual = store.predict(positions) - data.astype("f4")
            log_likelihood -= 0.5 * np.einsum("pt,pt->p", residual, residual) / sigma**2
        weights = np.exp(log_likelihood - log_likelihood.max())
        weights /= weights.sum()
        mean = weights @ positions
        spread = np.sqrt(weights @ (positions - mean) ** 2)
        # at least two steps each way, in case one grid point has it all
        reach = np.maximum(5.0 * spread, 2.0 * (end - begin) / (points - 1))
        begin, end = np.maximum(low, mean - reach), np.minimum(high, mean + reach)
    return positions, weights, log_likelihood
