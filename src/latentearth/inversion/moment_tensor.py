"""Where an event was, when, and how it broke: position, origin time and full moment tensor.

A trace is a sum of six, one for each number of the tensor, so that at a given position and origin
time the tensor has a Gaussian posterior if its prior is Gaussian, and is marginalised in closed
form (Tarantola 2005, section 3.2). What is left to sample has four dimensions. The tensor's prior
knows no direction among types and orientations: it is normal with the same deviation along every
axis of the space of symmetric matrices. Its size is not known either: several deviations count as
equally likely.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np
from scipy import fft
from scipy.special import logsumexp

from latentearth.inversion.tensor_types import DOUBLED

# Of positions (point, 3), m: traces (point, receiver, 6, sample) of the six elementary tensors.
Elementary = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class TensorPrior:
    """What is known of the tensor before.

    Attributes
    ----------
    deviations
        Of each of the nine numbers of the matrix, in the unit of the elementary tensors; equally
        likely ones, usually by a factor apart from each other.
    basis
        (6, unknown), the tensors that are possible: sums of these columns; by default all.
    """

    deviations: Sequence[float]
    basis: np.ndarray = field(default_factory=lambda: np.eye(6))

    @property
    def precision(self) -> np.ndarray:
        """Of the unknowns at a deviation of 1, (unknown, unknown)."""
        return self.basis.T @ (DOUBLED[:, None] * self.basis)


@dataclass(frozen=True)
class Conditional:
    """Gaussian posterior of the unknowns of a tensor at given positions and origin times.

    Attributes
    ----------
    mean
        (point, deviation, unknown).
    covariance
        (point, deviation, unknown, unknown).
    log_evidence
        (point, deviation), of the data.
    """

    mean: np.ndarray
    covariance: np.ndarray
    log_evidence: np.ndarray


class TensorLikelihood:
    """Log evidence of positions and origin times, (point, 4): x, y, z (m) and seconds.

    Parameters
    ----------
    elementary
        Traces of a source at the origin time 0, the first sample at the time 0.
    observed
        (receiver, sample), the first sample at the time 0.
    sigma
        Standard deviation of the noise, of all receivers or (receiver,).
    interval_s
        Between samples.
    prior
        Of the tensor.
    margin_s
        Samples nearer than this to the end of the record are left out: of an event so much earlier
        than 0 the elementary traces say nothing about them. Origin times lie within it.
    """

    def __init__(
        self,
        elementary: Elementary,
        observed: np.ndarray,
        sigma: float | np.ndarray,
        interval_s: float,
        *,
        prior: TensorPrior,
        margin_s: float,
    ):
        self.elementary, self.prior, self.interval_s = elementary, prior, interval_s
        receivers, samples = observed.shape
        used = samples - int(np.ceil(margin_s / interval_s))
        self.samples, self.window = samples, np.arange(samples) < used
        weight = 1.0 / np.broadcast_to(sigma, receivers)
        self.weight = weight.astype("f4")
        # so long that nothing comes round when a trace is shifted
        self.length = fft.next_fast_len(samples + 2 * (samples - used) + 64, real=True)
        # behind the window the record fades: cut in a wave, it would ring when it is shifted
        behind = np.clip((np.arange(samples) - used + 1) / (samples - used + 1), 0, 1)
        fading = 0.5 + 0.5 * np.cos(np.pi * behind)
        self.spectrum = fft.rfft(observed * fading * weight[:, None], self.length)
        self.modes = np.empty((0, receivers * samples), "f4")
        self.taken = np.empty(0)  # of what lies along a mode, the part that does not count

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(point,), the deviations marginalised; constants that no model changes are left out."""
        found = self.conditional(points).log_evidence
        return logsumexp(found, axis=1) - np.log(found.shape[1])

    def conditional(self, points: np.ndarray) -> Conditional:
        """What is known of the tensor at points (point, 4)."""
        return condition_tensor(*self.normal_equations(points), self.prior)

    def with_errors(self, errors: np.ndarray) -> TensorLikelihood:
        """The same where the traces have errors beside the noise.

        C is that of the noise and of Gaussian errors: of the sum of `errors`, each times a standard
        normal number. It is kept as the orthonormal modes of the whitened errors, of which a part
        v / (1 + v) is taken out of every product, v the mode's variance (Woodbury).

        Parameters
        ----------
        errors
            (error, receiver, sample) Pa, of an event at the origin time 0.
        """
        white = (errors * self.window * self.weight[:, None]).reshape(len(errors), -1)
        white = white.astype(float)
        variances, vectors = np.linalg.eigh(white @ white.T)
        kept = variances > 1e-3  # smaller ones than a thousandth of the noise's change nothing
        other = copy(self)
        modes = vectors[:, kept].T @ white / np.sqrt(variances[kept])[:, None]
        other.modes = modes.astype("f4")
        other.taken = variances[kept] / (1 + variances[kept])
        return other

    def normal_equations(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """G^T C^-1 G (point, unknown, unknown), G^T C^-1 d (point, unknown), d^T C^-1 d."""
        points = np.atleast_2d(points)
        traces = self.elementary(points[:, :3])
        traces = np.einsum("prkt,ku->prut", traces, self.prior.basis.astype("f4"))
        shifts = points[:, 3]
        # data moved to the source's clock; what left the window is zero in both
        omega = 2 * np.pi * fft.rfftfreq(self.length, self.interval_s)
        turned = self.spectrum * np.exp(1j * omega * shifts[:, None, None])
        moved = fft.irfft(turned, self.length)[..., : self.samples]
        traces = traces * self.weight[:, None, None]
        last = self.window.sum() - shifts / self.interval_s
        inside = np.clip(last[:, None] - np.arange(self.samples), 0, 1).astype("f4")
        # all three sums over the same samples, the last of them in part
        energy = np.einsum("prt,pt->p", moved**2, inside, optimize=True)
        moved = moved.astype("f4") * inside[:, None]
        left = traces * inside[:, None, None]
        count, _, unknown, _ = traces.shape
        flat = [a.swapaxes(1, 2).reshape(count, unknown, -1) for a in (left, traces)]
        data = moved.reshape(count, -1)
        right = (flat[1] @ data[..., None])[..., 0].astype(float)
        products = (flat[0] @ flat[1].swapaxes(1, 2)).astype(float)
        along = (flat[0] @ self.modes.T).astype(float)
        of_data = data.astype(float) @ self.modes.T  # its square is nearly all of the energy
        products -= (along * self.taken) @ along.swapaxes(1, 2)
        right -= np.einsum("puj,j,pj->pu", along, self.taken, of_data)
        return products, right, energy - of_data**2 @ self.taken

    def misfit(self, points: np.ndarray) -> float:
        """Chi-square of a sample at the most likely tensor of points (point, 4): the least."""
        left, right, energy = self.normal_equations(points)
        best = np.linalg.pinv(left, hermitian=True) @ right[..., None]
        explained = (right * best[..., 0]).sum(1)
        return float((energy - explained).min() / (self.window.sum() * len(self.weight)))

    def scaled(self, factor: float) -> TensorLikelihood:
        """The same of noise that is larger by a factor."""
        other = copy(self)
        other.weight = self.weight / np.float32(factor)
        other.spectrum = self.spectrum / factor
        variances = self.taken / (1 - self.taken) / factor**2
        other.taken = variances / (1 + variances)
        return other

    def draw(self, points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A tensor of the posterior at each of points (point, 4): (point, 6)."""
        found = self.conditional(points)
        weight = np.exp(found.log_evidence - logsumexp(found.log_evidence, axis=1, keepdims=True))
        chosen = (rng.random((len(weight), 1)) > weight.cumsum(1)).sum(1)
        rows = np.arange(len(weight)), np.minimum(chosen, weight.shape[1] - 1)
        factor = np.linalg.cholesky(found.covariance[rows])
        normal = rng.standard_normal(found.mean[rows].shape)
        unknowns = found.mean[rows] + np.einsum("pij,pj->pi", factor, normal)
        return unknowns @ self.prior.basis.T


def condition_tensor(
    left: np.ndarray, right: np.ndarray, energy: np.ndarray | float, prior: TensorPrior
) -> Conditional:
    """Posterior of the unknowns of a linear problem with a normal prior, and the evidence.

    Parameters
    ----------
    left, right
        G^T C^-1 G (point, unknown, unknown) and G^T C^-1 d (point, unknown).
    energy
        d^T C^-1 d, of all points or (point,).
    prior
        Of the tensor.

    Returns
    -------
    Conditional
        ``log_evidence`` without the data's own constant, -log det(2 pi C) / 2.
    """
    scales = np.asarray(prior.deviations, float)
    before = prior.precision / scales[:, None, None] ** 2
    after = left[:, None] + before
    covariance = np.linalg.inv(after)
    mean = np.einsum("psij,pj->psi", covariance, right)
    gain = np.einsum("psi,pi->ps", mean, right)
    sizes = np.linalg.slogdet(before)[1] - np.linalg.slogdet(after)[1]
    return Conditional(mean, covariance, 0.5 * (gain - np.reshape(energy, (-1, 1)) + sizes))


def scan_origin_times(
    likelihoods: Sequence[TensorLikelihood], positions: np.ndarray, shifts: np.ndarray
) -> np.ndarray:
    """Log evidence of several events at positions, at the best of some origin times.

    The elementary traces of a position are made once for all events and times.

    Parameters
    ----------
    likelihoods
        One per event, of the same prior, noise and length of record.
    positions
        (point, 3), m.
    shifts
        Origin times to try, (time,), s.

    Returns
    -------
    numpy.ndarray
        (event, point, 2): log evidence, and the origin time that has it.
    """
    first = likelihoods[0]
    out = np.empty((len(likelihoods), len(positions), 2))
    omega = 2 * np.pi * fft.rfftfreq(first.length, first.interval_s)
    turn = np.exp(1j * omega * shifts[:, None, None])
    moved = np.stack(
        [fft.irfft(one.spectrum * turn, first.length)[..., : first.samples] for one in likelihoods]
    )  # (event, time, receiver, sample)
    # the record ends where its origin time moves it
    ends = np.rint(first.window.sum() - shifts / first.interval_s).astype(int)
    ends = np.clip(ends, 0, first.samples)
    cuts, which = np.unique(ends, return_inverse=True)
    moved *= np.arange(first.samples) < ends[:, None, None]
    energies = (moved**2).sum((2, 3))
    data = moved.reshape(len(likelihoods) * len(shifts), -1).astype("f4")
    for part in np.array_split(np.arange(len(positions)), max(1, len(positions) // 200)):
        traces = np.einsum(
            "prkt,ku->purt", first.elementary(positions[part]), first.prior.basis.astype("f4")
        )
        traces = traces * first.weight[:, None]
        flat = traces.reshape(*traces.shape[:2], -1)
        right = (flat @ data.T).astype(float)  # (point, unknown, event and time)
        left = _products_until(traces, cuts)
        for number in range(len(likelihoods)):
            some = right[:, :, number * len(shifts) : (number + 1) * len(shifts)]
            found = np.empty((len(part), len(shifts)))
            for time in range(len(shifts)):
                known = condition_tensor(
                    left[which[time]], some[..., time], energies[number, time, None], first.prior
                )
                found[:, time] = logsumexp(known.log_evidence, axis=1)
            best = found.argmax(1)
            out[number, part, 0] = found[np.arange(len(part)), best]
            out[number, part, 1] = shifts[best]
    out[..., 0] -= np.log(len(first.prior.deviations))
    return out


def _products_until(traces: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """Products of traces (point, unknown, receiver, sample) of the samples before rising cuts.

    Returns
    -------
    numpy.ndarray
        (cut, point, unknown, unknown)
    """
    found, begin = [], 0
    for end in cuts:
        part = traces[..., begin:end].reshape(*traces.shape[:2], -1)
        found.append((part @ part.swapaxes(1, 2)).astype(float))
        begin = end
    return np.cumsum(found, axis=0)
