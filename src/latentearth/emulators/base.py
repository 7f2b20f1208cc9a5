"""One interface of all emulators: predict, with its error, save and load."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from latentearth import io
from latentearth.emulators import maps, preprocessing
from latentearth.emulators.peaks import PeakModel
from latentearth.emulators.preprocessing import Peaks

SOURCES_AT_ONCE = 256  # sources predicted at once: what lies between two stages stays in the caches


@dataclass(frozen=True)
class Emulator:
    """Traces of one receiver as a function of the source's position.

    Attributes
    ----------
    kind
        Name of the method, see :mod:`latentearth.emulators.registry`.
    receiver
        (3,), m.
    sample_interval_s
        Between two samples.
    chain
        Stages from features (source, 4) to traces (source, sample): aligned ones if there are
        `peaks`, else as they are.
    peaks
        Amplitude and arrival, or None.
    error_variance
        Mean square of the errors on the validation set, (sample,), trace units squared; None
        until it is measured.
    aligned_variance
        The same about the predicted peak and relative to its amplitude, (sample,).
    """

    kind: str
    receiver: np.ndarray
    sample_interval_s: float
    chain: Sequence[maps.Map]
    peaks: PeakModel | None = None
    error_variance: np.ndarray | None = None
    aligned_variance: np.ndarray | None = None

    def predict(self, positions: np.ndarray, true_peaks: Peaks | None = None) -> np.ndarray:
        """Pressure traces of sources.

        Parameters
        ----------
        positions
            (source, 3), m.
        true_peaks
            Amplitudes and arrivals in the place of the predicted ones.

        Returns
        -------
        numpy.ndarray
            (source, sample) float32.
        """
        features = preprocessing.features(positions, self.receiver)
        parts = [slice(k, k + SOURCES_AT_ONCE) for k in range(0, len(features), SOURCES_AT_ONCE)]
        out: np.ndarray | None = None
        for part in parts or [slice(0)]:
            traces = self._aligned(features[part], part)
            if out is None:
                out = np.empty((len(features), traces.shape[1]), np.float32)
            if self.peaks is None:
                out[part] = traces
                continue
            peaks = self.peaks.predict(features[part]) if true_peaks is None else true_peaks[part]
            preprocessing.restore(traces, peaks, self.peaks.reference, out[part])
        assert out is not None  # there is one part at least
        return out

    def _aligned(self, features: np.ndarray, part: slice) -> np.ndarray:
        """What the chain makes of features (source, 4): the sources `part` of a batch."""
        chain = [s.part(part) if isinstance(s, maps.PrependLatent) else s for s in self.chain]
        return np.ascontiguousarray(maps.apply_maps(chain, features), np.float32)

    def predict_peaks(self, positions: np.ndarray) -> Peaks:
        """Amplitude and sample of the largest positive peak at positions (source, 3), m."""
        if self.peaks is None:
            return preprocessing.find_peaks(np.maximum(self.predict(positions), 1e-30))
        return self.peaks.predict(preprocessing.features(positions, self.receiver))

    @property
    def variance(self) -> np.ndarray:
        """Variance of the errors, (sample,): about the peak if there is a model of the peaks."""
        found = self.error_variance if self.peaks is None else self.aligned_variance
        if found is None:
            raise ValueError(f"the errors of emulator {self.kind} are not measured")
        return found

    def with_errors(self, positions: np.ndarray, truth: np.ndarray) -> Emulator:
        """The same emulator with the variances of its errors on validation traces."""
        error = truth - self.predict(positions)
        found = {"error_variance": (error**2).mean(0)}
        if self.peaks is not None:
            peaks = self.predict_peaks(positions)
            shift = np.round(self.peaks.reference[1] - peaks.index)
            moved = preprocessing.shift_traces(error.astype(np.float32), shift, np.ones(len(shift)))
            scale = preprocessing.shift_traces(np.ones_like(moved), shift, peaks.amplitude)
            # a ratio of sums: a mean of ratios would be ruled by the faintest traces
            found["aligned_variance"] = _filled(moved**2, scale**2)
        return dataclasses.replace(self, **found)

    def draw(self, positions: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Traces (source, sample) of a CVAE or WGAN-GP with latent vectors from their prior.

        Others, which have none, give what :meth:`predict` gives.
        """
        count = len(np.atleast_2d(positions))
        chain = []
        for stage in self.chain:
            if isinstance(stage, maps.PrependLatent):
                z = (
                    rng.normal(0, 1e-3, (count, stage.count))  # appendix B
                    if self.kind == "cvae"
                    else rng.uniform(-1, 1, (count, stage.count))  # section 2.2.7
                )
                stage = maps.PrependLatent(stage.count, z)
            chain.append(stage)
        return dataclasses.replace(self, chain=chain).predict(positions)


def _filled(squares: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Ratios of sums over events; where fewer than 10 events reach, that of the nearest sample."""
    count = (weights > 0).sum(0)
    enough = np.flatnonzero(count >= min(10, count.max()))
    nearest = np.clip(np.arange(len(count)), enough[0], enough[-1])
    return (squares.sum(0) / weights.sum(0).clip(np.finfo(np.float32).tiny))[nearest]


def save(path: str | os.PathLike, emulator: Emulator, card: Mapping | None = None) -> None:
    """Write an emulator as safetensors, atomically; its structure stands in the header.

    Parameters
    ----------
    path
        The file.
    emulator
        What to write.
    card
        Provenance and scores, for the header.
    """
    arrays = {"receiver": np.asarray(emulator.receiver, float)}
    for number, stage in enumerate(emulator.chain):
        arrays |= {f"stage{number}.{k}": v for k, v in stage.arrays().items()}
    if emulator.peaks is not None:
        arrays |= {f"peaks.{k}": v for k, v in emulator.peaks.arrays().items()}
    for name in ("error_variance", "aligned_variance"):
        if getattr(emulator, name) is not None:
            arrays[name] = np.asarray(getattr(emulator, name), np.float32)
    head = {
        "kind": emulator.kind,
        "interval_s": repr(float(emulator.sample_interval_s)),
        "stages": json.dumps([stage.name for stage in emulator.chain]),
        "peaks": emulator.peaks.kind if emulator.peaks else "",
        "card": json.dumps(dict(card or {}), sort_keys=True, default=str),
    }
    with io.atomic(path) as temporary:
        save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, temporary, head)


def load(path: str | os.PathLike) -> Emulator:
    """Read an emulator.

    Raises
    ------
    latentearth.io.InputError
        If the file is missing, or no whole file that :func:`save` wrote.
    """
    arrays, head = _read(path)
    try:
        chain = [
            maps.from_arrays(name, _part(arrays, f"stage{number}."))
            for number, name in enumerate(json.loads(head["stages"]))
        ]
        peaks = head["peaks"]
        return Emulator(
            head["kind"],
            arrays["receiver"],
            float(head["interval_s"]),
            chain,
            PeakModel.from_arrays(peaks, _part(arrays, "peaks.")) if peaks else None,
            arrays.get("error_variance"),
            arrays.get("aligned_variance"),
        )
    except (KeyError, TypeError, ValueError) as error:
        found = f"{type(error).__name__}: {error}"
        raise io.InputError(path, "content", found, "an emulator that this version wrote")


def save_peaks(
    path: str | os.PathLike, models: Sequence[Mapping[str, PeakModel]], card: Mapping
) -> None:
    """Write models of the peaks, of several fits by their kinds, as safetensors, atomically."""
    arrays = {
        f"{number}.{kind}.{name}": values
        for number, fit in enumerate(models)
        for kind, model in fit.items()
        for name, values in model.arrays().items()
    }
    head = {
        "peaks": json.dumps(sorted(models[0])),
        "fits": str(len(models)),
        "card": json.dumps(dict(card), sort_keys=True),
    }
    with io.atomic(path) as temporary:
        save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, temporary, head)


def load_peaks(path: str | os.PathLike, number: int = 0) -> dict[str, PeakModel]:
    """Read a fit of those that :func:`save_peaks` wrote."""
    arrays, head = _read(path)
    if "fits" not in head:
        raise io.InputError(path, "header", "no entry 'fits'", "models of peaks")
    if number >= int(head["fits"]):
        raise io.InputError(path, "fits", head["fits"], f"{number + 1} or more")
    return {
        kind: PeakModel.from_arrays(kind, _part(arrays, f"{number}.{kind}."))
        for kind in json.loads(head["peaks"])
    }


def read_card(path: str | os.PathLike) -> dict:
    """Provenance and scores of a stored emulator."""
    return json.loads(_read(path)[1].get("card", "{}"))


def _part(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}


def _read(path: str | os.PathLike) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    try:
        with safe_open(path, "numpy") as file:
            names = list(file.keys())
            return {name: file.get_tensor(name) for name in names}, file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise io.InputError(path, "file", f"an unreadable file ({error})", "a safetensors file")
