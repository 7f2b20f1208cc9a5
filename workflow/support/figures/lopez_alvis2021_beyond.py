"""Figures of Lopez-Alvis et al. (2021) beyond the paper: learned priors, and none."""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr
from matplotlib.figure import Figure

from latentearth.figures import style
from support.figures.lopez_alvis2021_inversion import draw_model, in_print

COLOURS = dict(zip(("VAE", "total variation", "smoothing", "damping"), style.CYCLE, strict=False))


def methods(truths: xr.DataArray, found: Mapping[str, xr.Dataset]) -> Figure:
    """Models of all truths by each method, with the errors of model and data above.

    Parameters
    ----------
    truths
        True facies (truth, z, x).
    found
        By method: ``model`` (truth, z, x), ``error`` and ``misfit`` (truth,) of some truths.
    """
    names = [str(name) for name in truths.truth.values]
    figure, axes = style.subplots(len(names), 1 + len(found), "double", 34 * len(names) + 6)
    for row, name in enumerate(names):
        first = axes[row, 0]
        draw_model(first, truths.sel(truth=name).values, in_print(name), row == 0)
        for column, (method, runs) in enumerate(found.items(), start=1):
            ax, head = axes[row, column], f"{method}\n" if row == 0 else ""
            if name not in runs.truth:
                draw_model(ax, None, head)
                continue
            one = runs.sel(truth=name)
            title = f"{head}{float(one.error):.3f}, {float(one.misfit):.2f} ns"
            draw_model(ax, one.model.values, title)
    return figure
