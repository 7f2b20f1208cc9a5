"""Appendix B of Scheiter et al. (2022) as a figure: GANs and WGANs by dimension."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.figure import Figure

from latentearth.figures import style

LOOKS: dict[str, dict[str, Any]] = {
    "GAN": {"color": style.GAN, "marker": "o"},
    "WGAN": {"color": "#e66101", "marker": "s"},
    "two numbers per coordinate": {"color": "0.55", "ls": ":"},
    "Gaussian": {"color": "0.55", "ls": "-."},
    "Gaussian copula": {"color": "0.55", "ls": "--"},
    "exact samples": {"color": "black", "lw": 1.5},
}
SCORES = {
    "emd": ("marginals", "EMD"),
    "correlation_error": ("correlation of neighbours", "mean absolute error"),
    "between": ("between the phases, |x| < 0.5", "share of values"),
}


def appendix_b(d: xr.Dataset) -> Figure:
    """Scores by dimension at the end; below, marginals, and the distance as training goes on.

    Parameters
    ----------
    d
        As :func:`support.appendix_b.trainings` makes it.
    """
    figure, axes = style.subplots(2, 3, height_mm=120)
    for ax, (score, (title, label)) in zip(axes[0], SCORES.items(), strict=True):
        _by_dimension(ax, d, score)
        ax.set(xscale="log", xlabel="dimension", title=title, ylabel=label, ylim=(0, None))
    dimensions = np.unique(d.dimension)
    shown = dimensions[np.abs(dimensions - 50).argmin()]
    here = d.isel(network=np.flatnonzero(d.dimension.values == shown)).mean("network")
    for source in ("exact samples", "Gaussian", "GAN", "WGAN"):
        share, look = here.share.sel(source=source).values, dict(LOOKS[source])
        look.pop("marker", None)
        if source == "exact samples":
            look = {"color": "0.8", "fill": True}
        axes[1, 0].stairs(share, d.edge.values, label=source, **look)
    axes[1, 0].set(xlabel="value", yticks=(), title=f"marginals in {shown} dimensions")
    axes[1, 0].set_ylabel("share of values")
    colours = colormaps["viridis"](np.linspace(0, 0.9, len(dimensions)))
    top = 1.05 * float(d.emd.max())
    for ax, kind in zip(axes[1, 1:], ("GAN", "WGAN"), strict=True):
        for dimension, colour in zip(dimensions, colours, strict=True):
            of = d.emd.sel(kind=kind).isel(network=d.dimension.values == dimension)
            ax.plot(d.step, of, color=colour, lw=0.9)
            ax.plot([], [], color=colour, label=f"{dimension}-D")
        null = float(d.null_emd.sel(null="two numbers per coordinate").mean())
        ax.axhline(null, **LOOKS["two numbers per coordinate"])
        ax.set(title=f"{kind}s, marginals", xlabel="step", ylabel="EMD", ylim=(0, top))
    axes[1, 1].legend(ncols=3, loc="lower left", columnspacing=1.0, handlelength=1.2)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)
    return figure


def _by_dimension(ax, d: xr.Dataset, score: str) -> None:
    """Means over networks of a dimension, at the end; of networks each one, too."""
    last = d[score].isel(step=-1)
    for kind in d.kind.values:
        values = last.sel(kind=kind)
        mean = values.groupby("dimension").mean()
        ax.plot(mean.dimension, mean, label=str(kind), **LOOKS[str(kind)])
        look = LOOKS[str(kind)]
        ax.plot(d.dimension, values, ls="none", alpha=0.5, ms=2.5, **look)
    for null in d.null.values:
        mean = d[f"null_{score}"].sel(null=null).groupby("dimension").mean()
        ax.plot(mean.dimension, mean, label=str(null), **LOOKS[str(null)])
