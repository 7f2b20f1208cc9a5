"""A page of figures of the generators of an ensemble that somebody brings."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from scipy.spatial import cKDTree

from latentearth.figures import style
from latentearth.figures.maps import colour_bar, draw_coastlines, draw_points
from latentearth.figures.projections import Region, mollweide, relative

WIDEST = 150.0  # degrees of longitude of a map of a region; beyond, the globe is drawn
ROW_MM, LINES_MM, BELOW_MM = 27.0, 55.0, 110.0
PLANE_PIXELS = 200
# Scores of the page, each beside that of the samples learnt.
SCORES = {
    "emd": "median EMD ({})",
    "covariance_correlation": "correlation of covariances",
    "classifier_accuracy": "classifier: told apart (0.5: not)",
}


def page(shown: xr.Dataset, scores: Sequence[Mapping]) -> Figure:
    """One sample, mean and deviation of each generator; marginals, correlations and scores.

    Parameters
    ----------
    shown
        What :class:`support.own_ensemble.OwnJudge` kept.
    scores
        Its rows: ``generator``, ``score``, ``value``, ``floor``.
    """
    names = [str(name) for name in shown.generator.values]
    colours = dict(zip(names[1:], itertools.cycle(style.CYCLE), strict=False))
    colours = {names[0]: "black"} | colours
    on_map = shown.position.attrs["kind"] in ("sphere", "plane")
    above = ROW_MM * len(names) + 12 if on_map else LINES_MM
    figure = style.figure(height_mm=above + BELOW_MM)
    top, bottom = figure.subfigures(2, 1, height_ratios=[above, BELOW_MM])
    (_maps if on_map else _lines)(top, shown, colours)
    middle, last = bottom.subfigures(2, 1)
    _marginals(middle, shown, colours)
    _scores(last, scores, shown.attrs["units"], colours)
    handles = middle.axes[0].get_legend_handles_labels()
    middle.legend(*handles, loc="outside upper center", ncols=min(len(names), 4))
    return figure


def _quantity(shown: xr.Dataset) -> str:
    """Name and unit of the variable, for a label."""
    unit = shown.attrs["units"]
    return shown.attrs["variable"] + (f" ({unit})" if unit != "1" else "")


def _maps(figure: SubFigure, shown: xr.Dataset, colours: dict[str, str]) -> None:
    """A row for each generator; a column with a colour bar for sample, mean and deviation."""
    axes = figure.subplots(len(colours), 3, squeeze=False)
    draw = _on_sphere(shown) if shown.position.attrs["kind"] == "sphere" else _in_plane(shown)
    low, high = (float(f"{shown.attrs[end]:.3g}") for end in ("low", "high"))
    if not low < high:  # three digits are too few
        low, high = shown.attrs["low"], shown.attrs["high"]
    top = float(f"{np.quantile(shown['std'].values[0], 0.99) * 1.2:.2g}")
    unit = shown.attrs["units"]
    unit = f" ({unit})" if unit != "1" else ""
    columns = {
        "one_sample": (f"one sample{unit}", (low, high), style.VELOCITY_MAP),
        "mean": (f"mean{unit}", (low, high), style.VELOCITY_MAP),
        "std": (f"standard deviation{unit}", (0.0, top), style.SIZE_MAP),
    }
    for column, (what, (title, limits, cmap)) in enumerate(columns.items()):
        for ax, values in zip(axes[:, column], shown[what].values, strict=True):
            drawn = draw(ax, values, limits, cmap)
        colour_bar(drawn, axes[:, column], title)
    for ax, name in zip(axes[:, 0], colours, strict=True):
        ax.text(-0.08, 0.5, name, transform=ax.transAxes, ha="right", va="center", fontsize=7)


def _on_sphere(shown: xr.Dataset):
    """What draws a map: of the region that the points cover, or of the globe."""
    lat, lon = shown.position.values.T
    centre = _middle_longitude(lon)
    away = relative(lon, centre)
    region = None
    if np.ptp(away) < WIDEST:
        margin = 0.03 * max(np.ptp(lat), np.ptp(away)) + 0.5
        south, north = max(lat.min() - margin, -90.0), min(lat.max() + margin, 90.0)
        region = Region(south, north, centre + away.min() - margin, centre + away.max() + margin)
    projection = mollweide(centre)

    def draw(ax: Axes, values: np.ndarray, limits, cmap):
        drawn = draw_points(ax, projection, lat, lon, values, limits, cmap, region=region)
        draw_coastlines(ax, projection, region)
        return drawn

    return draw


def _middle_longitude(lon: np.ndarray) -> float:
    """Opposite to the middle of the largest gap between meridians of points, degrees."""
    sorted_lon = np.unique(lon % 360.0)
    gaps = np.diff(np.append(sorted_lon, sorted_lon[0] + 360.0))
    widest = int(gaps.argmax())
    middle = (sorted_lon[widest] + gaps[widest] / 2 + 180.0) % 360.0
    return float((middle + 180.0) % 360.0 - 180.0)


def _in_plane(shown: xr.Dataset):
    """What draws values at points of a plane: each pixel has that of the nearest."""
    points = shown.position.values
    tree = cKDTree(points)
    step = tree.query(points, 2)[0][:, 1].mean()
    low, high = points.min(0) - step / 2, points.max(0) + step / 2
    x, y = (np.linspace(a, b, PLANE_PIXELS) for a, b in zip(low, high, strict=True))
    chord, nearest = tree.query(np.stack(np.meshgrid(x, y), -1))
    names, unit = shown.position.attrs["names"].split(", "), shown.position.attrs["units"]
    unit = f" ({unit})" if unit != "1" else ""

    def draw(ax: Axes, values: np.ndarray, limits, cmap):
        image = np.where(chord > 2 * step, np.nan, values[nearest])
        extent = (low[0], high[0], low[1], high[1])
        look = {"vmin": limits[0], "vmax": limits[1], "cmap": cmap, "extent": extent}
        drawn = ax.imshow(image, origin="lower", aspect="auto", **look)
        ax.yaxis.tick_right()
        ax.yaxis.set_label_position("right")
        place = ax.get_subplotspec()
        ax.tick_params(labelbottom=place.is_last_row(), labelright=place.is_last_col())
        if place.is_last_row():
            ax.set_xlabel(names[0] + unit)
        if place.is_last_col():
            ax.set_ylabel(names[1] + unit)
        return drawn

    return draw


def _lines(figure: SubFigure, shown: xr.Dataset, colours: dict[str, str]) -> None:
    """Sample, mean and deviation along a line, or by number of the parameter."""
    attrs = shown.position.attrs
    x, label = shown.index.values, "number of the parameter"
    if attrs["kind"] == "line":
        x, label = shown.position.values[:, 0], attrs["names"]
        label += f" ({attrs['units']})" if attrs["units"] != "1" else ""
    (axes,) = figure.subplots(1, 3, squeeze=False)
    titles = {"one_sample": "one sample", "mean": "mean", "std": "standard deviation"}
    marker = {"marker": "o", "ms": 2} if len(x) < 30 else {}
    for ax, (what, title) in zip(axes, titles.items(), strict=True):
        for name, colour in colours.items():
            values = shown[what].sel(generator=name).values
            width = 1.8 if name == "held out" else 0.8
            ax.plot(x, values, color=colour, lw=width, label=name, **marker)
        ax.set(title=title, xlabel=label)
    axes[0].set_ylabel(_quantity(shown))


def _marginals(figure: SubFigure, shown: xr.Dataset, colours: dict[str, str]) -> None:
    """Histograms at points of the least, median and greatest deviation; correlation by distance."""
    many = "correlation" in shown
    axes = figure.subplots(1, 4 if many else 3)
    titles = ("least varying point", "a median point", "most varying point")
    for number, (ax, title) in enumerate(zip(axes, titles, strict=False)):
        for name, colour in colours.items():
            share = shown.share.sel(generator=name).values[number]
            look = {"fill": True, "alpha": 0.25} if name == "held out" else {"lw": 0.9}
            ax.stairs(share, shown.edges.values[number], color=colour, label=name, **look)
        ax.set(title=title, yticks=(), xlabel=_quantity(shown))
    axes[0].set_ylabel("share of samples")
    if many:
        edges, unit = shown.distance_edges.values, shown.position.attrs["units"]
        for name, colour in colours.items():
            width = 1.8 if name == "held out" else 0.9
            curve = shown.correlation.sel(generator=name).values
            there = np.isfinite(curve)  # some bins have no pair of points
            middle = (edges[1:] + edges[:-1])[there] / 2
            axes[3].plot(middle, curve[there], color=colour, lw=width)
        axes[3].set(title="correlation of two points")
        axes[3].set_xlabel("distance" + (f" ({unit})" if unit != "1" else ""))
        axes[3].axhline(0, color="0.7", lw=0.5, zorder=1)


def _scores(
    figure: SubFigure, scores: Sequence[Mapping], unit: str, colours: dict[str, str]
) -> None:
    """Three scores of each generator beside those of the samples that were learnt."""
    (axes,) = figure.subplots(1, len(SCORES), squeeze=False, sharey=True)
    for ax, (score, title) in zip(axes, SCORES.items(), strict=True):
        rows = {row["generator"]: row for row in scores if row["score"] == score}
        ax.barh(list(rows), [r["value"] for r in rows.values()], color=[colours[n] for n in rows])
        floor = next(iter(rows.values()))["floor"]
        ax.axvline(floor, color="black", lw=1, ls="--", label="samples learnt")
        ax.set_xlabel(title.format(unit).replace(" (1)", ""))
    axes[0].invert_yaxis()
    axes[-1].set_xlim(0.4, 1.0)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower right")
