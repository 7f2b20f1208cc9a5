"""Samples of a density: where they are, what they weigh, and what they cost."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import xarray as xr

from latentearth import io

_DIMENSIONS = {
    "position": ("chain", "sample", "coordinate"),
    "log_density": ("chain", "sample"),
    "log_likelihood": ("chain", "sample"),
    "weight": ("chain", "sample"),
    "acceptance": ("chain",),
}
_ABOUT = "sampler_"  # begins the attributes of a file that only one sampler has


@dataclass(frozen=True)
class Samples:
    """Samples of a density.

    Attributes
    ----------
    position
        (chain, sample, coordinate); one chain if samples have no order.
    log_density
        Logarithm of likelihood times prior density, up to one constant, (chain, sample).
    log_likelihood
        (chain, sample).
    weight
        (chain, sample), all adding up to 1; equal for chains and particles.
    acceptance
        Share of proposals accepted after setup, (chain,); NaN where nothing is proposed.
    evaluations
        Of the density after setup, all chains together; one with its gradient counts once.
    cpu_s
        CPU time after setup, all chains.
    setup_cpu_s
        CPU time of burn-in, of an annealing before it, or of a scan of the prior.
    log_evidence, log_evidence_error
        Natural logarithm of the mean likelihood over the prior, and its standard error; NaN if
        the sampler does not tell.
    independent
        Bound on the effective number of samples that they cannot show themselves, such as the
        ancestors of particles.
    about
        What only this sampler has to tell: numbers and words by name.
    names
        Of coordinates, where they have any.
    """

    position: np.ndarray
    log_density: np.ndarray
    log_likelihood: np.ndarray
    weight: np.ndarray
    acceptance: np.ndarray
    evaluations: int
    cpu_s: float
    setup_cpu_s: float = 0.0
    log_evidence: float = np.nan
    log_evidence_error: float = np.nan
    independent: float = np.inf
    about: Mapping[str, float | str] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = self.position.shape
        for name in ("log_density", "log_likelihood", "weight"):
            found = getattr(self, name).shape
            if len(shape) != 3 or found != shape[:2]:
                raise ValueError(f"{name} {found} of positions {shape} (chain, sample, coordinate)")
        if self.acceptance.shape != shape[:1]:
            raise ValueError(f"acceptance {self.acceptance.shape} of {shape[0]} chains")

    @property
    def flat(self) -> np.ndarray:
        """(chain * sample, coordinate) positions, chain after chain."""
        return self.position.reshape(-1, self.position.shape[2])

    @property
    def mean(self) -> np.ndarray:
        """(coordinate,) mean."""
        return self.weight.ravel() @ self.flat

    @property
    def deviation(self) -> np.ndarray:
        """(coordinate,) standard deviation."""
        return np.sqrt(self.weight.ravel() @ (self.flat - self.mean) ** 2)

    def of_chains(self, chosen: np.ndarray) -> Samples:
        """Those of some chains, (chain,) bool, with weights that add up to 1 again.

        Evaluations and times are still those of all chains.
        """
        names = ("position", "log_density", "log_likelihood", "weight", "acceptance")
        parts = {name: getattr(self, name)[chosen] for name in names}
        return replace(self, **parts | {"weight": parts["weight"] / parts["weight"].sum()})


def unordered(
    position: np.ndarray, log_likelihood: np.ndarray, weight: np.ndarray, **rest
) -> Samples:
    """Put weighted samples of no order together, under a uniform prior.

    Parameters
    ----------
    position
        (sample, coordinate).
    log_likelihood, weight
        (sample,).
    rest
        Other fields of :class:`Samples`.
    """
    given = {"log_density": log_likelihood[None], "acceptance": np.array([np.nan]), **rest}
    return Samples(
        position[None], log_likelihood=log_likelihood[None], weight=weight[None], **given
    )


def joined(parts: Sequence[Samples]) -> Samples:
    """Chains of several runs of one length side by side, with equal weights.

    `about` is what all of them have alike; there is no evidence.
    """
    names = ("position", "log_density", "log_likelihood", "acceptance")
    whole: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in parts]) for name in names
    }
    first = parts[0].about
    return replace(
        parts[0],
        **whole,
        weight=even_weights(*whole["log_density"].shape),
        evaluations=sum(one.evaluations for one in parts),
        cpu_s=sum(one.cpu_s for one in parts),
        setup_cpu_s=sum(one.setup_cpu_s for one in parts),
        log_evidence=np.nan,
        log_evidence_error=np.nan,
        independent=sum(one.independent for one in parts),
        about={key: first[key] for key in first if all(first[key] == p.about[key] for p in parts)},
    )


def even_weights(chains: int, count: int) -> np.ndarray:
    """Weights of samples that all count alike, (chain, sample)."""
    return np.full((chains, count), 1.0 / max(1, chains * count))


def equal_weights(samples: Samples, count: int, seed: np.random.SeedSequence) -> np.ndarray:
    """Draw positions that weigh alike, (count, coordinate).

    Samples come as often as they weigh, within one (systematic resampling), in their order.
    """
    start = np.random.default_rng(seed).random()
    ends = np.cumsum(samples.weight.ravel())
    chosen = np.searchsorted(ends, (start + np.arange(count)) / count * ends[-1], side="right")
    return samples.flat[np.minimum(chosen, ends.size - 1)]


def quantile(values: np.ndarray, weights: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Quantiles of weighted samples, (sample,) to (level,)."""
    order = np.argsort(values)
    below = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(levels, below, values[order])


def credible_interval(samples: Samples, probability: float = 0.68) -> np.ndarray:
    """Bounds of the central credible interval of each coordinate, (coordinate, 2)."""
    tail = 0.5 * (1.0 - probability)
    levels = np.array([tail, 1.0 - tail])
    return np.array([quantile(column, samples.weight.ravel(), levels) for column in samples.flat.T])


def write(
    path: str | os.PathLike,
    samples: Samples,
    attributes: io.Attributes,
    units: str = "1",
    others: Mapping[str, tuple] | None = None,
) -> None:
    """Write samples as netCDF: a variable per field, and what is in `about` as attributes.

    Parameters
    ----------
    path, attributes
        As for :func:`latentearth.io.write_dataset`.
    samples
        What to write.
    units
        Of positions.
    others
        More variables: dimensions, values and attributes by name.
    """
    dataset = xr.Dataset(others)
    for one in fields(samples):
        if one.name not in ("about", "names"):
            unit = units if one.name == "position" else "s" if one.name.endswith("cpu_s") else "1"
            value = getattr(samples, one.name)
            dataset[one.name] = (_DIMENSIONS.get(one.name, ()), value, {"units": unit})
    if samples.names:
        dataset = dataset.assign_coords(coordinate=list(samples.names))
    about = {f"{_ABOUT}{name}": value for name, value in samples.about.items()}
    io.write_dataset(path, dataset, {**about, **attributes})


def read(path: str | os.PathLike) -> Samples:
    """Inverse of :func:`write`.

    Raises
    ------
    InputError
        If the file is missing or broken, or a field is not in it.
    """
    return from_dataset(io.read_dataset(path), path)


def from_dataset(found: xr.Dataset, path: str | os.PathLike = "samples") -> Samples:
    """Samples in a dataset as :func:`write` makes it; others may be in it too."""
    wanted = [one.name for one in fields(Samples) if one.name not in ("about", "names")]
    for name in wanted:
        if name not in found:
            raise io.InputError(path, "samples", f"no variable {name!r}", wanted)
    arrays = {name: found[name].values for name in wanted}
    numbers = {name: value.item() for name, value in arrays.items() if value.ndim == 0}
    about = {k.removeprefix(_ABOUT): v for k, v in found.attrs.items() if k.startswith(_ABOUT)}
    names = tuple(map(str, found.coordinate.values)) if "coordinate" in found.coords else ()
    return Samples(**arrays | numbers, about=about, names=names)
