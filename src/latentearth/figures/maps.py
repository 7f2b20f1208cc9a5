"""Maps with coastlines in plain matplotlib: Mollweide and plate carree, globe and region.

A map is an image of pixels: each pixel is projected back to the sphere and takes the value of
the grid there by bilinear interpolation (:func:`draw_grid`). So no polygon ever has to be cut at
the edge of the map.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import BoundaryNorm, Colormap
from matplotlib.image import AxesImage
from matplotlib.patches import Polygon
from scipy.interpolate import RegularGridInterpolator
from scipy.spatial import cKDTree

from latentearth.earth.sphere import spacing, unit_vectors
from latentearth.figures.projections import (
    Projection,
    Region,
    coastlines,
    cut_at_edge,
    outline,
    pixel_grid,
    relative,
)

MARGIN = 0.005  # of the size of the map, so that the line at its edge is whole


def prepare(ax: Axes, projection: Projection, region: Region | None = None) -> Polygon:
    """Make axes into a map: equal scales, no ticks, the edge drawn.

    Returns
    -------
    matplotlib.patches.Polygon
        The edge, to which everything on the map is clipped.
    """
    corners = outline(projection, region)
    low, high = corners.min(axis=0), corners.max(axis=0)
    margin = MARGIN * (high - low)
    ax.set(xlim=(low[0] - margin[0], high[0] + margin[0]), aspect="equal")
    ax.set_ylim(low[1] - margin[1], high[1] + margin[1])
    ax.autoscale(False)
    ax.set_axis_off()
    edge = Polygon(corners, closed=True, facecolor="none", edgecolor="black", linewidth=0.6)
    edge.set_zorder(3)
    ax.add_patch(edge)
    return edge


def draw_grid(
    ax: Axes,
    projection: Projection,
    lat: np.ndarray,
    lon: np.ndarray,
    values: np.ndarray,
    limits: tuple[float, float],
    cmap: str | Colormap,
    *,
    region: Region | None = None,
    levels: int | None = None,
    width: int = 900,
) -> AxesImage:
    """Draw values on a regular grid, with bilinear interpolation between its points.

    Parameters
    ----------
    ax
        Axes, as they come.
    projection
        :func:`mollweide` or :func:`plate_carree`.
    lat, lon
        Axes of the grid in degrees, ascending or descending, shapes (n_lat,) and (n_lon,). A
        grid around the globe closes on itself, whether 360 repeats 0 or not.
    values
        Shape (n_lat, n_lon). Pixels outside the grid stay empty.
    limits
        Values at the ends of the colour scale.
    cmap
        Colour map.
    region
        The part to show; None for the globe.
    levels
        Number of steps of the colour scale; None for a smooth one.
    width
        Pixels across.

    Returns
    -------
    matplotlib.image.AxesImage
        For :func:`colour_bar`.
    """
    lat, lon, values = (np.asarray(array, dtype=float) for array in (lat, lon, values))
    lat, values = (lat, values) if lat[0] < lat[-1] else (lat[::-1], values[::-1])
    lon, values = (lon, values) if lon[0] < lon[-1] else (lon[::-1], values[:, ::-1])
    missing = 360.0 - (lon[-1] - lon[0])
    if 1e-9 < missing < 1.5 * (lon[1] - lon[0]):
        lon, values = np.append(lon, lon[0] + 360.0), np.column_stack([values, values[:, 0]])
    pixel_lat, pixel_lon, extent = pixel_grid(projection, region, width)
    # Longitudes of the pixels within the turn that starts a hair west of the grid.
    start = lon[0] - 1e-9
    pixel_lon = (pixel_lon + projection.centre - start) % 360.0 + start
    between = RegularGridInterpolator((lat, lon), values, bounds_error=False)
    image = between((pixel_lat, np.maximum(pixel_lon, lon[0])))
    return _draw_image(ax, projection, region, image, extent, limits, cmap, levels)


def draw_points(
    ax: Axes,
    projection: Projection,
    lat: np.ndarray,
    lon: np.ndarray,
    values: np.ndarray,
    limits: tuple[float, float],
    cmap: str | Colormap,
    *,
    region: Region | None = None,
    farthest: float = 2.0,
    width: int = 400,
) -> AxesImage:
    """Draw values at any points: each pixel has that of the nearest one.

    Parameters
    ----------
    ax, projection, limits, cmap, region, width
        As for :func:`draw_grid`.
    lat, lon, values
        Points in degrees and what they have, (point,).
    farthest
        Pixels farther from a point than this many mean distances of neighbours stay empty.
    """
    pixel_lat, pixel_lon, extent = pixel_grid(projection, region, width)
    on_globe = np.isfinite(pixel_lat)
    there = pixel_lat[on_globe], pixel_lon[on_globe] + projection.centre
    chord, nearest = cKDTree(unit_vectors(lat, lon)).query(unit_vectors(*there))
    far = farthest * spacing(lat, lon, min(4, len(lat) - 1))
    image = np.full(pixel_lat.shape, np.nan)
    image[on_globe] = np.where(chord > far, np.nan, np.asarray(values)[nearest])
    return _draw_image(ax, projection, region, image, extent, limits, cmap, None)


def _draw_image(ax, projection, region, image, extent, limits, cmap, levels) -> AxesImage:
    """Draw the pixels of a map, first row at the bottom, clipped to its edge."""
    edge = prepare(ax, projection, region)
    cmap = matplotlib.colormaps[cmap] if isinstance(cmap, str) else cmap
    colours: dict = {"vmin": limits[0], "vmax": limits[1]}
    if levels is not None:
        # Values beyond the limits take the outermost colours, as with a smooth scale.
        bounds = np.linspace(limits[0], limits[1], levels + 1)
        colours = {"norm": BoundaryNorm(bounds, cmap.N, clip=True)}
    limits_of_map = ax.get_xlim(), ax.get_ylim()
    drawn = ax.imshow(image, extent=extent, origin="lower", cmap=cmap, **colours)
    drawn.set_clip_path(edge)
    # imshow sets the limits of the axes to those of the image; the edge needs its margin.
    ax.set(xlim=limits_of_map[0], ylim=limits_of_map[1])
    return drawn


def draw_coastlines(
    ax: Axes, projection: Projection, region: Region | None = None, **line: object
) -> None:
    """Draw the coastlines on a map, clipped to its edge.

    Parameters
    ----------
    ax, projection, region
        The map, after :func:`draw_grid` or :func:`prepare`.
    **line
        Properties of the line; black and 0.5 points wide unless given.
    """
    parts = [cut_at_edge(lat, lon, projection.centre) for lat, lon in coastlines()]
    gap = np.array([np.nan])
    lat = np.concatenate([array for part in parts for array in (part[0], gap)])
    lon = np.concatenate([array for part in parts for array in (part[1], gap)])
    style = {"color": "black", "linewidth": 0.5} | line
    (drawn,) = ax.plot(*projection.forward(lat, lon), **style)
    edge = Polygon(outline(projection, region), closed=True, transform=ax.transData)
    drawn.set_clip_path(edge)


def draw_markers(
    ax: Axes, projection: Projection, lat: np.ndarray, lon: np.ndarray, **marker: object
) -> None:
    """Draw markers at points in degrees.

    Parameters
    ----------
    ax, projection
        The map.
    lat, lon
        Points in degrees, shape (n,).
    **marker
        Properties of the marker, as of :meth:`matplotlib.axes.Axes.plot`.
    """
    x, y = projection.forward(np.asarray(lat, dtype=float), relative(lon, projection.centre))
    ax.plot(x, y, **({"linestyle": "none", "marker": "x", "zorder": 4} | marker))


def colour_bar(
    drawn: AxesImage,
    axes: Axes | Sequence[Axes],
    label: str,
    ticks: Sequence[float] | None = None,
    location: str = "top",
    extend: str = "neither",
) -> Colorbar:
    """Draw the colour scale of a map.

    Parameters
    ----------
    drawn
        What :func:`draw_grid` gave back.
    axes
        The map or maps that it belongs to.
    label
        Quantity with its unit, for example ``Mean Vs (km/s)``.
    ticks
        Values to mark; None: the ends and the middle.
    location
        ``top``, ``bottom``, ``left`` or ``right`` of the maps.
    extend
        ``neither``, ``min``, ``max`` or ``both``: where values go beyond the scale.
    """
    figure = drawn.figure
    low, high = drawn.get_clim()
    places = np.linspace(low, high, 3).tolist() if ticks is None else list(ticks)
    bar = figure.colorbar(
        drawn, ax=axes, location=location, extend=extend, shrink=0.6, aspect=14, pad=0.03
    )
    bar.set_label(label)
    bar.set_ticks(places, labels=[f"{tick:g}" for tick in places])
    bar.ax.minorticks_off()
    return bar
