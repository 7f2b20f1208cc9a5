"""Events of every type in a box, recorded on another grid, and located with their tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import xarray as xr

from latentearth.diagnostics import coverage
from latentearth.diagnostics.mixing import kish_ess
from latentearth.inversion import tensor_types
from latentearth.inversion.field_errors import FieldErrors
from latentearth.inversion.moment_tensor import Elementary, TensorLikelihood
from latentearth.inversion.tensor_mixture import MixedTensorLikelihood, powers_around
from latentearth.operators.elastic_solver import EXPLOSION
from latentearth.progress import progress
from latentearth.samplers.modes import ModeSampler
from latentearth.samplers.targets import Box, Posterior
from latentearth.samples import Samples

KINDS = ("explosion", "double couple", "CLVD", "any")  # one after the other
FREEDOM = 5  # of the noise, a Student distribution: the likelihood takes it for normal
MISSED = 5.0  # log likelihood of the truth above that of all samples: far beyond chance
DRAWS = 400  # of the tensor
GOOD = 1.1  # chi-square of a sample, above which the noise alone does not explain what is left


def record(
    traces: np.ndarray, tensor: np.ndarray, origin_s: float, interval_s: float
) -> np.ndarray:
    """Traces (receiver, sample) of elementary ones (receiver, 6, sample), at an origin time."""
    clean = np.einsum("rkt,k->rt", traces, tensor)
    length = 2 * clean.shape[1]
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(length, interval_s) * origin_s)
    return np.fft.irfft(np.fft.rfft(clean, length) * turn, length)[:, : clean.shape[1]]


def draw_events(count: int, seed: np.random.SeedSequence, shift_s: float) -> list[dict]:
    """Types, tensors in units of the simulation's moment, and origin times of events."""
    rng, found = np.random.default_rng(seed), []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        size = 10 ** rng.uniform(0, 0.6)
        tensor = size * tensor_types.random_tensors(kind, 1, rng)[0]
        found.append({"kind": kind, "tensor": tensor, "origin": rng.uniform(-shift_s, shift_s)})
    return found


def search_box(event: np.ndarray, settings: dict, stored: tuple[np.ndarray, np.ndarray]) -> Box:
    """Positions and origin times where events may be.

    Events that are drawn in a box are taken to the nodes of their grid, half a spacing beyond it.

    Parameters
    ----------
    event
        (3,), m, in the middle.
    settings
        The section ``mechanisms`` as plain values.
    stored
        Lowest and highest position (3,) of the stores.
    """
    half = np.array(settings["box"]) + np.array(settings["spacing"]) / 2
    low, high = np.maximum(event - half, stored[0]), np.minimum(event + half, stored[1])
    # a margin beyond the truth, and beyond what a difference quotient or a shift asks for
    time = 1.5 * settings["shift"] * np.array([[-1.0, 1.0]])
    return Box(np.concatenate([np.column_stack([low, high]), time]))


def observe(
    given: Sequence[xr.Dataset],
    events: Sequence[dict],
    interval_s: float,
    sigma: float,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """Noisy traces (receiver, sample) of each event, of the six tensors, per receiver."""
    found = []
    for number, event in enumerate(events):
        traces = np.stack([each.traces.values[number] for each in given])
        clean = record(traces, event["tensor"], event["origin"], interval_s)
        found.append(clean + noise(clean.shape, sigma, rng))
    return found


def noise(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Student noise of standard deviation sigma."""
    return rng.standard_t(FREEDOM, shape) * sigma * np.sqrt((FREEDOM - 2) / FREEDOM)


class Found(NamedTuple):
    """What is found of an event.

    Attributes
    ----------
    likelihood
        By which it was located.
    samples
        Of position and origin time.
    misfit
        Chi-square of a sample at the best of them.
    """

    likelihood: TensorLikelihood | MixedTensorLikelihood
    samples: Samples
    misfit: float


def locate(
    likelihood: TensorLikelihood,
    start: Samples,
    box: Box,
    sampler: ModeSampler,
    seed: np.random.SeedSequence,
) -> Found:
    """Posterior of position and origin time.

    Where chi-square is above 1, the wave field is not known as well as the noise: the deviation is
    raised until it is 1, and the event located once more.
    """
    found = sampler(Posterior(likelihood, box), start, seed)
    misfit = likelihood.misfit(found.flat[[found.log_likelihood.argmax()]])
    if misfit < GOOD:
        return Found(likelihood, found, misfit)
    raised = likelihood.scaled(np.sqrt(misfit))
    again = replace(sampler, starts=1)
    return Found(raised, again(Posterior(raised, box), found, seed), misfit)


def locate_all(
    likelihoods: Sequence[TensorLikelihood],
    starts: Sequence[Samples],
    box: Box,
    sampler: ModeSampler,
    streams: Sequence[np.random.SeedSequence],
) -> list[Found]:
    """What is found of each event."""
    events = list(zip(likelihoods, starts, streams, strict=True))
    return [
        locate(one, start, box, sampler, seed) for one, start, seed in progress(events, "events")
    ]


def locate_with_errors(
    likelihoods: Sequence[TensorLikelihood],
    found: Sequence[Found],
    errors: FieldErrors,
    box: Box,
    sampler: ModeSampler,
    streams: Sequence[np.random.SeedSequence],
) -> list[Found]:
    """The same once more, with the errors that the field has of such a tensor at such a place.

    And as much wider as it is found to err around there where its neighbours do not tell it.
    """
    known, powers = [], []
    for one, first, seed in zip(likelihoods, found, streams, strict=True):
        samples = first.samples
        best = samples.flat[samples.log_likelihood.argmax()]
        points = np.tile(best, (DRAWS, 1))
        tensor = first.likelihood.draw(points, np.random.default_rng(seed)).mean(0)
        known.append(one.with_errors(errors.near(best[:3], tensor)))
        powers.append(powers_around(errors, best[:3], tensor, one))
    starts = [first.samples for first in found]
    narrow = locate_all(known, starts, box, replace(sampler, starts=1), streams)
    return [
        widen(one, told, box, sampler, seed.spawn(1)[0])
        for one, told, seed in zip(narrow, powers, streams, strict=True)
    ]


def widen(
    found: Found,
    told: tuple[np.ndarray, np.ndarray],
    box: Box,
    sampler: ModeSampler,
    seed: np.random.SeedSequence,
) -> Found:
    """What is found of an event, its likelihood raised to a mixture of weights and powers."""
    weights, powers = told
    narrow, likelihood, misfit = found.samples, found.likelihood, found.misfit
    assert isinstance(likelihood, TensorLikelihood)
    best = narrow.flat[narrow.log_likelihood.argmax()]
    mixed = MixedTensorLikelihood(likelihood, best, weights, powers)
    wider = sampler.around(Posterior(mixed, box), narrow, seed, powers**-0.5)
    evaluations, spent = narrow.evaluations + wider.evaluations, narrow.cpu_s + wider.cpu_s
    return Found(mixed, replace(wider, evaluations=evaluations, cpu_s=spent), misfit)


def judge(
    likelihood: TensorLikelihood | MixedTensorLikelihood,
    samples: Samples,
    event: dict,
    position: np.ndarray,
    rng: np.random.Generator,
) -> tuple[dict[str, float | str], np.ndarray]:
    """A row of the table, and draws of the tensor (draw, 6)."""
    truth = np.append(position, event["origin"])
    score = coverage.score(samples, truth, likelihood)
    # a search that missed the peak has nothing as likely as the truth, which is then not inside
    missed = float(likelihood(truth[None])[0]) > samples.log_likelihood.max() + MISSED
    chosen = rng.choice(len(samples.flat), DRAWS, p=samples.weight.ravel())
    tensors = likelihood.draw(samples.flat[chosen], rng)
    mean, off = tensors.mean(0), tensors.mean(0) - event["tensor"]
    # an ellipsoid that holds its share of the draws, whose tails are heavier than a normal law's
    white = np.linalg.inv(np.linalg.cholesky(np.cov(tensors.T)))
    inner = (tensors - mean) @ white.T
    level = float(np.mean((inner**2).sum(1) < ((white @ off) ** 2).sum()))
    shares = {name: float(value) for name, value in tensor_types.decompose(mean).items()}
    error = np.asarray(score["error"])
    return {
        "kind": event["kind"],
        "angle_deg": float(tensor_types.angle(mean, event["tensor"])),
        "angle_of_explosion_deg": float(tensor_types.angle(np.array(EXPLOSION), event["tensor"])),
        "angle_stated_deg": float(np.median(tensor_types.angle(tensors, mean))),
        "error_m": float(np.linalg.norm(error[:3])),
        "error_stated_m": float(np.linalg.norm(np.asarray(score["deviation"])[:3])),
        "error_ms": 1e3 * float(error[3]),
        "in_68": int(score["level"] <= 0.68 and not missed),
        "in_95": int(score["level"] <= 0.95 and not missed),
        "tensor_in_68": int(level <= 0.68),
        "tensor_in_95": int(level <= 0.95),
        "moment_ratio": float(
            tensor_types.scalar_moment(mean) / tensor_types.scalar_moment(event["tensor"])
        ),
        **shares,
    }, tensors


def stacked(stores: Sequence) -> Elementary:
    """Elementary traces (point, receiver, 6, sample) of stores, one per receiver."""
    return lambda points: np.stack([store.elementary(points) for store in stores], axis=1)


def judge_all(
    located: Sequence[Sequence[Found]],
    events: Sequence[dict],
    positions: np.ndarray,
    rng: np.random.Generator,
) -> tuple[list[dict], np.ndarray]:
    """Rows of the table, and draws of the tensors (event, draw, 6).

    Parameters
    ----------
    located
        What is found of each event with the tensor free and errors of the field, with noise alone,
        and as explosions.
    events, positions
        True ones.
    rng
        Of the draws.
    """
    rows, tensors = [], []
    for number, (known, noisy, as_explosion) in enumerate(zip(*located, strict=True)):
        truth = events[number], positions[number], rng
        row, drawn = judge(known.likelihood, known.samples, *truth)
        alone, _ = judge(noisy.likelihood, noisy.samples, *truth)
        judged = ("error_m", "angle_deg", "in_68", "in_95", "tensor_in_68", "tensor_in_95")
        row |= {f"{name}_noise_alone": alone[name] for name in judged}
        off = as_explosion.samples.mean[:3] - positions[number]
        row |= {
            "chi2": known.misfit,
            "chi2_noise_alone": noisy.misfit,
            "error_as_explosion_m": float(np.linalg.norm(off)),
            "chi2_as_explosion": as_explosion.misfit,
            "effective_samples": float(kish_ess(known.samples.weight)),
            "evaluations": known.samples.evaluations + noisy.samples.evaluations,
            "cpu_s": known.samples.cpu_s + noisy.samples.cpu_s,
        }
        rows.append({"event": number} | row)
        tensors.append(drawn)
    return rows, np.array(tensors)
