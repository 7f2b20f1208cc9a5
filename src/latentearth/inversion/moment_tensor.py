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

import numpy as np
from scipy import fft
from scipy.special import logsumexp

from latentearth.inversion.conditional_tensor import (
    Conditional,
    TensorPrior,
    condition_tensor,
    principal_tensors,
    seen_along,
    tensor_evidence,
)

# Of positions (point, 3), m: traces (point, receiver, 6, sample) of the six elementary tensors.
Elementary = Callable[[np.ndarray], np.ndarray]

EXPANSIONS = 4  # of traces about delays, at each of which the most likely ones are found anew
FADING = 8  # samples before the end of the window over which data lose their weight


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
        than 0 the elementary traces say nothing about them. Origin times lie within it. Those
        before fade: an edge would tell times between samples by the noise that it cuts.
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
        self.samples = samples
        self.used = used = samples - int(np.ceil(margin_s / interval_s))
        self.window = self._faded(np.zeros(()))
        weight = 1.0 / np.broadcast_to(sigma, receivers)
        self.weight = weight.astype("f4")
        # so long that nothing comes round when a trace is shifted
        self.length = fft.next_fast_len(samples + 2 * (samples - used) + 64, real=True)
        # behind the window the record fades: cut in a wave, it would ring when it is shifted
        behind = np.clip((np.arange(samples) - used + 1) / (samples - used + 1), 0, 1)
        fading = 0.5 + 0.5 * np.cos(np.pi * behind)
        self.spectrum = fft.rfft(observed * fading * weight[:, None], self.length)
        # the window moves with the record, whose energy in it is the same at every origin time
        self.energy = float(((observed * weight[:, None] * self.window) ** 2).sum())
        self.modes = np.empty((0, receivers * samples))
        self.taken = np.empty(0)  # of what lies along a mode, the part that does not count
        self.white = self.late = np.empty((0, receivers * samples))  # errors, and delays of these
        self.delays = np.empty((0, receivers))  # s

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(point,), the deviations marginalised; constants that no model changes are left out."""
        found = self.conditional(points).log_evidence
        return logsumexp(found, axis=1) - np.log(found.shape[1])

    def conditional(self, points: np.ndarray) -> Conditional:
        """What is known of the tensor at points (point, 4)."""
        return condition_tensor(*self.normal_equations(points), self.prior)

    def with_errors(
        self,
        errors: np.ndarray,
        delays: np.ndarray | None = None,
        slopes: np.ndarray | None = None,
    ) -> TensorLikelihood:
        """The same where the traces have errors beside the noise.

        C is that of the noise and of Gaussian errors: of the sum of `errors`, each times a standard
        normal number. It is kept as the orthonormal modes of the whitened errors, of which a part
        v / (1 + v) is taken out of every product, v the mode's variance (Woodbury). Where an error
        delays traces by more than the noise lets pass as its slope, the data are moved back by the
        most likely delays of each point, and what is left is expanded about these (Laplace).

        Parameters
        ----------
        errors
            (error, receiver, sample) Pa, of an event at the origin time 0.
        delays
            (error, receiver) s, of the traces by each; None: they are small.
        slopes
            (receiver, sample) Pa/s, of a trace by its delay.
        """
        white = (errors * self.window * self.weight[:, None]).reshape(len(errors), -1)
        white = white.astype(float)
        variances, vectors = np.linalg.eigh(white @ white.T)
        kept = variances > 1e-3  # smaller ones than a thousandth of the noise's change nothing
        other = copy(self)
        modes = vectors[:, kept].T @ white / np.sqrt(variances[kept])[:, None]
        other.modes = modes
        other.taken = variances[kept] / (1 + variances[kept])
        if delays is not None and slopes is not None:
            late = delays[:, :, None] * slopes * self.window * self.weight[:, None]
            other.white, other.late, other.delays = white, late.reshape(white.shape), delays
        return other

    def normal_equations(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """G^T C^-1 G (point, unknown, unknown), G^T C^-1 d (point, unknown), d^T C^-1 d."""
        points = np.atleast_2d(points)
        traces = self.elementary(points[:, :3])
        traces = np.einsum("prkt,ku->prut", traces, self.prior.basis.astype("f4"))
        traces = traces * self.weight[:, None, None]
        likely = np.zeros((len(points), len(self.delays)))
        told, left = self._products(traces, points[:, 3], likely)
        for _ in range(EXPANSIONS - 1 if likely.size else 0):
            likely = self._most_likely_errors(left(self._most_likely(*told[:2])))
            told, left = self._products(traces, points[:, 3], likely)
        return told

    def _products(self, traces: np.ndarray, shifts: np.ndarray, likely: np.ndarray) -> tuple:
        """The normal equations about likely errors, and residuals of tensors (point, unknown)."""
        window, data, energy = self._moved(shifts, likely)
        seen = traces * window[:, :, None]
        # in double precision: where hardly anything tells a tensor, rounding would explain the data
        products = _sum_of_products(seen, seen)
        flat = seen.swapaxes(1, 2).reshape(*products.shape[:2], -1)
        along = flat.astype(float) @ self.modes.T
        of_data = data @ self.modes.T  # its square is nearly all of the energy
        products -= (along * self.taken) @ along.swapaxes(1, 2)
        right = np.einsum("pun,pn->pu", flat, data)
        right -= np.einsum("puj,j,pj->pu", along, self.taken, of_data)
        told = products, right, energy - of_data**2 @ self.taken
        return told, lambda tensor: data - np.einsum("pun,pu->pn", flat, tensor)

    def _moved(
        self, shifts: np.ndarray, likely: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | float]:
        """Window (point, receiver, sample) and data on the sources' clocks; their energy.

        Data (point, receiver x sample) are moved back by the delays of likely errors (point,
        error), as much as these do to first order put in again: errors are about 0 thereby.
        """
        omega = 2 * np.pi * fft.rfftfreq(self.length, self.interval_s)
        late = shifts[:, None] + likely @ self.delays
        window = self._faded(late)
        turned = self.spectrum * np.exp(1j * omega * late[..., None])
        moved = fft.irfft(turned, self.length)[..., : self.samples] * window
        moved = moved.reshape(len(moved), -1)
        if not likely.any():
            return window, moved, self.energy
        again = likely @ self.late
        energy = self.energy + ((2 * moved + again) * again).sum(1)
        return window, moved + again, energy

    def _most_likely(self, products: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Unknowns of the tensor (point, unknown), under the widest prior."""
        least = self.prior.precision / np.max(self.prior.deviations) ** 2
        return np.linalg.solve(products + least, right[..., None])[..., 0]

    def _most_likely_errors(self, residuals: np.ndarray) -> np.ndarray:
        """Standard normal numbers (point, error) of whitened residuals (point, all samples)."""
        precision = np.eye(len(self.white)) + self.white @ self.white.T
        return np.linalg.solve(precision, self.white @ residuals.T).T

    def unexplained(self, point: np.ndarray, tensor: np.ndarray) -> np.ndarray:
        """What neither a source nor the most likely errors explain, (receiver, sample) Pa.

        Parameters
        ----------
        point, tensor
            (4,) and (6,), on the clock of this source.
        """
        traces = np.einsum("rkt,k->rt", self.elementary(point[None, :3])[0], tensor)
        traces = traces * self.weight[:, None]
        likely = np.zeros((1, len(self.delays)))
        for _ in range(EXPANSIONS):
            window, data, _ = self._moved(point[None, 3], likely)
            left = data - (traces * window).reshape(1, -1)
            likely = self._most_likely_errors(left)
        return (left - likely @ self.white).reshape(traces.shape) / self.weight[:, None]

    def _faded(self, shifts: np.ndarray) -> np.ndarray:
        """Weights (..., sample) of residuals on the clocks of sources at origin times (...)."""
        left = self.used - shifts[..., None] / self.interval_s - np.arange(self.samples)
        return np.sin(np.pi / 2 * np.clip(left / FADING, 0, 1)).astype("f4")

    def misfit(self, points: np.ndarray) -> float:
        """Chi-square of a sample at the most likely tensor of points (point, 4): the least."""
        left, right, energy = self.normal_equations(points)
        best = np.linalg.pinv(left, hermitian=True) @ right[..., None]
        explained = (right * best[..., 0]).sum(1)
        return float((energy - explained).min() / ((self.window**2).sum() * len(self.weight)))

    def scaled(self, factor: float) -> TensorLikelihood:
        """The same of noise that is larger by a factor."""
        other = copy(self)
        other.weight = self.weight / np.float32(factor)
        other.spectrum, other.energy = self.spectrum / factor, self.energy / factor**2
        other.white, other.late = self.white / factor, self.late / factor
        variances = self.taken / (1 - self.taken) / factor**2
        other.taken = variances / (1 + variances)
        return other

    def evidences(self, points: np.ndarray, powers: np.ndarray) -> np.ndarray:
        """Log evidence (point, power) if the likelihood is raised to powers (power,)."""
        left, right, energy = self.normal_equations(points)
        values, turn = principal_tensors(left, self.prior)
        along = seen_along(values, np.einsum("pij,pj->pi", turn, right))
        found = [
            logsumexp(tensor_evidence(p * values, p * along, p * energy, self.prior), axis=1)
            for p in powers
        ]
        return np.stack(found, 1) - np.log(len(self.prior.deviations))

    def draw(
        self, points: np.ndarray, rng: np.random.Generator, powers: np.ndarray | float = 1.0
    ) -> np.ndarray:
        """A tensor of the posterior at each of points (point, 4): (point, 6).

        The likelihood counts with a power, of all points or (point,).
        """
        left, right, energy = self.normal_equations(points)
        power = np.broadcast_to(powers, len(right))
        powered = power[:, None, None] * left, power[:, None] * right, power * energy
        found = condition_tensor(*powered, self.prior)
        weight = np.exp(found.log_evidence - logsumexp(found.log_evidence, axis=1, keepdims=True))
        chosen = (rng.random((len(weight), 1)) > weight.cumsum(1)).sum(1)
        rows = np.arange(len(weight)), np.minimum(chosen, weight.shape[1] - 1)
        factor = np.linalg.cholesky(found.covariance[rows])
        normal = rng.standard_normal(found.mean[rows].shape)
        unknowns = found.mean[rows] + np.einsum("pij,pj->pi", factor, normal)
        return unknowns @ self.prior.basis.T


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
    found = np.empty((len(likelihoods), len(positions), len(shifts)))
    omega = 2 * np.pi * fft.rfftfreq(first.length, first.interval_s)
    turn = np.exp(1j * omega * shifts[:, None, None])
    moved = np.stack(
        [fft.irfft(one.spectrum * turn, first.length)[..., : first.samples] for one in likelihoods]
    )  # (event, time, receiver, sample)
    # the record ends where its origin time moves it, here at once
    ends = np.rint(first.used - shifts / first.interval_s).astype(int)
    ends = np.clip(ends, 0, first.samples)
    cuts, which = np.unique(ends, return_inverse=True)
    moved *= np.arange(first.samples) < ends[:, None, None]
    data = moved.reshape(len(likelihoods) * len(shifts), *moved.shape[2:])
    for part in np.array_split(np.arange(len(positions)), max(1, len(positions) // 200)):
        traces = np.einsum(
            "prkt,ku->prut", first.elementary(positions[part]), first.prior.basis.astype("f4")
        )
        traces = traces * first.weight[:, None, None]
        right = np.zeros((len(part), traces.shape[2], len(data)))  # of each event and time
        for trace, record in zip(traces.swapaxes(0, 1), data.swapaxes(0, 1), strict=True):
            right += trace.astype(float) @ record.T
        values, turn = principal_tensors(_products_until(traces, cuts), first.prior)
        for time, cut in enumerate(which):
            for number, one in enumerate(likelihoods):
                told = right[:, :, number * len(shifts) + time]
                along = seen_along(values[cut], np.einsum("pij,pj->pi", turn[cut], told))
                evidence = tensor_evidence(values[cut], along, one.energy, first.prior)
                found[number, part, time] = logsumexp(evidence, axis=1)
    best = found.argmax(2)
    out = np.stack([found.max(2), shifts[best]], axis=-1)
    out[..., 0] -= np.log(len(first.prior.deviations))
    return out


def _sum_of_products(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Products of traces (point, receiver, unknown, sample), in double precision.

    Returns
    -------
    numpy.ndarray
        (point, unknown, unknown), summed over receivers and samples.
    """
    found = np.zeros((len(one), one.shape[2], other.shape[2]))
    for left, right in zip(one.swapaxes(0, 1), other.swapaxes(0, 1), strict=True):
        found += left.astype(float) @ right.astype(float).swapaxes(1, 2)
    return found


def _products_until(traces: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """Products of traces (point, receiver, unknown, sample) of the samples before rising cuts.

    Returns
    -------
    numpy.ndarray
        (cut, point, unknown, unknown)
    """
    found, begin = [], 0
    for end in cuts:
        found.append(_sum_of_products(traces[..., begin:end], traces[..., begin:end]))
        begin = end
    return np.cumsum(found, axis=0)
