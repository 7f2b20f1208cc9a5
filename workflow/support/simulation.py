"""Traces of one receiver by the simulation that the config describes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from latentearth.earth import marine
from latentearth.operators import elastic_waves, event_box, explosions, greens_functions
from latentearth.operators.elastic_solver import Quantity, Recording
from latentearth.operators.greens_functions import GreensFunctions
from latentearth.operators.trace_files import Traces

Steps = tuple[float, float, float]  # m
NAMES = {"step": "time_step_s", "every": "steps_per_sample"}  # where the config has other words


def simulation(section: dict) -> dict[str, Any]:
    """Keyword arguments of a simulation, from the section ``simulation`` as plain values."""
    keys = "step", "every", "frequency", "moment", "pml", "engine"
    return {NAMES.get(key, key): section[key] for key in keys}


def medium_on(model: xr.Dataset, spacing: Steps, vs_floor: float) -> elastic_waves.Medium:
    """The model on the grid of a simulation, without the water that no wave comes back from."""
    model = marine.resample(model, marine.grid(model, spacing), vs_floor)
    raised = 100 * model.attrs["raised"]
    print(f"Vs raised to {vs_floor:.0f} m/s at {raised:.2f} per cent of the rock")
    return elastic_waves.without_high_water(elastic_waves.Medium.of(model))


def receiver_nodes(grid: xr.Dataset, places: Sequence[Sequence[float]]) -> np.ndarray:
    """Nodes where receivers stand: on the sea bed, or at their own heights.

    Parameters
    ----------
    grid
        The model on the grid of the simulation.
    places
        x, y or x, y, z of each (m).

    Returns
    -------
    numpy.ndarray
        (receivers, 3) indices.

    Raises
    ------
    InputError
        If one without a height has no water above it, or one is outside of what is simulated.
    """
    kept = elastic_waves.without_high_water(elastic_waves.Medium.of(grid)).axes
    found = [
        place if len(place) == 3 else (*place, marine.first_water(grid, *place)) for place in places
    ]
    return explosions.to_nodes(np.array(found), kept, "receivers, in rock or water near it")


def simulate(
    model: xr.Dataset,
    survey: xr.Dataset,
    number: int,
    *,
    section: dict,
    greens: dict,
    report: Callable[[int, int], None],
) -> tuple[Traces, dict[str, GreensFunctions]]:
    """All traces of a receiver by one simulation, and its Green's functions.

    Parameters
    ----------
    model
        The velocity model.
    survey
        ``receiver``, ``position``, ``event``, m.
    number
        Of the receiver.
    section
        As of :func:`simulation`.
    greens
        The section ``greens`` as plain values.
    report
        Called now and then with the steps done and their number.

    Returns
    -------
    record
        Traces of all sources.
    stores
        ``explosions``: on nodes of all the rock; ``tensors``: around the event.
    """
    medium = medium_on(model, section["spacing"], section["vs_floor"])
    receivers = survey.receiver.values
    nodes = explosions.to_nodes(survey.position.values, medium.axes, "sources")
    at = explosions.to_nodes(survey.event.values, medium.axes, "event")
    receiver = explosions.to_nodes(receivers[number], medium.axes, "receiver")[0]
    top = receivers[:, 2].min()
    volume = event_box.nodes_below(medium.axes, greens["every"], top)
    around = event_box.nodes_around(at[0], medium.axes, greens["box"], top)
    every, apart = section["every"], greens["samples"]
    of_tensors: Quantity = "pressure" if section["engine"] == "deepwave" else "strains"
    sources = np.concatenate([nodes, at])
    # the last stored sample is at or behind the last one of the traces
    stored = -(-(section["samples"] - 1) // apart)
    pressures, everywhere, strains = elastic_waves.simulate_recordings(
        medium,
        receiver,
        [
            Recording(sources, every),
            Recording(event_box.flat(volume), every * apart),
            Recording(event_box.flat(around), every * apart, of_tensors),
        ],
        steps=stored * every * apart + 1,
        **{key: value for key, value in simulation(section).items() if key != "steps_per_sample"},
        report=report,
    )
    traces = elastic_waves.reciprocal(pressures, medium, receiver, sources)[:, : section["samples"]]
    interval = section["step"] * every
    record = Traces(
        np.column_stack([axis[nodes[:, i]] for i, axis in enumerate(medium.axes)]),
        traces[:-1],
        receivers[number],
        interval,
        explosions.delay(section["frequency"]),
        traces[-1],
        np.array([axis[at[0, i]] for i, axis in enumerate(medium.axes)]),
    )
    stored_as = {
        "stored_interval_s": apart * interval,
        "sample_interval_s": interval,
        "samples": section["samples"],
    }
    return record, {
        "explosions": greens_functions.from_recording(
            everywhere, volume, medium, receiver, **stored_as
        ),
        "tensors": greens_functions.from_recording(strains, around, medium, receiver, **stored_as),
    }
