"""What is known of the first wave from every place, where the velocity model is."""

from __future__ import annotations

import numpy as np
import xarray as xr

from latentearth.earth import marine
from latentearth.emulators.peaks import DirectWave
from latentearth.operators.elastic_waves import Medium
from latentearth.operators.trace_files import Traces
from support.simulation import Steps


def direct_wave(
    model: xr.Dataset, times: np.ndarray, record: Traces, spacing: Steps, vs_floor: float
) -> DirectWave:
    """What is known of first waves to a receiver.

    Parameters
    ----------
    model
        The velocity model.
    times
        Travel times to the receiver on its nodes, (nx, ny, nz), s.
    record
        Of the receiver.
    spacing, vs_floor
        Of the simulation.
    """
    medium = Medium.of(marine.resample(model, marine.grid(model, spacing), vs_floor))
    nodes = dict(zip("xyz", medium.axes, strict=True))
    arrival = xr.DataArray(times, {name: model[name] for name in "xyz"}, ("x", "y", "z"))
    samples = arrival.interp(nodes).values / record.sample_interval_s
    return DirectWave.of(medium.kappa, samples, medium.axes, record.receiver[2])
