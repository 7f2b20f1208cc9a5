"""The elastic simulation around the compiled updates: padding, staggering, sides that absorb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from latentearth.operators import elastic_kernel as kernel

REFLECTION = 1e-4  # of a wave at normal incidence on a side, in theory
Quantity = Literal["pressure", "strains"]
EXPLOSION = (1.0, 1.0, 1.0, 0.0, 0.0, 0.0)  # moment tensor, xx, yy, zz, xy, xz, yz


@dataclass(frozen=True)
class Recording:
    """What is recorded at nodes.

    Parameters
    ----------
    nodes
        (points, 3) indices; any of them may appear more than once.
    every
        Steps from one sample to the next.
    quantity
        ``pressure`` or ``strains``.
    """

    nodes: np.ndarray
    every: int = 1
    quantity: Quantity = "pressure"


class Solver:
    """Waves in an elastic medium, advanced step by step.

    Parameters
    ----------
    lamb, mu, rho
        Lame's parameters (Pa) and density (kg m-3) on the nodes, (nx, ny, nz).
    spacing
        Steps of the grid (m).
    time_step_s
        Within the stability limit.
    frequency
        Middle of the band that the sides absorb best (Hz).
    pml
        Width of the absorbing sides (nodes), added outside the model.
    """

    def __init__(
        self,
        lamb: np.ndarray,
        mu: np.ndarray,
        rho: np.ndarray,
        spacing: list[float],
        time_step_s: float,
        frequency: float,
        pml: int,
    ):
        self.pad = pml + kernel.HALO
        self.shape = tuple(np.array(rho.shape) + 2 * self.pad)
        fastest = float(np.sqrt((lamb + 2 * mu) / rho).max())
        self.time_step_s, self.fastest, self.depth_step = time_step_s, fastest, spacing[2]
        lamb, mu, rho = (np.pad(f.astype(float), self.pad, mode="edge") for f in (lamb, mu, rho))
        size = rho.size
        self.v = [np.zeros(size, "f4") for _ in range(3)]
        self.s = [np.zeros(size, "f4") for _ in range(6)]  # xx, yy, zz, xy, xz, yz
        self.moduli = [_flat(time_step_s * field) for field in (lamb, mu)]
        self.shear = [
            _flat(time_step_s * _harmonic(mu, *axes)) for axes in ((0, 1), (0, 2), (1, 2))
        ]
        self.lightness = [_flat(time_step_s * 2.0 / (rho + _next(rho, axis))) for axis in range(3)]
        self.weights = [
            tuple(np.float32(weight / h) for weight in kernel.DIFFERENCE_WEIGHTS) for h in spacing
        ]
        self.slabs = [
            slab
            for axis in range(3)
            for slab in _slabs(
                axis, self.shape, pml, spacing[axis], time_step_s, fastest, frequency
            )
        ]

    def place(self, nodes: np.ndarray) -> np.ndarray:
        """Flat indices of nodes, (points, 3), in the padded arrays."""
        return np.ravel_multi_index(tuple(np.asarray(nodes).T + self.pad), self.shape)

    def run(
        self,
        source: np.ndarray,
        rate: np.ndarray,
        recordings: Sequence[Recording],
        tensor: Sequence[float] = EXPLOSION,
        report: Callable[[int, int], None] | None = None,
    ) -> list[np.ndarray]:
        """Let a moment act at one node and record at others.

        Parameters
        ----------
        source
            (3,) indices of the node.
        rate
            (steps,) moment rate over the volume of a node (Pa s-1), half-way between the steps.
        recordings
            What is recorded where.
        tensor
            Moment tensor xx, yy, zz, xy, xz, yz in units of the moment.
        report
            Called every 50 steps with the steps done and their number.

        Returns
        -------
        list of numpy.ndarray
            Of each recording, float32, over ceil(steps / every) samples, the first at time zero:
            pressure (points, samples) in Pa, or strains (points, 6, samples), xx, yy, zz, xy, xz,
            yz.
        """
        places = [self.place(each.nodes).astype(np.uint64) for each in recordings]
        stresses, shear = tuple(self.s), tuple(self.shear)
        found = []
        for each in recordings:
            inner = (6,) if each.quantity == "strains" else ()
            samples = -(-rate.size // each.every)
            found.append(np.zeros((len(each.nodes), *inner, samples), "f4"))
        acting = int(self.place(source))
        middle = int(source[2]) + self.pad
        moments = (self.time_step_s * np.outer(rate, tensor)).astype("f4")
        for number in range(rate.size):
            for each, at, out in zip(recordings, places, found, strict=True):
                if number % each.every == 0:
                    self._record(each, at, out, number // each.every)
            # nothing has happened farther than the fastest wave has come
            reach = 8 + int(1.1 * self.fastest * number * self.time_step_s / self.depth_step)
            lo = max(kernel.HALO, middle - reach)
            hi = min(self.shape[2] - kernel.HALO, middle + reach)
            self._advance(lo, hi)
            kernel.explode(stresses, self.moduli[1], shear, acting, self.shape, moments[number])
            if report and number % 50 == 0:
                report(number, rate.size)
        return found

    def _record(self, what: Recording, at: np.ndarray, out: np.ndarray, column: int) -> None:
        """One sample of a recording."""
        stresses = tuple(self.s)
        if what.quantity == "strains":
            step = np.float32(self.time_step_s)
            moduli = tuple(self.moduli)
            kernel.record_strains(stresses, moduli, at, self.shape, step, out, column)
        else:
            kernel.record_pressure(stresses, at, out, column)

    def _advance(self, lo: int, hi: int) -> None:
        """One step of velocities, then of stresses."""
        v, s, where = self.v, self.s, (self.shape, lo, hi)
        kernel.velocities(*v, *s, *self.lightness, *self.weights, *where)
        for axis, box, stride, profiles, psi in self.slabs:
            at_node, half_way = profiles
            rest = (stride, self.weights[axis], box, axis, *where)
            for component in range(3):
                # a velocity's own axis sees the normal stress, half a step ahead; others a shear
                ahead = component == axis
                f = s[axis] if ahead else s[2 + axis + component]
                b, a = half_way if ahead else at_node
                kernel.damp(
                    f,
                    int(not ahead),
                    v[component],
                    self.lightness[component],
                    psi[component],
                    b,
                    a,
                    *rest,
                )
        kernel.stresses(*v, *s, *self.moduli, *self.shear, *self.weights, *where)
        for axis, box, stride, profiles, psi in self.slabs:
            at_node, half_way = profiles
            rest = (stride, self.weights[axis], box, axis, *where)
            for component in range(3):
                if component == axis:
                    kernel.damp_normal(
                        v[axis], *s[:3], *self.moduli, psi[3 + component], *at_node, *rest
                    )
                else:
                    shear = axis + component - 1  # xy, xz, yz
                    kernel.damp(
                        v[component],
                        0,
                        s[3 + shear],
                        self.shear[shear],
                        psi[3 + component],
                        *half_way,
                        *rest,
                    )


def _flat(field: np.ndarray) -> np.ndarray:
    """A field as the kernel takes it."""
    return np.ascontiguousarray(field, dtype="f4").reshape(-1)


def _next(field: np.ndarray, axis: int) -> np.ndarray:
    """The neighbour one node on; the last node is its own."""
    index = np.minimum(np.arange(field.shape[axis]) + 1, field.shape[axis] - 1)
    return field.take(index, axis)


def _harmonic(mu: np.ndarray, first: int, second: int) -> np.ndarray:
    """Harmonic mean of the four nodes around a shear stress; zero if one of them is fluid."""
    around = [mu, _next(mu, first), _next(mu, second), _next(_next(mu, first), second)]
    solid = np.all([m > 0 for m in around], axis=0)
    with np.errstate(divide="ignore"):
        return np.where(solid, 4.0 / sum(1.0 / m for m in around), 0.0)


def _slabs(
    axis: int,
    shape: tuple[int, ...],
    pml: int,
    spacing: float,
    time_step_s: float,
    fastest: float,
    frequency: float,
) -> list[tuple]:
    """The two absorbing slabs of an axis: axis, box, stride, profiles, memories."""
    if pml == 0:
        return []
    halo = kernel.HALO
    stride = np.uint64((shape[1] * shape[2], shape[2], 1)[axis])
    found = []
    for begin in (halo, shape[axis] - halo - pml):
        box = [halo, shape[0] - halo, halo, shape[1] - halo, halo, shape[2] - halo]
        # one more node where the half-way point beyond it still lies in the layer
        first = begin if begin == halo else begin - 1
        box[2 * axis : 2 * axis + 2] = [first, begin + pml]
        nodes = np.arange(first, begin + pml)
        profiles = []
        for offset in (0.0, 0.5):
            place = nodes + offset
            inner = halo + pml, shape[axis] - halo - pml - 1  # the model's outermost nodes
            into = np.maximum(inner[0] - place, place - inner[1]) / pml
            b, a = _profile(np.clip(into, 0.0, 1.0), pml * spacing, time_step_s, fastest, frequency)
            deep = box[5] - box[4]
            rows = (b, a) if axis == 2 else (np.repeat(b, deep), np.repeat(a, deep))
            profiles.append(tuple(_flat(row) for row in rows))
        extent = np.prod([box[1] - box[0], box[3] - box[2], box[5] - box[4]])
        psi = [np.zeros(extent, "f4") for _ in range(6)]
        found.append((axis, tuple(box), stride, profiles, psi))
    return found


def _profile(
    into: np.ndarray, width: float, time_step_s: float, fastest: float, frequency: float
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients b and a of psi = b psi + a D, at a fraction `into` of the layer's width."""
    damping = -3.0 * fastest * np.log(REFLECTION) / (2.0 * width) * into**2
    shift = np.pi * frequency * (1.0 - into)
    b = np.exp(-(damping + shift) * time_step_s)
    a = np.where(damping > 0, damping / np.maximum(damping + shift, 1e-30) * (b - 1.0), 0.0)
    return b, a
