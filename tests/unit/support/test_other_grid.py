"""Events of one grid share a simulation, and record what a simulation of their own does."""

from functools import partial

import numpy as np
import xarray as xr

from latentearth.operators.elastic_solver import EXPLOSION
from support.other_grid import plan_explosions, plan_tensors, simulate_plans

SPACING = [20.0, 20.0, 20.0]
SECTION = {"step": 0.002, "every": 2, "samples": 60, "frequency": 8.0, "moment": 1.0, "pml": 6}
SECTION |= {"engine": "kernel", "vs_floor": 600.0}
SURVEY = xr.Dataset(
    {
        "receiver": (("receiver", "coordinate"), [[200.0, 200.0, 380.0]]),
        "event": ("coordinate", [200.0, 160.0, 200.0]),
    }
)


def rock():
    axis = np.arange(21) * 20.0
    fields = {"rho": 2000.0, "vp": 2500.0, "vs": 1200.0}
    shape = (21,) * 3
    data = {name: (("x", "y", "z"), np.full(shape, value)) for name, value in fields.items()}
    return xr.Dataset(data, {name: axis for name in "xyz"})


def plans(*, apart):
    streams = tuple(np.random.SeedSequence(n) for n in (1, 2))
    grid = {"spacing": SPACING, "every": 2, "events": 6, "validation": 8}
    sources = {"clearance": 60.0, "keep_out": 50.0}
    own = grid | {"box": [40.0, 40.0, 40.0], "events": 3, "validation": 5}
    if apart:
        own["every"] = 4  # steps half as long: a simulation of its own
    return {
        "events": (grid, partial(plan_explosions, SURVEY, 0, streams, grid, sources)),
        "elementary": (own, partial(plan_tensors, SURVEY, 0, streams[0], own, 60.0)),
    }


def test_events_of_one_grid_share_a_simulation(monkeypatch):
    from latentearth.operators import elastic_waves

    runs, real = [], elastic_waves.simulate_recordings

    def counted(*args, **kwargs):
        runs.append(1)
        return real(*args, **kwargs)

    monkeypatch.setattr(elastic_waves, "simulate_recordings", counted)
    shared = simulate_plans(rock(), SURVEY, 0, plans(apart=False), SECTION)
    assert len(runs) == 1
    alone = simulate_plans(rock(), SURVEY, 0, plans(apart=True), SECTION)
    assert len(runs) == 3
    assert shared["events"].equals(alone["events"])  # the same simulation, to the bit
    assert shared["elementary"].traces.dims == ("event", "tensor", "time")
    assert shared["elementary"].sizes["event"] == 3 and shared["events"].sizes["validation"] == 8
    # half the step, and a record that ends within its pulse, where the dispersion of time is not
    # undone: 1.4 per cent
    one, other = (
        np.einsum("ekt,k->et", each["elementary"].traces.values, EXPLOSION)
        for each in (shared, alone)
    )
    assert np.abs(one).max() > 0
    assert np.linalg.norm(one - other) < 0.03 * np.linalg.norm(one)
