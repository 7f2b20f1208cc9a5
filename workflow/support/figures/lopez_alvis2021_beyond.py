"""Figures of Lopez-Alvis et al. (2021) beyond the paper: learned priors, and none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from latentearth.diagnostics.coverage import binomial_interval
from latentearth.figures import style
from support.figures.lopez_alvis2021_inversion import draw_model, in_print

TOP = 0.65  # of model RMSE: one grey for all cells has 0.45
METHODS = "VAE", "VAE, posterior mean", "total variation", "smoothing"
COLOURS = dict(zip(METHODS, (*(style.CYCLE[k] for k in (0, 5, 1, 2)),), strict=True))


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


PRIORS = {
    "crops": "crops of the\ntraining image",
    "vae": "VAE",
    "sgan": "SGAN",
    "codes_normal": "codes of the VAE,\nmean and covariance",
    "codes_flow": "codes of the VAE,\nflow matching",
}


def priors(samples: xr.DataArray, rows: Sequence[Mapping]) -> Figure:
    """Samples of each prior, a row of each, and how they stand to crops.

    Parameters
    ----------
    samples
        Facies (prior, sample, z, x).
    rows
        Of ``table_priors.csv``.
    """
    told = {row["prior"]: row for row in rows}
    count = samples.sizes["sample"]
    figure, axes = style.subplots(len(PRIORS), count, "double", 36 * len(PRIORS) + 8)
    for row, (name, words) in enumerate(PRIORS.items()):
        for column in range(count):
            model = samples.sel(prior=name).isel(sample=column).values
            draw_model(axes[row, column], model)
        numbers = f"{told[name]['crossing']:.2f} reach two sides\n{told[name]['grey']:.2f} grey"
        if name != "crops":
            numbers += f"\n{told[name]['deviation']:.2f} deviations"
        axes[row, 0].set_ylabel(f"{words}\n{numbers}", fontsize=6.5)
        axes[row, 0].tick_params(labelleft=True, labelsize=6)
    for ax in axes[-1]:
        ax.tick_params(labelbottom=True, labelsize=6)
    figure.supxlabel("x (m); depth at the left (m)", fontsize=7)
    return figure


def _errors(ax: Axes, rows: Sequence[Mapping], place: Callable[[Mapping], float]) -> None:
    """Model RMSE over a place on the axis: a point for each truth, a line through their means."""
    for shift, (method, colour) in zip((-1.5, -0.5, 0.5, 1.5), COLOURS.items(), strict=True):
        own = [row for row in rows if row["method"] == method]
        places = sorted({place(row) for row in own})
        groups = [[r["model_rmse"] for r in own if place(r) == here] for here in places]
        for number, (here, errors) in enumerate(zip(places, groups, strict=True)):
            x = here * 1.04**shift if ax.get_xscale() == "log" else here + 0.12 * shift
            ax.plot([x] * len(errors), errors, ".", color=colour, ms=3, alpha=0.5)
            label = method if number == 0 else None
            ax.plot(x, np.mean(errors), "_", color=colour, ms=9, mew=1.8, label=label)
        if ax.get_xscale() == "log":
            ax.plot(places, [np.mean(errors) for errors in groups], color=colour, lw=0.8)
    ax.set_ylim(0, TOP)


def data(rows: Sequence[Mapping], bent: Sequence[Mapping]) -> Figure:
    """Model RMSE with a learned prior and without, over number of data, noise, and other trouble.

    Parameters
    ----------
    rows
        Of ``table_data.csv``.
    bent
        Of ``table_methods.csv``: bent rays, with noise, cropped truths.
    """
    figure, axes = style.subplots(1, 3, height_mm=70, width_ratios=(1, 1, 0.8), sharey=True)
    count, noise, other = axes[0]
    plain = [row for row in rows if not row["correlated"]]
    whole = max(row["deepest_m"] for row in rows)
    usual = min(r["noise_ns"] for r in rows if r["correlated"] == 0 and r["noise_ns"] > 0)
    everywhere = [r for r in plain if r["deepest_m"] == whole and not r["chosen_antennas"]]
    most = max(row["data"] for row in rows)
    full = [row for row in everywhere if row["data"] == most]
    count.set_xscale("log")
    _errors(count, [row for row in everywhere if row["noise_ns"] == usual], lambda row: row["data"])
    count.set_xticks(sorted({row["data"] for row in everywhere}), minor=False)
    count.set_xticklabels([f"{number:g}" for number in sorted({r["data"] for r in everywhere})])
    count.xaxis.set_minor_formatter(NullFormatter())
    count.set(xlabel="data", ylabel="model RMSE", title=f"noise {usual:g} ns")
    levels = sorted({row["noise_ns"] for row in full})
    _errors(noise, full, lambda row: levels.index(row["noise_ns"]))
    noise.set_xticks(range(len(levels)), [f"{level:g}" for level in levels])
    noise.set(xlabel="noise (ns)", title=f"{most:g} data")
    special = {
        "upper\nhalf": [r for r in plain if r["deepest_m"] < whole],
        "random\nantennas": [row for row in plain if row["chosen_antennas"]],
        "errors of\nantennas": [row for row in rows if row["correlated"]],
        "bent\nrays": list(bent),
    }
    marked = [{**row, "place": k} for k, part in enumerate(special.values()) for row in part]
    _errors(other, marked, lambda row: row["place"])
    other.set_xticks(range(len(special)), list(special), fontsize=6.5)
    other.set_xlim(-0.5, len(special) - 0.5)
    for ax, name in zip(axes[0], "abc", strict=True):
        style.letter(ax, f"({name})")
    count.legend(loc="lower left")
    return figure


def trade_off(rows: Sequence[Mapping]) -> Figure:
    """Errors of inversion over those of encode-decode, of data and of models.

    Parameters
    ----------
    rows
        Of ``table_trade_off.csv``.
    """
    figure, axes = style.subplots(1, 3, height_mm=66)
    vaes, others = ([r for r in rows if (r["method"] == "VAE") == own] for own in (True, False))
    data, model = ("rmse_ns", "data RMSE (ns)"), ("model_rmse", "model RMSE")
    for ax, (column, label), shown in zip(
        axes[0], (data, model, data), (rows, rows, vaes), strict=True
    ):
        names = f"encode_decode_{column}", f"inversion_{column}"
        if shown is rows:
            x, y = ([r[name] for r in others] for name in names)
            ax.plot(x, y, "o-", color="0.6", ms=3, lw=0.7, label="principal components")
            for number, row in enumerate(others):
                ax.annotate(f"{row['numbers']:g}", (x[number], y[number]), (3, -8), **IN_POINTS)
            top = 1.1 * max(r[name] for r in rows for name in names)
            ax.axline((0, 0), slope=1, color="0.5", lw=0.6, ls="--")
            ax.set(xlim=(0, top), ylim=(0, top))
        for number, row in enumerate(vaes):
            text = f"$\\alpha$ {row['alpha']:g}, $\\beta$ {row['beta']:g}"
            x, y = (row[name] for name in names)
            ax.plot(x, y, "o", color=style.CYCLE[number], ms=4, label=text)
        ax.set(xlabel="encoded and decoded", ylabel="inverted")
        ax.set_title(label + ", VAEs" * (shown is vaes), loc="right")
    axes[0, 2].margins(0.15)
    for ax, letter in zip(axes[0], "abc", strict=True):
        style.letter(ax, f"({letter})")
    axes[0, 0].legend(loc="upper left", fontsize=6)
    return figure


IN_POINTS: dict = {"textcoords": "offset points", "fontsize": 6, "color": "0.4"}
PREDICTIONS = {
    "codes": "what codes make",
    "residuals": "and errors learned",
    "covariance": "mean and covariance, likewise",
}
WHITE = 0.4  # standard deviation from which on a cell is white


def posterior(truths: xr.DataArray, found: xr.Dataset, events: xr.Dataset) -> Figure:
    """Mean, deviation and draws of the truths' posteriors; coverage and ranks of new truths.

    Parameters
    ----------
    truths
        True facies (truth, z, x).
    found
        ``mean``, ``deviation`` (prediction, truth, z, x), ``sample_model`` (prediction, truth,
        sample, z, x), ``error``.
    events
        ``quantile`` (prediction, truth, block), ``cells_inside`` (prediction, truth, level) of new
        truths.
    """
    found = found.sel(prediction="residuals")
    names, shown = [str(name) for name in found.truth.values], found.sizes["sample"]
    figure = style.figure(height_mm=26 * len(names) + 60)
    upper, lower = figure.subfigures(2, 1, height_ratios=(26 * len(names), 56))
    axes = upper.subplots(len(names), 3 + shown, squeeze=False)
    heads = ["truth", "mean model", "deviation"]
    heads += [f"sample {number + 1}" for number in range(shown)]
    for row, name in enumerate(names):
        one = found.sel(truth=name)
        panels = [truths.sel(truth=name), one["mean"], one.deviation, *one.sample_model]
        for column, (ax, panel, head) in enumerate(zip(axes[row], panels, heads, strict=True)):
            title = head if row == 0 else ""
            title += f"\n{in_print(name)}" * (column == 0)
            title += f"\n{float(one.error):.3f}" * (column == 1)
            values = panel.values / (WHITE if column == 2 else 1)
            draw_model(ax, values, title.strip("\n"), row == 0 and column == 0)
    _calibration(lower.subplots(1, 3), events)
    return figure


def _calibration(axes: np.ndarray, events: xr.Dataset) -> None:
    """Blocks and cells inside their intervals, and ranks of blocks."""
    blocks, cells, ranks = axes
    levels, depth = events.level.values, abs(2 * events["quantile"] - 1)
    for colour, (key, label) in zip(style.CYCLE, PREDICTIONS.items(), strict=False):
        deep = depth.sel(prediction=key).values.ravel()
        blocks.plot(levels, [(deep <= level).mean() for level in levels], color=colour, label=label)
        inside = events.cells_inside.sel(prediction=key).mean("truth")
        cells.plot(levels, inside, color=colour)
        quantile = events["quantile"].sel(prediction=key).values.ravel()
        ranks.hist(quantile, np.linspace(0, 1, 11), histtype="step", color=colour, lw=1.2)
    count = events.sizes["truth"]
    bounds = np.array([binomial_interval(round(level * count), count, 0.68) for level in levels])
    for ax, what in ((blocks, "blocks"), (cells, "cells")):
        ax.fill_between(levels, *bounds.T, color="0.88", lw=0, label="68 % by chance")
        ax.plot((0, 1), (0, 1), color="0.5", lw=0.6, ls="--")
        ax.set(xlabel="credible interval", ylabel=f"true {what} inside", xlim=(0, 1), ylim=(0, 1))
    ranks.legend(*blocks.get_legend_handles_labels(), loc="upper right", fontsize=6)
    ranks.axhline(events["quantile"][0].size / 10, color="0.5", lw=0.6, ls="--")
    ranks.set(xlabel="rank among samples", ylabel="blocks", xlim=(0, 1))
    for ax, letter in zip(axes, "abc", strict=True):
        style.letter(ax, f"({letter})")
