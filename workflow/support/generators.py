"""Generators of Scheiter et al. (2022), fitted side by side, and their scores."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr

from latentearth import seeds
from latentearth.earth import sphere
from latentearth.ensembles import azimuth, fidelity
from latentearth.ensembles.agreement import moment_maps
from latentearth.ensembles.shell import Radius, slice_probability
from latentearth.ensembles.slices import within_slice
from latentearth.generators import cell_copying, gaussian, mapped, stored_samples
from latentearth.generators.base import EnsembleGenerator
from latentearth.generators.cell_copying import CellCopyingSettings
from latentearth.generators.flow_matching import FlowTraining
from support.settings import take

Fitted = tuple[str, str, EnsembleGenerator, float]  # name, kind, generator, processor seconds


def timed(fit: Callable[[], EnsembleGenerator]) -> tuple[EnsembleGenerator, float]:
    """What a call returns, and the processor time of all threads that it took, s."""
    start = time.process_time()
    return fit(), time.process_time() - start


def table_rows(
    data: str,
    name: str,
    kind: str,
    scores: Mapping[str, float],
    floor: Mapping[str, float],
    *,
    cpu_s: float,
    numbers: int,
) -> list[dict]:
    """Rows of table_generators.csv: one for each score of a generator."""
    return [
        {
            "data": data,
            "generator": name,
            "kind": kind,
            "score": score,
            "value": value,
            "floor": floor.get(score, np.nan),
            "cpu_s": round(cpu_s, 2),
            "numbers_stored": numbers,
        }
        for score, value in scores.items()
    ]


class Judge:
    """Scores of drawn samples against held-out ones, and what figures show of them.

    Parameters
    ----------
    data
        Name of the data, for the table.
    real, train
        Samples held out, and those that generators learn, (., point).
    lat, lon, region
        Points in degrees and their patches, (point,).
    """

    def __init__(self, data: str, real, train, lat, lon, region):
        self.data, self.real, self.train, self.lat, self.lon = data, real, train, lat, lon
        self.region, self.pairs = region, sphere.neighbour_pairs(lat, lon)
        stream = seeds.stream(0, "pairs of points")
        self.near, self.distance, self.edges = fidelity.near_pairs(lat, lon, stream, region)
        self.some = np.linspace(0, lat.size - 1, min(lat.size, fidelity.COVARIED)).astype(int)
        self.rows: list[dict] = []
        self.shown: dict[str, tuple] = {}
        self.floor = self.scores(train)

    def scores(self, fake: np.ndarray) -> dict[str, float]:
        """All scores of samples (sample, point)."""
        found = fidelity.marginal_scores(self.real, fake)
        found |= fidelity.joint_scores(self.real, fake, self.pairs, self.region)
        real, drawn, train = (x[:, self.some] for x in (self.real, fake, self.train))
        stream = seeds.stream(0, "directions")
        return found | fidelity.whitened_scores(real, drawn, train, stream)

    def keep(self, name: str, drawn: np.ndarray) -> None:
        """One sample, moments, and correlation by distance within and across patches."""
        curves = [
            fidelity.correlation_by_distance(drawn, pairs, self.distance[place], self.edges)
            for place, pairs in self.near.items()
        ]
        self.shown[name] = drawn[len(drawn) // 2].copy(), moment_maps(drawn), curves

    def __call__(self, name: str, kind: str, drawn: np.ndarray, cpu_s: float, numbers: int) -> None:
        """Score what a generator drew."""
        self.keep(name, drawn)
        scores = self.scores(drawn)
        print(name, f"{cpu_s:.1f} s", {k: round(v, 4) for k, v in scores.items()}, flush=True)
        self.rows += table_rows(
            self.data, name, kind, scores, self.floor, cpu_s=cpu_s, numbers=numbers
        )

    def dataset(self) -> xr.Dataset:
        """What was kept: ``sample``, moments (generator, point), ``correlation``."""
        samples, moments, curves = zip(*self.shown.values(), strict=True)
        dims, units = ("generator", "point"), {"units": "km s-1"}
        found = xr.Dataset({"sample": (dims, np.stack(samples), units)})
        for moment in moments[0]:
            found[moment] = (dims, np.stack([m[moment] for m in moments]))
        found["correlation"] = (("generator", "place", "bin"), np.array(curves), {"units": "1"})
        found["edge"] = ("edges", self.edges, {"units": "degree"})
        found = found.assign_coords(generator=list(self.shown), place=list(self.near))
        for name, values in (("lat", self.lat), ("lon", self.lon)):
            found = found.assign_coords({name: ("point", values, {"units": "degree"})})
        return found


def of_points(
    samples: np.ndarray, lat: np.ndarray, lon: np.ndarray, section: dict, seed: int, flow: bool
) -> Iterator[Fitted]:
    """Fit what learns an ensemble (sample, point) of the core-mantle boundary."""
    stream = seeds.stream(seed, "scheiter2022", "generators", "flow")
    training = take(FlowTraining, section["australia_flow"])
    cells = CellCopyingSettings(knots=section["knots"])
    for name, kind, fit in (
        ("two numbers per point", "null", lambda: gaussian.fit_independent(samples)),
        ("Gaussian", "null", lambda: gaussian.fit(samples)),
        ("Gaussian copula", "null", lambda: mapped.fit_copula(samples, section["knots"])),
        ("training samples", "null", lambda: stored_samples.fit_resampled(samples)),
        (
            "flow matching",
            "beyond",
            lambda: mapped.fit_flow(samples, stream, training, scores=True),
        ),
        ("cell-copying", "beyond", lambda: cell_copying.fit(samples, lat, lon, cells)),
    ):
        if flow or name != "flow matching":
            yield name, kind, *timed(fit)


def of_coordinates(
    samples: np.ndarray,
    section: dict,
    seed: np.random.SeedSequence,
    *,
    width: float,
    flow: str,
    radial: bool = False,
) -> Iterator[Fitted]:
    """Fit what learns samples (sample, coordinate) of a ring or a shell."""
    training = take(FlowTraining, section[flow])
    for name, kind, fit in (
        ("two numbers per point", "null", lambda: gaussian.fit_independent(samples)),
        ("Gaussian", "null", lambda: gaussian.fit(samples)),
        ("Gaussian copula", "null", lambda: mapped.fit_copula(samples, section["knots"])),
        ("training samples", "null", lambda: stored_samples.fit_resampled(samples)),
        ("kernel density", "null", lambda: stored_samples.fit_kernels(samples, width)),
        (
            "flow matching",
            "beyond",
            lambda: mapped.fit_flow(samples, seed, training, radial=radial),
        ),
    ):
        yield name, kind, *timed(fit)


def ring_rows(
    data: str,
    name: str,
    kind: str,
    drawn: np.ndarray,
    reference: dict,
    *,
    cpu_s: float,
    numbers: int,
) -> list[dict]:
    """Rows on draws of a ring, (chain, sample, 2); `reference` has frequencies, shell and floor."""
    w = reference["frequencies"]
    scores = fidelity.ring_scores(drawn, reference["shell"])
    spread = azimuth.error_spread(azimuth.sine_integrals(drawn, w), w)
    scores["integral_error"] = float(spread.mean())
    print(data, name, f"{cpu_s:.1f} s", {k: round(v, 4) for k, v in scores.items()}, flush=True)
    floor = reference.get("floor", {})
    return table_rows(data, name, kind, scores, floor, cpu_s=cpu_s, numbers=numbers)


def shell_scores(blocks: Iterator[np.ndarray], shell: Radius, half_width: float) -> dict:
    """Scores of samples of a shell, drawn block by block."""
    exact = slice_probability(shell.dimension, half_width, shell.radius, shell.width)
    radii, found, count = [], 0, 0
    for block in blocks:
        radii.append(np.linalg.norm(block, axis=1))
        found, count = found + len(within_slice(block, half_width)), count + len(block)
    radius = np.sort(np.concatenate(radii))
    quantiles = shell.quantile((np.arange(len(radius)) + 0.5) / len(radius))
    return {
        "slice_probability_ratio": found / count / exact,
        "radius_w1": float(np.abs(radius - quantiles).mean()),
        "radius_std_ratio": float(radius.std() / shell.std),
    }


def network_cost(card: Mapping[str, Any]) -> tuple[float, int]:
    """Seconds of a training by its card, and numbers of its generators and of their scales."""
    numbers = sum(card["generator_parameters"]) + card.get("scales_stored", 0)
    return float(card["training_seconds"]), int(numbers)
