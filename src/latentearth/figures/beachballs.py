"""Moment tensors drawn: beach balls, and the lune of types.

Beach balls are lower-hemisphere equal-area projections of the P wave's sign (Aki & Richards 2002,
section 4.4.5); the lune is that of Tape & Tape (2012). Tensors are xx, yy, zz, xy, xz, yz with x to
the right (east), y to the top (north) and z up.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

PIXELS = 121  # across a beach ball
ARCS = {
    "explosion": (0, 90),
    "implosion": (0, -90),
    "DC": (0, 0),
    "+CLVD": (-30, 0),
    "-CLVD": (30, 0),
}


def p_wave(tensor: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Amplitude of the P wave that leaves a source through a point of the lower hemisphere.

    Parameters
    ----------
    tensor
        (6,), of any unit.
    x, y
        Points of the equal-area projection, a disc of radius 1; outside of it the result is NaN.
    """
    square = x**2 + y**2
    flat = np.sqrt(np.maximum(2 - square, 0))  # Lambert: sin(takeoff) = r sqrt(2 - r^2)
    east, north, up = x * flat, y * flat, square - 1
    xx, yy, zz, xy, xz, yz = tensor
    found = xx * east**2 + yy * north**2 + zz * up**2
    found = found + 2 * (xy * east * north + xz * east * up + yz * north * up)
    return np.where(square <= 1, found, np.nan)


def beachball(
    ax: Axes,
    tensor: np.ndarray,
    centre: tuple[float, float] = (0.0, 0.0),
    radius: float = 1.0,
    colour: str = "k",
) -> None:
    """Draw a beach ball: coloured where the first motion is away from the source.

    Parameters
    ----------
    ax
        Axes of equal scale.
    tensor
        (6,).
    centre, radius
        In data units.
    colour
        Of the compressive part.
    """
    line = np.linspace(-1, 1, PIXELS)
    x, y = np.meshgrid(line, line)
    ring = np.linspace(0, 2 * np.pi, 200)
    edge = centre[0] + radius * np.cos(ring), centre[1] + radius * np.sin(ring)
    ax.fill(*edge, facecolor="white", zorder=1)
    away = p_wave(tensor, x, y)
    if np.nanmax(away) > 0:
        levels = [0, np.nanmax(away) * 1.01]
        filled = ax.contourf(
            centre[0] + radius * x, centre[1] + radius * y, away, levels, colors=[colour], zorder=2
        )
        filled.set_clip_path(ax.fill(*edge, facecolor="none", zorder=0)[0])
    ax.plot(*edge, color="k", lw=0.6, zorder=3)


def to_lune(longitude: ArrayLike, latitude: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Hammer's equal-area projection of places on the lune (degrees)."""
    half, lat = np.radians(np.asarray(longitude)) / 2, np.radians(np.asarray(latitude))
    scale = np.sqrt(1 + np.cos(lat) * np.cos(half))
    return 2 * np.cos(lat) * np.sin(half) / scale, np.sin(lat) / scale


def lune_frame(ax: Axes) -> None:
    """Draw the lune's edges, its equator and the names of types on axes of equal scale."""
    latitude = np.linspace(-90, 90, 100)
    for longitude in (-30, 30):
        ax.plot(*to_lune(np.full(100, longitude), latitude), color="k", lw=0.8)
    for fixed in (-60, -30, 0, 30, 60):
        x, y = to_lune(np.linspace(-30, 30, 30), np.full(30, fixed))
        ax.plot(x, y, color="0.8", lw=0.5, zorder=0)
    for name, place in ARCS.items():
        x, y = to_lune(*place)
        ax.plot(x, y, "+", color="0.5", ms=5)
        beside = {"explosion": (0, 6), "implosion": (0, -11)}.get(name)
        beside = beside or ((14, -2) if place[0] > 0 else (-14, -2) if place[0] < 0 else (9, 4))
        ax.annotate(
            name, (x, y), beside, textcoords="offset points", ha="center", fontsize=6, color="0.4"
        )
    ax.set(aspect="equal", xlim=(-0.55, 0.55), ylim=(-1.12, 1.12))
    ax.axis("off")
