"""Models of amplitude and arrival: what the preprocessing took out of the traces (section 2.1).

``gpy``: the paper's two Gaussian processes, fitted with GPy. ``smooth``: logarithmic amplitude
and arrival about a mean that knows how both follow the distance, in one pair of processes.
Either is evaluated by our own compiled sums (:mod:`latentearth.emulators.matern_kernel`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentearth.emulators import gaussian_processes as gp
from latentearth.emulators.preprocessing import Peaks


@dataclass(frozen=True)
class PeakModel:
    """Amplitude and index of the peak at any position.

    Attributes
    ----------
    kind
        ``gpy`` (targets A*/A and t* - t) or ``smooth`` (targets log A/A* and t - t*).
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
    """

    kind: str
    reference: tuple[float, float]
    centre: np.ndarray
    spread: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    processes: gp.GaussianProcesses

    def predict(self, features: np.ndarray) -> Peaks:
        """Peaks at features (source, 4), km."""
        residual = self.processes.apply((features - self.centre) / self.spread)
        target = _terms(features, len(self.mean)) @ self.mean + residual * self.scale
        amplitude, index = self.reference
        if self.kind == "gpy":
            # whole samples, as the paper shifts; an amplitude cannot be negative or infinite
            ratio = 1 / np.maximum(target[:, 0], 1e-3)
            return Peaks(amplitude * ratio, np.round(index - target[:, 1]))
        return Peaks(amplitude * np.exp(target[:, 0]), index + target[:, 1])

    def arrays(self) -> dict[str, np.ndarray]:
        """What must be stored."""
        own = {name: getattr(self, name) for name in ("centre", "spread", "mean", "scale")}
        own["reference"] = np.array(self.reference, float)
        return own | {f"processes.{k}": v for k, v in self.processes.arrays().items()}

    @classmethod
    def from_arrays(cls, kind: str, arrays: dict[str, np.ndarray]) -> PeakModel:
        """Inverse of :meth:`arrays`."""
        names = ("x", "lengths", "weights", "groups")
        processes = gp.GaussianProcesses(*(arrays[f"processes.{name}"] for name in names))
        own = {name: arrays[name] for name in ("centre", "spread", "mean", "scale")}
        return cls(kind, tuple(arrays["reference"].tolist()), processes=processes, **own)


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
class GpyFit:
    """How the paper's processes are fitted.

    Attributes
    ----------
    subset
        Training events, drawn at random, that decide the hyperparameters; in the paper's code all.
    evaluations
        Of the marginal likelihood, at most; in the paper's code about 1000.
    """

    subset: int
    evaluations: int


def fit_gpy(
    features: np.ndarray,
    peaks: Peaks,
    reference: tuple[float, float],
    settings: GpyFit,
    seed: np.random.SeedSequence,
) -> PeakModel:
    """The paper's model: a GPy process for A*/A and one for t* - t, Matern-3/2 ARD.

    The text has the inverse ratios, the authors' code these, which are smoother (A*/A grows
    about linearly with the distance). Targets are standardised for the optimiser's sake.

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
        Of the subset.
    """
    import GPy  # slow to load, and only this function needs it

    centre, spread, x = _standardised(features)
    target = np.stack([reference[0] / peaks.amplitude, reference[1] - peaks.index], 1)
    mean, scale = target.mean(0), target.std(0)
    y = (target - mean) / scale
    few = np.random.default_rng(seed).permutation(len(x))[: settings.subset]
    lengths, noise = [], []
    for column in y.T:
        kernel = GPy.kern.Matern32(x.shape[1], ARD=True)
        model = GPy.models.GPRegression(x[few], column[few, None], kernel)
        model.optimize("lbfgs", max_iters=settings.evaluations)
        lengths.append(np.array(kernel.lengthscale))
        noise.append(float(model.Gaussian_noise.variance[0] / kernel.variance[0]))
    # the ratio is kept away from zero, where the factorisation of all points would fail
    processes = gp.condition(x, y, lengths, [max(value, 1e-8) for value in noise], 1)
    return PeakModel("gpy", reference, centre, spread, mean[None], scale, processes)


def fit_smooth(
    features: np.ndarray,
    peaks: Peaks,
    reference: tuple[float, float],
    settings: gp.GaussianFit,
    seed: np.random.SeedSequence,
    *,
    robust: float | None = None,
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
        the largest peak jumps from one to the other.
    """
    target = np.stack(
        [np.log(peaks.amplitude / reference[0]), peaks.index - reference[1]], 1
    )  # (source, 2)
    kept = np.ones(len(target), bool)
    for last in (False, True) if robust else (True,):
        centre, spread, x = _standardised(features[kept])
        terms = _terms(features, 6)
        mean = np.linalg.lstsq(terms[kept], target[kept], rcond=None)[0]
        residual = target - terms @ mean
        scale = residual[kept].std(0)
        processes = gp.fit(x, residual[kept] / scale, settings, seed)
        model = PeakModel("smooth", reference, centre, spread, mean, scale, processes)
        if robust and not last:
            kept = _typical(x, residual / scale, processes, robust)
    return model


def _typical(x: np.ndarray, y: np.ndarray, processes: gp.GaussianProcesses, limit: float):
    """Which points the other points predict within `limit` normal deviations, (n,) bool.

    Leave-one-out residuals in closed form: alpha_i / (K^-1)_ii (Rasmussen & Williams, 5.12); here
    the diagonal is taken as constant, which the median then removes.
    """
    weights = processes.weights[1]
    deviation = np.median(np.abs(weights - np.median(weights))) / 0.6745
    return np.abs(weights) < limit * deviation
