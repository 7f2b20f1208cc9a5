"""Honest regions of position and tensor where a stored field errs as its neighbours do not tell.

The errors of further events around a source count as Gaussian ones in its likelihood
(:mod:`latentearth.inversion.field_errors`). One event in ten errs in another way: where the truth
is known, the same errors of its own neighbours leave its best position and tensor away from it. By
how much is told by each of the further events, if it had broken as the event did, and the
likelihood is raised to the mixture of powers that this makes, as
:mod:`latentearth.inversion.power_mixture` does for positions alone.
"""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from latentearth.inversion.field_errors import FieldErrors
from latentearth.inversion.likelihood_power import DIFFERENCE_M
from latentearth.inversion.moment_tensor import TensorLikelihood

LOCATED = 4  # freedoms of position and origin time
FREEDOMS = LOCATED + 6  # and of the tensor


class MixedTensorLikelihood:
    """Log evidence of positions and origin times: a mixture of normal ones, as wide as powers say.

    Parameters
    ----------
    likelihood
        That is raised to powers.
    best
        (4,), where it is largest.
    weights, powers
        Of :func:`powers_around`.
    """

    def __init__(
        self,
        likelihood: TensorLikelihood,
        best: np.ndarray,
        weights: np.ndarray,
        powers: np.ndarray,
    ):
        self.likelihood, self.powers = likelihood, powers
        # each of the normal densities has the integral 1
        height = likelihood.evidences(best[None], powers)[0]
        self.log_weights = np.log(weights) + LOCATED / 2 * np.log(powers) - height

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(point,) of points (point, 4)."""
        return logsumexp(self._parts(points), axis=1)

    def draw(self, points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A tensor of the posterior at each of points (point, 4): (point, 6)."""
        parts = self._parts(points)
        share = np.exp(parts - logsumexp(parts, axis=1, keepdims=True)).cumsum(1)
        chosen = (rng.random((len(share), 1)) > share).sum(1)
        chosen = np.minimum(chosen, len(self.powers) - 1)
        return self.likelihood.draw(points, rng, self.powers[chosen])

    def _parts(self, points: np.ndarray) -> np.ndarray:
        """(point, power) logarithms of what each power adds to the density."""
        return self.likelihood.evidences(points, self.powers) + self.log_weights


def powers_around(
    errors: FieldErrors, position: np.ndarray, tensor: np.ndarray, likelihood: TensorLikelihood
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and powers (event,), as events around a source tell them.

    With a power p, squared distances of the truth are FREEDOMS / p on the average: those of
    position, origin time and tensor, and what errors add.

    Parameters
    ----------
    errors
        Of the stored field.
    position, tensor
        (3,) m and (6,), of the source.
    likelihood
        Of its data, with noise alone.
    """
    rows, weights = errors.neighbours(position)
    told = weights > 0  # the last, and what is as far away, tell nothing
    square = joint_offsets(errors, rows[told], tensor, likelihood)
    return weights[told], FREEDOMS / (FREEDOMS + square)


def joint_offsets(
    errors: FieldErrors, rows: np.ndarray, tensor: np.ndarray, likelihood: TensorLikelihood
) -> np.ndarray:
    """Squared distances (event,) by which errors of the field alone move what is best.

    By the covariance that noise and errors of each event's neighbours leave, of one step of Gauss
    and Newton from the true position, origin time and tensor.

    Parameters
    ----------
    errors
        Of the stored field.
    rows
        (event,), which of its events.
    tensor
        (6,), of all of them.
    likelihood
        Whose noise and record count.
    """
    where, stored = errors.positions[rows], errors.elementary(errors.positions[rows])
    steps = DIFFERENCE_M * np.eye(3)
    slopes = [
        (errors.elementary(where + step) - errors.elementary(where - step)) / (2 * DIFFERENCE_M)
        for step in steps
    ]
    traces = [
        np.einsum("erkt,k->ert", one, tensor) for one in (errors.errors[rows], stored, *slopes)
    ]
    late = -np.gradient(traces[1], likelihood.interval_s, axis=-1)
    columns = np.stack([traces[0], late, *traces[2:], *np.moveaxis(stored, 2, 0)], 1)
    columns = columns * (likelihood.window * likelihood.weight[:, None])
    square = np.empty(len(rows))
    for number, white in enumerate(columns.reshape(*columns.shape[:2], -1).astype(float)):
        own = errors.near(where[number], tensor, without=rows[number])
        known = likelihood.with_errors(own)
        along = white @ known.modes.T
        product = white @ white.T - (along * known.taken) @ along.T
        # metres, seconds and moments: of one size before they are solved for
        size = np.sqrt(np.diag(product)[1:])
        score = product[1:, 0] / size
        square[number] = score @ np.linalg.solve(product[1:, 1:] / np.outer(size, size), score)
    return square
