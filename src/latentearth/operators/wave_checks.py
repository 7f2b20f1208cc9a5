"""Whether simulated traces are good enough: against a finer grid, and against the eikonal."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from latentearth.earth import marine
from latentearth.operators import elastic_waves, explosions
from latentearth.operators.elastic_solver import Recording
from latentearth.operators.trace_scores import r2d


def peak_times(traces: np.ndarray, sample_interval_s: float) -> np.ndarray:
    """Times (s) of the largest positive amplitude, between samples by a parabola.

    Parameters
    ----------
    traces
        (sources, samples).
    sample_interval_s
        Between two samples (s).

    Returns
    -------
    numpy.ndarray
        (sources,)
    """
    rows = np.arange(len(traces))
    top = np.clip(traces.argmax(axis=1), 1, traces.shape[1] - 2)
    before, at, after = (traces[rows, top + offset].astype(float) for offset in (-1, 0, 1))
    bend = before - 2.0 * at + after
    return (
        top + np.where(bend < 0, 0.5 * (before - after) / np.minimum(bend, -1e-30), 0.0)
    ) * sample_interval_s


def arrival_times(
    traces: np.ndarray, times: np.ndarray, sample_interval_s: float, delay: float
) -> dict:
    """How far peaks are from first arrivals, in milliseconds.

    Parameters
    ----------
    traces
        (sources, samples).
    times
        (sources,) travel times by the eikonal equation (s).
    sample_interval_s, delay
        Between two samples, and time of the pulse's middle after the origin time (s).

    Returns
    -------
    dict
        ``median_ms`` and ``within_10_ms``, a fraction. Where a later wave is the strongest, as in
        slow layers right under the sea bed, the peak is not the first arrival.
    """
    late = 1e3 * (peak_times(traces, sample_interval_s) - delay - times)
    return {
        "median_ms": float(np.median(late)),
        "within_10_ms": float((np.abs(late) <= 10).mean()),
    }


def agreement(
    coarse: np.ndarray, fine: np.ndarray, sample_interval_s: float
) -> dict[str, float | int]:
    """How far traces (traces, samples) on two grids agree.

    Returns
    -------
    dict
        Number of ``traces``, ``r2d``, which the loudest rule, ``relative_l2``, the median norm of
        the difference over the norm of a trace, and ``peaks_within_2_ms``, the share of the
        largest positive samples that are at most 2 ms apart; without traces the number alone.
    """
    if not len(fine):
        return {"traces": 0}
    apart = 1e3 * (peak_times(coarse, sample_interval_s) - peak_times(fine, sample_interval_s))
    return {
        "traces": len(fine),
        "r2d": r2d(fine, coarse),
        "relative_l2": relative_l2(coarse, fine),
        "peaks_within_2_ms": float((np.abs(apart) <= 2.0).mean()),
    }


def relative_l2(found: np.ndarray, truth: np.ndarray) -> float:
    """Median over traces (traces, samples) of the norm of the difference over that of the truth."""
    apart = np.linalg.norm(found - truth, axis=-1) / np.linalg.norm(truth, axis=-1)
    return float(np.median(apart))


def by_mechanism(strains: np.ndarray, kappa: float) -> dict[str, np.ndarray]:
    """Traces of an explosion and of five sources without change of volume, by their tensor.

    Parameters
    ----------
    strains
        (sources, 6, samples), xx, yy, zz, xy, xz, yz, of an explosion at the receiver.
    kappa
        Bulk modulus at the receiver (Pa).
    """
    xx, yy, zz, xy, xz, yz = np.moveaxis(-kappa * strains, 1, 0)
    return {
        "explosion": xx + yy + zz,
        "xx-yy": xx - yy,
        "2zz-xx-yy": 2.0 * zz - xx - yy,
        "xy": 2.0 * xy,
        "xz": 2.0 * xz,
        "yz": 2.0 * yz,
    }


def refinement(
    model: xr.Dataset,
    spacing: tuple[float, float, float],
    receiver: np.ndarray,
    stream: np.random.SeedSequence,
    *,
    factor: int,
    half_width: float,
    depth: float,
    count: int,
    time_step_s: float,
    steps_per_sample: int,
    samples: int,
    vs_floor: float,
    **settings: Any,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """Traces on a simulation's grid and on a finer one, in the part of a model around a receiver.

    An odd factor leaves the sea bed where it is, half-way between two nodes.

    Parameters
    ----------
    model
        The velocity model.
    spacing
        Steps of the grid (m).
    receiver
        (3,) metres.
    stream
        Random stream, for the positions of the sources.
    factor
        By which the finer grid and its time step are finer.
    half_width, depth
        Of the part: across, and below the receiver (m).
    count
        Number of sources.
    time_step_s, steps_per_sample, samples, **settings
        Of the simulation on the coarser grid.
    vs_floor
        As in :func:`latentearth.earth.marine.resample`.

    Returns
    -------
    coarse, fine : dict
        Of :func:`by_mechanism`, traces (sources, samples) in Pa.
    positions : numpy.ndarray
        (sources, 3) metres.
    """
    coarse_axes = []
    for axis, place, low, high in zip(
        marine.grid(model, spacing),
        receiver,
        (half_width, half_width, depth),
        (half_width, half_width, np.inf),
        strict=True,
    ):
        coarse_axes.append(axis[(axis >= place - low - 1e-6) & (axis <= place + high + 1e-6)])
    fine_axes = [
        np.linspace(axis[0], axis[-1], factor * (axis.size - 1) + 1) for axis in coarse_axes
    ]
    random = np.random.default_rng(stream)
    below = [axis.size for axis in coarse_axes[:2]] + [int((coarse_axes[2] < receiver[2]).sum())]
    nodes = np.unique(random.integers(0, below, (2 * count, 3)), axis=0)
    positions = np.column_stack([axis[nodes[:, i]] for i, axis in enumerate(coarse_axes)])
    far = np.linalg.norm(positions - receiver, axis=1) >= min(150.0, 0.5 * half_width)
    nodes, positions = nodes[far][:count], positions[far][:count]
    found = []
    for axes, finer in ((coarse_axes, 1), (fine_axes, factor)):
        medium = elastic_waves.without_high_water(
            elastic_waves.Medium.of(marine.resample(model, axes, vs_floor))
        )
        node = explosions.to_nodes(receiver, axes, "receiver")[0]
        every = steps_per_sample * finer
        [strains] = elastic_waves.simulate_recordings(
            medium,
            node,
            [Recording(nodes * finer, every, "strains")],
            time_step_s=time_step_s / finer,
            steps=(samples - 1) * every + 1,
            **settings,
        )
        found.append(by_mechanism(strains, float(medium.kappa[tuple(node)])))
    return found[0], found[1], positions
