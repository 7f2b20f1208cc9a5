"""Events on other grids than that which locates them: what a simulation of a receiver records."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import xarray as xr

from latentearth.inversion import tensor_types
from latentearth.operators import elastic_waves, explosions
from latentearth.operators.elastic_solver import Quantity, Recording
from latentearth.operators.elastic_waves import Medium
from support.simulation import medium_on


class Planned(NamedTuple):
    """What is recorded of events.

    Attributes
    ----------
    nodes
        (point, 3) indices.
    quantity
        As of :class:`Recording`.
    dataset
        Of what was recorded there.
    """

    nodes: np.ndarray
    quantity: Quantity
    dataset: Callable[[np.ndarray], xr.Dataset]


Plan = Callable[[Medium], Planned]


def plan_explosions(
    survey: xr.Dataset,
    number: int,
    streams: tuple[np.random.SeedSequence, np.random.SeedSequence],
    own: dict,
    sources: dict,
    medium: Medium,
) -> Planned:
    """Explosions in all the rock.

    Parameters
    ----------
    survey, number
        ``receiver`` and ``event``, m; number of the receiver.
    streams
        Of the positions of events, and of further ones, from which errors of traces are learned;
        the same for all receivers.
    own
        ``events`` and ``validation``, how many.
    sources
        The section ``sources`` as plain values.
    medium
        On their grid.

    Returns
    -------
    Planned
        To ``traces`` (event, time), Pa, ``position`` (event, coordinate), m;
        ``validation_traces`` and ``validation_position`` of the further events.
    """
    receivers = survey.receiver.values
    nodes = explosions.to_nodes(survey.event.values, medium.axes, "event")  # and no node twice
    for stream, count in zip(streams, (own["events"], own["validation"]), strict=True):
        drawn = explosions.latin_hypercube(
            stream,
            count,
            medium.axes,
            receivers[:, 2].min(),
            sources["clearance"],
            receivers,
            sources["keep_out"],
            nodes,
        )
        nodes = np.concatenate([nodes, drawn])
    nodes, scored = nodes[1:], np.arange(len(nodes) - 1) < own["events"]
    receiver = explosions.to_nodes(receivers[number], medium.axes, "receiver")[0]

    def dataset(pressures: np.ndarray) -> xr.Dataset:
        traces = elastic_waves.reciprocal(pressures, medium, receiver, nodes)
        return _events(traces, ("time",), _places(medium, nodes), scored, ~scored)

    return Planned(nodes, "pressure", dataset)


def plan_tensors(
    survey: xr.Dataset,
    number: int,
    stream: np.random.SeedSequence,
    own: dict,
    clearance: float,
    medium: Medium,
) -> Planned:
    """The six elementary tensors, in a box around the event.

    Parameters
    ----------
    survey, number, medium
        As of :func:`plan_explosions`.
    stream
        Of the events, the same for all receivers.
    own
        The section ``mechanisms`` as plain values.
    clearance
        Of an event below the lowest receiver, m.

    Returns
    -------
    Planned
        To ``traces`` (event, tensor, time), Pa for a moment of the simulation's; ``position``
        (event, coordinate), m; ``validation_traces`` and ``validation_position`` of further events.
    """
    receivers = survey.receiver.values
    half, event = np.array(own["box"]), survey.event.values
    top = np.minimum(event + half, [np.inf, np.inf, receivers[:, 2].min() - clearance])
    count = own["events"] + own["validation"]
    drawn = np.random.default_rng(stream).uniform(event - half, top, (count, 3))
    nodes = explosions.to_nodes(drawn, medium.axes, "events")
    receiver = tuple(explosions.to_nodes(receivers[number], medium.axes, "receiver")[0])
    scored = np.arange(count) < own["events"]
    # nothing is learned where an event is that is scored
    further = ~scored & ~(nodes[:, None] == nodes[None, scored]).all(2).any(1)

    def dataset(strains: np.ndarray) -> xr.Dataset:
        # p = -kappa m_ij e_ij: what stands twice in the matrix counts twice
        doubled = tensor_types.DOUBLED[:, None].astype("f4")
        traces = -np.float32(medium.kappa[receiver]) * doubled * strains
        found = _events(traces, ("tensor", "time"), _places(medium, nodes), scored, further)
        return found.assign_coords(tensor=["xx", "yy", "zz", "xy", "xz", "yz"])

    return Planned(nodes, "strains", dataset)


def simulate_plans(
    model: xr.Dataset,
    survey: xr.Dataset,
    number: int,
    plans: dict[str, tuple[dict, Plan]],
    section: dict,
) -> dict[str, xr.Dataset]:
    """What plans come to, by their names; those of one grid share a simulation.

    Parameters
    ----------
    model, survey, number
        As of :func:`support.simulation.simulate`.
    plans
        By name: ``spacing`` and ``every`` of the grid, and what plans on its medium.
    section
        The section ``simulation`` as plain values.
    """
    grids: dict[tuple, dict[str, Plan]] = {}
    for name, (own, plan) in plans.items():
        grids.setdefault((tuple(own["spacing"]), own["every"]), {})[name] = plan
    interval = section["step"] * section["every"]
    found: dict[str, xr.Dataset] = {}
    for (spacing, every), some in grids.items():
        medium = medium_on(model, spacing, section["vs_floor"])
        planned = [plan(medium) for plan in some.values()]
        place = survey.receiver.values[number]
        recorded = elastic_waves.simulate_recordings(
            medium,
            explosions.to_nodes(place, medium.axes, "receiver")[0],
            [Recording(each.nodes, every, each.quantity) for each in planned],
            steps=(section["samples"] - 1) * every + 1,
            time_step_s=interval / every,
            **{key: section[key] for key in ("frequency", "moment", "pml", "engine")},
        )
        found |= {
            name: each.dataset(traces)
            for name, each, traces in zip(some, planned, recorded, strict=True)
        }
    return found


def simulate_events(
    model: xr.Dataset,
    survey: xr.Dataset,
    number: int,
    streams: tuple[np.random.SeedSequence, np.random.SeedSequence],
    *,
    section: dict,
    sources: dict,
    own: dict,
) -> xr.Dataset:
    """Traces of explosions, of one receiver: see :func:`plan_explosions`."""
    plan = partial(plan_explosions, survey, number, streams, own, sources)
    return simulate_plans(model, survey, number, {"events": (own, plan)}, section)["events"]


def _places(medium: Medium, nodes: np.ndarray) -> np.ndarray:
    """Positions (point, 3) of nodes, m."""
    return np.column_stack([axis[nodes[:, i]] for i, axis in enumerate(medium.axes)])


def _events(
    traces: np.ndarray,
    inner: tuple[str, ...],
    positions: np.ndarray,
    scored: np.ndarray,
    further: np.ndarray,
) -> xr.Dataset:
    """Events that are scored, and further ones."""
    found = xr.Dataset()
    for dimension, prefix, part in (("event", "", scored), ("validation", "validation_", further)):
        found[f"{prefix}traces"] = (dimension, *inner), traces[part], {"units": "Pa"}
        found[f"{prefix}position"] = (dimension, "coordinate"), positions[part], {"units": "m"}
    return found
