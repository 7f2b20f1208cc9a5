"""Figures beyond Scheiter et al. (2022): generators beside the paper's networks."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from latentearth.figures import style
from latentearth.figures.projections import AUSTRALIA, Region
from support.figures.scheiter2022_cmb import REGIONAL, _moment_maps, _region

SAMPLE = ("One sample, Vs (km/s)", (6.6, 7.8), style.VELOCITY_MAP, (6.6, 7.2, 7.8))
KINDS = {"network": "o", "null": "s", "beyond": "^"}  # markers
AXES = {"cpu_s": "processor time to fit (s)", "numbers_stored": "numbers stored"}
HALVES = {
    "ensembles": ("halves of the chains, directly", style.MCMC),
    "copula": ("copulas of the halves", style.GAN),
    "two_numbers": ("two numbers a point of the halves", style.EMD),
    "error": ("one half so far, from all of the other", "0.4"),
}
DATA = {"australia": "Australia", "globe": "globe"}


def regional_generators(
    rows: Mapping[str, Mapping[str, np.ndarray]], region: Region = AUSTRALIA
) -> Figure:
    """One sample and the first four moments of every generator on the grid of a region.

    Parameters
    ----------
    rows
        Name to ``sample``, ``mean``, ``std``, ``skewness`` and ``kurtosis``, each (529,).
    region
        Whose grid it is.
    """
    scales = {"sample": SAMPLE, **REGIONAL}

    def draw(ax, values, limits, cmap):
        """Cells keep their edges: no contours."""
        return _region(ax, values, limits, cmap, None, region=region)

    return _moment_maps(draw, rows, scales, 27 * len(rows))


def seams(curves: Mapping[str, np.ndarray], edges: np.ndarray, places: tuple[str, ...]) -> Figure:
    """Correlation against distance, within patches and across their borders.

    Parameters
    ----------
    curves
        Name of each generator to correlations (place, bin).
    edges
        Of the bins, degrees.
    places
        ``within`` and ``across``.
    """
    figure, axes = style.subplots(1, len(places), height_mm=70, sharey=True)
    middle = (edges[1:] + edges[:-1]) / 2
    titles = {"within": "within a patch", "across": "across a border of patches"}
    for ax, place, values in zip(axes[0], places, np.stack(list(curves.values()), 1), strict=True):
        for name, curve, colour in zip(curves, values, [*style.CYCLE] * 2, strict=False):
            real = name == "held-out chains"
            ax.plot(
                middle,
                curve,
                color="black" if real else colour,
                lw=2 if real else 1,
                label=name,
                zorder=3 if real else 2,
            )
        ax.axhline(0, color="0.7", lw=0.5, zorder=1)
        ax.set(title=titles[place], xlabel="distance of two points (degrees)")
    axes[0, 0].set_ylabel("correlation of their velocities")
    axes[0, -1].legend()
    return figure


def stopping(found: xr.Dataset) -> Figure:
    """When chains may stop: distances between their halves, and R-hat, by the part that is known.

    Parameters
    ----------
    found
        ``ensembles``, ``copula``, ``two_numbers``, ``error`` (km/s) and ``r_hat`` (percent), each
        with a ``tolerance``.
    """
    figure, axes = style.subplots(1, 2, height_mm=72)
    panels = ({**HALVES}, {"r_hat": ("R-hat (95 % of the points are below)", "black")})
    for ax, lines in zip(axes[0], panels, strict=True):
        for name, (label, colour) in lines.items():
            look = {"color": colour, "ls": ":" if name == "error" else "-", "label": label}
            ax.plot(found.percent, found[name], marker="o", ms=3, **look)
        limit = found[next(iter(lines))].attrs["tolerance"]
        ax.axhline(limit, color="0.5", ls="--", lw=0.8, label=f"tolerance: {limit:g}")
        ax.set(xlabel="first part of each chain (%)", xlim=(0, 103))
        ax.legend(fontsize=6, loc="upper right")
    axes[0, 0].set(ylabel="median distance of marginals (km/s)", yscale="log")
    axes[0, 1].set_ylabel("R-hat")
    return figure


def cost(table: pd.DataFrame) -> Figure:
    """Median EMD against processor time and against numbers stored, for each ensemble."""
    figure, axes = style.subplots(2, len(DATA), height_mm=125, sharey="row")
    table = table[(table.score == "emd") & table.data.isin(DATA)]
    colours = dict(zip(table.generator.unique(), itertools.cycle(style.CYCLE), strict=False))
    shown = {}
    for column, (data, title) in enumerate(DATA.items()):
        part = table[table.data == data]
        for ax, (what, label) in zip(axes[:, column], AXES.items(), strict=True):
            for row in part.itertuples():
                x, look = max(getattr(row, what), 0.01), {"marker": KINDS[row.kind], "s": 22}
                shown[row.generator] = ax.scatter(
                    x, row.value, color=colours[row.generator], **look
                )
            shown["training chains"] = ax.axhline(
                part.floor.iloc[0], color="black", lw=0.8, ls="--"
            )
            ax.set(xscale="log", ylim=(0, None), xlabel=label)
        axes[0, column].set_title(f"{title}: against held-out chains")
    for ax in axes[:, 0]:
        ax.set_ylabel("median EMD (km/s)")
    line = shown.pop("training chains")
    figure.legend(
        [*shown.values(), line],
        [*shown, "training chains"],
        loc="outside lower center",
        ncols=5,
        fontsize=6,
    )
    return figure


def rings(samples: Mapping[str, np.ndarray], shown: int = 2000) -> Figure:
    """Samples of each generator of the ring, all chains, trained on the smallest sets.

    Parameters
    ----------
    samples
        Name to samples (chain, sample, 2).
    shown
        Points per generator.
    """
    figure, axes = style.subplots(2, -(-len(samples) // 2), height_mm=95)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, (name, x) in zip(axes.flat, samples.items(), strict=False):
        points = x.reshape(-1, 2)
        points = points[:: max(len(points) // shown, 1)]
        ax.set_axis_on()
        ax.scatter(*points.T, s=0.8, lw=0, color="black" if name == "exact" else style.GAN)
        ax.set(
            title=name,
            xlim=(-1.4, 1.4),
            ylim=(-1.4, 1.4),
            aspect="equal",
            xticks=[-1, 0, 1],
            yticks=[-1, 0, 1],
        )
    for ax in axes[:, 0]:
        ax.set_ylabel("$x_2$")
    for ax in axes[-1]:
        ax.set_xlabel("$x_1$")
    return figure
