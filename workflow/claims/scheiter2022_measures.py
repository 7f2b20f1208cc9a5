"""Measures of Scheiter et al. (2022): of rings, of integrals over them, of maps and marginals."""

from collections.abc import Callable
from typing import Any

from support.ledger.forms import Measure

FULL = 100_000  # samples of the full ensemble of the ring
Of = Callable[[Any, Any], Any]  # of an array of the GAN and one of the ensemble


# ------------------------------------------------------------------------------ rings


def radius(x: Any, over: str = "coordinate") -> Any:
    """Distance from the origin."""
    return (x.astype("float64") ** 2).sum(over) ** 0.5


def centre(x: Any) -> Any:
    """Where exp(-(r - R)^2 / 0.02) peaks: in the plane, samples come r times as often."""
    r = radius(x)
    return r.size / (1 / r).sum()


def width(x: Any) -> Any:
    """Width of that peak, by the same weights 1 / r."""
    r = radius(x)
    return (((r - centre(x)) ** 2 / r).sum() / (1 / r).sum()) ** 0.5


RADII = (0.4, 0.6, 0.8, 1.0)  # the hole, two rings about 0.7, and what lies outside
SECTORS = 8  # of azimuth


def shares(x: Any) -> Any:
    """Shares of the samples (chain, sample, 2) by radius and azimuth, (chain, radius, sector)."""
    import numpy as np

    x = np.asarray(x, dtype=float)
    ring = np.digitize(np.hypot(x[..., 0], x[..., 1]), RADII)
    sector = np.floor(np.arctan2(x[..., 0], x[..., 1]) / (2 * np.pi) * SECTORS).astype(int)
    cells = ring * SECTORS + sector % SECTORS
    counts = [np.bincount(row, minlength=(len(RADII) + 1) * SECTORS) for row in cells]
    return np.reshape(counts, (len(x), -1, SECTORS)) / x.shape[1]


def misplaced(x: Any, reference: Any) -> Any:
    """Share of the samples of a chain that lie in the wrong part of the plane, mean of chains."""
    return abs(shares(x) - shares(reference).mean(0)).sum((1, 2)).mean() / 2


def emptiest_sector(x: Any) -> Any:
    """Least share of the samples in a sector, over that of a whole ring; of all chains."""
    return shares(x).sum(1).min() * SECTORS


def smoothed(x: Any, draws: int = 20_000, noise: float = 0.1) -> Any:
    """Draws from a kernel density: samples of each chain, with the noise of the GANs' training."""
    import numpy as np

    x, rng = np.asarray(x, dtype=float), np.random.default_rng(2022)
    picked = x[:, rng.integers(x.shape[1], size=draws)]
    return picked + noise * rng.standard_normal(picked.shape)


def radii(x: Any) -> Any:
    """Distances from the origin of samples (..., 2)."""
    import numpy as np

    return np.hypot(*np.moveaxis(np.asarray(x, dtype=float), -1, 0))


def distance_of_marginals(x: Any, reference: Any) -> Any:
    """Mean distance of the marginals of each chain, (chain, sample, 2), from those of all."""
    import numpy as np

    x = np.sort(np.asarray(x, dtype=float), axis=1)
    at = (np.arange(x.shape[1]) + 0.5) / x.shape[1]
    pooled = np.asarray(reference, dtype=float).reshape(-1, 2)
    return abs(x - np.quantile(pooled, at, axis=0)).mean()


def normal(x: Any) -> Any:
    """Quantiles (1, 10 000, 2) of normal distributions with mean and deviation of samples."""
    import numpy as np
    from scipy.special import ndtri

    pooled = np.asarray(x, dtype=float).reshape(-1, 2)
    at = ndtri((np.arange(10_000) + 0.5) / 10_000)
    return (pooled.mean(0) + at[:, None] * pooled.std(0))[None]


def error(source: str, size: int, first: float = 0.5, last: float = 99.5) -> Measure:
    """Relative error of integrals by an ensemble (mcmc) or a GAN, mean over frequencies."""
    return lambda d, *_: d.error_spread.sel(
        source=source, size=size, frequency=slice(first, last)
    ).mean()


def kernel(subset: Any) -> Any:
    """Integrals as those of GANs, by a kernel density of an ensemble, 100 000 draws a chain."""
    import numpy as np
    import xarray as xr

    from latentearth.ensembles import azimuth

    frequency = np.arange(100) + 0.5
    integral = azimuth.sine_integrals(smoothed(subset.x, FULL), frequency)
    spread = azimuth.error_spread(integral, frequency)
    names = ("source", "size", "chain", "frequency")
    found = {
        "integral": (names, integral[None, None]),
        "error_spread": ((*names[:2], "frequency"), spread[None, None]),
    }
    coordinates = {"source": ["gan"], "size": [subset.sizes["sample"]], "frequency": frequency}
    return xr.Dataset(found, coordinates)


def rms_error(d: Any, source: str) -> Any:
    """Root mean square over chains of the relative error, (size,): it sees a common bias too."""
    relative = d.integral.sel(source=source) / (2 / d.frequency) - 1
    return ((relative**2).mean("chain") ** 0.5).mean("frequency")


# ----------------------------------------------------------------------------- maps and marginals


def both(d: Any, name: str) -> tuple[Any, Any]:
    """A variable of the GAN and of the ensemble, as arrays."""
    return d[name].sel(source="gan").values, d[name].sel(source="mcmc").values


def of_both(function: Of, name: str) -> Measure:
    """A measure of two arrays, GAN's and ensemble's, of one variable."""
    return lambda d, *_: function(*both(d, name))


def level(ours: Any, theirs: Any) -> Any:
    """Ratio of means."""
    return ours.mean() / theirs.mean()


def off(ours: Any, theirs: Any) -> Any:
    """Norm of the difference over the norm of the second."""
    return (((ours - theirs) ** 2).sum() / (theirs**2).sum()) ** 0.5


def diagonal(function: Of) -> Measure:
    """A measure of the covariance that two numbers a point hold, and of the ensemble's."""

    def measure(d: Any, *_: Any) -> Any:
        import numpy as np

        theirs = both(d, "covariance")[1]
        return function(np.diag(np.diag(theirs)), theirs)

    return measure


def kept(first: int, last: int | None) -> Measure:
    """Variance of the GAN over the ensemble's, along some of the ensemble's principal patterns."""

    def ratio(d: Any, *_: Any) -> Any:
        import numpy as np

        ours, theirs = both(d, "covariance")
        variances, patterns = np.linalg.eigh(theirs)  # the greatest are the last
        at = slice(len(variances) - (last or len(variances)), len(variances) - first)
        of_gan = (patterns[:, at] * (ours @ patterns[:, at])).sum()
        return of_gan / variances[at].sum()

    return ratio


def row_of(place: dict[str, float], function: Of) -> Callable[[Any], Of]:
    """A function of the rows of two matrices that belong to the point nearest to a place."""

    def at(d: Any) -> Of:
        distance = (d.lat - place["lat"]) ** 2 + (d.lon - place["lon"]) ** 2
        point = int(distance.values.argmin())
        return lambda ours, theirs: function(ours[point], theirs[point])

    return at


def median(name: str = "emd") -> Measure:
    """Median over points of a distance of marginals."""
    return lambda d, *_: d[name].median()


def margin(name: str) -> Measure:
    """Mean distance in the two outer rows and columns of the 23 x 23 points, over that inside."""

    def ratio(d: Any, *_: Any) -> Any:
        grid = d[name].values.reshape(23, 23)
        inside = grid[2:-2, 2:-2]
        outside = (grid.sum() - inside.sum()) / (grid.size - inside.size)
        return outside / inside.mean()

    return ratio


def convexity(name: str) -> Measure:
    """How a histogram of distances decays over three thirds from the median to 99 per cent.

    The fall from first to second third less that from second to third, as a share of the points:
    positive if it decays in a convex manner.
    """

    def decay(d: Any, *_: Any) -> Any:
        import numpy as np

        distances = d[name].values
        low, high = np.quantile(distances, [0.5, 0.99])
        first, second, third = np.histogram(distances, 3, (low, high))[0]
        return ((first - second) - (second - third)) / distances.size

    return decay


def missed_modes(d: Any) -> Any:
    """Of the points where the ensemble has several modes, the share where the GAN has one, or 0.

    A mode is a local maximum of the histogram, smoothed over two bins, above a tenth of the
    highest.
    """
    import numpy as np

    h = np.stack(both(d, "histogram"))
    for _ in range(4):
        h = np.pad(h, [(0, 0), (0, 0), (1, 1)])
        h = (h[..., :-2] + 2 * h[..., 1:-1] + h[..., 2:]) / 4
    inner = h[..., 1:-1]
    peak = (inner > h[..., :-2]) & (inner >= h[..., 2:])
    gan, ensemble = (peak & (inner > 0.1 * h.max(-1, keepdims=True))).sum(-1) > 1
    return (ensemble & ~gan).sum() / max(ensemble.sum(), 1)


def roughness(ours: Any, theirs: Any) -> Any:
    """Ratio of the summed squared second differences of histograms (point, bin)."""
    first, second = (((h[:, 2:] - 2 * h[:, 1:-1] + h[:, :-2]) ** 2).sum() for h in (ours, theirs))
    return first / second


def smooth(d: Any) -> Any:
    """Roughness, as above, of histograms of Gaussians with the ensemble's moments."""
    import numpy as np
    from scipy.special import ndtr

    mean, std = (d[name].sel(source="mcmc").values[:, None] for name in ("mean", "std"))
    shares = np.diff(ndtr((d.edge.values - mean) / std), axis=1)
    return roughness(shares, both(d, "histogram")[1])


def part(distances: Any, percent: int) -> Any:
    """Median distance of the first part of the chains from all of them."""
    return distances.emd_ensemble.sel(percent=percent).median()
