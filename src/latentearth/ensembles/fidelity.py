"""Scores that tell generators of ensembles apart, each against samples that none has seen.

Marginals alone separate neither a Gaussian copula from an ensemble nor a smooth field from one with
cells: beside them stand moments, covariances, shared values and jumps, and what a classifier sees.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.spatial import cKDTree

from latentearth.earth.sphere import unit_vectors
from latentearth.ensembles.agreement import moment_maps, pair_correlations
from latentearth.ensembles.azimuth import azimuth
from latentearth.ensembles.marginals import earth_movers_distance
from latentearth.ensembles.shell import Radius

CORRELATED_PAIRS = 4000  # of points, for the correlation by distance
COVARIED = 600  # points at most whose covariances are compared: a few megabytes
COMPARED_AT_ONCE = 500  # samples whose neighbours are: 50 MB for 24 000 pairs
DIRECTIONS = 200  # of the sliced distance
CLASSIFIED = 4000  # samples of each kind for the classifier, two thirds of them to train on
CLASSIFIER_STEPS = 300
SEARCHED_SAMPLES = 500  # whose nearest training samples are looked for
SECTORS = 12  # of azimuth, in a ring
HOLE = 0.4  # radius within which a ring of radius 0.7 and width 0.1 has 0.0007 of its mass


def held_out_chains(chain: np.ndarray, count: int) -> np.ndarray:
    """Mark the samples of the last chains: bool (sample,).

    Of a single chain, or of no more than `count`, the second half of the samples is marked: then
    what is held out is not independent of the rest.
    """
    numbers = np.unique(chain)
    if len(numbers) > count:
        return np.isin(chain, numbers[-count:])
    return np.arange(len(chain)) >= len(chain) // 2


def marginal_scores(real: np.ndarray, fake: np.ndarray) -> dict[str, float]:
    """Moments and marginals of samples (sample, point) against held-out ones.

    Returns
    -------
    dict
        ``emd`` (median over points), ``mean_rmse``, ``std_rmse`` in the unit of the samples;
        ``std_ratio``, ``skewness_correlation``, ``kurtosis_correlation``.
    """
    a, b = moment_maps(real), moment_maps(fake)
    distance = earth_movers_distance(real, fake)
    return {
        "emd": float(np.median(distance)),
        "mean_rmse": _rms(a["mean"] - b["mean"]),
        "std_rmse": _rms(a["std"] - b["std"]),
        "std_ratio": float((b["std"] / a["std"]).mean()),
        "skewness_correlation": _correlation(a["skewness"], b["skewness"]),
        "kurtosis_correlation": _correlation(a["kurtosis"], b["kurtosis"]),
    }


def joint_scores(
    real: np.ndarray, fake: np.ndarray, pairs: np.ndarray, region: np.ndarray | None = None
) -> dict[str, float]:
    """Covariances, and what neighbouring points share.

    Parameters
    ----------
    real, fake
        Samples, (sample, point) and (other sample, point).
    pairs
        Neighbouring points, (pair, 2); none where coordinates lie nowhere: covariances are left.
    region
        Patch of each point, (point,), where borders of patches are looked at.

    Returns
    -------
    dict
        ``covariance_correlation``; ``shared`` and ``shared_error``, the share of neighbours with
        the same value and its difference; ``jump_ratio``, the mean size of a step between
        neighbours that differ, over the ensemble's; ``neighbour_error``, the difference in the mean
        correlation of neighbours, and ``border_error``, across borders of regions.
    """
    some = np.linspace(0, real.shape[1] - 1, min(real.shape[1], COVARIED)).astype(int)
    a, b = (np.cov(x[:, some].T) for x in (real, fake))
    found = {"covariance_correlation": _correlation(a, b)}
    if not len(pairs):
        return found
    first, second = _steps(real, pairs), _steps(fake, pairs)
    found |= {
        "shared": second[0],
        "shared_error": second[0] - first[0],
        "jump_ratio": second[1] / first[1] if first[1] > 0 else np.nan,
    }
    if region is None:
        region = np.zeros(real.shape[1], int)
    across = region[pairs[:, 0]] != region[pairs[:, 1]]
    for name, part in (("neighbour_error", pairs[~across]), ("border_error", pairs[across])):
        if len(part):
            apart = pair_correlations(fake, part).mean() - pair_correlations(real, part).mean()
            found[name] = float(apart)
    return found


def correlation_by_distance(
    samples: np.ndarray, pairs: np.ndarray, distance: np.ndarray, edges: np.ndarray
) -> np.ndarray:
    """Mean correlation of pairs (pair, 2) in bins of their distance (pair,): (bin,)."""
    found, place = pair_correlations(samples, pairs), np.digitize(distance, edges) - 1
    return np.array(
        [found[place == k].mean() if (place == k).any() else np.nan for k in range(len(edges) - 1)]
    )


def near_pairs(
    lat: np.ndarray, lon: np.ndarray, seed: np.random.SeedSequence, region: np.ndarray | None
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """Some pairs of points within 20 degrees of each other, within patches and across borders.

    Parameters
    ----------
    lat, lon
        Degrees, (point,).
    seed
        Of the choice of pairs.
    region
        Patch of each point, (point,); None: all are in one.

    Returns
    -------
    pairs, distance, edges
        By place, ``within`` and, if there are several patches, ``across``: (pair, 2) and degrees
        (pair,); and edges of bins of the distance, degrees.
    """
    place, rng = unit_vectors(lat, lon), np.random.default_rng(seed)
    edges = np.array([1.0, 3, 5, 7, 9, 11, 13, 16, 20])
    found = cKDTree(place).query_pairs(2 * np.sin(np.radians(edges[-1]) / 2), output_type="ndarray")
    region = np.zeros(len(place), int) if region is None else region
    across = region[found[:, 0]] != region[found[:, 1]]
    pairs, distance = {}, {}
    for name, part in (("within", found[~across]), ("across", found[across])):
        if len(part):
            pairs[name] = part[rng.permutation(len(part))[:CORRELATED_PAIRS]]
            chord = np.linalg.norm(place[pairs[name][:, 0]] - place[pairs[name][:, 1]], axis=1)
            distance[name] = np.degrees(2 * np.arcsin(chord / 2))
    return pairs, distance, edges


def whitened_scores(
    real: np.ndarray, fake: np.ndarray, train: np.ndarray, seed: np.random.SeedSequence
) -> dict[str, float]:
    """Sliced Wasserstein distance, classifier, and nearest training sample, in whitened space.

    Principal components and deviations are those of the training samples; components below a
    thousandth of the largest variance are left out.

    Parameters
    ----------
    real, fake, train
        Held-out samples, those of the generator, and those that it learned, (., coordinate).
    seed
        Of directions, and of the classifier's weights.

    Returns
    -------
    dict
        ``sliced_wasserstein``; ``classifier_accuracy`` (0.5: cannot be told apart);
        ``nearest_ratio``, the median distance to the nearest training sample over that of held-out
        samples (0: memorised).
    """
    mean = train.mean(0, dtype=np.float64)
    variance, components = np.linalg.eigh(np.cov(train.T))
    kept = variance > 1e-3 * variance.max()
    matrix = components[:, kept] / np.sqrt(variance[kept])
    a, b, c = (((x - mean) @ matrix).astype(np.float32) for x in (real, fake, train))
    rng = np.random.default_rng(seed)
    directions = rng.standard_normal((a.shape[1], DIRECTIONS)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    learnt = c[:: max(len(c) // 5000, 1)]
    some = (x[_spread(len(x), SEARCHED_SAMPLES)] for x in (b, a))
    nearest = [np.median(_nearest(x, learnt)) for x in some]
    return {
        "sliced_wasserstein": float(earth_movers_distance(a @ directions, b @ directions).mean()),
        "classifier_accuracy": classifier_accuracy(a, b, int(rng.integers(2**31))),
        "nearest_ratio": float(nearest[0] / nearest[1]),
    }


def classifier_accuracy(real: np.ndarray, fake: np.ndarray, seed: int) -> float:
    """Share of samples that a small network, trained on others, tells to be real or not (C2ST).

    Two hidden layers; values and their squares go in. The first two thirds of each set train it,
    the last third is judged, so that neighbours in a chain are on one side (Lopez-Paz and Oquab
    2017, Revisiting classifier two-sample tests).

    Parameters
    ----------
    real, fake
        Whitened samples, (sample, coordinate).
    seed
        Of weights and batches.
    """
    count = min(len(real), len(fake), CLASSIFIED)
    both = np.concatenate([real[_spread(len(real), count)], fake[_spread(len(fake), count)]])
    x = torch.from_numpy(np.concatenate([both, both**2 - 1], 1))
    y = torch.arange(2 * count) < count
    training = torch.arange(2 * count) % count < 2 * count // 3
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = torch.nn.Sequential(
            torch.nn.Linear(x.shape[1], 64),
            torch.nn.SiLU(),
            torch.nn.Linear(64, 64),
            torch.nn.SiLU(),
            torch.nn.Linear(64, 1),
        )
        optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.1)
        rows = torch.nonzero(training)[:, 0]
        for _ in range(CLASSIFIER_STEPS):
            batch = rows[torch.randint(len(rows), (256,))]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                net(x[batch])[:, 0], y[batch].float()
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            right = (net(x[~training])[:, 0] > 0) == y[~training]
    return float(right.float().mean())


def ring_scores(samples: np.ndarray, shell: Radius) -> dict[str, float]:
    """A ring against its exact distribution, for draws of several generators.

    Parameters
    ----------
    samples
        (generator, sample, 2).
    shell
        The exact distribution of the radius.

    Returns
    -------
    dict
        Means over generators: ``radius_w1``; ``sectors``, the largest relative error of the share
        of a sector of azimuth; ``angular_modes``, the largest of the first six moments of the
        azimuth (0 for a ring); ``hole``, the mass inside a radius of 0.4, minus the exact one.
    """
    count = samples.shape[1]
    exact = shell.quantile((np.arange(count) + 0.5) / count)
    radius = np.linalg.norm(samples, axis=-1)
    phi = azimuth(samples)
    shares = [np.histogram(p, SECTORS, (0, 2 * np.pi))[0] / count for p in phi]
    modes = np.abs(np.exp(1j * phi[..., None] * np.arange(1, 7)).mean(1))
    return {
        "radius_w1": float(np.abs(np.sort(radius, 1) - exact).mean()),
        "sectors": float(np.abs(np.array(shares) * SECTORS - 1).max(1).mean()),
        "angular_modes": float(modes.max(1).mean()),
        "hole": float((radius < HOLE).mean() - shell.cdf(np.array(HOLE))),
    }


def _spread(count: int, wanted: int) -> np.ndarray:
    return np.linspace(0, count - 1, min(count, wanted)).astype(int)


def _nearest(samples: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Distance of each sample (sample, coordinate) to the nearest other: (sample,).

    One product of matrices finds which it is (trees are slower from 20 coordinates); its distance
    is then taken exactly, so that a sample that is among the others has 0.
    """
    which = (0.5 * (others**2).sum(1) - samples @ others.T).argmin(1)
    return np.linalg.norm(samples.astype(np.float64) - others[which], axis=1)


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt((values**2).mean()))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def _steps(samples: np.ndarray, pairs: np.ndarray) -> tuple[float, float]:
    """Share of neighbours with one value, and mean size of the step between the others."""
    apart, total = 0, 0.0
    for start in range(0, len(samples), COMPARED_AT_ONCE):
        part = samples[start : start + COMPARED_AT_ONCE]
        step = np.abs(part[:, pairs[:, 0]] - part[:, pairs[:, 1]])
        apart += int(np.count_nonzero(step))
        total += step.sum(dtype=np.float64)
    return 1.0 - apart / (len(samples) * len(pairs)), float(total / max(apart, 1))
