"""How closely arrival times locate an event with other receivers than ours: sets of a lattice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from latentearth.inversion import arrival_spread
from latentearth.operators import eikonal
from latentearth.progress import progress
from latentearth.samplers.importance import Importance
from latentearth.samplers.targets import Box, Posterior
from latentearth.samples import credible_interval
from support.labels import label

COUNT = 4  # receivers of the paper
Tables = tuple[np.ndarray, np.ndarray, np.ndarray]  # times, first node, step
WAYS = ("origin", "differences", "edt", "edt_all")


def lattice(model: xr.Dataset, along: int, height: float) -> np.ndarray:
    """Receivers in the middle of as many squares along x and y, (receivers, 3) m."""
    x, y = (
        float(model[name].min())
        + (np.arange(along) + 0.5) / along * float(np.ptp(model[name].values))
        for name in "xy"
    )
    return np.array([(a, b, height) for a in x for b in y])


def travel_times(model: xr.Dataset, receivers: np.ndarray, every: int) -> Tables:
    """First arrivals on every so many nodes of a model: tables, first node and step.

    Returns
    -------
    tables, low, spacing
        As of :func:`latentearth.operators.eikonal.interpolate_times`.
    """
    part = model.isel({name: slice(None, None, every) for name in "xyz"})
    axes = [part[name].values for name in "xyz"]
    tables = [
        eikonal.travel_times(part.vp.values, axes, receiver)
        for receiver in progress(receivers, "travel times")
    ]
    low = np.array([axis[0] for axis in axes])
    spacing = np.array([axis[1] - axis[0] for axis in axes])
    return np.array(tables), low, spacing


def chosen_sets(
    slowness: np.ndarray, ours: int, error: float, wanted: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[bool, np.ndarray]]:
    """Sets of receivers to look at, and how closely every four of the lattice locate.

    Parameters
    ----------
    slowness
        (receivers, 3) s/m, those of the lattice and behind them ours.
    ours
        Number of ours.
    error
        Of an arrival time (s).
    wanted
        (3,) m, the paper's intervals.

    Returns
    -------
    sets
        By name, numbers of receivers.
    spread
        By whether the origin time is known, (sets, 3) m of all fours of the lattice.
    """
    count = len(slowness) - ours
    fours = arrival_spread.sets_of(count, COUNT)
    spread = {
        known: arrival_spread.deviations(slowness, fours, error, known) for known in (True, False)
    }
    nearest = {
        known: fours[arrival_spread.farthest(found, wanted).argmin()]
        for known, found in spread.items()
    }
    return {
        "ours": np.arange(count, len(slowness)),
        "nearest to the paper's, origin time known": nearest[True],
        "nearest to the paper's, origin time unknown": nearest[False],
        "least in z, origin time unknown": fours[spread[False][:, 2].argmin()],
        "all of a lattice": np.arange(count),
    }, spread


def likelihood_of(
    way: str, tables: Tables, picks: np.ndarray, error: float
) -> Callable[[np.ndarray], np.ndarray]:
    """Log-likelihood of positions by arrival times, by one of :data:`WAYS`."""
    power = float(picks.size) if way == "edt_all" else 1.0
    given = (*tables, picks, np.full(picks.size, error))

    def log_likelihood(points: np.ndarray) -> np.ndarray:
        if way in ("origin", "differences"):
            return eikonal.arrival_log_likelihood(*given, points, origin_known=way == "origin")
        return eikonal.edt_log_likelihood(*given, power, points)

    return log_likelihood


def rows_of(
    name: str,
    numbers: np.ndarray,
    receivers: np.ndarray,
    tables: Tables,
    event: np.ndarray,
    *,
    bounds: np.ndarray,
    error: float,
    wanted: np.ndarray,
    seed: np.random.SeedSequence,
) -> list[dict[str, object]]:
    """One row for each way to use arrival times at a set of receivers.

    Picks have the error that the likelihood states, but are made without one: what differs from
    row to row is the geometry alone.

    Parameters
    ----------
    name, numbers
        Of the set.
    receivers
        (receivers, 3) m, all of them.
    tables
        Of all receivers, as of :func:`travel_times`.
    event, bounds, error, wanted
        (3,) m; (3, 2) m, the prior; s; (3,) m, the paper's intervals.
    seed
        Of the sampling.
    """
    times, low, spacing = tables
    own = np.ascontiguousarray(times[numbers], dtype=float), low, spacing
    picks = eikonal.interpolate_times(*own, event[None])[0]
    rows = []
    for way, stream in zip(WAYS, seed.spawn(len(WAYS)), strict=True):
        target = Posterior(likelihood_of(way, own, picks, error), Box(bounds))
        found = Importance()(target, None, stream)
        half = 0.5 * np.ptp(credible_interval(found), axis=1)
        rows.append(
            {"set": name, "receivers": len(numbers), "arrivals": label(way), "way": way}
            | {f"{c}_m": size for c, size in zip("xyz", half, strict=True)}
            | {f"published_{c}_m": size for c, size in zip("xyz", wanted, strict=True)}
            | {
                "times_published": float(arrival_spread.farthest(half[None], wanted)[0]),
                "error_m": float(np.linalg.norm(found.mean - event)),
                "where_m": "; ".join(f"{x:.0f}, {y:.0f}" for x, y, _ in receivers[numbers]),
            }
        )
    return rows
