"""Small made-up results for every figure function of spurio_mancini2021."""

from pathlib import Path

import numpy as np
import xarray as xr

from latentearth import samples
from support.figures import (
    spurio_mancini2021,
    spurio_mancini2021_emulators,
    spurio_mancini2021_locate,
    spurio_mancini2021_mechanisms,
    spurio_mancini2021_memory,
    spurio_mancini2021_methods,
)
from support.labels import ARRIVALS, EMULATORS, LIKELIHOODS
from support.published_values import read_table

RNG = np.random.default_rng(5)


def positions(width=10.0):
    """A posterior of a position about the middle of the box."""
    points = RNG.normal(500.0, width, (400, 3))
    return samples.unordered(points, np.zeros(400), np.full(400, 1 / 400), evaluations=1, cpu_s=1.0)


def survey():
    """A marine model, and an event seen by two receivers."""
    axes = {name: np.linspace(0, 1000, 4) for name in "xyz"}
    model = {name: (("x", "y", "z"), 1000 + RNG.random((4, 4, 4))) for name in ("rho", "vp", "vs")}
    event = {
        "observed": (("receiver", "time"), RNG.normal(size=(2, 20))),
        "clean": (("receiver", "time"), RNG.normal(size=(2, 20))),
        "position": (("receiver", "coordinate"), np.full((2, 3), 500.0)),
        "event": ("coordinate", np.full(3, 500.0)),
        "bounds": (("coordinate", "end"), BOUNDS),
    }
    observation = xr.Dataset(event, {"time": np.linspace(0, 1, 20)}, {"sigma": 1.0})
    return xr.Dataset(model, axes), observation


BOUNDS = np.array([[0.0, 1000.0]] * 3)
OTHERS = {key: positions() for key in [*ARRIVALS, "solver", "direct_smooth, modes"]}
REFERENCE = Path(__file__).parents[4] / "data" / "reference"
STUDY = read_table(REFERENCE / "spurio_mancini2021" / "calibration.csv")
CALIBRATED = xr.Dataset(
    {
        "level": (("likelihood", "event"), RNG.random((3, 5))),
        "error": (("likelihood", "event", "coordinate"), RNG.random((3, 5, 3))),
        "deviation": (("likelihood", "event", "coordinate"), RNG.random((3, 5, 3))),
    },
    {"likelihood": list(LIKELIHOODS)},
)
KINDS = [*EMULATORS, "mean"]
ACCURACIES = {
    f"r2d_{peak}{end}": RNG.random(len(KINDS))
    for peak in ("ratios", "smooth", "true")
    for end in ("", "_std")
}
ACCURACIES |= {name: RNG.random(len(KINDS)) for name in ("r2d", "published_r2d")}
ACCURACIES |= {"kind": KINDS, "emulator": [EMULATORS.get(kind, "mean trace") for kind in KINDS]}
SHIFTS = xr.Dataset(
    {"shift_error": (("model", "event"), RNG.normal(size=(2, 20)))}, {"model": ["ratios", "smooth"]}
)
SPURIO, ACCURATE = spurio_mancini2021, spurio_mancini2021_emulators
TENSORS = RNG.normal(size=(4, 20, 6))
MECHANISMS = (
    {
        "kind": ["explosion", "double couple", "CLVD", "any"],
        "angle_deg": [1.0, 2.0, 3.0, 4.0],
        "error_m": [5.0, 6.0, 7.0, 8.0],
        "error_as_explosion_m": [5.0, 160.0, 170.0, 180.0],
    },
    xr.Dataset(
        {
            "true_tensor": (("event", "number"), TENSORS[:, 0]),
            "tensor": (("event", "draw", "number"), TENSORS),
        }
    ),
)
EVENT = xr.Dataset(
    {
        "position": (("draw", "coordinate"), RNG.normal(size=(9, 3))),
        "event_time": ("draw", RNG.normal(size=9)),
        "tensor": (("draw", "number"), RNG.normal(size=(9, 6))),
        "observed": (("receiver", "time"), RNG.normal(size=(2, 20))),
        "predicted": (("receiver", "time"), RNG.normal(size=(2, 20))),
        "noise": ("receiver", np.ones(2)),
        "true_position": ("coordinate", np.zeros(3)),
        "true_tensor": ("number", RNG.normal(size=6)),
        "true_time": ((), 0.0),
    },
    {"time": np.linspace(0, 1, 20)},
    {"errors": "noise, delays of stations (5 ms)"},
)
LOCATED = xr.Dataset(
    {
        "error": (("likelihood", "event", "coordinate"), np.ones((1, 4, 3))),
        "truth": (("event", "coordinate"), np.ones((4, 3))),
        "deviation": (("likelihood", "event", "coordinate"), np.ones((1, 4, 3))),
        "level": (("likelihood", "event"), RNG.random((1, 4))),
        "tarp": (("likelihood", "event"), RNG.random((1, 4))),
        "quantile": (("likelihood", "event", "coordinate"), RNG.random((1, 4, 3))),
    },
    attrs={"sea_bed": 100.0},
)
FOURS = xr.Dataset(
    {name: (("set", "coordinate"), RNG.uniform(20, 90, (9, 3))) for name in ("known", "unknown")}
    | {name: (name, [20.0, 20.0, 15.0]) for name in ("published", "event")}
    | {name: (("receiver", "coordinate"), RNG.random((4, 3))) for name in ("nearest", "ours")}
    | {"bounds": (("coordinate", "end"), [[0.0, 1000.0]] * 3)}
)
SIZES = {
    "method": ["store", "store", "aligned_store", "aligned_store", "network", "mean", "direct"],
    "size_kB": [9e4, 2e3, 1e3, 30.0, 30.0, 1.0, 700.0],
    "l2_median": [0.005, 0.06, 0.06, 0.23, 0.19, 0.26, 0.18],
    "trace_in_batch_cpu_us": [6.0, 6.0, 4.0, 3.0, 2.0, 1.5, 6.0],
}
MADE = [
    (spurio_mancini2021_memory.memory, SIZES),
    (spurio_mancini2021_methods.coverage_by_method, {"store": LOCATED, "mean": LOCATED}),
    (spurio_mancini2021_methods.edt_receivers, FOURS),
    (spurio_mancini2021_mechanisms.mechanisms, *MECHANISMS),
    (spurio_mancini2021_locate.event_page, EVENT, (-1.5, 0.1)),
    (SPURIO.model_sections, survey()[0], np.full((2, 3), 500.0), np.full(3, 500.0)),
    (SPURIO.observation, survey()[1]),
    (SPURIO.corner, {**OTHERS, "d18": positions(0.1)}, np.full(3, 500.0), BOUNDS),
    (SPURIO.calibration, {"direct": CALIBRATED, "direct_smooth": CALIBRATED}, STUDY),
    (ACCURATE.preprocessing, 0.01, RNG.random((2, 9)), RNG.random((2, 9)), (1.0, 3)),
    (
        ACCURATE.reconstructions,
        0.01,
        np.ones((3, 3)),
        RNG.normal(size=(3, 9)),
        {EMULATORS[kind]: RNG.normal(size=(3, 9)) for kind in ("d18", "direct")},
    ),
    (ACCURATE.accuracy, ACCURACIES, SHIFTS),
]
