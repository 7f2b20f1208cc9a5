"""Events whose times and sizes are known less well than their noise, as they are recorded.

Two causes: the stations (a delay, a gain, coloured noise), and a velocity model that is not right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from latentearth.inversion.emulator_errors import Predictor
from latentearth.inversion.warp import Warp
from latentearth.operators import explosions


@dataclass(frozen=True)
class Shortened:
    """The first samples of what something predicts."""

    predictor: Predictor
    samples: int

    def predict(self, positions: np.ndarray) -> np.ndarray:
        """(points, samples) of positions (points, 3)."""
        return self.predictor.predict(positions)[:, : self.samples]


@dataclass(frozen=True)
class Recorded:
    """Events as they are recorded.

    Attributes
    ----------
    positions
        (event, 3), m.
    data
        (event, receiver, sample), Pa.
    before
        (event, receiver, sample), what was recorded before each.
    """

    positions: np.ndarray
    data: np.ndarray
    before: np.ndarray


def coloured_noise(
    shape: tuple[int, ...], corner: np.ndarray, interval_s: float, rng: np.random.Generator
) -> np.ndarray:
    """Noise of unit variance whose power falls above a corner (Hz, (receiver,)) as 1 / f.

    Parameters
    ----------
    shape
        (event, receiver, sample).
    corner
        (receiver,) Hz.
    interval_s
        Between samples.
    rng
        Of the noise.
    """
    # twice as long: nothing comes round
    frequency = np.fft.rfftfreq(2 * shape[-1], interval_s)
    size = (1 + (frequency / corner[:, None]) ** 2) ** -0.25
    size /= np.sqrt((size**2).mean(1, keepdims=True))
    white = np.fft.rfft(rng.standard_normal((*shape[:-1], 2 * shape[-1])))
    return np.fft.irfft(white * size)[..., : shape[-1]]


def at_stations(
    positions: np.ndarray,
    clean: np.ndarray,
    sigma: float,
    own: dict,
    interval_s: float,
    rng: np.random.Generator,
) -> Recorded:
    """Events with a delay, a gain and coloured noise of each station, the same for all of them.

    Parameters
    ----------
    positions
        (event, 3), m.
    clean
        (event, receiver, sample), Pa.
    sigma
        Standard deviation of the noise in the middle of the stations.
    own
        The section ``stations`` as plain values.
    interval_s
        Between samples.
    rng
        Of terms and noise: each event has terms of its own, so that one draw of them decides
        nothing.
    """
    events, receivers, samples = clean.shape
    delays = own["delay"] * rng.standard_normal((events, receivers))
    gains = 1 + own["gain"] * rng.standard_normal((events, receivers))
    levels = sigma * np.exp(own["levels"] * rng.standard_normal(receivers))
    low, high = own["corner"]
    corner = rng.uniform(low, high, receivers)
    noise = coloured_noise((events, receivers, 2 * samples), corner, interval_s, rng)
    noise *= levels[:, None]
    warp = Warp(interval_s)
    late = [
        [warp.traces(trace, np.array([-d]))[0] for trace, d in zip(*pair, strict=True)]
        for pair in zip(clean, delays, strict=True)
    ]
    data = np.array(late) * gains[..., None] + noise[..., samples:]
    return Recorded(positions, data, noise[..., :samples])


def in_other_models(
    models: Sequence[Sequence[xr.Dataset]],
    sigma: float,
    own: dict,
    pulse: tuple[float, float],
    rng: np.random.Generator,
    prefix: str = "",
) -> Recorded:
    """Events in models of other velocities in turn, each with a factor of its own.

    Parameters
    ----------
    models
        Of each model the traces at each receiver.
    sigma
        Standard deviation of the noise.
    own
        The section ``velocity`` as plain values.
    pulse
        Interval of samples (s), frequency of the pulse (Hz).
    rng
        Of factors and noise.
    prefix
        Of the names of the events: ``validation_`` for the further ones.
    """
    positions = models[0][0][f"{prefix}position"].values
    factors = 1 + own["factor"] * rng.standard_normal(len(positions))
    every = [
        np.stack(
            [
                explosions.scale_velocity(one[f"{prefix}traces"].values, factors, *pulse)
                for one in model
            ]
        )
        for model in models
    ]
    turn = np.arange(len(positions)) % len(models)
    clean = np.stack(every)[turn, :, np.arange(len(positions))]
    noise = sigma * rng.standard_normal((2, *clean.shape))
    return Recorded(positions, clean + noise[0], noise[1])
