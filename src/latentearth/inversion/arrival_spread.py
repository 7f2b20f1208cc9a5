"""How well arrival times at a set of receivers locate an event: linear theory, for many sets."""

from __future__ import annotations

import itertools

import numpy as np

from latentearth.operators import eikonal

APART = 20.0  # m, of a difference quotient, either way


def slownesses(
    tables: np.ndarray, low: np.ndarray, spacing: np.ndarray, event: np.ndarray
) -> np.ndarray:
    """Derivatives of travel times by an event's coordinates, (receivers, 3) s/m.

    Parameters
    ----------
    tables, low, spacing
        As of :func:`latentearth.operators.eikonal.interpolate_times`.
    event
        (3,) metres.
    """
    ends = event + APART * np.concatenate([np.eye(3), -np.eye(3)])
    times = eikonal.interpolate_times(tables, low, spacing, ends)
    return (times[:3] - times[3:]).T / (2.0 * APART)


def deviations(
    slowness: np.ndarray, sets: np.ndarray, error: float, origin_known: bool
) -> np.ndarray:
    """Standard deviations of an event's coordinates, (sets, 3) m; infinite where a set fails.

    Parameters
    ----------
    slowness
        (receivers, 3) of :func:`slownesses`.
    sets
        (sets, count) receivers of each.
    error
        Standard deviation of an arrival time (s).
    origin_known
        Whether the origin time is known; if not, it is found along with the position, as
        differences of arrival times do (Aster et al. 2018, Parameter estimation and inverse
        problems, section 2.2: the inverse of the normal equations).
    """
    rows = slowness[sets]
    if not origin_known:
        rows = rows - rows.mean(axis=1, keepdims=True)
    normal = np.einsum("sri,srj->sij", rows, rows)
    found = np.full((len(sets), 3), np.inf)
    # of 64-bit numbers; a worse condition is a set on a line
    good = np.linalg.cond(normal) < 1e12
    inverse = np.linalg.inv(normal[good])
    found[good] = error * np.sqrt(np.diagonal(inverse, axis1=1, axis2=2))
    return found


def sets_of(receivers: int, count: int) -> np.ndarray:
    """All sets of so many of the receivers, (sets, count)."""
    return np.array(list(itertools.combinations(range(receivers), count)))


def farthest(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """By which factor the coordinate that fits least is wider or narrower than wanted, (sets,).

    Parameters
    ----------
    found
        (sets, 3) of :func:`deviations`.
    wanted
        (3,) m.
    """
    return np.exp(np.abs(np.log(found / wanted)).max(axis=1))
