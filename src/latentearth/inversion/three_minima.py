"""The two-dimensional example of Figure 6: three minima, and noisy descent among them."""

from __future__ import annotations

import numpy as np

from latentearth.inversion.latent_descent import mean_norm

# Wells of normal shape: depth factor, centre, variance. The last is broad and gives the basin.
WELLS = (
    (0.7, (1.5, 0.9), 0.05),
    (0.5, (1.1, 1.3), 0.05),
    (0.5, (1.0, 0.4), 0.05),
    (40.0, (1.5, 1.0), 2.0),
)


def objective(z: np.ndarray) -> np.ndarray:
    """Value (...) at points (..., 2)."""
    total = np.zeros(z.shape[:-1])
    for factor, centre, variance in WELLS:
        square = ((z - np.array(centre)) ** 2).sum(-1)
        total = total - factor * np.exp(-square / (2 * variance)) / (2 * np.pi * variance)
    return total


def gradient(z: np.ndarray) -> np.ndarray:
    """Gradient (..., 2) of the objective."""
    total = np.zeros_like(z)
    for factor, centre, variance in WELLS:
        apart = z - np.array(centre)
        bell = np.exp(-(apart**2).sum(-1, keepdims=True) / (2 * variance))
        total += factor * bell * apart / (2 * np.pi * variance**2)
    return total


def minima(guesses: np.ndarray | None = None) -> np.ndarray:
    """Local minima (minimum, 2), deepest first, by Newton steps with a numerical Hessian."""
    z = np.array([(1.5, 0.9), (1.1, 1.3), (1.0, 0.4)] if guesses is None else guesses)
    for _ in range(50):
        small = 1e-5
        columns = [
            (gradient(z + small * axis) - gradient(z - small * axis)) / (2 * small)
            for axis in np.eye(2)
        ]
        z = z - np.linalg.solve(np.stack(columns, -1), gradient(z)[..., None])[..., 0]
    return z[np.argsort(objective(z))]


def descend_example(
    starts: np.ndarray,
    rng: np.random.Generator,
    *,
    iterations: int = 1000,
    step: float = 0.4,
    step_decay: float = 0.98,
    weight: float = 1e-3,
    weight_decay: float = 0.95,
    decay_every: int = 5,
    noise: float = 1.0,
) -> np.ndarray:
    """Descend with noise in place of data batches (equations 20 to 25): paths (step, run, 2).

    Parameters
    ----------
    starts
        (run, 2).
    rng
        For the noise.
    iterations, step, step_decay, weight, weight_decay, decay_every
        Steps, their size, the weight of the ring, and their factors every so many steps.
    noise
        Standard deviation of what is added to each component of the gradient.
    """
    radius, z = mean_norm(2), np.array(starts, float)
    path = [z]
    for k in range(iterations):
        turns = k // decay_every
        size = np.linalg.norm(z, axis=-1, keepdims=True)
        ring = 2 * weight * weight_decay**turns * z * (1 - radius / np.maximum(size, 1e-12))
        slope = gradient(z) + ring + noise * rng.standard_normal(z.shape)
        z = z - step * step_decay**turns * slope
        path.append(z)
    return np.stack(path)
