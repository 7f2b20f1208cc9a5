"""Figures 5 to 9 of Scheiter et al. (2022): arrays in, matplotlib figures out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, ListedColormap
from matplotlib.figure import Figure

from latentearth.earth.sphere import grid_points, map_grid, nearest_points, regional_grid
from latentearth.figures import style
from latentearth.figures.maps import colour_bar, draw_coastlines, draw_grid, draw_markers
from latentearth.figures.projections import AUSTRALIA, Projection, Region, mollweide, place_name

SIZE = 23  # rows and columns of the regional grid
MARGINAL_ROWS, MARGINAL_COLUMNS = (1, 6, 11, 16, 21), (1, 7, 14, 21)  # of Figure 6c
EMD_LIMIT = 0.1  # km/s
COVARIANCE_LIMIT = 0.01  # km2/s2


def around_zero(limits: tuple[float, float]) -> Colormap:
    """Red below zero, blue above and white at zero, wherever zero lies between the limits."""
    values = np.linspace(*limits, 512)
    part = np.where(values < 0, values / abs(limits[0]), values / limits[1])
    return ListedColormap(colormaps[style.VELOCITY_MAP](0.5 + 0.5 * part))


# Moment: title, limits of the paper's colours, colours, ticks (Figures 5 and 9).
REGIONAL = {
    "mean": ("Mean Vs (km/s)", (6.8, 7.6), style.VELOCITY_MAP, (6.8, 7.2, 7.6)),
    "std": ("Std. dev. (km/s)", (0.0, 0.3), style.SIZE_MAP, (0, 0.15, 0.3)),
    "skewness": ("Skewness", (-2.5, 2.5), style.VELOCITY_MAP, (-2.5, 0, 2.5)),
    "kurtosis": ("Excess kurtosis", (-2.0, 10.0), around_zero((-2.0, 10.0)), (-2, 4, 10)),
}
GLOBAL = {
    "mean": ("Mean Vs (km/s)", (6.78, 7.6), style.VELOCITY_MAP, (6.8, 7.2, 7.6)),
    "std": ("Std. dev. (km/s)", (0.0, 0.35), style.SIZE_MAP, (0, 0.18, 0.35)),
    "skewness": REGIONAL["skewness"],
    "kurtosis": REGIONAL["kurtosis"],
}


def _middle(region: Region) -> Projection:
    """The projection that a region is drawn in."""
    return mollweide((region.west + region.east) / 2)


def _region(ax: Axes, values: np.ndarray, limits, cmap, levels: int | None = 24, *, region: Region):
    """Map of values (529,) on the grid of a region."""
    lat, lon = regional_grid(*region)
    projection = _middle(region)
    grid = np.asarray(values).reshape(SIZE, SIZE)
    drawn = draw_grid(
        ax, projection, lat, lon, grid, limits, cmap, region=region, levels=levels, width=500
    )
    draw_coastlines(ax, projection, region)
    return drawn


def _globe(ax: Axes, values: np.ndarray, limits, cmap, levels: int | None = 20):
    """Map of values on the published grid of 72 x 144 points."""
    lat, lon = map_grid()
    drawn = draw_grid(ax, mollweide(), lat, lon, values, limits, cmap, levels=levels)
    draw_coastlines(ax, mollweide())
    return drawn


def to_map_grid(lat: np.ndarray, lon: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values at points (..., point) on the grid of the published maps, (..., 72, 144).

    Each node takes the nearest point, as in the published maps.
    """
    grid = np.meshgrid(*map_grid(), indexing="ij")
    return np.asarray(values)[..., nearest_points(lat, lon, *grid)]


def _side_label(ax: Axes, text: str) -> None:
    """Name a row of maps, whose axes are off."""
    ax.text(-0.08, 0.5, text, transform=ax.transAxes, ha="right", va="center")


def _moment_maps(draw, rows, scales, height_mm: float) -> Figure:
    """A row of maps per ensemble, a column with its colour bar per moment."""
    figure, axes = style.subplots(len(rows), len(scales), height_mm=height_mm)
    for column, (moment, (title, limits, cmap, ticks)) in enumerate(scales.items()):
        for line, moments in zip(axes, rows.values(), strict=True):
            drawn = draw(line[column], moments[moment], limits, cmap)
        colour_bar(drawn, axes[:, column], title, ticks)
    for line, name in zip(axes, rows, strict=True):
        _side_label(line[0], name)
    return figure


def regional_moments(
    rows: Mapping[str, Mapping[str, np.ndarray]], region: Region = AUSTRALIA
) -> Figure:
    """Figure 5: the first four moments around Australia, or of another region.

    Parameters
    ----------
    rows
        Name of each ensemble to its moments, each (529,).
    region
        Whose grid the moments are of.
    """
    return _moment_maps(partial(_region, region=region), rows, REGIONAL, 57 * len(rows))


def _emd_histogram(ax: Axes, distances: np.ndarray, gaussian: np.ndarray | None = None) -> None:
    """Histogram of the distances of all points, (529,), and of those of Gaussians, km/s."""
    edges, text = np.linspace(0, EMD_LIMIT, 51), f"median {np.median(distances):.3f} km/s"
    ax.hist(distances, edges, color=style.EMD, edgecolor="black", lw=0.4)
    if gaussian is not None:
        ax.hist(gaussian, edges, histtype="step", color="black", lw=0.7)
        text += f"\nGaussians (line) {np.median(gaussian):.3f}"
    ax.set(xlim=(0, EMD_LIMIT), xlabel="EMD (km/s)", ylabel="frequency")
    ax.set_ylim(0, max(60.0, ax.get_ylim()[1]))  # at least the paper's range
    outside = int((np.asarray(distances) > EMD_LIMIT).sum())
    if outside:
        text += f"\n{outside} beyond"
    ax.text(0.98, 0.93, text, transform=ax.transAxes, ha="right", va="top", fontsize=6.5)


def regional_marginals(
    distances: np.ndarray,
    gaussian: np.ndarray,
    histograms: np.ndarray,
    edges: np.ndarray,
    region: Region = AUSTRALIA,
) -> Figure:
    """Figure 6: earth mover's distance on the grid of a region, and marginals at 20 points.

    Parameters
    ----------
    distances, gaussian
        Of the GAN and of Gaussians with the ensemble's means and deviations, (529,), km/s.
    histograms
        (2, 529, bin) of McMC and GAN.
    edges
        Of the bins, (bin + 1,), km/s.
    region
        Whose grid it is.
    """
    figure = style.figure(height_mm=108)
    left, right = figure.subfigures(1, 2, width_ratios=(1.1, 2), wspace=0.02)
    top, bottom = left.subplots(2, 1, height_ratios=(3.4, 1))
    drawn = _region(top, distances, (0, EMD_LIMIT), style.SIZE_MAP, region=region)
    extend = "max" if np.max(distances) > EMD_LIMIT else "neither"
    colour_bar(drawn, top, "Earth mover's distance (km/s)", (0, 0.05, 0.1), extend=extend)
    style.letter(top, "(a)")
    lat, lon = regional_grid(*region)
    rows, columns = np.meshgrid(MARGINAL_ROWS, MARGINAL_COLUMNS, indexing="ij")
    draw_markers(top, _middle(region), lat[rows.ravel()], lon[columns.ravel()], color=style.GAN)
    _emd_histogram(bottom, distances, gaussian)
    style.letter(bottom, "(b)")
    panels = right.subplots(len(MARGINAL_ROWS), len(MARGINAL_COLUMNS), sharex=True)
    for ax, row, column in zip(panels.flat, rows.flat, columns.flat, strict=True):
        point = row * SIZE + column
        for shares, colour in zip(histograms[:, point], ("0.45", style.GAN), strict=True):
            ax.stairs(
                shares, edges, fill=True, color=colour, alpha=0.9 if colour == "0.45" else 0.6
            )
        ax.set(yticks=(), xlim=(edges[0], edges[-1]), xticks=(6.8, 7.2, 7.6))
        ax.set_ylim(0)
        ax.text(
            0.03,
            0.95,
            f"{distances[point]:.3f}",
            color=style.EMD,
            transform=ax.transAxes,
            ha="left",
            va="top",
            fontsize=7,
        )
    panels[-1, 0].set_xlabel("Vs (km/s)")
    style.letter(panels[0, 0], "(c)")
    # above the panels, where no histogram can hide them
    heads = ((-2, 1.0, "EMD (km/s)", style.EMD), (-1, 0.68, "McMC", "0.35"))
    for column, place, text, colour in (*heads, (-1, 1.0, "GAN", style.GAN)):
        panels[0, column].text(
            place,
            1.05,
            text,
            color=colour,
            transform=panels[0, column].transAxes,
            ha="right",
            va="bottom",
            fontsize=7,
        )
    return figure


def _matrix(ax: Axes, covariance: np.ndarray, title: str):
    """A covariance matrix (point, other)."""
    limits = {"vmin": -COVARIANCE_LIMIT, "vmax": COVARIANCE_LIMIT}
    drawn = ax.imshow(covariance, cmap=style.VELOCITY_MAP, **limits)
    ax.set(xticks=(), yticks=(), title=title)
    ax.set_xlabel("point of the grid", fontsize=6, labelpad=2)
    ax.set_ylabel("point of the grid", fontsize=6, labelpad=2)
    return drawn


def _covariance_bar(drawn, axes: Sequence[Axes]) -> None:
    """The colours of covariances, below the panels."""
    ticks = (-COVARIANCE_LIMIT, 0, COVARIANCE_LIMIT)
    bar = axes[0].figure.colorbar(
        drawn, ax=axes, location="bottom", shrink=0.3, aspect=16, pad=0.04, ticks=ticks
    )
    bar.set_label("Covariance (km²/s²)")


def covariances(
    covariance: np.ndarray,
    places: Sequence[tuple[float, float]],
    region: Region = AUSTRALIA,
) -> Figure:
    """Figure 7: covariance matrices, and point spread functions of four places.

    Parameters
    ----------
    covariance
        (2, 529, 529) of McMC and GAN, km2/s2.
    places
        Four latitudes and longitudes, degrees; the nearest points of the grid are shown.
    region
        Whose grid it is.
    """
    figure = style.figure(height_mm=105)
    grid = figure.add_gridspec(2, 5, width_ratios=(1.5, 1, 1, 1, 1))
    all_lat, all_lon = grid_points(*regional_grid(*region))
    everything = []
    for row, name in enumerate(("McMC", "GAN")):
        everything.append(figure.add_subplot(grid[row, 0]))
        drawn = _matrix(everything[-1], covariance[row], f"{name} covariance")
        for column, (place_lat, place_lon) in enumerate(places, start=1):
            point = int(nearest_points(all_lat, all_lon, np.array(place_lat), np.array(place_lon)))
            ax = figure.add_subplot(grid[row, column])
            limits = -COVARIANCE_LIMIT, COVARIANCE_LIMIT
            _region(ax, covariance[row, point], limits, style.VELOCITY_MAP, None, region=region)
            marker = {"marker": "*", "color": "gold", "markersize": 9, "markeredgecolor": "black"}
            draw_markers(ax, _middle(region), all_lat[[point]], all_lon[[point]], **marker)
            place = place_name(all_lat[point], all_lon[point])
            ax.set_title(f"{name}, {place}", fontsize=6.5)
            everything.append(ax)
    _covariance_bar(drawn, everything)
    return figure


def limited_samples(
    distances: Mapping[str, np.ndarray],
    matrices: Mapping[str, np.ndarray],
    region: Region = AUSTRALIA,
) -> Figure:
    """Figure 8: GANs trained on the first part of each chain against the full ensemble.

    Parameters
    ----------
    distances
        Name of the part to the earth mover's distance, (529,), km/s.
    matrices
        Title to covariance matrix, (529, 529), km2/s2.
    region
        Whose grid it is.
    """
    figure = style.figure(height_mm=210)
    upper, lower = figure.subfigures(2, 1, height_ratios=(1.75, 1))
    axes = upper.subplots(2, len(distances), height_ratios=(3.6, 1))
    for (top, bottom), (name, values) in zip(axes.T, distances.items(), strict=True):
        drawn = _region(top, values, (0, EMD_LIMIT), style.SIZE_MAP, 20, region=region)
        extend = "max" if np.max(values) > EMD_LIMIT else "neither"
        colour_bar(drawn, top, f"EMD ({name}) (km/s)", (0, 0.05, 0.1), extend=extend)
        _emd_histogram(bottom, values)
    below = lower.subplots(1, len(matrices))
    for ax, (title, matrix) in zip(below, matrices.items(), strict=True):
        drawn = _matrix(ax, matrix, title)
    _covariance_bar(drawn, list(below))
    return figure


def convergence(
    percent: np.ndarray,
    curves: Mapping[str, np.ndarray],
    floors: Mapping[str, np.ndarray],
    dots: Mapping[int, np.ndarray],
) -> Figure:
    """Distance to the full ensemble by the part of the chains that is known (section 4.3).

    Parameters
    ----------
    percent
        Part of each chain, (part,), per cent.
    curves
        Name to distances, (part, point), km/s.
    floors
        Name to distances, (point,), km/s.
    dots
        Per cent to the distances of a DCGAN, (point,), km/s.
    """
    figure, axes = style.subplots(1, 1, "single", 75)
    ax = axes[0, 0]
    for (name, values), colour in zip(curves.items(), (style.GAN, style.MCMC), strict=True):
        low, middle, high = np.quantile(values, (0.16, 0.5, 0.84), axis=1)
        shown = middle > 0  # an ensemble is at no distance from itself
        ax.fill_between(percent[shown], low[shown], high[shown], color=colour, alpha=0.15, lw=0)
        ax.plot(percent[shown], middle[shown], color=colour, marker="o", ms=3, label=name)
    parts = sorted(dots)
    low, middle, high = np.quantile([dots[part] for part in parts], (0.16, 0.5, 0.84), axis=1)
    ax.errorbar(
        parts,
        middle,
        (middle - low, high - middle),
        color=style.EMD,
        fmt="s",
        ms=4,
        lw=0.8,
        label="DCGAN",
    )
    for (name, values), line in zip(floors.items(), ("--", ":"), strict=True):
        ax.axhline(np.median(values), color="0.5", ls=line, lw=0.8, label=name)
    ax.set(
        xlabel="first part of each chain (%)",
        ylabel="EMD to the full ensemble (km/s)",
        yscale="log",
        xlim=(0, 105),
    )
    figure.legend(fontsize=6, loc="outside upper center", ncols=2)
    return figure


def global_maps(
    columns: Mapping[str, Mapping[str, np.ndarray]], moments: Sequence[str] = ("mean", "std")
) -> Figure:
    """Figure 9: maps of the globe, an ensemble to a row and a moment to a column.

    Parameters
    ----------
    columns
        Name of each ensemble to its moments on the published grid, each (72, 144).
    moments
        Which of them.
    """
    scales = {moment: GLOBAL[moment] for moment in moments}
    return _moment_maps(_globe, columns, scales, 14 + 45 * len(columns))


def compared_maps(columns: Mapping[str, Mapping[str, np.ndarray]]) -> Figure:
    """Moments down, ensembles across: published McMC, published WGAN, ours.

    Parameters
    ----------
    columns
        As in :func:`global_maps`.
    """
    figure, axes = style.subplots(len(GLOBAL), len(columns), height_mm=118)
    for line, (moment, (title, limits, cmap, ticks)) in zip(axes, GLOBAL.items(), strict=True):
        for ax, maps in zip(line, columns.values(), strict=True):
            drawn = _globe(ax, maps[moment], limits, cmap)
        colour_bar(drawn, list(line), title, ticks, "right")
    for ax, name in zip(axes[0], columns, strict=True):
        ax.set_title(name)
    return figure


def losses(trainings: Mapping[str, Mapping[str, np.ndarray]]) -> Figure:
    """Losses and validation distances of several trainings, a row for each.

    Parameters
    ----------
    trainings
        Name to ``step``, ``discriminator_loss``, ``generator_loss`` (step, network),
        ``validation_step``, ``validation_emd`` (validation_step, network) and ``best_step``.
    """
    figure, axes = style.subplots(len(trainings), 3, height_mm=12 + 42 * len(trainings))
    titles = "Discriminator loss", "Generator loss", "EMD to held-out samples (km/s)"
    for line, (name, t) in zip(axes, trainings.items(), strict=True):
        for ax, key in zip(line, ("discriminator_loss", "generator_loss"), strict=False):
            ax.plot(t["step"], t[key], lw=0.6, color=style.GAN, alpha=0.6)
        line[2].plot(t["validation_step"], t["validation_emd"], lw=0.6, color=style.EMD, alpha=0.7)
        best = np.asarray(t["validation_emd"]).min(axis=0)
        line[2].plot(t["best_step"], best, "k.", ms=3, label="weights kept")
        line[2].set_ylim(0, 1.05 * np.max(t["validation_emd"]))
        line[0].set_ylabel(name)
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title)
    for ax in axes[-1]:
        ax.set_xlabel("step")
    axes[0, 2].legend(fontsize=6)
    return figure
