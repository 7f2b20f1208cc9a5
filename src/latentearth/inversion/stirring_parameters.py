"""The eight parameters of the flow that stirs a marble cake, as a latent space.

Section 6.2 of Santos et al. (2024) calls their inversion impracticable, as images change abruptly
with them. Particles do not mind: they ask for likelihoods only. The simulator is known here, which
a generator learned from images need not be told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from latentearth import checkpoints
from latentearth.earth.stirring import Distributions, Flow, parameter_bounds, stir
from latentearth.inversion.image_priors import ImagePrior
from latentearth.samplers.targets import Box

PHASES = (6, 7)  # phi_a, phi_b among the parameters
# places of amplitude, frequency and phase of a(t) and b(t); a sine is a cosine that comes later
CURVES = ((2, 4, 6, -math.pi / 2), (3, 5, 7, 0.0))


def stirring_box(distributions: Distributions) -> Box:
    """The uniform density of the parameters; phases that go all round are periodic."""
    low, high = distributions.phase
    turns = math.isclose(high - low, 2 * math.pi, rel_tol=1e-9)
    return Box(parameter_bounds(distributions).T, PHASES if turns else ())


@dataclass(frozen=True)
class CurveChart:
    """Value and slope of a(t) and b(t) at one time, in place of amplitudes and phases.

    Data know a(t) and b(t) to better than what makes them: along a valley amplitude, frequency and
    phase change together and leave the curve as it is. With its value and slope as coordinates,

        u = B cos(theta),  v = -B f sin(theta),  theta = f t + phi_b  (and phi_a - pi / 2),

    the valley is a nearly straight line along f, and du dv df = B f dB dphi df.

    Attributes
    ----------
    time
        At which: the middle of the stirring.
    lowest
        Phase, rad, from which positions count theirs.
    """

    time: float
    lowest: float = 0.0

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Parameters, (point, 8), to those coordinates."""
        y = np.array(x, dtype=float)
        for amplitude, frequency, phase, ahead in CURVES:
            f = y[:, frequency]
            theta = f * self.time + y[:, phase] + ahead
            size = y[:, amplitude].copy()
            y[:, amplitude], y[:, phase] = size * np.cos(theta), -size * f * np.sin(theta)
        return y

    def back(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Parameters, and log |dx / dy|; frequencies that are not positive are of no position."""
        x, log_volume = np.array(y, dtype=float), np.zeros(len(y))
        for amplitude, frequency, phase, ahead in CURVES:
            inside = y[:, frequency] > 0
            f = np.where(inside, y[:, frequency], 1.0)
            u, v = y[:, amplitude], y[:, phase]
            size, theta = np.hypot(u, v / f), np.arctan2(-v / f, u)
            x[:, amplitude] = size
            turned = theta - ahead - f * self.time - self.lowest
            x[:, phase] = self.lowest + np.mod(turned, 2 * math.pi)
            log_volume -= np.where(inside, np.log(np.maximum(size * f, 1e-300)), np.inf)
        return x, log_volume


def stirring_prior(
    distributions: Distributions,
    size: int,
    flow: Flow,
    coarse_size: int | None = None,
    coarse_flow: Flow | None = None,
) -> ImagePrior:
    """Marble cakes as a prior of images.

    Parameters
    ----------
    distributions
        Of the parameters.
    size
        Pixels along a side.
    flow
        That stirs.
    coarse_size, coarse_flow
        The same for the images that screen proposals; none without a size.
    """

    def images(pixels: int, by: Flow):
        return lambda parameters: stir(parameters, pixels, by)

    coarse = images(coarse_size, coarse_flow or flow) if coarse_size else None
    name = checkpoints.fingerprint(distributions, size, flow, coarse_size, coarse_flow)
    chart = CurveChart(flow.duration / 2, distributions.phase[0])
    box = stirring_box(distributions)
    return ImagePrior(box, images(size, flow), coarse, f"stirring {name}", chart)
