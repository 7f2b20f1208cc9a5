"""A user's traveltimes as data of an inversion: their domain, their errors, what they see."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr

from latentearth.earth import crosshole
from latentearth.inversion import crosshole_survey
from latentearth.inversion.latent_descent import slowness
from latentearth.operators.straight_rays import Grid

# Where misfits scatter by chance: chi2/N of N independent data has the deviation sqrt(2 / N), and
# what is known of errors is rarely known to better than a factor of 1.4.
GOOD_FIT = (0.5, 2.0)


@dataclass(frozen=True)
class OwnTraveltimes:
    """Picks and their antennas.

    Attributes
    ----------
    sources, receivers
        Of each pick, (pick, 2), x and z in m from the model's upper left corner.
    picks
        As :func:`latentearth.earth.crosshole.read_traveltimes` gives them.
    """

    sources: np.ndarray
    receivers: np.ndarray
    picks: crosshole.Picks

    @property
    def weights(self) -> np.ndarray:
        """What residuals count by, (pick,); their mean square is 1."""
        if self.picks.errors is None:
            return np.ones(len(self.picks.times))
        return self.error / self.picks.errors

    @property
    def error(self) -> float:
        """Of a pick of weight 1, ns; NaN if the file has no errors."""
        if self.picks.errors is None:
            return float("nan")
        return float(1 / np.sqrt(np.mean(self.picks.errors**-2.0)))


def read_own_traveltimes(
    path: str | os.PathLike,
    survey: str | os.PathLike | None,
    built_in: tuple[np.ndarray, np.ndarray],
    grid: Grid,
    origin: tuple[float, float],
) -> OwnTraveltimes:
    """Read traveltimes and the survey that they belong to.

    Parameters
    ----------
    path
        Of the traveltimes.
    survey
        A file of antennas. Without one, those that the traveltimes come with, or the built-in
        survey.
    built_in
        Its sources and receivers, (pair, 2) each.
    grid, origin
        The model, and where its upper left corner is in the user's coordinates, m.

    Raises
    ------
    latentearth.io.InputError
        As of :func:`latentearth.earth.crosshole.read_survey` and ``read_traveltimes``.
    """
    if survey is None and crosshole.has_antennas(path):
        survey = path
    ends = built_in
    if survey is not None:
        ends = crosshole.read_survey(survey, grid.width, grid.depth, origin)
    picks = crosshole.read_traveltimes(path, *ends, origin if survey is not None else (0.0, 0.0))
    return OwnTraveltimes(ends[0][picks.pair], ends[1][picks.pair], picks)


def weighted(operator: Callable, weights: np.ndarray) -> Callable:
    """An operator whose data are multiplied by weights (datum,)."""
    if (weights == 1).all():
        return operator
    factors = torch.as_tensor(weights, dtype=torch.float32)
    return lambda model: operator(model) * factors


def crossed_cells(
    operator: Callable, model: np.ndarray, velocities: tuple[float, float]
) -> np.ndarray:
    """Cells (row, column) of a model that some ray crosses, bool.

    The derivative of all traveltimes together by the slowness of a cell is the length of rays in
    it, whether they bend or not.
    """
    facies = torch.as_tensor(np.asarray(model), dtype=torch.float32)[None]
    cells = slowness(facies, velocities).requires_grad_()
    operator(cells).sum().backward()
    assert cells.grad is not None
    return (cells.grad[0] > 0).numpy().reshape(model.shape)


def compare_with_picks(
    found: xr.Dataset,
    rays: Callable,
    own: OwnTraveltimes,
    velocities: tuple[float, float],
    noise: float | None,
) -> xr.Dataset:
    """Add to inversions how well they explain the picks, and what the data see.

    Parameters
    ----------
    found
        One truth from :func:`latentearth.inversion.crosshole.invert_truths`.
    rays
        The forward operator, without weights.
    own
        The picks.
    velocities
        Of facies 0 and 1, m/ns.
    noise
        Standard deviation of the picks' errors where their file has none, ns; None: unknown.

    Returns
    -------
    xarray.Dataset
        With ``chi_square`` (truth, start), ``crossed`` (z, x) of the best model, ``observed`` and
        ``simulated`` (datum,), ns, and the attribute ``fit``.
    """
    best = found.model.isel(truth=0, start=int(found.misfit.values.argmin())).values
    error = own.error if own.picks.errors is not None else (noise or np.nan)
    simulated = crosshole_survey.times(rays, best[None], velocities)[0]
    chi_square = (found.misfit / error) ** 2
    return found.assign(
        chi_square=chi_square,
        crossed=(("z", "x"), crossed_cells(rays, best, velocities)),
        observed=("datum", own.picks.times, {"units": "ns"}),
        simulated=("datum", simulated, {"units": "ns"}),
    ).assign_attrs(fit=fit_in_words(float(chi_square.min())))


def fit_in_words(chi_square: float) -> str:
    """What chi2/N says of a best model."""
    if np.isnan(chi_square):
        return "errors of the picks unknown"
    if chi_square > GOOD_FIT[1]:
        return "data not explained: do not believe the model"
    return "fits noise" if chi_square < GOOD_FIT[0] else "fits within the errors"
