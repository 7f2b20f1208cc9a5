"""Ways to locate an event, by name: what each predicts with, and what that took before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from latentearth import io, seeds
from latentearth.emulators import accuracy, base
from latentearth.emulators.events import Events
from latentearth.inversion import likelihood_power, neural_posterior
from latentearth.inversion.emulator_errors import ErrorModes
from latentearth.inversion.likelihood_power import LikelihoodPower
from latentearth.inversion.location import (
    NoiseLikelihood,
    WaveformLikelihood,
    squared_residuals,
)
from latentearth.inversion.neural_posterior import NeuralPosterior, PosteriorTraining
from latentearth.operators import eikonal, wave_checks
from latentearth.operators.greens_functions import GreensFunctions, read_greens_functions
from latentearth.operators.trace_files import read_traces
from latentearth.samplers import importance
from latentearth.samplers.targets import Box
from latentearth.samples import Samples
from support.settings import take

LogLikelihood = Callable[[np.ndarray], np.ndarray]  # of (points, 3) metres


@dataclass(frozen=True)
class Waveforms:
    """Traces compared with those that something predicts for each receiver.

    Attributes
    ----------
    predictors
        One for each receiver.
    sigma
        Standard deviation of the noise.
    setup_cpu_s
        CPU-seconds that the predictors took.
    errors
        Of the predictors, one for each receiver, and how far the likelihood with them can be
        trusted; if None, noise alone is what differs.
    """

    predictors: Sequence
    sigma: float
    setup_cpu_s: float
    errors: tuple[Sequence[ErrorModes], LikelihoodPower] | None = None

    def likelihood(self, data: np.ndarray, near: np.ndarray) -> LogLikelihood:
        """Of one event, (receivers, samples), somewhere near a position (3,)."""
        if self.errors is not None:
            modes, power = self.errors
            given = self.predictors, data, self.sigma, modes, power.at(near[2])
            return WaveformLikelihood("modes", *given)
        return NoiseLikelihood(self.predictors, data, self.sigma)

    def scan(self, points: np.ndarray, data: np.ndarray) -> list[Samples]:
        """Points of the prior looked at for all events, (events, receivers, samples), at once."""
        first = -0.5 * squared_residuals(self.predictors, data, points) / self.sigma**2
        return [importance.scanned(points, row) for row in first]


@dataclass(frozen=True)
class Arrivals:
    """Picked arrivals compared with first arrivals of the eikonal equation.

    Attributes
    ----------
    tables, low, spacing
        As of :func:`eikonal.interpolate_times`.
    interval, delay
        Of samples, and of the pulse's peak after the origin time (s).
    error
        Of a pick (s).
    exponent
        N of equation (14); None if the origin time is known.
    setup_cpu_s
        CPU-seconds that the tables took.
    """

    tables: np.ndarray
    low: np.ndarray
    spacing: np.ndarray
    interval: float
    delay: float
    error: float
    exponent: float | None
    setup_cpu_s: float

    def likelihood(self, data: np.ndarray, near: np.ndarray | None = None) -> LogLikelihood:
        """Of one event, (receivers, samples), wherever it is."""
        picks = wave_checks.peak_times(data, self.interval) - self.delay
        given = self.tables, self.low, self.spacing, picks, np.full(picks.size, self.error)
        if self.exponent is None:
            return partial(eikonal.arrival_log_likelihood, *given)
        return lambda points: eikonal.edt_log_likelihood(*given, self.exponent, points)

    def scan(self, points: np.ndarray, data: np.ndarray) -> list[Samples]:
        """As of :class:`Waveforms`."""
        return [importance.scanned(points, self.likelihood(one)(points)) for one in data]


@dataclass(frozen=True)
class Amortised:
    """A posterior learned once for all events, which is drawn from instead of being searched.

    Attributes
    ----------
    posterior
        What makes a density of positions of noisy traces.
    draws
        Of an event.
    setup_cpu_s
        CPU-seconds of the simulations that it learned from, and of the training.
    """

    posterior: NeuralPosterior
    draws: int
    setup_cpu_s: float

    def likelihood(self, data: np.ndarray, near: np.ndarray | None = None) -> LogLikelihood:
        """The density of one event, (receivers, samples); the prior is uniform."""
        return partial(self.posterior.log_density, data)

    def scan(self, points: np.ndarray, data: np.ndarray) -> list[Samples]:
        """Draws of the posteriors of all events, (events, receivers, samples), at once."""
        seed = seeds.stream(0, "draws of a neural posterior")
        drawn = self.posterior.draw(data, self.draws, seed)
        return [importance.scanned(*each) for each in drawn]


def errors_of(
    stores: Sequence[GreensFunctions], files: Sequence, sigma: float
) -> tuple[list[ErrorModes], LikelihoodPower]:
    """Errors of stored traces on the validation events of a simulation on another grid.

    Parameters
    ----------
    stores, files
        One for each receiver: Green's functions, and the events of the other grid.
    sigma
        Standard deviation of the noise.
    """
    events = [io.read_dataset(path) for path in files]
    positions = events[0].validation_position.values
    margin = likelihood_power.DIFFERENCE_M  # of the difference quotients, beside a position
    low, high = stores[0].low + margin, stores[0].high - margin
    inside = ((positions >= low) & (positions <= high)).all(axis=1)
    traces = np.stack([one.validation_traces.values[inside] for one in events])
    stream = seeds.stream(0, "noise of the validation events")
    return likelihood_power.learn_power(stores, positions[inside], traces, sigma, stream)


def learned(
    stores: Sequence[GreensFunctions], settings: dict, sigma: float, setup_cpu_s: float
) -> Amortised:
    """A neural posterior that learns from traces of the stores, with noise.

    Parameters
    ----------
    stores
        One for each receiver.
    settings, sigma
        As of :func:`method_of`.
    setup_cpu_s
        CPU-seconds that the stores took.
    """
    begin, section = time.process_time(), settings["npe"]
    posterior = neural_posterior.fit(
        stores,
        Box(settings["bounds"]),
        sigma,
        seeds.stream(settings["seed"], "spurio_mancini2021", "neural posterior"),
        take(PosteriorTraining, section),
    )
    spent = time.process_time() - begin
    return Amortised(posterior, section["draws"], setup_cpu_s + spent)


def method_of(
    name: str, given: dict, settings: dict, sigma: float
) -> Waveforms | Arrivals | Amortised:
    """A method by name.

    Parameters
    ----------
    name
        ``store``, ``store_errors``, ``npe``, ``mean``, ``edt``, ``origin``, or a kind of emulator.
    given
        Files: ``traces``, ``events``, and of ``costs``, ``greens``, ``peaks``, ``emulators``,
        ``times`` those that it needs.
    settings
        ``receivers``, ``pick_error``, ``exponent``, ``peaks``, ``train``, ``validation``; of
        ``npe`` also ``bounds`` (m), ``npe`` and ``seed``.
    sigma
        Standard deviation of the noise.
    """
    if name in ("edt", "origin"):
        record, times = read_traces(given["traces"][0]), io.read_dataset(given["times"])
        return Arrivals(
            times.travel_time.values[settings["receivers"]].astype(float),
            np.array([times[axis].values[0] for axis in "xyz"]),
            np.array([np.diff(times[axis].values[:2])[0] for axis in "xyz"]),
            record.sample_interval_s,
            record.delay,
            settings["pick_error"],
            settings["exponent"] if name == "edt" else None,
            float(times.attrs["cpu_s"]),
        )
    setup = sum(io.read_json(path)["cpu_s"] for path in given["costs"])
    if name == "npe":
        stores = [read_greens_functions(p) for p in given["greens"]]
        return learned(stores, settings, sigma, setup)
    if name.startswith("store"):
        stores = [read_greens_functions(p) for p in given["greens"]]
        known = errors_of(stores, given["events"], sigma) if name == "store_errors" else None
        return Waveforms(stores, sigma, setup, known)
    if name == "mean":
        found = []
        for traces, peaks in zip(given["traces"], given["peaks"], strict=True):
            events = Events(read_traces(traces), settings["train"], settings["validation"])
            found += accuracy.null_emulators(events, [base.load_peaks(peaks)])["mean"]
            setup += base.read_card(peaks)["smooth_cpu_seconds"]
        return Waveforms(found, sigma, setup)
    for path in given["emulators"]:
        card = base.read_card(path)
        setup += card["cpu_seconds"] + card["peaks_cpu_seconds"].get(settings["peaks"], 0.0)
    return Waveforms([base.load(path) for path in given["emulators"]], sigma, setup)
