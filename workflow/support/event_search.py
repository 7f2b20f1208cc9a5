"""One event is looked for: with noise, with errors of the stored field, with unknown terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from latentearth import io
from latentearth.inversion import own_event
from latentearth.inversion.field_errors import FieldErrors
from latentearth.inversion.moment_tensor import TensorLikelihood
from latentearth.inversion.station_terms import Terms
from latentearth.inversion.tensor_mixture import MixedTensorLikelihood, powers_around
from latentearth.inversion.warp import Warp
from latentearth.operators import explosions
from latentearth.samplers.modes import ModeSampler
from latentearth.samplers.targets import Box, Posterior
from latentearth.samples import Samples
from support import mechanisms
from support.mechanisms import GOOD
from support.unknown_ways import VelocityTerms, station_terms_of

VELOCITIES = {
    "factor": "all velocities alike",
    "layers": "velocities of layers",
    "field": "velocities at random",
}

# of a position (3,): what is known there of times and gains, by each cause
Unknown = Callable[[np.ndarray], Sequence[Terms]]


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes
    ----------
    likelihood, samples
        Of position and origin time.
    misfit
        Chi-square of a sample at the best.
    coherence
        Of the residuals, by which the likelihood's exponent is divided.
    best, tensor
        Most likely: (4,) m, and s on the sampler's clock; (6,) in moments of the simulation.
    predicted
        (receiver, sample) Pa, by these.
    """

    likelihood: TensorLikelihood | MixedTensorLikelihood
    samples: Samples
    misfit: float
    coherence: float
    best: np.ndarray
    tensor: np.ndarray
    predicted: np.ndarray


def unknown_terms(
    files,
    own: dict,
    receivers: Sequence[int],
    pulse: tuple[float, float],
    rng: np.random.Generator,
) -> Unknown | None:
    """What is known of an event's stations and velocities; None where both are right.

    Parameters
    ----------
    files
        ``sources``, and ``model`` where velocities are not right, which is else empty.
    own
        The section ``unknown`` as plain values.
    receivers
        Numbers of those that recorded it.
    pulse
        Interval of samples (s), frequency of the pulse (Hz).
    rng
        Of the ensemble of velocity models.
    """
    interval, frequency = pulse
    stations = station_terms_of(own["stations"], len(receivers), interval)
    if files.model:
        places = io.read_dataset(files.sources).receiver.values[list(receivers)]
        model = io.read_dataset(files.model[0])
        known = VelocityTerms(model, places, own["velocities"], rng)
        warp = Warp(interval, explosions.delay(frequency))
        return lambda position: (stations, known.near(position, 0.0, warp))
    if any(own["stations"].values()):
        return lambda position: (stations,)
    return None


def counted(own: dict, found: Found, errors: FieldErrors | None) -> str:
    """What widens an event's errors, in words.

    Parameters
    ----------
    own
        The section ``unknown`` as plain values.
    found, errors
        Of :func:`sample`.
    """
    stations, velocities = own["stations"], own["velocities"]
    named = {
        "stored field": errors is not None,
        f"delays of stations ({1e3 * stations['delay']:g} ms)": stations["delay"],
        f"gains of stations ({100 * stations['gain']:g} %)": stations["gain"],
        **{
            f"{name} ({100 * velocities[key]:g} %)": velocities[key]
            for key, name in VELOCITIES.items()
        },
        f"coherence of residuals ({found.coherence:.2g})": found.coherence >= GOOD,
    }
    return ", ".join(["noise", *(name for name, counts in named.items() if counts)])


def sample(
    likelihood: TensorLikelihood,
    ready: own_event.ReadyRecords,
    box: Box,
    start: Samples,
    sampler: ModeSampler,
    seed: np.random.SeedSequence,
    *,
    errors: FieldErrors | None = None,
    unknown: Unknown | None = None,
) -> Found:
    """Posterior of an event's position and origin time.

    Its errors are as large as those of the stored field, the unknown terms and the residuals tell.

    Parameters
    ----------
    likelihood
        With noise alone.
    ready, box, start, sampler, seed
        Records on the sampler's clock, where to look, from where, and how.
    errors
        Of the stored field; None: they are left out.
    unknown
        Terms of stations and velocities; None: both are right.
    """
    samples = sampler(Posterior(likelihood, box), start, seed)
    best, tensor = most_likely(likelihood, samples)
    again, wider, records = replace(sampler, starts=1), likelihood, ready.traces
    if unknown is not None:
        wider = with_terms(unknown, likelihood, best, tensor)
        samples = again(Posterior(wider, box), samples, seed)
        best, tensor = most_likely(wider, samples)
        wider = with_terms(unknown, likelihood, best, tensor)
        # what the terms explain is no sign of anything else
        left = own_event.delayed(wider.unexplained(best, tensor), best[3], ready.interval_s)
        records = own_event.predict_records(likelihood, best, tensor) + left
    misfit = wider.misfit(best[None])
    apart = own_event.coherence(likelihood, records, ready.sigma, best, tensor)
    if errors is not None:
        length = ready.traces.shape[1]
        told = own_event.shortened(errors.elementary, length)
        errors = replace(errors, errors=errors.errors[..., :length], elementary=told)
        field = errors.near(best[:3], tensor)
        wider = with_terms(unknown, likelihood, best, tensor, field)
    if apart >= GOOD:
        wider = wider.scaled(np.sqrt(apart))
    if wider is not likelihood:
        samples = again(Posterior(wider, box), samples, seed)
        best, tensor = most_likely(wider, samples)
    predicted = own_event.predict_records(likelihood, best, tensor)
    found = mechanisms.Found(wider, samples, misfit)
    if errors is not None and unknown is None:
        # errors that neighbours do not tell; those of stations and velocities are larger
        powers = powers_around(errors, best[:3], tensor, likelihood)
        found = mechanisms.widen(found, powers, box, sampler, seed.spawn(1)[0])
    return Found(found.likelihood, found.samples, misfit, apart, best, tensor, predicted)


def most_likely(likelihood: TensorLikelihood, samples: Samples) -> tuple[np.ndarray, np.ndarray]:
    """The best of samples (4,), and its tensor (6,)."""
    best = samples.flat[samples.log_likelihood.argmax()]
    known = likelihood.conditional(best[None])
    return best, known.mean[0, known.log_evidence[0].argmax()]


def with_terms(
    unknown: Unknown | None,
    likelihood: TensorLikelihood,
    best: np.ndarray,
    tensor: np.ndarray,
    field: np.ndarray | None = None,
) -> TensorLikelihood:
    """The likelihood with errors of unknown terms and of the field (error, receiver, sample)."""
    traces = own_event.predict_records(likelihood, np.append(best[:3], 0.0), tensor)
    known = () if unknown is None else unknown(best[:3])
    told = [terms.errors(traces) for terms in known]
    if field is not None:
        told.append((field, np.zeros(field.shape[:2])))
    shapes, delays = (np.concatenate(part) for part in zip(*told, strict=True))
    if not known:
        return likelihood.with_errors(shapes)
    return likelihood.with_errors(shapes, delays, Warp(likelihood.interval_s).slopes(traces))
