"""How far a likelihood of positions can be trusted: a power that makes its regions honest.

A product over receivers counts errors at different receivers as independent, and a covariance
from few neighbours counts as known; both state regions that are too small. The remedy is that of
composite likelihoods: the likelihood is raised to a power below 1, so that regions hold as many
true positions as they say (magnitude adjustment; Ribatet, Cooley & Davison 2012, Statistica
Sinica 22). The power comes from the validation set alone, and depends on the depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp
from scipy.stats import chi2

from latentearth.emulators.base import Emulator
from latentearth.inversion import emulator_errors
from latentearth.inversion.emulator_errors import VARIANCE_FACTORS, ErrorModes, Predictor

DIFFERENCE_M = 4.0  # m, of the differences that give the slope of a trace with the position
NEAREST = 100  # validation events in depth that decide on the power
SHARE = 0.8  # the region that is made honest: between the 68 and 95 per cent that are judged
LEAST_POWER = 0.05


@dataclass(frozen=True)
class LikelihoodPower:
    """Power of the likelihood by depth.

    Parameters
    ----------
    depth
        (events,) z of validation events (m).
    square
        (events,) squared distance of each from its own best position, by the covariance stated.
    """

    depth: np.ndarray
    square: np.ndarray

    def at(self, z: float) -> float:
        """Power at a height above the model's base (m); at most 1."""
        near = np.argsort(np.abs(self.depth - z))[:NEAREST]
        found = chi2.ppf(SHARE, 3) / np.quantile(self.square[near], SHARE)
        return float(np.clip(found, LEAST_POWER, 1.0))


def learn_power(
    emulators: Sequence[Emulator | Predictor],
    positions: np.ndarray,
    traces: np.ndarray,
    sigma: float,
    seed: np.random.SeedSequence,
) -> tuple[list[ErrorModes], LikelihoodPower]:
    """The errors of all emulators, and how far their likelihood can be trusted.

    Parameters
    ----------
    emulators, positions, traces, sigma
        As of :func:`fit`: the whole validation set.
    seed
        Random stream.
    """
    modes = [
        emulator_errors.fit(emulator, positions, truth)
        for emulator, truth in zip(emulators, traces, strict=True)
    ]
    return modes, fit(emulators, positions, traces, sigma, np.random.default_rng(seed))


def fit(
    emulators: Sequence[Emulator | Predictor],
    positions: np.ndarray,
    traces: np.ndarray,
    sigma: float,
    rng: np.random.Generator,
) -> LikelihoodPower:
    """Locate validation events, with noise, by linear least squares about the truth.

    The two halves of the set take turns: errors learnt from one, events of the other.

    Parameters
    ----------
    emulators
        One for each receiver.
    positions
        (events, 3) metres.
    traces
        (receivers, events, samples).
    sigma
        Standard deviation of the noise.
    rng
        Of the noise.
    """
    halves = np.arange(len(positions)) % 2
    square = np.empty(len(positions))
    for half in (0, 1):
        learnt, judged = halves != half, halves == half
        known = [
            emulator_errors.fit(emulator, positions[learnt], truth[learnt])
            for emulator, truth in zip(emulators, traces, strict=True)
        ]
        data = traces[:, judged] + rng.normal(0.0, sigma, traces[:, judged].shape)
        square[judged] = linear_squares(emulators, known, positions[judged], data, sigma)
    return LikelihoodPower(positions[:, 2], square)


def linear_squares(
    emulators: Sequence[Emulator | Predictor],
    known: Sequence[ErrorModes],
    positions: np.ndarray,
    data: np.ndarray,
    sigma: float,
) -> np.ndarray:
    """Squared distances (events,) of true positions from the best ones, by their covariance.

    If the likelihood were right, they would follow chi-squared with three degrees of freedom.

    Parameters
    ----------
    emulators, known
        One for each receiver.
    positions
        (events, 3) true ones (m).
    data
        (receivers, events, samples).
    sigma
        Standard deviation of the noise.
    """
    information = np.zeros((len(positions), 3, 3))
    score = np.zeros((len(positions), 3))
    for emulator, errors, observed in zip(emulators, known, data, strict=True):
        predicted, shift, amplitude = emulator_errors.predict_traces(emulator, positions)
        slopes = [
            (emulator.predict(positions + step) - emulator.predict(positions - step))
            / (2 * DIFFERENCE_M)
            for step in DIFFERENCE_M * np.eye(3)
        ]
        # (events, samples, 4): the residual, and the slope along each coordinate
        columns = np.stack(
            [
                emulator_errors.aligned_errors(part, shift, amplitude).astype(float)
                for part in (observed - predicted, *slopes)
            ],
            axis=2,
        )
        modes = errors.modes.astype(float)
        along = np.einsum("esi,ks->eki", columns, modes, optimize=True)
        others = columns - np.einsum("eki,ks->esi", along, modes, optimize=True)
        variance, rest = errors.local(positions)
        noise = (sigma / amplitude) ** 2
        factor = _expected_factor(errors, along[..., 0], variance, noise)
        weights = 1.0 / (factor[:, None] * variance + noise[:, None])
        products = np.einsum("eki,ek,ekj->eij", along, weights, along, optimize=True)
        products += (others.swapaxes(1, 2) @ others) / (factor * rest + noise)[:, None, None]
        information += products[:, 1:, 1:]
        score += products[:, 1:, 0]
    scale = np.trace(information, axis1=1, axis2=2)[:, None, None] / 3.0
    found = np.linalg.solve(information + 1e-9 * scale * np.eye(3), score[..., None])[..., 0]
    return np.einsum("ei,ei->e", score, found)


def _expected_factor(
    errors: ErrorModes, along: np.ndarray, variance: np.ndarray, noise: np.ndarray
) -> np.ndarray:
    """Factor (events,) of the variances, given the residuals along the modes (events, modes)."""
    wide = VARIANCE_FACTORS[:, None, None] * variance + noise[:, None]
    logs = (
        -0.5 * (along**2 / wide + np.log(wide)).sum(2)
        + np.log(errors.factors.clip(min=1e-300))[:, None]
    )
    share = np.exp(logs - logsumexp(logs, axis=0))
    return 1.0 / (share / VARIANCE_FACTORS[:, None]).sum(
        0
    )  # of the weights, which are inverse variances
