"""The edge of the stirred circle, carried forward in time as the paper does (Fig. 1).

The contour lengthens and folds, so points are added where neighbours have drifted apart: at the
middle angle on the circle of time 0, from where they are carried to the present.
"""

from __future__ import annotations

import numpy as np

from latentearth.earth import stirring
from latentearth.earth.stirring import CIRCLE_RADIUS, Flow

SMALLEST_ANGLE = 1e-12  # rad; stagnation points on the walls stretch the contour without bound


def deform(
    parameters: np.ndarray, time: float, flow: Flow, gap: float = 2e-3, limit: int = 2_000_000
) -> np.ndarray:
    """Carry the circle's edge to a time.

    Parameters
    ----------
    parameters
        (8,), in the order of `stirring.PARAMETERS`.
    time
        From 0 to `flow.duration` (or beyond).
    flow
        Speed, and the number of steps for the whole duration.
    gap
        Largest distance between neighbours, in box sides.
    limit
        Points at most; a warning of runaway stretching.

    Returns
    -------
    numpy.ndarray
        (point, 2), x and y along the closed contour; the first point is repeated at the end.

    Raises
    ------
    ValueError
        If more than `limit` points are needed.
    """
    steps = max(1, round(flow.steps * time / flow.duration))
    flow = Flow(flow.speed, flow.duration, steps)

    def carried(angles: np.ndarray) -> np.ndarray:
        circle = np.asarray(parameters)[:2] + CIRCLE_RADIUS * np.stack(
            [np.cos(angles), np.sin(angles)], 1
        )
        return stirring.advect(circle, parameters, 0.0, time, flow)

    angles = np.linspace(0, 2 * np.pi, 257)
    points = carried(angles)
    while True:
        far = np.hypot(*np.diff(points, axis=0).T) > gap
        far &= np.diff(angles) > SMALLEST_ANGLE
        if not far.any():
            return points
        if len(points) + far.sum() > limit:
            raise ValueError(f"contour of more than {limit} points; expected a coarser gap")
        places = np.flatnonzero(far) + 1
        middle = 0.5 * (angles[places - 1] + angles[places])
        angles = np.insert(angles, places, middle)
        points = np.insert(points, places, carried(middle), axis=0)


def enclosed_area(contour: np.ndarray) -> float:
    """Area inside a closed contour, (point, 2), by the shoelace formula."""
    x, y = contour.T
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
