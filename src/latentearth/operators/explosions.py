"""Where microseismic events are, and what an explosive one does in time.

Positions are metres; z is upward. Sources sit on nodes of the simulation's grid, because a wave
field is recorded there without interpolation.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq
from scipy.interpolate import make_interp_spline
from scipy.stats import qmc

from latentearth.io import InputError


def moment_rate(time: np.ndarray, frequency: float, moment: float = 1.0) -> np.ndarray:
    """Rate of the moment M(t) = -M0 exp(-pi^2 f0^2 (t - t0)^2), t0 = 1.2 / f0.

    The sign gives the pressure in the far field, which is proportional to the second derivative
    of M, a positive main lobe, so that the largest positive amplitude of a trace is its P wave.

    Parameters
    ----------
    time
        Seconds since the start of the record.
    frequency
        f0 in Hz.
    moment
        M0, each diagonal component of the moment tensor (N m).

    Returns
    -------
    numpy.ndarray
        dM/dt in N m s-1, of the shape of `time`.
    """
    late = time - delay(frequency)
    width = (np.pi * frequency) ** 2
    return 2.0 * moment * width * late * np.exp(-width * late**2)


def moment_acceleration(time: np.ndarray, frequency: float, moment: float = 1.0) -> np.ndarray:
    """Second derivative of the moment of :func:`moment_rate` (N m s-2)."""
    late = time - delay(frequency)
    width = (np.pi * frequency) ** 2
    return 2.0 * moment * width * (1.0 - 2.0 * width * late**2) * np.exp(-width * late**2)


def delay(frequency: float) -> float:
    """Time t0 of the pulse's middle after the start of the record (s)."""
    return 1.2 / frequency


def to_nodes(positions: np.ndarray, axes: list[np.ndarray], source: object) -> np.ndarray:
    """Indices of the nodes nearest to positions.

    Parameters
    ----------
    positions
        (points, 3) in metres.
    axes
        Nodes along x, y, z (m).
    source
        Where the positions come from, for the message.

    Returns
    -------
    numpy.ndarray
        (points, 3) integers.

    Raises
    ------
    InputError
        If a position is not finite or lies outside the model.
    """
    positions = np.atleast_2d(np.asarray(positions, dtype=float))
    if positions.ndim != 2 or positions.shape[1] != 3:
        raise InputError(source, "positions", f"an array {positions.shape}", "(points, 3)")
    low = np.array([axis[0] for axis in axes])
    step = np.array([axis[1] - axis[0] for axis in axes])
    high = np.array([axis[-1] for axis in axes])
    # a position half a step beyond the last node still has that node as its nearest
    bad = ~((positions >= low - 0.5 * step) & (positions <= high + 0.5 * step)).all(axis=1)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise InputError(
            source,
            f"position {first}",
            f"{positions[first].tolist()} m, outside the model ({int(bad.sum())} such)",
            f"x, y, z within {low.tolist()} to {high.tolist()} m",
        )
    nodes = np.rint((positions - low) / step).astype(int)
    return np.clip(nodes, 0, [axis.size - 1 for axis in axes])


def latin_hypercube(
    stream: np.random.SeedSequence,
    count: int,
    axes: list[np.ndarray],
    sea_bed: float,
    clearance: float,
    keep_out: np.ndarray,
    radius: float,
    forbidden: np.ndarray,
) -> np.ndarray:
    """Distinct nodes of a Latin hypercube below the sea bed, away from the receivers.

    A hypercube of a few more points than wanted is snapped to nodes; duplicates, nodes nearer to
    a receiver than `radius` and the forbidden nodes are dropped, and what is too many is left out
    at random. If too few remain, a larger hypercube is drawn.

    Parameters
    ----------
    stream
        Random stream.
    count
        Number of nodes wanted.
    axes
        Nodes along x, y, z (m).
    sea_bed
        Height of the lowest water (m).
    clearance
        Least depth of a source below the sea bed (m).
    keep_out
        (receivers, 3) positions (m).
    radius
        Least distance from a receiver (m).
    forbidden
        (points, 3) indices of nodes that must not be drawn (the observed event).

    Returns
    -------
    numpy.ndarray
        (count, 3) node indices, in random order.

    Raises
    ------
    InputError
        If the grid has not that many nodes.
    """
    random = np.random.default_rng(stream)
    below = axes[2][(axes[2] < sea_bed - 1e-6) & (axes[2] <= sea_bed - clearance + 1e-6)]
    sizes = np.array([axes[0].size, axes[1].size, below.size])
    wanted = int(1.05 * count) + 10
    while wanted < 20 * count + 1000:
        cube = qmc.LatinHypercube(3, seed=random).random(wanted)
        nodes = np.unique((cube * sizes).astype(int), axis=0)
        places = np.column_stack([axis[nodes[:, i]] for i, axis in enumerate(axes)])
        distance = np.linalg.norm(places[:, None] - keep_out[None], axis=2).min(axis=1)
        banned = (nodes[:, None] == np.atleast_2d(forbidden)[None]).all(axis=2).any(axis=1)
        nodes = nodes[(distance >= radius) & ~banned]
        if len(nodes) >= count:
            return random.permutation(nodes)[:count]
        wanted = int(1.5 * wanted)
    raise InputError("sources", "count", count, f"fewer, on a grid of {sizes.tolist()} nodes")


def take_event(positions: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, int]:
    """Keep the event that is to be located out of given source positions.

    Parameters
    ----------
    positions
        (sources, 3) metres.
    event
        (3,) metres.

    Returns
    -------
    rows : numpy.ndarray
        Which positions remain as sources: all but the event and repeated ones, in their order.
    event_row : int
        The position nearest to the event, which takes its place.
    """
    event_row = int(np.linalg.norm(positions - event, axis=1).argmin())
    _, first = np.unique(positions, axis=0, return_index=True)
    rows = np.sort(first)
    same = (positions[rows] == positions[event_row]).all(axis=1)
    return rows[~same], event_row


def take_sources(
    positions: np.ndarray, event: np.ndarray, split: Mapping[str, int], source: object
) -> tuple[np.ndarray, int]:
    """As :func:`take_event`, if enough positions are left for a test set.

    Parameters
    ----------
    positions, event
        As of :func:`take_event`.
    split
        Numbers of sources by what they are for; those left over are the test set.
    source
        The file, for the message.

    Raises
    ------
    InputError
        If nothing is left over.
    """
    rows, event_row = take_event(positions, event)
    repeated = len(positions) - len(rows) - 1
    print(f"{len(rows)} of {len(positions)} given positions ({repeated} repeated ones dropped)")
    if len(rows) <= sum(split.values()):
        parts = " + ".join(f"{count} for {part}" for part, count in split.items())
        wanted = f"more than {parts}, so that a test set is left"
        raise InputError(source, "sources", f"{len(rows)}, {repeated} repeated", wanted)
    return rows, event_row


def scale_velocity(
    traces: np.ndarray, factors: np.ndarray, interval_s: float, frequency: float
) -> np.ndarray:
    """What is recorded if all velocities are larger by a factor: no new simulation is needed.

    With c -> f c at the same density the Green's function of a moment is f G(f t), so that the
    spectrum is P(omega / f) M(omega) / M(omega / f), where M is that of the moment, a Gaussian.

    Parameters
    ----------
    traces
        (event, sample) at velocities as they are, the first sample at the origin time.
    factors
        (event,).
    interval_s
        Between samples.
    frequency
        Of the moment (Hz), as of :func:`moment_rate`.

    Returns
    -------
    numpy.ndarray
        (event, sample); where the stretched traces ask for samples behind their end, the last one.
    """
    samples = traces.shape[1]
    wait = delay(frequency)
    time = np.arange(samples) * interval_s
    length = next_fast_len(2 * samples, real=True)
    # above four times its frequency the pulse has nothing, and a ratio would only raise errors
    omega = 2 * np.pi * np.minimum(rfftfreq(length, interval_s), 4 * frequency)
    found = np.empty_like(traces)
    for number, factor in enumerate(factors):
        # about the pulse's middle, which does not move with the velocity
        at = np.clip(wait + factor * (time - wait), 0, time[-1])
        stretched = factor * make_interp_spline(time, traces[number], k=7)(at)
        ratio = np.exp(-(omega**2) * (1 - factor**-2) / (2 * np.pi * frequency) ** 2)
        found[number] = irfft(rfft(stretched, length) * ratio, length)[:samples]
    return found
