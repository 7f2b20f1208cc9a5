"""How smoothly images change along lines in latent and in physical space (section 6.2, Fig. 16)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from latentearth.earth.stirring import Distributions, parameter_bounds
from latentearth.images.scores import basin_width, local_minima

# A function from points (point, coordinate) to images, the middles of lines (line, coordinate),
# and the standard deviation of the prior along each coordinate.
Space = tuple[Callable[[np.ndarray], np.ndarray], np.ndarray, np.ndarray | float]


def physical_spread(distributions: Distributions) -> np.ndarray:
    """Standard deviations of the simulator's parameters, (8,).

    Those of the circle's centre are 0: the paper varies amplitudes, frequencies and phases.
    """
    low, high = parameter_bounds(distributions)
    spread = (high - low) / np.sqrt(12)
    spread[:2] = 0
    return spread


def compare_lines(
    spaces: dict[str, Space], points: int, shown: int, seed: np.random.SeedSequence
) -> xr.Dataset:
    """Images along lines m(x + a dx), and their distances to the image in the middle.

    Every coordinate moves by its standard deviation at a = 1, with a random sign.

    Parameters
    ----------
    spaces
        See :data:`Space`; as many lines in each.
    points
        Along each line, from a = -1 to 1; made odd, so that the middle is one of them.
    shown
        Images kept of the first line.
    seed
        Of the signs.

    Returns
    -------
    xarray.Dataset
        ``distance`` (space, line, along), the mean squared difference of eq. 18; ``image``
        (space, shown, y, x); ``basin_width`` (space, line), the width of the valley about the
        middle up to half of the largest distance; ``minima`` (space, line), how many local
        minima the curve has beside that in the middle; ``jump`` (space, line), the mean distance
        between images of neighbouring points.
    """
    along = np.linspace(-1, 1, points | 1)
    kept = np.linspace(0, len(along) - 1, shown).round().astype(int)
    rng = np.random.default_rng(seed)
    columns: dict[str, list] = {name: [] for name in ("distance", "image", "jump")}
    for make, middles, spread in spaces.values():
        distances, jumps = [], []
        for number, middle in enumerate(middles):
            step = rng.choice([-1.0, 1.0], len(middle)) * spread
            images = make(middle + along[:, None] * step).astype(np.float32)
            distances.append(((images - images[len(along) // 2]) ** 2).mean((1, 2)))
            jumps.append(((images[1:] - images[:-1]) ** 2).mean())
            if number == 0:
                columns["image"].append(images[kept])
        columns["distance"].append(distances)
        columns["jump"].append(jumps)
    share = {"units": "1"}
    result = xr.Dataset(coords={"space": list(spaces), "along": along, "shown": along[kept]})
    result["distance"] = (("space", "line", "along"), np.array(columns["distance"]), share)
    result["image"] = (("space", "shown", "y", "x"), np.array(columns["image"]), share)
    result["jump"] = (("space", "line"), np.array(columns["jump"]), share)
    curves = result["distance"].values
    widths = [[basin_width(along, c) for c in lines] for lines in curves]
    result["basin_width"] = (("space", "line"), widths, {"units": "standard deviations"})
    minima = [[local_minima(c) - 1 for c in lines] for lines in curves]
    result["minima"] = (("space", "line"), minima, share)
    return result
