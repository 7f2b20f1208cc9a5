"""Two ensembles side by side: moments of each, and how far their marginals are apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from latentearth.ensembles.marginals import (
    distance_to_gaussian,
    earth_movers_distance,
    halves_by_chain,
    marginal_histograms,
    random_halves,
    sampling_floor,
)
from latentearth.ensembles.statistics import covariance_matrix, ensemble_moments, map_difference

MOMENTS = {"mean": "km s-1", "std": "km s-1", "skewness": "1", "kurtosis": "1"}
SOURCES = ("mcmc", "gan")
MOMENT_SAMPLES = 4096  # samples whose moments are merged into those before
PAIRS_AT_ONCE = 500  # of points that are correlated: 50 MB for 11 400 samples


def blocks_of(samples: np.ndarray, size: int = MOMENT_SAMPLES):
    """Blocks of samples, views of shape (at most size, point)."""
    return (samples[start : start + size] for start in range(0, len(samples), size))


def moment_maps(samples: np.ndarray) -> dict[str, np.ndarray]:
    """First four moments of samples (sample, point): each (point,), kurtosis as an excess."""
    m = ensemble_moments(blocks_of(samples))
    return {"mean": m.mean, "std": m.std(), "skewness": m.skewness(), "kurtosis": m.kurtosis()}


def compare_marginals(real: np.ndarray, fake: np.ndarray) -> xr.Dataset:
    """Moments of two ensembles and the earth mover's distance of their marginals (Figs 5, 6, 9).

    Parameters
    ----------
    real, fake
        Velocities in km/s, shapes (sample, point) and (other sample, point).

    Returns
    -------
    xarray.Dataset
        ``mean``, ``std`` (km/s), ``skewness``, ``kurtosis`` (source, point) with the sources
        ``mcmc`` and ``gan``, ``emd`` (point), and ``emd_gaussian`` (point), the distance of the
        first ensemble to Gaussians with its own means and deviations, both km/s.
    """
    maps = [moment_maps(samples) for samples in (real, fake)]
    result = xr.Dataset(coords={"source": list(SOURCES)})
    for name, units in MOMENTS.items():
        result[name] = (("source", "point"), np.stack([m[name] for m in maps]), {"units": units})
    result["emd"] = ("point", earth_movers_distance(real, fake), {"units": "km s-1"})
    result["emd_gaussian"] = ("point", distance_to_gaussian(real), {"units": "km s-1"})
    return result


def compare_ensembles(real: np.ndarray, fake: np.ndarray, edges: np.ndarray) -> xr.Dataset:
    """What :func:`compare_marginals` gives, with histograms and covariances (Figs 6 to 8).

    Parameters
    ----------
    real, fake
        Velocities in km/s, shapes (sample, point) and (other sample, point).
    edges
        Of the bins, (bin + 1,), km/s.

    Returns
    -------
    xarray.Dataset
        Also ``histogram`` (source, point, bin), the share of the samples in each bin, and
        ``covariance`` (source, point, other), km2/s2.
    """
    result = compare_marginals(real, fake)
    shares = [marginal_histograms(blocks_of(x), edges) / len(x) for x in (real, fake)]
    result["histogram"] = (("source", "point", "bin"), np.stack(shares), {"units": "1"})
    covariances = np.stack([covariance_matrix(blocks_of(x)) for x in (real, fake)])
    dims = ("source", "point", "other")
    result["covariance"] = (dims, covariances, {"units": "km2 s-2"})
    return result.assign_coords(edge=("edge", edges, {"units": "km s-1"}))


def pair_correlations(samples: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Correlation of the values at two points over the samples, for many pairs of points.

    Parameters
    ----------
    samples
        Shape (sample, point).
    pairs
        Indices of points, shape (pair, 2).

    Returns
    -------
    numpy.ndarray
        float64, shape (pair,).
    """
    found = np.empty(len(pairs))
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        first, second = (samples[:, points].astype(np.float64) for points in pairs[part].T)
        first, second = first - first.mean(0), second - second.mean(0)
        found[part] = (first * second).mean(0) / (first.std(0) * second.std(0))
    return found


def border_correlations(
    real: np.ndarray, fake: np.ndarray, pairs: np.ndarray, region: np.ndarray
) -> xr.Dataset:
    """Mean correlation of neighbouring points within regions, and across their borders (Sec. 4.4).

    Parameters
    ----------
    real, fake
        Samples, shapes (sample, point) and (other sample, point).
    pairs
        Indices of neighbouring points, shape (pair, 2).
    region
        Number of the region of every point, shape (point,).

    Returns
    -------
    xarray.Dataset
        ``pair_correlation`` (source, place) with the places ``within`` and ``across``, and
        ``pair_count`` (place).
    """
    across = region[pairs[:, 0]] != region[pairs[:, 1]]
    found = [pair_correlations(samples, pairs) for samples in (real, fake)]
    means = [[values[~across].mean(), values[across].mean()] for values in found]
    return xr.Dataset(
        {
            "pair_correlation": (("source", "place"), means, {"units": "1"}),
            "pair_count": ("place", [(~across).sum(), across.sum()], {"units": "1"}),
        },
        {"source": list(SOURCES), "place": ["within", "across"]},
    )


def join_regions(
    parts: Mapping[int, xr.Dataset], regions: Sequence[np.ndarray], lat: np.ndarray, lon: np.ndarray
) -> xr.Dataset:
    """Put what was compared region by region into the order of the points.

    Parameters
    ----------
    parts
        Of each region what :func:`compare_marginals` gives.
    regions
        Indices of their points, from :func:`latentearth.earth.sphere.regions`.
    lat, lon
        Of all points, degrees.

    Returns
    -------
    xarray.Dataset
        The same for all points, with the number of each point's region (``patch``), the sizes of
        regions, and the root-mean-square difference of each moment (``<moment>_rmse``).
    """
    joined = xr.concat([parts[number] for number in sorted(parts)], "point")
    joined["patch"] = ("point", np.repeat(np.arange(len(regions)), list(map(len, regions))))
    joined = joined.isel(point=np.argsort(np.concatenate(regions)))
    joined["patch_size"] = ("patch_number", [len(points) for points in regions], {"units": "1"})
    for name in MOMENTS:
        apart = joined[name].sel(source="gan") - joined[name].sel(source="mcmc")
        joined[f"{name}_rmse"] = ((), np.sqrt((apart**2).mean().values), joined[name].attrs)
    return joined.assign_coords(
        lat=("point", lat, {"units": "degrees_north"}),
        lon=("point", lon, {"units": "degrees_east"}),
    )


def floors(
    ensemble: np.ndarray, chain: np.ndarray, count: int, seed: np.random.SeedSequence
) -> xr.Dataset:
    """Earth mover's distances (point,) that finite numbers of samples alone make.

    Parameters
    ----------
    ensemble
        (sample, point), km/s.
    chain
        Chain of each sample; of a single one there are only random halves.
    count
        Samples that the ensemble is compared with.
    seed
        Of random halves.
    """
    random = random_halves(len(ensemble), seed)
    by_chain = halves_by_chain(chain) if len(np.unique(chain)) > 1 else random
    independent = sampling_floor(ensemble, random, (count, len(ensemble)))
    named = {
        "floor_independent": (independent, "two sets of as many independent samples"),
        "floor_chains": (
            sampling_floor(ensemble, by_chain),
            "one half of the chains and the other",
        ),
    }
    return xr.Dataset(
        {
            name: ("point", values, {"units": "km s-1", "long_name": meaning})
            for name, (values, meaning) in named.items()
        }
    )


def difference_rows(pairs: dict[str, tuple[dict, dict]], weights: np.ndarray) -> list[dict]:
    """Weighted RMSE and correlation of the moments of several pairs of maps, a row for each.

    Parameters
    ----------
    pairs
        Name of the comparison to two sets of maps, each of moment to (point,).
    weights
        Area of each point, (point,).
    """
    rows = []
    for name, (first, second) in pairs.items():
        for moment in MOMENTS:
            rmse, correlation = map_difference(first[moment], second[moment], weights)
            rows.append(
                {"comparison": name, "moment": moment, "rmse": rmse, "correlation": correlation}
            )
    return rows
