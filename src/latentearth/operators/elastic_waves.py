"""Pressure traces of many explosive sources from one elastic simulation per receiver.

The elastic wave equation is solved in velocity and stress on a staggered grid (differences over
eight nodes, leapfrog in time, convolutional PML). By reciprocity the receiver explodes, and the
pressure is recorded at all sources at once::

    p(receiver; source) = kappa(receiver) / kappa(source) * p(source; receiver)

with the bulk modulus kappa = lambda + 2 mu / 3, because an explosion and the divergence of the
displacement, -p / kappa, are the reciprocal pair. The discrete equations obey it to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import xarray as xr

from latentearth.io import InputError
from latentearth.operators import explosions
from latentearth.operators.elastic_kernel import DIFFERENCE_WEIGHTS
from latentearth.operators.elastic_solver import EXPLOSION, Recording, Solver

ORDER: Final = 8  # of deepwave's differences in space, which reach as far as ours
# Sum of the absolute weights of a difference: the Courant number at which the scheme becomes
# unstable is its inverse.
WEIGHTS = sum(abs(weight) for weight in DIFFERENCE_WEIGHTS)
DEEPWAVE_WEIGHTS = 1225 / 1024 + 245 / 3072 + 49 / 5120 + 5 / 7168
WATER_NODES = 8  # kept above the rock: waves along the sea bed reach some way up
# Over its frequency, where a pulse's spectrum has fallen to some 1e-4 and 1e-9 of its greatest.
BAND = (3.6, 5.0)


@dataclass(frozen=True)
class Medium:
    """An elastic medium on the grid of a simulation.

    Parameters
    ----------
    rho, vp, vs
        Density (kg m-3) and velocities (m s-1) on the nodes, (nx, ny, nz).
    axes
        Nodes along x, y, z (m).
    """

    rho: np.ndarray
    vp: np.ndarray
    vs: np.ndarray
    axes: list[np.ndarray]

    @classmethod
    def of(cls, model: xr.Dataset) -> Medium:
        """Take a model of :mod:`latentearth.earth.marine`, whose grid is that of the simulation."""
        rho, vp, vs = (model[name].transpose("x", "y", "z").values for name in ("rho", "vp", "vs"))
        return cls(rho, vp, vs, [model[name].values for name in "xyz"])

    @property
    def spacing(self) -> list[float]:
        """Steps along x, y, z (m)."""
        return [float(axis[1] - axis[0]) for axis in self.axes]

    @property
    def moduli(self) -> tuple[np.ndarray, np.ndarray]:
        """Lame's parameters lambda and mu (Pa) on the nodes."""
        rho, vp, vs = (field.astype(float) for field in (self.rho, self.vp, self.vs))
        return rho * (vp**2 - 2 * vs**2), rho * vs**2

    @property
    def kappa(self) -> np.ndarray:
        """Bulk modulus (Pa) on the nodes."""
        return self.rho.astype(float) * (self.vp.astype(float) ** 2 - 4 / 3 * self.vs**2)


def without_high_water(medium: Medium) -> Medium:
    """Drop the nodes more than :data:`WATER_NODES` above the highest rock.

    What goes up there comes back from no surface: all sides absorb.
    """
    end = int(np.flatnonzero((medium.vs > 0).any(axis=(0, 1)))[-1]) + 1 + WATER_NODES
    rho, vp, vs = (field[..., :end] for field in (medium.rho, medium.vp, medium.vs))
    return Medium(rho, vp, vs, [*medium.axes[:2], medium.axes[2][:end]])


def largest_step(medium: Medium) -> float:
    """Longest stable time step (s)."""
    inverse = np.sqrt(sum(1.0 / step**2 for step in medium.spacing))
    return float(1.0 / (WEIGHTS * inverse * medium.vp.max()))


def check_stability(medium: Medium, time_step_s: float) -> None:
    """Refuse what the solver cannot do.

    Raises
    ------
    InputError
        If Vp is below Vs somewhere, or the time step is beyond the stability limit.
    """
    if (medium.vp < medium.vs).any():
        node = tuple(int(i) for i in np.argwhere(medium.vp < medium.vs)[0])
        raise InputError("velocity model", f"node {node}", "Vp < Vs", "Vp > Vs")
    limit = largest_step(medium)
    if time_step_s > limit:
        raise InputError(
            "simulation",
            "time step",
            f"{1e3 * time_step_s:.4g} ms",
            f"at most {1e3 * limit:.4g} ms, the stability limit for {medium.vp.max():.0f} m/s on "
            f"steps of {medium.spacing} m",
        )


def simulate(
    medium: Medium,
    node: np.ndarray,
    points: np.ndarray,
    *,
    samples: int,
    steps_per_sample: int = 1,
    **settings: Any,
) -> np.ndarray:
    """Pressure at points, from a source at one node.

    Parameters
    ----------
    medium
        Where waves travel; every side absorbs.
    node
        (3,) indices of the source's node.
    points
        (points, 3) indices of the recording nodes; any of them may appear more than once.
    samples
        Number of samples recorded; sample n belongs to the time n * steps_per_sample * time_step_s.
    steps_per_sample
        Steps from one sample to the next.
    **settings
        Of :func:`simulate_recordings`.

    Returns
    -------
    numpy.ndarray
        (points, samples) float32 in Pa.

    Raises
    ------
    InputError
        As :func:`simulate_recordings`.
    """
    recording = Recording(np.atleast_2d(np.asarray(points)), steps_per_sample)
    steps = (samples - 1) * steps_per_sample + 1
    return simulate_recordings(medium, node, [recording], steps=steps, **settings)[0]


def simulate_recordings(
    medium: Medium,
    node: np.ndarray,
    recordings: Sequence[Recording],
    *,
    time_step_s: float,
    steps: int,
    frequency: float,
    moment: float = 1.0,
    pml: int = 10,
    tensor: Sequence[float] = EXPLOSION,
    engine: str = "kernel",
    undo_dispersion: bool = True,
    report: Callable[[int, int], None] | None = None,
) -> list[np.ndarray]:
    """What is recorded of a source at one node.

    Parameters
    ----------
    medium
        Where waves travel; every side absorbs.
    node
        (3,) indices of the source's node.
    recordings
        What is recorded where.
    time_step_s, steps
        Of the simulation.
    frequency, moment
        Of :func:`explosions.moment_rate` (Hz, N m).
    pml
        Width of the absorbing layer (nodes), outside the model.
    tensor
        Moment tensor xx, yy, zz, xy, xz, yz in units of the moment.
    engine
        ``kernel``: our compiled solver, one thread; ``deepwave``: that library, on a GPU if
        there is one, for pressures of explosions.
    undo_dispersion
        Whether to undo what the time step does, by :func:`undo_time_dispersion` (of the kernel).
    report
        Called now and then with the steps done and their number (by the kernel).

    Returns
    -------
    list of numpy.ndarray
        As of :meth:`Solver.run`.

    Raises
    ------
    InputError
        If a node is outside the model, :func:`check_stability` finds fault, or deepwave is asked
        for what it cannot do.
    """
    check_stability(medium, time_step_s)
    shape = np.array(medium.rho.shape)
    named = [("source", np.atleast_2d(node)), *(("points", each.nodes) for each in recordings)]
    for name, nodes in named:
        if (nodes < 0).any() or (nodes >= shape).any():
            raise InputError("simulation", name, "a node outside the model", f"within {shape}")
    # The rate acts half-way between two steps, and spreads over the volume of one node.
    time = (np.arange(steps) + 0.5) * time_step_s
    rate = explosions.moment_rate(time, frequency, moment) / np.prod(medium.spacing)
    if engine == "deepwave":
        if tuple(tensor) != EXPLOSION or any(each.quantity == "strains" for each in recordings):
            raise InputError("simulation", "engine", engine, "kernel, for strains or shear")
        return _deepwave(medium, node, recordings, rate, time_step_s, frequency, pml)
    import torch

    solver = Solver(*medium.moduli, medium.rho, medium.spacing, time_step_s, frequency, pml)
    # Behind the waves values fade into denormal numbers, with which a processor is slow.
    flushed = torch.set_flush_denormal(True)
    try:
        found = solver.run(np.asarray(node), rate, recordings, tensor, report)
    finally:
        if flushed:
            torch.set_flush_denormal(False)
    if not undo_dispersion:
        return found
    return [
        recorded
        @ undo_time_dispersion(recorded.shape[-1], each.every * time_step_s, time_step_s, frequency)
        for recorded, each in zip(found, recordings, strict=True)
    ]


def undo_time_dispersion(
    samples: int, interval: float, time_step_s: float, frequency: float
) -> np.ndarray:
    """What turns recorded traces into those of an infinitely short time step.

    A step of the leapfrog takes the frequency omega of a wave for W, with sin(W dt / 2) =
    omega dt / 2, and does nothing else wrong: G(omega) S(W) is found at W in place of
    G(omega) S(omega) at omega, of any medium and any grid (Koene et al. 2018, Geophysical Journal
    International 213). The spectrum at the one is read at the other.

    Parameters
    ----------
    samples
        Of a trace, the first at time zero.
    interval
        Between two samples (s).
    time_step_s
        Of the simulation.
    frequency
        Of :func:`explosions.moment_rate` (Hz).

    Returns
    -------
    numpy.ndarray
        (samples, samples) float32; recorded traces (..., samples) times this.
    """
    time = interval * np.arange(samples)
    # as often as a period of twice the record asks for, so that its copies lie outside
    step = 0.5 / (samples * interval)
    hertz = step * (np.arange(int(min(BAND[1] * frequency, 0.49 / interval) / step)) + 0.5)
    fading = np.interp(hertz / frequency, BAND, (1.0, 0.0))
    omega = 2.0 * np.pi * hertz
    found = 2.0 / time_step_s * np.arcsin(0.5 * omega * time_step_s)
    source = omega / found * np.exp((found**2 - omega**2) / (2.0 * np.pi * frequency) ** 2)
    late = explosions.delay(frequency) * (found - omega)
    into = np.exp(1j * np.outer(omega, time))
    warped = np.exp(-1j * np.outer(time, found)) @ (
        (fading * source * np.exp(1j * late))[:, None] * into
    )
    plain = into.conj().T @ (fading[:, None] * into)
    # the difference alone, so that where a record ends nothing rings
    change = 2.0 * step * interval * (warped - plain).real
    return (np.eye(samples) + change).astype("f4")


def _deepwave(
    medium: Medium,
    node: np.ndarray,
    recordings: Sequence[Recording],
    rate: np.ndarray,
    time_step_s: float,
    frequency: float,
    pml: int,
) -> list[np.ndarray]:
    """The same by deepwave, on a GPU if there is one; it may take several steps for one of ours.

    Its bound for a stable step is the stiffest node's modulus over the lightest node's density,
    wherever these are: over water it halves or quarters the step that the speeds allow.
    """
    import deepwave
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    nodes = np.concatenate([each.nodes for each in recordings])
    where, back = np.unique(nodes, axis=0, return_inverse=True)  # it wants each place once
    stiffness, rigidity, lightness = (
        torch.as_tensor(np.ascontiguousarray(field, dtype="f4"), device=device)
        for field in (*medium.moduli, 1.0 / medium.rho)
    )
    with torch.no_grad():
        record = deepwave.elastic(
            stiffness,
            rigidity,
            lightness,
            medium.spacing,
            time_step_s,
            sources={
                "pressure_rate": (
                    torch.as_tensor(rate[None, None].astype("f4"), device=device),
                    torch.as_tensor(np.asarray(node).reshape(1, 1, 3), device=device),
                )
            },
            receivers={"p": torch.as_tensor(where[None], device=device)},
            accuracy=ORDER,
            pml_width=pml,
            pml_freq=frequency,
            courant_number=(1.0 - 1e-9) / DEEPWAVE_WEIGHTS,
        )
    traces = record.receiver_amplitudes_p[0].cpu().numpy()[back.reshape(-1)]
    ends = np.cumsum([len(each.nodes) for each in recordings])[:-1]
    parts = np.split(traces, ends)
    return [part[:, :: each.every] for part, each in zip(parts, recordings, strict=True)]


def reciprocal_traces(
    medium: Medium, receiver: np.ndarray, points: np.ndarray, **settings: Any
) -> np.ndarray:
    """Pressure at one receiver for an explosion at each of the points: one simulation.

    Parameters
    ----------
    medium
        Where waves travel.
    receiver
        (3,) indices of the receiver's node.
    points
        (points, 3) indices of the sources' nodes.
    **settings
        Of :func:`simulate`.

    Returns
    -------
    numpy.ndarray
        (points, samples) float32 in Pa.
    """
    return reciprocal(simulate(medium, receiver, points, **settings), medium, receiver, points)


def reciprocal(
    pressure: np.ndarray, medium: Medium, receiver: np.ndarray, points: np.ndarray
) -> np.ndarray:
    """Turn pressures (points, samples) of an explosion at the receiver into its own traces."""
    kappa = medium.kappa
    factor = kappa[tuple(receiver)] / kappa[tuple(np.asarray(points).T)]
    return pressure * factor[:, None].astype("f4")


def analytic_pressure(
    distance: np.ndarray, time: np.ndarray, rho: float, vp: float, vs: float, frequency: float
) -> np.ndarray:
    """Pressure of an explosion of unit moment in a homogeneous medium.

    p = kappa M''(t - r / vp) / (4 pi rho vp^4 r).

    Parameters
    ----------
    distance
        (points,) metres.
    time
        (samples,) seconds.
    rho, vp, vs
        Density (kg m-3) and velocities (m s-1).
    frequency
        Of :func:`sources.moment_rate` (Hz).

    Returns
    -------
    numpy.ndarray
        (points, samples) in Pa per N m.
    """
    r = np.asarray(distance, dtype=float)[:, None]
    kappa = rho * (vp**2 - 4 / 3 * vs**2)
    pulse = explosions.moment_acceleration(time[None] - r / vp, frequency)
    return kappa * pulse / (4.0 * np.pi * rho * vp**4 * r)
