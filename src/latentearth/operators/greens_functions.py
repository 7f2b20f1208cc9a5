"""A store of Green's functions: any source in a box at one receiver, from one simulation.

By reciprocity the pressure at a receiver, of a source with the moment tensor m M(t) at x, is::

    p(t) = -kappa(receiver) sum_ij m_ij e_ij(x, t)

where e is the strain at x that an explosion M(t) at the receiver makes (Aki & Richards 2002,
section 2.3). Strains on nodes give any source there; between nodes they are interpolated by cubic
splines. The rock at the source makes strains jump from layer to layer: they are split into the
part that is 1 / kappa times a pressure and the five that are 1 / (2 mu) times a stress, the
stresses are interpolated, and the compliances at the source multiplied in afterwards.

The coefficients of the splines are 16-bit integers with a scale for each node and component, 4
decimal digits of the largest sample, at a coarser sampling of time that the pulse's band allows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import netCDF4
import numpy as np
import xarray as xr
from scipy.interpolate import make_interp_spline

from latentearth.io import InputError, opened_netcdf
from latentearth.operators import greens_kernel
from latentearth.operators.elastic_solver import EXPLOSION
from latentearth.operators.elastic_waves import Medium
from latentearth.operators.splines import spline_coefficients

# Of the reciprocal stress: minus its pressure, and its deviator. One component serves explosions.
COMPONENTS = ("isotropic", "zz", "xx-yy", "xy", "xz", "yz")
TIME_DEGREE = 7  # of the splines along time
# Weights of samples far away fall to denormal numbers, with which processors are slow. Below this
# they change a trace by less than a thousandth of what its storage in integers does.
LEAST_WEIGHT = 1e-8
CHUNK = 8  # nodes along each axis that are read together
# Of a cubic B-spline in the four intervals that it spans, by powers of the place in the interval.
BASIS = np.array([[1, -3, 3, -1], [4, 0, -6, 3], [1, 3, 3, -3], [0, 0, 0, 1]]) / 6.0
# The tensors whose sum, times the six numbers xx, yy, zz, xy, xz, yz, is any tensor.
ELEMENTARY = np.eye(6, dtype="f4")


@dataclass(frozen=True)
class GreensFunctions:
    """What one receiver records of sources in a box.

    Parameters
    ----------
    coefficients
        (nx + 2, ny + 2, nz + 2, components, stored samples) int16, of uniform cubic B-splines on
        nx, ny, nz nodes; the first and the last along each axis belong to nodes beside the box.
        The first one or all of :data:`COMPONENTS`.
    scales
        (nx + 2, ny + 2, nz + 2, components) float32, what one unit of a coefficient is (Pa).
    low, step
        (3,) first node of the box and distance of nodes (m).
    compliance
        (mx, my, mz, 2) float32, 1 / kappa and 1 / (2 mu) on all nodes of the simulation in the
        box (Pa-1).
    compliance_step
        (3,) distance of these nodes (m).
    receiver
        (3,) metres.
    kappa
        Bulk modulus at the receiver (Pa).
    stored_interval_s
        Between two stored samples; the first is at the origin time (s).
    sample_interval_s, samples
        Of the traces that are made from them.
    """

    coefficients: np.ndarray
    scales: np.ndarray
    low: np.ndarray
    step: np.ndarray
    compliance: np.ndarray
    compliance_step: np.ndarray
    receiver: np.ndarray
    kappa: float
    stored_interval_s: float
    sample_interval_s: float
    samples: int
    in_time: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """The weights of stored samples in each sample of a trace, (stored samples, samples)."""
        stored = self.coefficients.shape[-1]
        spline = make_interp_spline(
            np.arange(stored) * self.stored_interval_s, np.eye(stored), k=TIME_DEGREE
        )
        weights = spline(np.arange(self.samples) * self.sample_interval_s)
        weights[np.abs(weights) < LEAST_WEIGHT] = 0.0
        object.__setattr__(self, "in_time", np.ascontiguousarray(weights.T, dtype="f4"))

    @property
    def high(self) -> np.ndarray:
        """(3,) last node of the box (m)."""
        return self.low + self.step * (np.array(self.coefficients.shape[:3]) - 3)

    def predict(
        self, positions: np.ndarray, tensors: np.ndarray | Sequence[float] = EXPLOSION
    ) -> np.ndarray:
        """Traces of sources.

        Parameters
        ----------
        positions
            (points, 3) metres, in the box.
        tensors
            (6,) or (points, 6), moment tensors xx, yy, zz, xy, xz, yz in units of the simulation's
            moment.

        Returns
        -------
        numpy.ndarray
            (points, samples) float32 in Pa.

        Raises
        ------
        InputError
            If a position is outside the box, or not isotropic sources are asked of a store for
            explosions.
        """
        tensors = np.broadcast_to(np.asarray(tensors, "f4"), (len(positions), 6))[:, None]
        return self._traces(positions, tensors)[:, 0]

    def elementary(self, positions: np.ndarray) -> np.ndarray:
        """Traces of the six tensors with one element of 1: (points, 6, samples) float32 in Pa.

        The trace of any tensor is the sum of these times its xx, yy, zz, xy, xz, yz.
        """
        return self._traces(positions, np.broadcast_to(ELEMENTARY, (len(positions), 6, 6)))

    def slopes(
        self, positions: np.ndarray, tensors: np.ndarray | Sequence[float] = EXPLOSION
    ) -> np.ndarray:
        """Derivatives of :meth:`predict` along x, y, z: (points, 3, samples) float32 in Pa / m."""
        tensors = np.broadcast_to(np.asarray(tensors, "f4"), (len(positions), 6))[:, None]
        return np.concatenate([self._traces(positions, tensors, axis) for axis in range(3)], axis=1)

    def _traces(
        self, positions: np.ndarray, tensors: np.ndarray, along: int | None = None
    ) -> np.ndarray:
        """Traces (points, tensors, samples), or their derivative along an axis."""
        positions = np.atleast_2d(np.asarray(positions, float))
        self._check(positions, tensors)
        place = (positions - self.low) / self.step
        first = np.clip(place.astype(int), 0, np.array(self.coefficients.shape[:3]) - 4)
        powers = (place - first)[..., None] ** np.arange(4)
        weights = powers @ BASIS.T
        stored = np.zeros((*tensors.shape[:2], self.coefficients.shape[-1]), "f4")

        def add(weights: np.ndarray, compliance: np.ndarray) -> None:
            factors = _factors(tensors, compliance, self.coefficients.shape[3]) * -self.kappa
            greens_kernel.interpolate(
                self.coefficients,
                self.scales,
                first,
                weights.astype("f4"),
                factors.astype("f4"),
                stored,
            )

        if along is None:
            add(weights, self._compliance(positions))
        else:  # of a product
            add(weights, self._compliance(positions, along))
            steep = powers[:, along] @ np.pad(BASIS[:, 1:] * [1, 2, 3], ((0, 0), (0, 1))).T
            weights[:, along] = steep / self.step[along]
            add(weights, self._compliance(positions))
        traces = stored.reshape(-1, stored.shape[-1]) @ self.in_time
        return traces.reshape(*tensors.shape[:2], -1)

    def _check(self, positions: np.ndarray, tensors: np.ndarray) -> None:
        """Refuse what is not in the store."""
        slack = 1e-6 * self.step
        out = ~((positions >= self.low - slack) & (positions <= self.high + slack)).all(axis=1)
        if out.any():
            found = f"{positions[out.argmax()].tolist()} m ({int(out.sum())} such)"
            box = f"within {self.low.tolist()} to {self.high.tolist()} m"
            raise InputError("Green's functions", "position", found, box)
        if self.coefficients.shape[3] == 1 and (tensors != tensors[..., :1] * EXPLOSION).any():
            raise InputError(
                "Green's functions",
                "moment tensor",
                "one that is not isotropic",
                "explosions: the store has only their component",
            )

    def _compliance(self, positions: np.ndarray, along: int | None = None) -> np.ndarray:
        """1 / kappa and 1 / (2 mu) at positions, (points, 2); or the derivative along an axis."""
        place = (positions - self.low) / self.compliance_step
        first = np.clip(place.astype(int), 0, np.array(self.compliance.shape[:3]) - 2)
        part = place - first
        weights = np.stack([1.0 - part, part], axis=-1)
        if along is not None:
            weights[:, along] = np.array([-1.0, 1.0]) / self.compliance_step[along]
        found = np.zeros((len(positions), 2))
        greens_kernel.trilinear(self.compliance, first, weights, found)
        return found


def _factors(tensors: np.ndarray, compliance: np.ndarray, components: int) -> np.ndarray:
    """What each component adds to sum m_ij e_ij, (points, tensors, components).

    The deviatoric strain is (-D/2 + H, -D/2 - H, D, ...) / (2 mu) with D the component zz and H
    the component xx-yy, half of that difference.
    """
    xx, yy, zz, xy, xz, yz = np.moveaxis(tensors, -1, 0)
    volume, shear = compliance[:, 0, None], compliance[:, 1, None]
    found = [volume * (xx + yy + zz) / 3.0]
    if components > 1:
        parts = zz - 0.5 * (xx + yy), xx - yy, 2.0 * xy, 2.0 * xz, 2.0 * yz
        found += [shear * part for part in parts]
    return np.stack(found, axis=-1)


def from_recording(
    recorded: np.ndarray,
    nodes: Sequence[np.ndarray],
    medium: Medium,
    receiver: np.ndarray,
    *,
    stored_interval_s: float,
    sample_interval_s: float,
    samples: int,
) -> GreensFunctions:
    """Green's functions from what a simulation with an explosion at the receiver recorded.

    Parameters
    ----------
    recorded
        (nodes, 6, stored samples) strains, or (nodes, stored samples) pressures, on the nodes of a
        box, z fastest.
    nodes
        Indices of the box's nodes along x, y, z, evenly apart, at least four.
    medium
        Where waves travel.
    receiver
        (3,) indices of the receiver's node.
    stored_interval_s, sample_interval_s, samples
        As of :class:`GreensFunctions`.

    Raises
    ------
    InputError
        If a node is in the water: a source there has no shear stress.
    """
    apart = [int(index[1] - index[0]) for index in nodes]
    inner = tuple(slice(index[0], index[-1] + 1) for index in nodes)
    moduli = medium.kappa[inner], 2.0 * medium.moduli[1][inner]
    if (moduli[1] == 0).any():
        raise InputError("Green's functions", "box", "nodes in the water", "rock alone")
    sizes = [index.size for index in nodes]
    on_nodes = tuple(slice(None, None, every) for every in apart)
    if recorded.ndim == 2:
        stresses = -recorded.reshape(*sizes, 1, -1)
    else:
        stresses = _stresses(recorded.reshape(*sizes, 6, -1), *(m[on_nodes] for m in moduli))
    coefficients, scales = spline_coefficients(stresses)
    spacing = np.array(medium.spacing)
    return GreensFunctions(
        coefficients,
        scales,
        np.array([axis[index[0]] for axis, index in zip(medium.axes, nodes, strict=True)]),
        spacing * apart,
        np.stack([1.0 / modulus for modulus in moduli], axis=-1).astype("f4"),
        spacing,
        np.array([axis[i] for axis, i in zip(medium.axes, receiver, strict=True)]),
        float(medium.kappa[tuple(receiver)]),
        stored_interval_s,
        sample_interval_s,
        samples,
    )


def _stresses(strains: np.ndarray, kappa: np.ndarray, twice_mu: np.ndarray) -> np.ndarray:
    """The :data:`COMPONENTS` of strains, both (nx, ny, nz, 6, samples)."""
    xx, yy, zz = (strains[..., i, :] for i in range(3))
    volume = xx + yy + zz
    deviator = [zz - volume / 3.0, 0.5 * (xx - yy), *(strains[..., i, :] for i in (3, 4, 5))]
    found = np.empty_like(strains)
    found[..., 0, :] = kappa[..., None] * volume
    for number, part in enumerate(deviator, 1):
        found[..., number, :] = twice_mu[..., None] * part
    return found


def greens_dataset(store: GreensFunctions) -> xr.Dataset:
    """The netCDF form of a store, which :func:`read_greens_functions` reads in parts."""
    sizes = store.coefficients.shape
    dims = ("x", "y", "z", "component", "sample")
    metres = {"units": "m"}
    coordinates: dict = {
        name: (name, low + step * np.arange(-1, size - 1), metres)
        for name, low, step, size in zip("xyz", store.low, store.step, sizes, strict=False)
    }
    coordinates["component"] = ("component", list(COMPONENTS[: sizes[3]]))
    fine = ("rock_x", "rock_y", "rock_z")
    for name, low, step, size in zip(
        fine, store.low, store.compliance_step, store.compliance.shape, strict=False
    ):
        coordinates[name] = (name, low + step * np.arange(size), metres)
    about = "cubic B-splines of the reciprocal stress; times scale"
    bulk, shear = np.moveaxis(store.compliance, -1, 0)
    return xr.Dataset(
        {
            "coefficient": (dims, store.coefficients, {"units": "1", "long_name": about}),
            "scale": (dims[:4], store.scales, {"units": "Pa"}),
            "inverse_kappa": (fine, bulk, {"units": "Pa-1"}),
            "inverse_two_mu": (fine, shear, {"units": "Pa-1"}),
            "receiver": ("coordinate", store.receiver, metres),
        },
        coordinates,
        {
            "kappa_of_receiver": store.kappa,
            "stored_interval_s": store.stored_interval_s,
            "sample_interval_s": store.sample_interval_s,
            "samples": store.samples,
        },
    )


def greens_chunks(dataset: xr.Dataset) -> dict[str, tuple[int, ...]]:
    """Chunks of a store's variables in its file: some nodes along each axis, whole traces."""
    small = [min(CHUNK, dataset.sizes[name]) for name in "xyz"]
    return {"coefficient": (*small, *dataset["coefficient"].shape[3:])}


def read_greens_functions(
    path: str | os.PathLike, box: Sequence[Sequence[float]] | None = None
) -> GreensFunctions:
    """Read a store, or the part of it that sources in a smaller box need.

    Parameters
    ----------
    path
        Of a file that :func:`greens_dataset` makes.
    box
        First and last x, y, z (m) of the sources; None: the whole store.

    Raises
    ------
    InputError
        If the file is missing or is none of Green's functions.
    DamagedFile
        If it is cut short, or its checksums are wrong.
    """
    with opened_netcdf(path, "Green's functions") as file:
        if "coefficient" not in file.variables:
            raise InputError(path, "variables", list(file.variables), "coefficient and scale")
        part, rock = _parts(file, box)
        axes = [file.variables[name][where] for name, where in zip("xyz", part, strict=True)]
        fine = [file.variables[f"rock_{name}"][:2].astype(float) for name in "xyz"]
        compliance = [file.variables[f"inverse_{name}"][rock] for name in ("kappa", "two_mu")]
        return GreensFunctions(
            file.variables["coefficient"][part],
            file.variables["scale"][part],
            np.array([axis[1] for axis in axes]),
            np.array([axis[1] - axis[0] for axis in axes]),
            np.stack(compliance, axis=-1),
            np.array([axis[1] - axis[0] for axis in fine]),
            file.variables["receiver"][:],
            float(file.kappa_of_receiver),
            float(file.stored_interval_s),
            float(file.sample_interval_s),
            int(file.samples),
        )


def _parts(file: netCDF4.Dataset, box: Sequence[Sequence[float]] | None) -> tuple[tuple, tuple]:
    """Slices of a store's coefficients, and of its rock, along x, y, z."""
    part, rock = [], []
    for axis, name in enumerate("xyz"):
        nodes = file.variables[name][:].astype(float)
        fine = file.variables[f"rock_{name}"][:].astype(float)
        step, last = nodes[1] - nodes[0], nodes.size - 3
        low, high = (fine[0], fine[-1]) if box is None else box[axis]
        begin = int(np.clip(np.floor((low - nodes[1]) / step + 1e-9), 0, last - 1))
        end = int(np.clip(np.ceil((high - nodes[1]) / step - 1e-9), begin + 1, last))
        part.append(slice(begin, end + 3))
        ratio = round(step / (fine[1] - fine[0]))
        rock.append(slice(ratio * begin, ratio * end + 1))
    return tuple(part), tuple(rock)
