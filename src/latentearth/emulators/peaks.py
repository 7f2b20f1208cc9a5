"""Models of amplitude and arrival: what the preprocessing took out of the traces (section 2.1).

``ratios``: the paper's two Gaussian processes, of A*/A and t* - t. ``smooth``: logarithmic
amplitude and arrival about a mean that knows how both follow the distance, in one pair of
processes. An explosion's amplitude is proportional to 1 / kappa at the source, which jumps from
layer to layer, and its first wave arrives when the eikonal equation says: where the medium is
known, both are taken out first, and nothing has to learn them.
Either is evaluated by our own compiled sums (:mod:`latentearth.emulators.matern_kernel`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentearth.emulators import gaussian_processes as gp
from latentearth.emulators.preprocessing import Peaks
from latentearth.operators.eikonal import interpolate_times

TIME_STEPS = 65535  # that stored travel times have at most: below 0.01 samples of 4 ms


def _unit(times: np.ndarray) -> float:
    """What stored travel times are whole numbers of: a power of 2, so that no digit is lost."""
    return float(np.exp2(np.ceil(np.log2(times.max() / TIME_STEPS))))


@dataclass(frozen=True)
class DirectWave:
    """What is known of the first wave where the medium is: its amplitude's factor and its arrival.

    Attributes
    ----------
    tables
        (2, nx, ny, nz) float32: 1 / kappa over its mean, and the travel time to the receiver in
        samples.
    low, step
        First node and distance of nodes, (3,), m.
    """

    tables: np.ndarray
    low: np.ndarray
    step: np.ndarray

    @classmethod
    def of(
        cls, kappa: np.ndarray, travel_time: np.ndarray, axes: Sequence[np.ndarray], top: float
    ) -> DirectWave:
        """From tables on nodes along x, y, z (m), as far up as the height `top`.

        Parameters
        ----------
        kappa
            Bulk modulus, (nx, ny, nz).
        travel_time
            To the receiver, (nx, ny, nz), in samples.
        axes, top
            As above.
        """
        low, step = (np.array([axis[k] for axis in axes]) for k in (0, 1))
        height = int((axes[2] <= top + 1e-6).sum())
        inverse = 1 / kappa[..., :height]
        compliance, times = inverse / inverse.mean(), travel_time[..., :height]
        # as they are stored: with 11 bits (0.05 per cent) and 16 bits
        unit = _unit(times)
        tables = np.stack([compliance.astype("f2"), np.rint(times / unit) * unit])
        return cls(tables.astype("f4"), low, step - low)

    def at(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """1 / kappa and arrival at features (source, 4), km; between nodes linear."""
        found = interpolate_times(self.tables, self.low, self.step, 1000 * features[:, :3])
        return found[:, 0], found[:, 1]

    def arrays(self) -> dict[str, np.ndarray]:
        """What must be stored."""
        unit = _unit(self.tables[1])
        return {
            "compliance": self.tables[0].astype("f2"),
            "time": np.rint(self.tables[1] / unit).astype("u2"),
            "time_unit": np.array(unit, float),
            "low": self.low,
            "step": self.step,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> DirectWave:
        """Inverse of :meth:`arrays`."""
        times = arrays["time"] * arrays["time_unit"]
        tables = np.stack([arrays["compliance"], times]).astype("f4")
        return cls(tables, arrays["low"], arrays["step"])


@dataclass(frozen=True)
class PeakModel:
    """Amplitude and index of the peak at any position.

    Attributes
    ----------
    kind
        ``ratios`` (targets A*/A and t* - t) or ``smooth`` (targets log A/A* and t - t*).
    reference
        Amplitude and index of the reference peak, A* and t*.
    centre, spread
        Of the features, (4,).
    mean
        Coefficients of the mean, (term, 2); see :func:`_terms`.
    scale
        Of the residuals, (2,).
    processes
        Of the residuals.
    direct
        What was taken out of amplitudes and arrivals, or None where the medium is not known.
    """

    kind: str
    reference: tuple[float, float]
    centre: np.ndarray
    spread: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    processes: gp.GaussianProcesses
    direct: DirectWave | None = None

    def predict(self, features: np.ndarray) -> Peaks:
        """Peaks at features (source, 4), km."""
        residual = self.processes.apply((features - self.centre) / self.spread)
        target = _terms(features, len(self.mean)) @ self.mean + residual * self.scale
        amplitude, index = self.reference
        if self.kind == "ratios":
            # whole samples, as the paper shifts; an amplitude cannot be negative or infinite
            ratio = 1 / np.maximum(target[:, 0], 1e-3)
            return Peaks(amplitude * ratio, np.round(index - target[:, 1]))
        size, place = amplitude * np.exp(target[:, 0]), index + target[:, 1]
        if self.direct is not None:
            compliance, arrival = self.direct.at(features)
            return Peaks(size * compliance, place + arrival)
        return Peaks(size, place)

    def arrays(self) -> dict[str, np.ndarray]:
        """What must be stored."""
        own = {name: getattr(self, name) for name in ("centre", "spread", "mean", "scale")}
        own["reference"] = np.array(self.reference, float)
        if self.direct is not None:
            own |= {f"direct.{k}": v for k, v in self.direct.arrays().items()}
        return own | {f"processes.{k}": v for k, v in self.processes.arrays().items()}

    @classmethod
    def from_arrays(cls, kind: str, arrays: dict[str, np.ndarray]) -> PeakModel:
        """Inverse of :meth:`arrays`."""
        names = ("x", "lengths", "weights", "groups")
        processes = gp.GaussianProcesses(*(arrays[f"processes.{name}"] for name in names))
        own = {name: arrays[name] for name in ("centre", "spread", "mean", "scale")}
        known = {k.removeprefix("direct."): v for k, v in arrays.items() if k.startswith("direct.")}
        direct = DirectWave.from_arrays(known) if known else None
        reference = tuple(arrays["reference"].tolist())
        return cls(kind, reference, processes=processes, direct=direct, **own)


def _terms(features: np.ndarray, count: int) -> np.ndarray:
    """Terms of the mean at features (source, 4): 1; coordinates, distance, its logarithm."""
    terms = np.ones((len(features), count))
    if count > 1:
        terms[:, 1:5] = features
        terms[:, 5] = np.log(np.maximum(features[:, 3], 1e-3))
    return terms


def _standardised(features: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    centre, spread = features.mean(0), features.std(0)
    return centre, spread, (features - centre) / spread


@dataclass(frozen=True)
class PeakFits:
    """How both models are fitted.

    Attributes
    ----------
    ratios, smooth
        Their processes.
    jump, robust
        Of :func:`fit_smooth`; `jump` where the medium is known, `robust` where it is not.
    """

    ratios: gp.GaussianFit
    smooth: gp.GaussianFit
    jump: float
    robust: float | None


def fit_ratios(
    features: np.ndarray,
    peaks: Peaks,
    reference: tuple[float, float],
    settings: gp.GaussianFit,
    seed: np.random.SeedSequence,
) -> PeakModel:
    """The paper's model: a process for A*/A and one for t* - t, Matern-3/2 ARD.

    The text has the inverse ratios, the authors' code these, which are smoother (A*/A grows
    about linearly with the distance). Targets are standardised for the optimiser's sake. The
    authors fit with GPy.

    Parameters
    ----------
    features
        (source, 4), km.
    peaks
        Of the training traces, whole samples.
    reference
        Amplitude and index of the reference peak.
    settings
        Size of the fit.
    seed
        Of the subsets.
    """
    centre, spread, x = _standardised(features)
    target = np.stack([reference[0] / peaks.amplitude, reference[1] - peaks.index], 1)
    mean, scale = target.mean(0), target.std(0)
    processes = gp.fit(x, (target - mean) / scale, settings, seed)
    return PeakModel("ratios", reference, centre, spread, mean[None], scale, processes)


def fit_smooth(
    features: np.ndarray,
    peaks: Peaks,
    reference: tuple[float, float],
    settings: gp.GaussianFit,
    seed: np.random.SeedSequence,
    *,
    robust: float | None = None,
    direct: DirectWave | None = None,
    jump: float = np.inf,
) -> PeakModel:
    """Logarithmic amplitude and arrival as residuals to a mean that knows the distance.

    Parameters
    ----------
    features
        (source, 4), km.
    peaks
        Of the training traces, refined below a sample.
    reference
        Amplitude and index of the reference peak.
    settings, seed
        Of the processes.
    robust
        Refit without traces whose arrival is further than this many normal deviations (by the
        median absolute deviation) from the model: where two arrivals are about equally strong,
        the largest peak jumps from one to the other. A narrow limit leaves out sources near the
        receiver, which have few neighbours to be predicted from.
    direct
        Taken out of amplitudes and arrivals; None where the medium is not known.
    jump
        Peaks that are further than so many samples from the first arrival, by the median of this
        distance, belong to another wave and are left out: half a period is where waves part.
    """
    target = np.stack(
        [np.log(peaks.amplitude / reference[0]), peaks.index - reference[1]], 1
    )  # (source, 2)
    kept = np.ones(len(target), bool)
    if direct is not None:
        compliance, arrival = direct.at(features)
        target -= np.stack([np.log(compliance), arrival], 1)
        kept = np.abs(target[:, 1] - np.median(target[:, 1])) < jump
    for last in (False, True) if robust else (True,):
        centre, spread, x = _standardised(features[kept])
        terms = _terms(features, 6)
        mean = np.linalg.lstsq(terms[kept], target[kept], rcond=None)[0]
        residual = target - terms @ mean
        scale = residual[kept].std(0)
        processes = gp.fit(x, residual[kept] / scale, settings, seed)
        model = PeakModel("smooth", reference, centre, spread, mean, scale, processes, direct)
        if robust and not last:
            kept[kept] = _typical(processes, robust)
    return model


def _typical(processes: gp.GaussianProcesses, limit: float) -> np.ndarray:
    """Which points the other points predict within `limit` normal deviations, (n,) bool.

    Leave-one-out residuals in closed form: alpha_i / (K^-1)_ii (Rasmussen & Williams, 5.12); here
    the diagonal is taken as constant, which the median then removes.
    """
    weights = processes.weights[1]
    deviation = np.median(np.abs(weights - np.median(weights))) / 0.6745
    return np.abs(weights) < limit * deviation
