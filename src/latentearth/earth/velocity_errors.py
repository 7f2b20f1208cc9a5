"""What is not known of a velocity model: a factor, layers, a random field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from latentearth.earth.marine import correlated_field


@dataclass(frozen=True)
class VelocityErrors:
    """Standard deviations of relative errors of both velocities of the rock, and their sizes.

    Attributes
    ----------
    factor
        Of all the rock alike.
    layers, thickness
        Of horizontal layers, each independent; m.
    field, lengths
        Of a Gaussian random field; correlation lengths along x, y, z (m).
    """

    factor: float
    layers: float
    thickness: float
    field: float
    lengths: tuple[float, float, float]

    def draw(self, model: xr.Dataset, rng: np.random.Generator) -> xr.Dataset:
        """Another model with layers and field of other velocities; the factor is not in it.

        A factor of all velocities is a scale of time, for which nothing need be simulated
        (:func:`latentearth.operators.explosions.scale_velocity`). Density and water stay.
        """
        axes = [model[name].values for name in "xyz"]
        layer = ((axes[2][-1] - axes[2]) // self.thickness).astype(int)
        change = self.layers * rng.standard_normal(layer.max() + 1)[layer]
        nodes = [
            length / (axis[1] - axis[0]) for length, axis in zip(self.lengths, axes, strict=True)
        ]
        shape = tuple(axis.size for axis in axes)
        change = 1 + change + self.field * correlated_field(rng, shape, nodes)
        rock = model.vs.values > 0
        found = model.copy()
        for name in ("vp", "vs"):
            values = model[name].values * np.where(rock, change, 1.0)
            found[name] = model[name].dims, values.astype("f4"), model[name].attrs
        return found

    def slowest(self, velocity: float) -> float:
        """What a velocity (m/s) of the given model is in a drawn one, four deviations lower.

        Where S velocities have a floor, it has to lie this low in drawn models: with the given one,
        those that a draw lowers would be raised again, and S waves be too fast on the average.
        """
        return velocity * (1 - 4 * float(np.hypot(self.layers, self.field)))

    def times(self, relative: np.ndarray) -> np.ndarray:
        """Covariance (receiver, receiver) of relative arrival times, the factor included.

        Parameters
        ----------
        relative
            (model, receiver) what travel times of drawn models differ from the given one's, over
            these.
        """
        return relative.T @ relative / len(relative) + self.factor**2
