"""Stages of an emulator: small maps between arrays, evaluated with numpy alone.

An emulator is a chain of stages (Figure 3 of Spurio Mancini et al. 2021): a network or Gaussian
processes that see the source's position, then perhaps something that decompresses. A single
position takes some matrix-vector products; torch would spend more time on calling them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numba
import numpy as np
from scipy.spatial import KDTree

from latentearth.emulators.gaussian_processes import GaussianProcesses


class Affine:
    """y = (x - shift) * factor, by column."""

    name = "affine"

    def __init__(self, shift: np.ndarray, factor: np.ndarray):
        self.shift, self.factor = np.asarray(shift, float), np.asarray(factor, float)

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Map (point, column) to (point, column)."""
        return (x - self.shift) * self.factor

    def arrays(self) -> dict[str, np.ndarray]:
        """What must be stored."""
        return {"shift": self.shift, "factor": self.factor}


class Linear:
    """y = x W + b: principal components back to traces."""

    name = "linear"

    def __init__(self, weight: np.ndarray, bias: np.ndarray):
        self.weight, self.bias = (np.ascontiguousarray(a, np.float32) for a in (weight, bias))

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Map (point, input) to (point, output)."""
        return x.astype(np.float32) @ self.weight + self.bias

    def arrays(self) -> dict[str, np.ndarray]:
        """What must be stored."""
        return {"weight": self.weight, "bias": self.bias}


class NetworkMap:
    """A trained fully connected network with leaky ReLU between its layers.

    Parameters
    ----------
    slope
        Of the leaky ReLU for negative values, between 0 and 1.
    *layers
        Weight (input, output) and bias (output,) of each layer, one after the other.
    """

    name = "network"

    def __init__(self, slope: float, *layers: np.ndarray):
        self.slope = np.float32(slope)
        flat = [np.ascontiguousarray(a, np.float32) for a in layers]
        self.weights, self.biases = flat[::2], [b.reshape(-1) for b in flat[1::2]]

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Map (point, input) to (point, output), float32."""
        x = x.astype(np.float32)
        last = len(self.weights) - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = x @ weight
            x += bias
            if layer < last:  # leaky ReLU, for a slope between 0 and 1
                np.maximum(x, x * self.slope, out=x)
        return x

    def arrays(self) -> dict[str, np.ndarray]:
        """What must be stored."""
        found = {"slope": np.array(self.slope)}
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            found |= {f"{layer:02d}a.weight": weight, f"{layer:02d}b.bias": bias}
        return found


class PrependLatent:
    """Put latent numbers before the coordinates: those of the prior's mean, zeros.

    CVAE and WGAN-GP are generators of (z, c); ``Emulator.draw`` puts drawn ones there.
    """

    name = "latent"

    def __init__(self, count: int | np.ndarray, z: np.ndarray | None = None):
        self.count, self.z = int(np.asarray(count).item()), z

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Map (point, column) to (point, count + column)."""
        z = np.zeros((len(x), self.count)) if self.z is None else self.z
        return np.concatenate([z, x], 1)

    def part(self, rows: slice) -> PrependLatent:
        """The same for some of the points that latent numbers were drawn for."""
        return self if self.z is None else PrependLatent(self.count, self.z[rows])

    def arrays(self) -> dict[str, np.ndarray]:
        """What must be stored."""
        return {"count": np.array(self.count)}


@numba.njit(cache=True, nogil=True)
def _scatter(values, index, out):
    """Write values (point, k) to places index (point, k) of out; the larger in size stays."""
    for i in range(len(values)):
        for j in range(values.shape[1]):
            if abs(values[i, j]) > abs(out[i, index[i, j]]):
                out[i, index[i, j]] = values[i, j]


class PlaceSamples:
    """Put dominant samples at their indices; the rest of a trace is zero (Das et al. 2018).

    Takes (point, 2 k): k values, then their k indices, rounded to whole samples. Where two meet,
    the larger one stays.
    """

    name = "scatter"

    def __init__(self, samples: int | np.ndarray):
        self.samples = int(np.asarray(samples).item())

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Map (point, 2 k) to (point, sample)."""
        count = x.shape[1] // 2
        index = np.clip(np.round(x[:, count:]), 0, self.samples - 1).astype(int)
        out = np.zeros((len(x), self.samples), np.float32)
        _scatter(x[:, :count].astype(np.float32), index, out)
        return out

    def arrays(self) -> dict[str, np.ndarray]:
        """What must be stored."""
        return {"samples": np.array(self.samples)}


class NearestRow:
    """What is known at the nearest of some points.

    Parameters
    ----------
    points
        (known, column); more columns than these are not looked at.
    rows
        (known, output).
    """

    name = "nearest"

    def __init__(self, points: np.ndarray, rows: np.ndarray):
        self.points, self.rows = np.asarray(points, float), np.asarray(rows, np.float32)
        self._tree = KDTree(self.points)

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Map (point, column) to (point, output)."""
        return self.rows[self._tree.query(x[:, : self.points.shape[1]])[1]]

    def arrays(self) -> dict[str, np.ndarray]:
        """What must be stored."""
        return {"points": self.points, "rows": self.rows}


Map = Affine | Linear | NetworkMap | PrependLatent | PlaceSamples | NearestRow | GaussianProcesses
MAPS: dict[str, Callable[..., Map]] = {
    s.name: s for s in (Affine, Linear, NetworkMap, PrependLatent, PlaceSamples, NearestRow)
}
GP_ARRAYS = ("x", "lengths", "weights", "groups")


def apply_maps(chain: Sequence[Map], x: np.ndarray) -> np.ndarray:
    """Apply one stage after the other."""
    for stage in chain:
        x = stage.apply(x)
    return x


def from_arrays(name: str, arrays: dict[str, np.ndarray]) -> Map:
    """A stage from its name and what :meth:`arrays` gave."""
    if name == GaussianProcesses.name:
        return GaussianProcesses(*(arrays[key] for key in GP_ARRAYS))
    if name == NetworkMap.name:
        layers = [arrays[key] for key in sorted(arrays) if key != "slope"]
        return NetworkMap(arrays["slope"].item(), *layers)
    return MAPS[name](**arrays)
