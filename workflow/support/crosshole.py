"""What the scripts of crosshole inversions share: survey, starting points, random streams."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from latentearth import seeds
from latentearth.inversion.crosshole_survey import (
    Pairs,
    Survey,
    between_boreholes,
    facies,
    own_survey,
)
from latentearth.inversion.latent_descent import Descent
from latentearth.inversion.least_squares import QuadraticInversion
from latentearth.inversion.principal_components import learn_components
from latentearth.inversion.total_variation import RayInversion, TotalVariation
from latentearth.networks.generators import TrainedGenerator
from latentearth.operators.shortest_path import ShortestPath
from latentearth.operators.straight_rays import StraightRays
from support import published_files
from support.settings import take

PAPER = "lopez_alvis2021"


def survey(section: dict, own: str | os.PathLike | None = None) -> Survey:
    """The survey of the section ``inversion.survey``, or a user's file if there is one."""
    if own:
        return own_survey(own)
    return between_boreholes(_depths(section), section["straight_x"], section["curved_x"])


def scenario_survey(section: dict, about: dict, seed: int) -> Survey:
    """The survey of a scenario: antennas of the section, others apart or as deep, some of them."""
    section = section | {name: about[name] for name in ("every", "last")}
    if (some := about["antennas"]) is None:
        return survey(section)
    rng = np.random.default_rng(seeds.stream(seed, PAPER, "antennas", str(some)))
    depths = rng.choice(_depths(section), some, replace=False)
    return between_boreholes(np.sort(depths), section["straight_x"], section["curved_x"])


def _depths(section: dict) -> np.ndarray:
    """Depths of antennas, m."""
    count = round((section["last"] - section["first"]) / section["every"]) + 1
    return section["first"] + section["every"] * np.arange(count)


def descent(case: dict, iterations: int) -> Descent:
    """A row of Table 1, from its section."""
    return take(Descent, case | {"iterations": iterations})


def starting_points(
    generator: TrainedGenerator,
    count: int,
    seed: int,
    published: str | os.PathLike | None = None,
) -> np.ndarray:
    """Initial latent vectors (start, latent) of a generator's prior, or the authors' file.

    The first ones are the same for every count.
    """
    if published:
        return published_files.starts(published, generator.latent, count)
    return generator.draw(count, seeds.stream(seed, PAPER, "starts", generator.kind))


def starts_of(section: dict, case: str) -> int:
    """Starts of a case, without noise or with it, by a section of ``inversion.linear``."""
    return max(section["starts"], section["at_least"].get(case.removesuffix("_noise"), 1))


def streams(seed: int, names: Sequence[str], count: int) -> list[np.random.SeedSequence]:
    """A stream for each truth and start, starts fastest: the same whatever else runs."""
    return [seeds.stream(seed, PAPER, "batches", n, start) for n in names for start in range(count)]


def regularized_methods(section: dict, velocities: Sequence[float]) -> dict[str, RayInversion]:
    """Inversions without a network, by name; total variation knows the velocities, as the VAE."""
    slownesses = sorted(1 / velocity for velocity in velocities)
    bounds = slownesses[0], slownesses[1]
    return {
        "total variation": TotalVariation(bounds, section["isotropic"], section["iterations"]),
        "smoothing": QuadraticInversion("smoothing"),
        "damping": QuadraticInversion("damping"),
    }


def place_of(scenario: str, about: dict) -> dict:
    """What the table of data says of a scenario."""
    flags = {"correlated": int(about["correlated"]), "deepest_m": about["last"]}
    flags["chosen_antennas"] = about["antennas"] or 0
    return {"scenario": scenario, "noise_ns": about["noise"], **flags}


def without_network(
    methods: Mapping[str, RayInversion],
    operator: StraightRays,
    times: np.ndarray,
    error: float,
    velocities: tuple[float, float],
) -> dict[str, tuple[np.ndarray, float]]:
    """Models (truth, row, column) and the CPU seconds of each, by method."""
    found, shape = {}, (operator.grid.nz, operator.grid.nx)
    for name, method in methods.items():
        clock = time.process_time()
        models = method(operator.lengths, shape, times, error)
        seconds = (time.process_time() - clock) / len(times)
        found[name] = facies(models, velocities), seconds
    return found


def with_components(
    seen: np.ndarray,
    truths: np.ndarray,
    times: np.ndarray,
    operator: StraightRays,
    velocities: tuple[float, float],
    *,
    error: float,
    counts: Sequence[int],
) -> dict[int, tuple[np.ndarray, np.ndarray, float]]:
    """Truths by so many principal components of models seen, by number of components.

    Encoded and decoded, and found from times with an error in ns: facies (truth, row, column);
    and the CPU seconds of an inversion.
    """
    zero, one = velocities
    slow, true = (1 / (zero + (one - zero) * m.reshape(len(m), -1)) for m in (seen, truths))
    learned, found = learn_components(slow, max(counts)), {}
    for count in counts:
        few, clock = learned.first(count), time.process_time()
        inverted = few.invert(operator.lengths, times, error)
        seconds = (time.process_time() - clock) / len(truths)
        encoded = facies(few.project(true), velocities)
        found[count] = encoded, facies(inverted, velocities), seconds
    return found


def operator_error(
    operator: ShortestPath, other: ShortestPath, velocities: Sequence[float]
) -> float:
    """Root-mean-square difference, ns, of two operators on a model of one slowness.

    What an operator errs by, as anybody can find out who knows no truth.
    """
    model = np.full((1, operator.grid.cells), np.mean([1 / v for v in velocities]))
    ((first, _),), ((second, _),) = (each.rays(model) for each in (operator, other))
    return float(np.sqrt(((first - second) ** 2).mean()))


def regularized(
    slownesses: np.ndarray, residuals: np.ndarray, truths: np.ndarray, velocities: Sequence[float]
) -> xr.Dataset:
    """A result, of models (truth, cell) in ns/m, residuals (truth, datum) in ns and true facies."""
    zero, one = velocities
    models = facies(slownesses, (zero, one))
    variables = {
        "model": (("truth", "z", "x"), models.astype(np.float32), {"units": "1"}),
        "misfit": ("truth", np.sqrt((residuals**2).mean(1)), {"units": "ns"}),
        "error": ("truth", np.sqrt(((models - truths) ** 2).mean((1, 2))), {"units": "1"}),
    }
    return xr.Dataset(variables)


def data_errors(pairs: Pairs, count: int, correlated: bool, rng: np.random.Generator) -> np.ndarray:
    """Errors (model, datum) of mean square 1: of each datum its own, or of each antenna.

    Correlated ones are those of an antenna in the wrong place or with a clock of its own: all data
    of a source share one number, and those of a receiver another.
    """
    if not correlated:
        return rng.standard_normal((count, len(pairs[0])))
    found = np.zeros((count, len(pairs[0])))
    for ends in pairs:
        antennas, number = np.unique(ends, axis=0, return_inverse=True)
        found += rng.standard_normal((count, len(antennas)))[:, number.ravel()]
    return found / np.sqrt(2)
