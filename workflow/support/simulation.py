"""Traces of one receiver by the simulation that the config describes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from latentearth.earth import marine
from latentearth.operators import elastic_waves, event_box, explosions
from latentearth.operators.trace_files import Traces

NAMES = {"step": "time_step_s", "every": "steps_per_sample"}  # where the config has other words


def simulation(section: dict) -> dict[str, Any]:
    """Keyword arguments of a simulation, from the section ``simulation`` as plain values."""
    keys = "step", "every", "frequency", "moment", "pml", "engine"
    return {NAMES.get(key, key): section[key] for key in keys}


def simulate(
    model: xr.Dataset,
    survey: xr.Dataset,
    number: int,
    *,
    section: dict,
    box: tuple[float, float, float],
    report: Callable[[int, int], None],
) -> tuple[Traces, xr.Dataset]:
    """All traces of a receiver by one simulation, and the wave field in a box around the event.

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
    box
        Half widths of the box, m.
    report
        Called now and then with the steps done and their number.
    """
    model = marine.resample(model, marine.grid(model, section["spacing"]), section["vs_floor"])
    raised = 100 * model.attrs["raised"]
    print(f"Vs raised to {section['vs_floor']:.0f} m/s at {raised:.2f} per cent of the rock")
    medium, receivers = elastic_waves.Medium.of(model), survey.receiver.values
    nodes = explosions.to_nodes(survey.position.values, medium.axes, "sources")
    at = explosions.to_nodes(survey.event.values, medium.axes, "event")
    around = event_box.nodes_around(at[0], medium.axes, box, receivers[:, 2].min())
    recorded = elastic_waves.reciprocal_traces(
        medium,
        explosions.to_nodes(receivers[number], medium.axes, "receiver")[0],
        np.concatenate([nodes, at, event_box.flat(around)]),
        samples=section["samples"],
        **simulation(section),
        report=report,
    )
    traces, observed, inside = np.split(recorded, [len(nodes), len(nodes) + 1])
    record = Traces(
        np.column_stack([axis[nodes[:, i]] for i, axis in enumerate(medium.axes)]),
        traces,
        receivers[number],
        section["step"] * section["every"],
        explosions.delay(section["frequency"]),
        observed[0],
        np.array([axis[at[0, i]] for i, axis in enumerate(medium.axes)]),
    )
    return record, event_box.box_dataset(around, medium.axes, inside)
