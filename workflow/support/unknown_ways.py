"""How events are located whose times and sizes are known less well than their noise.

How far the likelihood can be trusted is learned from further events, and where velocities are not
known, from those in other models than the event's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from latentearth.earth.velocity_errors import VelocityErrors
from latentearth.inversion import likelihood_power, station_terms
from latentearth.inversion.emulator_errors import Predictor
from latentearth.inversion.location import NoiseLikelihood, squared_residuals
from latentearth.inversion.power_mixture import MixedLikelihood, PowerMixture
from latentearth.inversion.station_terms import Terms, TermsLikelihood
from latentearth.inversion.warp import Warp
from latentearth.operators import eikonal, explosions
from latentearth.operators.greens_functions import GreensFunctions
from latentearth.samplers.importance import Importance
from latentearth.samplers.targets import Posterior
from latentearth.samples import Samples
from support.settings import take
from support.unknown_terms import Recorded, Shortened, at_stations, in_other_models

COARSER = 4  # nodes of the model from one to the next of the travel times' errors
REACH = 4.0  # deviations of a time that are tried either way
TIMES = 61  # on the grid of them
FINER = 2  # the same where times are only fitted
WIDTHS = 40  # of a proposal of wider samples


def station_terms_of(own: dict, receivers: int, interval_s: float) -> Terms:
    """What is known of stations."""
    reach = REACH * own["delay"]
    times = own["delay"] ** 2 * np.eye(receivers)
    return Terms(Warp(interval_s), times, own["gain"], np.linspace(-reach, reach, TIMES))


class VelocityTerms:
    """What is known of arrival times in a model whose velocities are not right.

    Parameters
    ----------
    model
        The velocity model, as it is taken.
    receivers
        (receiver, 3), m.
    own
        The section ``velocity`` as plain values.
    rng
        Of the ensemble of models.
    """

    def __init__(
        self,
        model: xr.Dataset,
        receivers: np.ndarray,
        own: dict,
        rng: np.random.Generator,
    ):
        self.errors, self.count = take(VelocityErrors, own), len(receivers)
        drawn = [model, *(self.errors.draw(model, rng) for _ in range(own["models"]))]
        axes = [model[name].values[::COARSER] for name in "xyz"]
        every = slice(None, None, COARSER)
        self.tables = np.array(
            [
                eikonal.travel_times(one.vp.values[every, every, every], axes, place)
                for one in drawn
                for place in receivers
            ]
        )
        self.low = np.array([axis[0] for axis in axes])
        self.spacing = np.array([axis[1] - axis[0] for axis in axes])

    def near(self, position: np.ndarray, gain: float, warp: Warp) -> Terms:
        """Terms at a position (3,)."""
        given = self.tables, self.low, self.spacing, position[None]
        times = eikonal.interpolate_times(*given).reshape(-1, self.count)
        covariance = self.errors.times(times[1:] / times[0] - 1)
        reach = REACH * np.sqrt(covariance.max())
        return Terms(warp, covariance, gain, np.linspace(-reach, reach, TIMES))


@dataclass(frozen=True)
class StationWay:
    """Delays and gains of stations, and their noise from what was recorded before an event.

    Attributes
    ----------
    stores
        One for each receiver.
    terms
        What is known of the stations.
    order
        Of the filter that makes the noise white.
    powers
        How far the likelihood can be trusted.
    """

    stores: Sequence[Predictor]
    terms: Terms
    order: int
    powers: PowerMixture

    def scan(self, points: np.ndarray, data: np.ndarray, sigma: float) -> np.ndarray:
        """Log-likelihood (event, points), nearly."""
        return station_terms.scan_terms(self.stores, data, sigma, self.terms, points)

    def likelihood(
        self, number: int, data: np.ndarray, before: np.ndarray, near: np.ndarray
    ) -> TermsLikelihood:
        """Of an event, by its number, (receiver, sample) somewhere near a position (3,)."""
        return TermsLikelihood(self.stores, data, filters_of(before, self.order), self.terms)

    def mixture(self, number: int, z: float) -> tuple[np.ndarray, np.ndarray]:
        """Weights and powers of the likelihood of an event, by its number, at a height (m)."""
        return self.powers.at(z)


@dataclass(frozen=True)
class VelocityWay:
    """Arrival times and sizes of a model whose velocities are not right.

    Attributes
    ----------
    stores
        One for each receiver.
    known
        What is known of the times.
    warp
        How a trace is stretched.
    gains, powers
        By the model that an event is simulated in: deviation of the gains, and how far the
        likelihood can be trusted, from the other models.
    """

    stores: Sequence[Predictor]
    known: VelocityTerms
    warp: Warp
    gains: Sequence[float]
    powers: Sequence[PowerMixture]

    def scan(self, points: np.ndarray, data: np.ndarray, sigma: float) -> np.ndarray:
        """Log-likelihood (event, points), nearly: times as in the middle of the points."""
        terms = self.known.near(points.mean(0), self.gains[0], self.warp)
        return station_terms.scan_terms(self.stores, data, sigma, terms, points)

    def likelihood(
        self, number: int, data: np.ndarray, before: np.ndarray, near: np.ndarray
    ) -> TermsLikelihood:
        """Of an event, by its number, (receiver, sample) somewhere near a position (3,)."""
        gain = self.gains[number % len(self.gains)]
        terms = self.known.near(near, gain, self.warp)
        return TermsLikelihood(self.stores, data, filters_of(before, 0), terms)

    def mixture(self, number: int, z: float) -> tuple[np.ndarray, np.ndarray]:
        """Weights and powers of the likelihood of an event, by its number, at a height (m)."""
        return self.powers[number % len(self.powers)].at(z)


@dataclass(frozen=True)
class AloneWay:
    """White noise alone, as if nothing else were unknown."""

    stores: Sequence[Predictor]
    sigma: float

    def scan(self, points: np.ndarray, data: np.ndarray, sigma: float) -> np.ndarray:
        """Log-likelihood (event, points)."""
        return -0.5 * squared_residuals(self.stores, data, points) / sigma**2

    def likelihood(
        self, number: int, data: np.ndarray, before: np.ndarray, near: np.ndarray
    ) -> NoiseLikelihood:
        """Of an event (receiver, sample)."""
        return NoiseLikelihood(self.stores, data, self.sigma)

    def mixture(self, number: int, z: float) -> None:
        """The likelihood is trusted as it is."""


def filters_of(before: np.ndarray, order: int) -> np.ndarray:
    """Filters (receiver, order + 1) that make noise (receiver, sample) white."""
    return np.array([station_terms.whitening_filter(one, order) for one in before])


def station_way(
    stores: Sequence[GreensFunctions],
    events: Sequence[xr.Dataset],
    sigma: float,
    own: dict,
    rng: np.random.Generator,
) -> tuple[Recorded, StationWay]:
    """Events with terms of stations, and how they are located.

    Parameters
    ----------
    stores, events
        One for each receiver.
    sigma
        Standard deviation of the noise (Pa).
    own
        The section ``stations`` as plain values.
    rng
        Of terms and noise.
    """
    interval, clean = stores[0].sample_interval_s, np.stack([e.traces.values for e in events], 1)
    record = at_stations(events[0].position.values, clean, sigma, own, interval, rng)
    terms = station_terms_of(own, len(stores), interval)
    positions, kept = further_events(stores, events)
    traces = np.stack([e.validation_traces.values[kept] for e in events], 1)
    errors = traces - np.stack([store.predict(positions) for store in stores], 1)
    # the noise of a station is alike at all times
    filters = filters_of(record.before[0], own["order"])
    square = station_terms.squared_offsets(stores, positions, errors, filters, terms)
    return record, StationWay(stores, terms, own["order"], PowerMixture(positions[:, 2], square))


def velocity_way(
    stores: Sequence[GreensFunctions],
    models: Sequence[Sequence[xr.Dataset]],
    sigma: float,
    own: dict,
    given: tuple[xr.Dataset, np.ndarray, float],
    rng: np.random.Generator,
) -> tuple[Recorded, VelocityWay]:
    """Events in models of other velocities, and how they are located.

    Parameters
    ----------
    stores
        One for each receiver.
    models
        Of each of these models the events at each receiver.
    sigma
        Standard deviation of the noise (Pa).
    own
        The section ``velocity`` as plain values.
    given
        The velocity model, receivers (receiver, 3) in m, frequency of the pulse (Hz).
    rng
        Of factors, noise and the ensemble of travel times.
    """
    model, receivers, frequency = given
    interval = stores[0].sample_interval_s
    record = in_other_models(models, sigma, own, (interval, frequency), rng)
    shortened = [Shortened(store, record.data.shape[2]) for store in stores]
    known = VelocityTerms(model, receivers, own, rng)
    warp, learned = Warp(interval, explosions.delay(frequency)), []
    positions, kept = further_events(stores, models[0])
    times = np.array([known.near(place, 1.0, warp).times for place in positions])
    reach = REACH * np.sqrt(np.einsum("err->er", times).max())
    terms = Terms(warp, times[0], 1.0, np.linspace(-reach, reach, FINER * TIMES))
    filters = np.full((len(stores), 1), 1 / sigma)
    for one in models:
        # as of the events themselves, each has a factor of its own
        factors = 1 + own["factor"] * rng.standard_normal(len(positions))
        fits = []
        for store, event in zip(shortened, one, strict=True):
            traces = event.validation_traces.values[kept]
            traces = explosions.scale_velocity(traces, factors, interval, frequency)
            fits.append(station_terms.unexplained(store, positions, traces, terms))
        gain = float(np.std([fit[2] for fit in fits]))
        errors = np.stack([fit[0] for fit in fits], 1)
        told = shortened, positions, errors, filters, replace(terms, gain=gain)
        learned.append((gain, station_terms.squared_offsets(*told, times=times)))
    gains, powers = [], []
    for number in range(len(models)):
        others = [one for k, one in enumerate(learned) if k != number]
        gains.append(float(np.mean([gain for gain, _ in others])))
        squares = np.concatenate([square for _, square in others])
        depths = np.tile(positions[:, 2], len(others))
        powers.append(PowerMixture(depths, squares, len(others)))
    return record, VelocityWay(shortened, known, warp, gains, powers)


def further_events(
    stores: Sequence[GreensFunctions], events: Sequence[xr.Dataset]
) -> tuple[np.ndarray, np.ndarray]:
    """Positions (event, 3) of further events that the stores have, and which of them these are."""
    positions = events[0].validation_position.values
    margin = 2 * likelihood_power.DIFFERENCE_M  # difference quotients beside a position
    low, high = stores[0].low + margin, stores[0].high - margin
    kept = np.asarray(((positions >= low) & (positions <= high)).all(axis=1))
    return positions[kept], kept


def locate_wider(
    sampler: Importance,
    posterior: Posterior,
    start: Samples,
    rng: np.random.Generator,
    mixture: Callable[[float], tuple[np.ndarray, np.ndarray] | None],
) -> tuple[Posterior, Samples]:
    """Sample an event's posterior, and once more as wide as errors of other events tell.

    Parameters
    ----------
    sampler, posterior, start, rng
        As of a likelihood that is trusted.
    mixture
        Of the height of an event (m), weights and powers, or None.

    Returns
    -------
    Posterior, Samples
        The wider one, and samples of it.
    """
    first = sampler(posterior, start, rng)
    told = mixture(first.mean[2])
    if told is None:
        return posterior, first
    best = float(first.log_likelihood.max())
    wider = Posterior(MixedLikelihood(posterior.log_likelihood, best, *told), posterior.prior)
    widths = np.quantile(told[1] ** -0.5, np.linspace(0, 1, WIDTHS))
    samples = sampler.around(wider, first, rng, widths)
    return wider, replace(samples, cpu_s=first.cpu_s + samples.cpu_s)
