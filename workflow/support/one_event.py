"""One event's files to arrays, and what was found of it to a dataset, a table and QuakeML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import xarray as xr
from scipy.stats import chi2

from latentearth import io
from latentearth.inversion import own_event, tensor_types
from latentearth.inversion.conditional_tensor import TensorPrior
from latentearth.inversion.field_errors import FieldErrors
from latentearth.inversion.moment_tensor import TensorLikelihood
from latentearth.operators import eikonal, explosions
from latentearth.operators.greens_functions import GreensFunctions
from latentearth.readers.local_frame import LocalFrame
from latentearth.readers.quakeml import SourceDraws
from latentearth.readers.records import Records, SeedRecords, read_picks, read_records
from latentearth.samplers.targets import Box
from support import mechanisms
from support.event_search import Found

FEWEST_EVENTS = 20  # that tell errors of a stored field
MARGIN_M = 2.0  # from the sides of the stores, for difference quotients
DRAWS = 1000  # kept of the posterior
EXAMPLE_ANCHOR = (0.0, 0.0, -3000.0)  # of no place: where the equator meets Greenwich's meridian
EXAMPLE_START = "2026-01-01T00:00:00"


@dataclass(frozen=True)
class Given:
    """What was recorded, and where.

    Attributes
    ----------
    records, picks
        As they were read; picks may be missing.
    expected
        (3,) m, the middle of the region.
    grid
        Tables of travel times of the receivers, their first node and step: see
        :func:`eikonal.interpolate_times`.
    frame, start
        Of the model, and UTC at 0 s.
    true
        ``true_position``, ``true_tensor``, ``true_time`` of an example; empty of an own event.
    """

    records: Records
    picks: np.ndarray | None
    expected: np.ndarray
    grid: tuple[np.ndarray, np.ndarray, np.ndarray]
    frame: LocalFrame
    start: datetime
    true: xr.Dataset


def read_errors(files: Sequence, stores: Sequence[GreensFunctions]) -> FieldErrors | None:
    """Errors of the stored field, by further events of another grid.

    None without files, or where too few of those events lie within the stores.

    Parameters
    ----------
    files
        Of :func:`support.other_grid.plan_tensors`, one for each receiver.
    stores
        Green's functions of each receiver.
    """
    if not files:
        return None
    given = [io.read_dataset(path) for path in files]
    positions = given[0].validation_position.values
    inside = np.all(
        [((one.low <= positions) & (positions <= one.high)).all(axis=1) for one in stores], axis=0
    )
    print(f"{inside.sum()} of {len(inside)} events that tell errors of the field lie in its box")
    if inside.sum() < FEWEST_EVENTS:
        print("its errors do not count: make greens.box wider for more of them")
        return None
    traces = [one.validation_traces.values[inside] for one in given]
    return FieldErrors.of(mechanisms.stacked(stores), positions[inside], traces)


def read_event(files, settings: dict, receivers: Sequence[int]) -> Given:
    """Read an event.

    Parameters
    ----------
    files
        ``records``, ``picks``, ``stations``, ``sources``, ``times``.
    settings
        The section ``locate`` as plain values, and ``own``.
    receivers
        Numbers of those that recorded it.
    """
    survey, times = io.read_dataset(files.sources), io.read_dataset(files.times)
    frame = LocalFrame(*(settings["anchor"] or EXAMPLE_ANCHOR))
    start = datetime.fromisoformat(settings["start"] or EXAMPLE_START)
    places = {number: survey.receiver.values[number] for number in receivers}
    seed = None
    if files.stations:
        seed = SeedRecords(files.stations, frame, settings["start"], settings["length"])
    axes = [times[name].values for name in "xyz"]
    return Given(
        read_records(files.records, places, seed),
        read_picks(files.picks, receivers) if files.picks else None,
        survey.event.values,
        (
            times.travel_time.values[list(receivers)].astype(float),
            np.array([axis[0] for axis in axes]),
            np.array([axis[1] - axis[0] for axis in axes]),
        ),
        frame,
        start.replace(tzinfo=start.tzinfo or UTC),
        xr.Dataset() if settings["own"] else io.read_dataset(files.records[0]),
    )


def prepare(
    given: Given,
    stores: Sequence[GreensFunctions],
    settings: dict,
    simulation: dict,
    source: object,
) -> tuple[TensorLikelihood, own_event.ReadyRecords, Box]:
    """Likelihood of an event's position and origin time, its records, and where to look for it.

    Parameters
    ----------
    given
        The event.
    stores
        Green's functions of each receiver.
    settings, simulation
        The sections as plain values.
    source
        The file, for messages.
    """
    sides = np.column_stack([stores[0].low + MARGIN_M, stores[0].high - MARGIN_M])
    axes = [np.linspace(low, high, 20) for low, high in sides]
    inside = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    travel = eikonal.interpolate_times(*given.grid, inside)
    origins = own_event.possible_origins(
        delay_s=explosions.delay(simulation["frequency"]),
        bounds=settings["origin"],
        picks=given.picks,
        travel_times=eikonal.interpolate_times(*given.grid, given.expected[None])[0],
        shift_s=settings["shift"],
        frequency=simulation["frequency"],
    )
    ready = own_event.prepare_records(
        given.records,
        origins,
        (stores[0].sample_interval_s, stores[0].samples),
        (travel.min(0), travel.max(0)),
        settings["noise"],
        source,
    )
    least, most = map(float, settings["moment"])
    sizes = np.geomspace(least, most, round(np.log10(most / least)) + 1) / simulation["moment"]
    likelihood = TensorLikelihood(
        own_event.shortened(mechanisms.stacked(stores), ready.traces.shape[1]),
        ready.traces,
        ready.sigma,
        ready.interval_s,
        prior=TensorPrior(sizes),
        margin_s=2 * origins.half,
    )
    return likelihood, ready, Box(np.vstack([sides, [-origins.half, origins.half]]))


def event_dataset(
    found: Found,
    ready: own_event.ReadyRecords,
    given: Given,
    *,
    simulation: dict,
    rng: np.random.Generator,
) -> xr.Dataset:
    """Draws of the posterior, and records beside those of the most likely source.

    Times are those of the pulse's middle, on the records' own clock.
    """
    delay = explosions.delay(simulation["frequency"])
    chosen = rng.choice(len(found.samples.flat), DRAWS, p=found.samples.weight.ravel())
    points = found.samples.flat[chosen]
    tensors = found.likelihood.draw(points, rng)
    predicted = found.predicted
    first = ready.origins.middle
    axis = first + np.arange(predicted.shape[1]) * ready.interval_s
    metres, pascal = {"units": "m"}, {"units": "Pa"}
    return xr.Dataset(
        {
            "position": (("draw", "coordinate"), points[:, :3], metres),
            "event_time": ("draw", points[:, 3] + first + delay, {"units": "s"}),
            "tensor": (("draw", "number"), tensors * simulation["moment"], {"units": "N m"}),
            "observed": (("receiver", "time"), ready.traces, pascal),
            "predicted": (("receiver", "time"), predicted, pascal),
            "noise": ("receiver", ready.sigma, pascal),
            **{name: given.true[name] for name in given.true if str(name).startswith("true_")},
        },
        {"time": ("time", axis, {"units": "s"})},
        {
            "chi2": found.misfit,
            "coherence": found.coherence,
            "evaluations": found.samples.evaluations,
        },
    )


def picked_position(
    given: Given, inference: dict, box: Box, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray] | None:
    """Mean and deviation of the position by picks alone, if there are any."""
    if given.picks is None:
        return None
    errors = np.full(given.picks.size, inference["pick_error"])
    told = *given.grid, given.picks, errors, inference["exponent"]
    return own_event.picked_position(partial(eikonal.edt_log_likelihood, *told), box, rng)


def event_rows(event: xr.Dataset, given: Given, picked: tuple | None) -> list[dict]:
    """Rows of the table: a quantity, its unit, mean and deviation, and what it is in an example."""
    tensors = event.tensor.values
    draws = {
        **{(name, "m"): event.position.values[:, k] for k, name in enumerate("xyz")},
        ("time", "s"): event.event_time.values,
        ("moment", "N m"): tensor_types.scalar_moment(tensors),
        ("magnitude", "Mw"): tensor_types.magnitude(tensors),
        **{
            (f"m{name}", "N m"): tensors[:, k]
            for k, name in enumerate(("xx", "yy", "zz", "xy", "xz", "yz"))
        },
        **{(name, "1"): share for name, share in tensor_types.decompose(tensors).items()},
    }
    true: dict[str, float] = {}
    if given.true:
        tensor = given.true.true_tensor.values
        true = dict(zip("xyz", map(float, given.true.true_position.values), strict=True))
        true |= {"time": float(given.true.true_time)}
        true |= {"moment": float(tensor_types.scalar_moment(tensor))}
        true |= {"magnitude": float(tensor_types.magnitude(tensor))}
        names = ("mxx", "myy", "mzz", "mxy", "mxz", "myz")
        true |= dict(zip(names, map(float, tensor), strict=True))
        true |= {name: float(share) for name, share in tensor_types.decompose(tensor).items()}
    rows = [
        {"quantity": name, "unit": unit, "mean": float(d.mean()), "deviation": float(d.std())}
        | ({"true": true[name]} if true else {})
        for (name, unit), d in draws.items()
    ]
    nothing = {"true": np.nan} if true else {}
    if picked is not None:
        for name, mean, deviation in zip("xyz", *picked, strict=True):
            row = {"quantity": f"{name} by picks", "unit": "m", "mean": float(mean)}
            row |= {"deviation": float(deviation)}
            rows.append(row | ({"true": true[name]} if true else {}))
    explained = 1 - float(
        ((event.observed - event.predicted) ** 2).sum() / (event.observed**2).sum()
    )
    fit = {
        "chi2 of a sample": event.attrs["chi2"],
        "coherence of residuals": event.attrs["coherence"],
        "energy explained": explained,
    }
    if true:
        fit |= known_better(event)
    for name, value in fit.items():
        row = {"quantity": name, "unit": "1", "mean": value, "deviation": np.nan}
        rows.append(row | nothing)
    return rows


def known_better(event: xr.Dataset) -> dict[str, float]:
    """How far an example, whose truth is known, is from what was found of it.

    Returns
    -------
    dict
        The probability of the region, of a normal posterior, on whose border the true position and
        time lie; and degrees between the true tensor and the mean one.
    """
    draws = np.column_stack([event.position.values, event.event_time.values])
    off = draws.mean(0) - np.append(event.true_position.values, event.true_time.values)
    # seconds are so small beside metres that their variance would be lost
    size = draws.std(0)
    distance = off / size @ np.linalg.solve(np.cov((draws / size).T), off / size)
    tensors = event.tensor.values
    return {
        "region with the true position and time": float(chi2(off.size).cdf(distance)),
        "degrees to the true tensor": float(
            tensor_types.angle(tensors.mean(0), event.true_tensor.values)
        ),
    }


def quakeml_of(event: xr.Dataset, given: Given) -> dict:
    """Keyword arguments of :func:`write_quakeml`, beside path and positions."""
    tensors, times = event.tensor.values, event.event_time.values
    shares = {name: float(s) for name, s in tensor_types.decompose(tensors.mean(0)).items()}
    names = {"doubleCouple": "double_couple", "clvd": "clvd", "iso": "isotropic"}
    return {
        "weights": np.full(len(times), 1 / len(times)),
        "frame": given.frame,
        "time": given.start + timedelta(seconds=float(times.mean())),
        "time_error_s": float(times.std()),
        "source": SourceDraws(
            tensors,
            tensor_types.scalar_moment(tensors),
            tensor_types.magnitude(tensors),
            {name: shares[key] for name, key in names.items()},
        ),
        "method": "latentearth/locate",
    }
