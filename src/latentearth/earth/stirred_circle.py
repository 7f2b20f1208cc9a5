"""Grey images of a circle stirred by any amplitude curves, and their derivative.

The flow is that of :mod:`latentearth.earth.stirring` (Santos et al. 2024, eqs 1 to 3), but its
amplitudes a(t) and b(t) are given as numbers at equal steps of time: any curves, not sines alone.
A pixel's centre is traced back to time 0 and is white inside the circle, black outside, with a soft
edge between, so that an image has a derivative in the curves and in the circle's centre.

Tracing takes all the time, so it is done in other coordinates. For X = ln cot(pi x / 2) and
Y = ln cot(pi y / 2), cos(pi x) = tanh X = p, cos(pi y) = tanh Y = q, and equations 1 to 3 become

    dX/dt = -pi^2 U q [U_1(p) + a U_2(p) + b U_3(p)],
    dY/dt =  pi^2 U   [2 T_2(p) + 3 a T_3(p) + 4 b T_4(p)]

with Chebyshev's polynomials T and U: two hyperbolic tangents, no sines, and the walls lie at
infinity, where nothing can cross them and motion is steady, so that long steps do not fail there.
Multistep formulas of order 4 (Adams and Bashforth) then need one velocity a step; three midpoint
steps begin. The derivative is the exact one of these steps, by their adjoint: only pixels on the
soft edge have any, and only they are traced anew, with all their positions kept.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

from latentearth.earth.stirring import CIRCLE_RADIUS, Flow

POINTS = 128  # traced together: all that a block needs stays in the fastest memory
MIDPOINT_STEPS = 3
MULTISTEP = (55 / 24, -59 / 24, 37 / 24, -9 / 24)  # weights of the last four velocities
LARGEST_X = 9.0  # X beyond which tanh is 1 in single precision
# Lambert's continued fraction, tanh z = z (1 + ...) / (1 + ...) in z^2, up to z^7 / z^6
LAMBERT = ((135135, 17325, 378, 1), (135135, 62370, 3150, 28))


def amplitude_curves(parameters: np.ndarray, flow: Flow, steps: int) -> np.ndarray:
    """a(t) and b(t) of flows (eqs 4, 5), from the end of the stirring back to time 0.

    Parameters
    ----------
    parameters
        (flow, 8), in the order of `stirring.FLOW_PARAMETERS`.
    flow
        Its duration.
    steps
        Steps of time.

    Returns
    -------
    numpy.ndarray
        (flow, step + 1, 2).
    """
    t = np.linspace(flow.duration, 0.0, steps + 1)
    _, _, amp_a, amp_b, f_a, f_b, phi_a, phi_b = np.asarray(parameters, float).T[..., None]
    a, b = amp_a * np.sin(f_a * t + phi_a), amp_b * np.cos(f_b * t + phi_b)
    return np.stack([a, b], axis=-1)


def grey_images(
    curves: np.ndarray, centres: np.ndarray, *, size: int, edge: float, flow: Flow
) -> tuple[np.ndarray, np.ndarray]:
    """Images of a circle stirred by given amplitude curves, in parallel over images.

    Parameters
    ----------
    curves
        (image, step + 1, 2): a and b at equal steps back from the end of the stirring to time 0,
        in the precision of the work, float32 or float64; at least four steps.
    centres
        (image, 2): of the circle, in box sides, of the same precision.
    size
        Pixels along a side.
    edge
        Half width of the soft edge in box sides, where rock was at time 0; above 0. It is
        antisymmetric in the enclosed area, which the flow keeps: half of the box stays white.
    flow
        Speed and duration; the steps are those of the curves.

    Returns
    -------
    images
        (image, size, size), from 0 to 1.
    origins
        (2, image, size * size): where pixels were at time 0, for :func:`image_slopes`.

    Raises
    ------
    ValueError
        For too few steps, or no edge.
    """
    if curves.shape[1] < MIDPOINT_STEPS + 2 or edge <= 0:
        raise ValueError(f"{curves.shape[1] - 1} steps, edge {edge}; allowed: 4 or more, above 0")
    images = np.empty((len(curves), size * size), curves.dtype)
    origins = np.empty((2, *images.shape), curves.dtype)
    numbers = _numbers(flow, curves.shape[1] - 1, edge, curves.dtype.type)
    curves, centres = np.ascontiguousarray(curves), np.ascontiguousarray(centres)
    starts = _stretched(size, curves.dtype.type)
    _images(curves, centres, starts, numbers, origins, images)
    return images.reshape(-1, size, size), origins


def image_slopes(
    curves: np.ndarray,
    centres: np.ndarray,
    origins: np.ndarray,
    slopes: np.ndarray,
    *,
    edge: float,
    flow: Flow,
) -> tuple[np.ndarray, np.ndarray]:
    """Carry the slope of a number in images over to the curves and centres that made them.

    Parameters
    ----------
    curves, centres, edge, flow
        As for :func:`grey_images`.
    origins
        (2, image, size * size), as it returned them.
    slopes
        (image, size, size): of the number, in each pixel.

    Returns
    -------
    of_curves, of_centres : numpy.ndarray
        (image, step + 1, 2) and (image, 2).
    """
    curves, centres = np.ascontiguousarray(curves), np.ascontiguousarray(centres)
    numbers = _numbers(flow, curves.shape[1] - 1, edge, curves.dtype.type)
    of_curves, of_centres = np.zeros_like(curves), np.zeros_like(centres)
    flat = np.ascontiguousarray(slopes, curves.dtype).reshape(len(curves), -1)
    starts = _stretched(slopes.shape[-1], curves.dtype.type)
    _slopes(curves, centres, starts, numbers, origins, flat, of_curves, of_centres)
    return of_curves, of_centres


def _numbers(flow: Flow, steps: int, edge: float, dtype: type) -> tuple:
    """Constants of the compiled loops, in their precision: a double would widen the rest.

    0.5, 1, 2, 3, 4, 8, 9, 16; the time step times pi^2 U; that step times the weights of the
    multistep formula; the circle's radius squared; one over twice the radius times the edge; pi;
    the farthest X; Lambert's numbers; and those of the arc cosine.
    """
    step = -(math.pi**2) * flow.speed * flow.duration / steps
    found = (
        0.5,
        1,
        2,
        3,
        4,
        8,
        9,
        16,
        step,
        *(step * weight for weight in MULTISTEP),
        CIRCLE_RADIUS**2,
        1 / (2 * CIRCLE_RADIUS * edge),
        math.pi,
        LARGEST_X,
        *LAMBERT[0],
        *LAMBERT[1],
        *_arc_cosine(),
    )
    return tuple(dtype(value) for value in found)


def _stretched(size: int, dtype: type) -> np.ndarray:
    """X of the centres of pixels along a side, (size,)."""
    return -np.log(np.tan(0.5 * np.pi * (np.arange(size) + 0.5) / size)).astype(dtype)


def _arc_cosine() -> np.ndarray:
    """Coefficients of arccos(p) / (pi sqrt(1 - p)) in p >= 0, constant first, to 4e-9."""
    p = 0.5 * (1 - np.cos(np.pi * (np.arange(60) + 0.5) / 60))
    values = np.arccos(p) / (np.pi * np.sqrt(1 - p))
    fit = np.polynomial.Chebyshev.fit(p, values, 7, domain=[0, 1])
    return fit.convert(kind=np.polynomial.Polynomial).coef


@njit(inline="always")
def _parts_of_tanh(x, n):
    """Numerator and denominator of tanh x, from half of x, where the fraction is exact enough."""
    z = n[0] * max(-n[16], min(n[16], x))
    v = z * z
    top = z * (((n[20] * v + n[19]) * v + n[18]) * v + n[17])
    bottom = ((n[24] * v + n[23]) * v + n[22]) * v + n[21]
    return n[2] * top * bottom, bottom * bottom + top * top


@njit(inline="always")
def _cosines(x, y, n):
    """tanh x and tanh y, for one division."""
    top, bottom = _parts_of_tanh(x, n)
    top_y, bottom_y = _parts_of_tanh(y, n)
    inverse = n[1] / (bottom * bottom_y)
    return top * bottom_y * inverse, top_y * bottom * inverse


@njit(inline="always")
def _velocity(x, y, a, b, n):
    """Velocity of X and Y over pi^2 U."""
    p, q = _cosines(x, y, n)
    v = p * p
    along = n[2] * p + a * (n[4] * v - n[1]) + b * p * (n[5] * v - n[4])
    across = (
        n[2] * (n[2] * v - n[1])
        + n[3] * a * p * (n[4] * v - n[3])
        + n[4] * b * (n[5] * v * (v - n[1]) + n[1])
    )
    return -q * along, across


@njit(inline="always")
def _pulled_back(x, y, a, b, gx, gy, n):
    """Slopes in X, Y, a and b of the velocity times (gx, gy)."""
    p, q = _cosines(x, y, n)
    v, gq = p * p, -q * gx
    u1, u2, u3 = n[2] * p, n[4] * v - n[1], p * (n[5] * v - n[4])
    along_slope = n[2] + n[5] * a * p + b * (n[3] * n[5] * v - n[4])
    across_slope = n[4] * u1 + n[6] * a * u2 + n[7] * b * u3
    of_x = (n[1] - v) * (along_slope * gq + across_slope * gy)
    of_y = (q * q - n[1]) * (u1 + a * u2 + b * u3) * gx
    of_a = u2 * gq + n[3] * p * (n[4] * v - n[3]) * gy
    return of_x, of_y, of_a, u3 * gq + n[4] * (n[5] * v * (v - n[1]) + n[1]) * gy


@njit(fastmath=True, cache=True, nogil=True, error_model="numpy")
def _step(k, curves, w, n):
    """Carry the points of a block over step k; w holds X, Y and three pairs of velocities.

    They lie in one array at fixed distances, so that the compiler knows them apart and makes
    instructions of many points.
    """
    a, b, half, step = curves[k, 0], curves[k, 1], n[0] * n[8], n[8]
    if k < MIDPOINT_STEPS:
        a2, b2 = n[0] * (a + curves[k + 1, 0]), n[0] * (b + curves[k + 1, 1])
        for i in range(POINTS):
            x, y = w[i], w[POINTS + i]
            u, v = _velocity(x, y, a, b, n)
            for m in range(2, 0, -1):
                w[(2 + 2 * m) * POINTS + i] = w[2 * m * POINTS + i]
                w[(3 + 2 * m) * POINTS + i] = w[(1 + 2 * m) * POINTS + i]
            w[2 * POINTS + i], w[3 * POINTS + i] = u, v
            u, v = _velocity(x + half * u, y + half * v, a2, b2, n)
            w[i], w[POINTS + i] = x + step * u, y + step * v
    else:
        for i in range(POINTS):
            x, y = w[i], w[POINTS + i]
            u, v = _velocity(x, y, a, b, n)
            u1, v1 = w[2 * POINTS + i], w[3 * POINTS + i]
            u2, v2 = w[4 * POINTS + i], w[5 * POINTS + i]
            u3, v3 = w[6 * POINTS + i], w[7 * POINTS + i]
            w[i] = x + n[9] * u + n[10] * u1 + n[11] * u2 + n[12] * u3
            w[POINTS + i] = y + n[9] * v + n[10] * v1 + n[11] * v2 + n[12] * v3
            w[2 * POINTS + i], w[3 * POINTS + i] = u, v
            w[4 * POINTS + i], w[5 * POINTS + i] = u1, v1
            w[6 * POINTS + i], w[7 * POINTS + i] = u2, v2


@njit(fastmath=True, cache=True, nogil=True, error_model="numpy")
def _step_back(k, curves, path, carried, n, of_curves):
    """Carry slopes in positions after step k, and in the three before it, back to before step k.

    `path` holds X and Y before step k; `carried` four pairs of slopes, the latest position last,
    and a pair of those that passed through the middle of a midpoint step.
    """
    a, b, zero, half = curves[k, 0], curves[k, 1], n[1] - n[1], n[0] * n[8]
    w0, w1, w2, w3 = n[9], n[10], n[11], n[12]  # a velocity's part in this step and the next ones
    if k < MIDPOINT_STEPS:
        w0, w1, w2 = zero, w1 if k > 1 else zero, w2 if k > 0 else zero
        _middle_back(k, curves, path, carried, n, of_curves)
    sum_a, sum_b = zero, zero
    for i in range(POINTS):
        lx, ly = carried[i], carried[POINTS + i]
        lx1, ly1 = carried[2 * POINTS + i], carried[3 * POINTS + i]
        lx2, ly2 = carried[4 * POINTS + i], carried[5 * POINTS + i]
        mx, my = carried[8 * POINTS + i], carried[9 * POINTS + i]
        gx = w0 * lx + w1 * lx1 + w2 * lx2 + w3 * carried[6 * POINTS + i] + half * mx
        gy = w0 * ly + w1 * ly1 + w2 * ly2 + w3 * carried[7 * POINTS + i] + half * my
        of_x, of_y, of_a, of_b = _pulled_back(path[i], path[POINTS + i], a, b, gx, gy, n)
        carried[i], carried[POINTS + i] = lx + mx + of_x, ly + my + of_y
        carried[2 * POINTS + i], carried[3 * POINTS + i] = lx, ly
        carried[4 * POINTS + i], carried[5 * POINTS + i] = lx1, ly1
        carried[6 * POINTS + i], carried[7 * POINTS + i] = lx2, ly2
        sum_a, sum_b = sum_a + of_a, sum_b + of_b
    of_curves[k, 0] += sum_a
    of_curves[k, 1] += sum_b


@njit(fastmath=True, cache=True, nogil=True, error_model="numpy")
def _middle_back(k, curves, path, carried, n, of_curves):
    """Slopes in the middle of midpoint step k, into the last pair of `carried`."""
    a, b, half, step = curves[k, 0], curves[k, 1], n[0] * n[8], n[8]
    a2, b2 = n[0] * (a + curves[k + 1, 0]), n[0] * (b + curves[k + 1, 1])
    for i in range(POINTS):
        x, y = path[i], path[POINTS + i]
        u, v = _velocity(x, y, a, b, n)
        x, y = x + half * u, y + half * v
        gx, gy = step * carried[i], step * carried[POINTS + i]
        of_x, of_y, of_a, of_b = _pulled_back(x, y, a2, b2, gx, gy, n)
        carried[8 * POINTS + i], carried[9 * POINTS + i] = of_x, of_y
        for later in range(k, k + 2):
            of_curves[later, 0] += n[0] * of_a
            of_curves[later, 1] += n[0] * of_b


@njit(inline="always")
def _place(p, n):
    """Where cos(pi x) = p."""
    size = abs(p)
    high = ((n[32] * size + n[31]) * size + n[30]) * size + n[29]
    angle = (((high * size + n[28]) * size + n[27]) * size + n[26]) * size + n[25]
    x = math.sqrt(max(n[1] - size, n[1] - n[1])) * angle
    return x if p > 0 else n[1] - x


@njit(fastmath=True, cache=True, nogil=True, error_model="numpy")
def _color(w, centre, n):
    """Where points of a block come from, and how white they are, in the place of velocities."""
    for i in range(POINTS):
        p, q = _cosines(w[i], w[POINTS + i], n)
        x, y = _place(p, n), _place(q, n)
        depth = _depth(x, y, centre, n)
        w[2 * POINTS + i], w[3 * POINTS + i] = x, y
        # a smooth step: no kink where the edge begins
        w[4 * POINTS + i] = n[0] + n[0] * n[0] * depth * (n[3] - depth * depth)


@njit(inline="always")
def _depth(x, y, centre, n):
    """How far inside the edge, as enclosed area over its width: -1 outside of it, 1 inside."""
    dx, dy = x - centre[0], y - centre[1]
    return max(-n[1], min(n[1], (n[13] - dx * dx - dy * dy) * n[14]))


@njit(fastmath=True, cache=True, parallel=True, error_model="numpy")
def _images(curves, centres, starts, n, origins, images):
    """Trace the centres of all pixels back and colour them; images (image, size * size)."""
    size, pixels = starts.size, images.shape[1]
    for m in prange(images.shape[0]):
        w = np.zeros(8 * POINTS, curves.dtype)
        for first in range(0, pixels, POINTS):
            count = min(POINTS, pixels - first)
            for i in range(POINTS):
                place = first + min(i, count - 1)
                w[i], w[POINTS + i] = starts[place % size], starts[place // size]
            for k in range(curves.shape[1] - 1):
                _step(k, curves[m], w, n)
            _color(w, centres[m], n)
            for i in range(count):
                origins[0, m, first + i] = w[2 * POINTS + i]
                origins[1, m, first + i] = w[3 * POINTS + i]
                images[m, first + i] = w[4 * POINTS + i]


@njit(fastmath=True, cache=True, parallel=True, error_model="numpy")
def _slopes(curves, centres, starts, n, origins, slopes, of_curves, of_centres):
    """Gather pixels on the soft edge block by block, and run their adjoint."""
    for m in prange(slopes.shape[0]):
        steps, dtype, size = curves.shape[1] - 1, curves.dtype, starts.size
        w, carried = np.zeros(8 * POINTS, dtype), np.empty(10 * POINTS, dtype)
        path = np.empty((steps, 2 * POINTS), dtype)
        places, count = np.empty(POINTS, np.int64), 0
        for pixel in range(size * size + 1):
            if pixel < size * size:
                depth = _depth(origins[0, m, pixel], origins[1, m, pixel], centres[m], n)
                if -n[1] < depth < n[1] and slopes[m, pixel] != 0:
                    places[count] = pixel
                    count += 1
            if count == 0 or (count < POINTS and pixel < size * size):
                continue
            for i in range(POINTS):  # an unfilled block repeats its last point, without a slope
                place = places[min(i, count - 1)]
                w[i], w[POINTS + i] = starts[place % size], starts[place // size]
            for k in range(steps):
                for i in range(2 * POINTS):
                    path[k, i] = w[i]
                _step(k, curves[m], w, n)
            _color(w, centres[m], n)
            carried[:] = 0
            for i in range(count):
                x, y = w[2 * POINTS + i], w[3 * POINTS + i]
                depth = _depth(x, y, centres[m], n)
                slope = n[0] * n[3] * (depth * depth - n[1]) * n[14] * slopes[m, places[i]]
                dx, dy = slope * (x - centres[m, 0]), slope * (y - centres[m, 1])
                of_centres[m, 0] -= dx
                of_centres[m, 1] -= dy
                carried[i] = -dx * math.sin(n[15] * x) / n[15]  # dx/dX
                carried[POINTS + i] = -dy * math.sin(n[15] * y) / n[15]
            for k in range(steps - 1, -1, -1):
                _step_back(k, curves[m], path[k], carried, n, of_curves[m])
            count = 0
