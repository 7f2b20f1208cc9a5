"""Total variation for slowness along known rays, and bent rays by repeated straightening.

The blocky model that a tomographer without a learned prior makes (Rudin, Osher and Fatemi 1992,
Physica D 60, 259): of all slownesses between two bounds that fit the times as well as their errors
say, and no better (the discrepancy principle), the one of least total variation,

    min  sum |grad s|   with  |F s - t|^2 <= N error^2,   low <= s <= high.

It is convex: one minimum, whatever the start. The alternating direction method of multipliers
(Boyd et al. 2011, Found. Trends Mach. Learn. 3, 1) keeps copies of gradient, data and model, each
of which is easily moved to where it must be; the step that joins them is the least squares of
:class:`latentearth.inversion.least_squares.PenalizedRays`. As the fit is a constraint, there is no
weight to search for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse

from latentearth.inversion.least_squares import PenalizedRays, constant_fit
from latentearth.operators.shortest_path import ShortestPath

FIT_ENOUGH = 1.02  # times the errors: bent rays need no better fit
LEFT = 0.5  # of a misfit a step leaves at least
STEP_SIZES = 3  # sizes of a step: 1, a half, a quarter
LEAST_SLOWNESS = 0.2  # of a mean slowness: paths need positive ones, which linear steps may miss


@dataclass(frozen=True)
class TotalVariation:
    """Settings.

    Attributes
    ----------
    bounds
        Least and greatest slowness, ns/m.
    isotropic
        Whether |grad s| is Euclidean, or the sum of both differences.
    iterations
        At most.
    tolerance
        Of the root-mean-square change of a model in an iteration, over the bounds' distance, below
        which all end.
    gradient_penalty, data_penalty
        How strongly the copies of gradient and model, and of the data, are held to the model; for
        slowness over the bounds' distance. They change the speed, not the result.
    """

    bounds: tuple[float, float]
    isotropic: bool = True
    iterations: int = 600
    tolerance: float = 2e-4
    gradient_penalty: float = 3.0
    data_penalty: float = 1.0

    def __call__(
        self,
        lengths: scipy.sparse.csr_array,
        shape: tuple[int, int],
        times: np.ndarray,
        error: float,
        start: np.ndarray | None = None,
    ) -> np.ndarray:
        """Slownesses (model, cell), ns/m, of times (model, ray), ns.

        Parameters
        ----------
        lengths, shape
            As of :class:`latentearth.inversion.least_squares.PenalizedRays`.
        times
            Of several models, seen along the same rays.
        error
            Standard deviation of the times, ns.
        start
            Slownesses (model, cell) to begin with; it saves iterations.
        """
        low, high = self.bounds
        scaled = lengths * (high - low)
        data = times - low * np.asarray(lengths.sum(1)).ravel()
        rays = PenalizedRays(scaled, shape, "splitting")
        first = constant_fit(lengths, times) if start is None else start
        model = np.clip((first - low) / (high - low), 0, 1)
        return low + (high - low) * self._minimum(rays, data, error, model)

    def _minimum(
        self, rays: PenalizedRays, data: np.ndarray, error: float, model: np.ndarray
    ) -> np.ndarray:
        """The models (model, cell) between 0 and 1."""
        ratio = self.gradient_penalty / self.data_penalty
        radius = error * np.sqrt(data.shape[1])
        slope, seen, bounded = (
            differences(model, rays.shape),
            into_ball(rays.times(model), data, radius),
            model,
        )
        slope_dual, seen_dual, bounded_dual = (np.zeros_like(a) for a in (slope, seen, bounded))
        for _ in range(self.iterations):
            before = model
            joined = rays.inverse(adjoint_differences(slope - slope_dual) + bounded - bounded_dual)
            model = rays.fit(joined, seen - seen_dual, ratio)
            steps, recorded = differences(model, rays.shape), rays.times(model)
            slope = self._shrink(steps + slope_dual)
            seen = into_ball(recorded + seen_dual, data, radius)
            bounded = np.clip(model + bounded_dual, 0, 1)
            slope_dual += steps - slope
            seen_dual += recorded - seen
            bounded_dual += model - bounded
            if np.sqrt(((model - before) ** 2).mean(1)).max() < self.tolerance:
                break
        return bounded

    def _shrink(self, slope: np.ndarray) -> np.ndarray:
        """Gradients (model, 2, row, column), shorter by the inverse of their penalty."""
        size = np.sqrt((slope**2).sum(1, keepdims=True)) if self.isotropic else np.abs(slope)
        return slope * np.maximum(1 - 1 / self.gradient_penalty / np.maximum(size, 1e-30), 0)


def into_ball(points: np.ndarray, centres: np.ndarray, radius: float) -> np.ndarray:
    """The nearest points (model, datum) within a distance of the centres."""
    offset = points - centres
    size = np.sqrt((offset**2).sum(1, keepdims=True))
    return centres + offset * np.minimum(1, radius / np.maximum(size, 1e-30))


def differences(models: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Differences of models (model, cell) down and across, (model, 2, row, column).

    The last row and the last column have none: edges reflect.
    """
    images = models.reshape(-1, *shape)
    slope = np.zeros((len(images), 2, *shape))
    slope[:, 0, :-1] = np.diff(images, axis=1)
    slope[:, 1, :, :-1] = np.diff(images, axis=2)
    return slope


def adjoint_differences(slope: np.ndarray) -> np.ndarray:
    """Transpose of :func:`differences`, (model, 2, row, column) to (model, cell)."""
    back = np.zeros((len(slope), *slope.shape[2:]))
    down, across = slope[:, 0, :-1], slope[:, 1, :, :-1]
    back[:, :-1] -= down
    back[:, 1:] += down
    back[:, :, :-1] -= across
    back[:, :, 1:] += across
    return back.reshape(len(slope), -1)


RayInversion = Callable[..., np.ndarray]  # a TotalVariation or a QuadraticInversion


def invert_bent_rays(
    method: RayInversion,
    operator: ShortestPath,
    times: np.ndarray,
    error: float,
    iterations: int,
) -> np.ndarray:
    """Slownesses (model, cell), ns/m, of times (model, ray) along shortest paths, by Gauss-Newton.

    By Fermat's principle the derivative of times by slowness is the rays' lengths, of which the
    mean over the last models is taken, each weighing half the one after it: a ray that jumps to and
    fro between two ways would never settle otherwise. Each step aims at a part of the misfit, is
    halved where it fits worse, and all end when the fit is as good as the errors say.

    Parameters
    ----------
    method
        What inverts along known rays.
    operator
        The shortest paths.
    times
        (model, ray), ns.
    error
        Standard deviation of the times, ns.
    iterations
        Of tracing, at most.
    """
    shape = operator.grid.nz, operator.grid.nx
    ((_, unbent),) = operator.rays(np.ones((1, operator.grid.cells)))
    found = []
    for row in times:
        model = constant_fit(unbent, row[None])[0]
        recorded, mean, misfit = _traced(operator, model, row)
        best, least, start = model, misfit, None
        for _ in range(iterations):
            if misfit <= FIT_ENOUGH * error:
                break
            linear = row - recorded + mean @ model
            wanted = method(mean, shape, linear[None], max(error, LEFT * misfit), start)[0]
            step = np.maximum(wanted, LEAST_SLOWNESS * model.mean()) - model
            before, misfit = model, np.inf
            for part in 0.5 ** np.arange(STEP_SIZES):
                trial = before + part * step
                there, rays, left = _traced(operator, trial, row)
                if left < misfit:
                    model, recorded, lengths, misfit = trial, there, rays, left
                if misfit < least:
                    best, least = model, misfit
                    break
            mean, start = (mean + lengths) / 2, model[None]
        found.append(best)
    return np.stack(found)


def _traced(
    operator: ShortestPath, model: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, scipy.sparse.csr_array, float]:
    """Times and rays of a model (cell,), and its misfit to observed times (ray,)."""
    ((recorded, lengths),) = operator.rays(model[None])
    return recorded, lengths, float(np.sqrt(((recorded - times) ** 2).mean()))
