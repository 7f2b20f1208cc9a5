"""Marble-cake mantle: a circle of one rock stirred into another by a chaotic flow.

Santos et al. (2024), section 2.1, after Allegre & Turcotte (1986) and Alder et al. (2017). In a
square box of side 1 the velocity is U curl psi, with

    psi = sin(pi y) [sin(2 pi x) + a(t) sin(3 pi x) + b(t) sin(4 pi x)]         (eqs 1 to 3)
    a(t) = A sin(f_a t + phi_a),    b(t) = B cos(f_b t + phi_b)                (eqs 4, 5)

The factor U is not in the paper. With U = 1, as its equations read, rock crosses the box many
times before a and b change at all: the flow is nearly steady and winds spirals, and by t = 3 the
images are noise. U sets the pace of stirring against that of the changing flow.

The paper deforms the contour forward in time. For an image that is not needed: the flow keeps
rock types, so a pixel is white if its centre, traced back to time 0, lies in the circle. Pixels
are traced in blocks that stay in the fastest memory, by one sine and one cosine per coordinate:
inside the box these are polynomials, and multiples of the angle follow by identities.

Images are (y, x), with y growing along the first axis: show them with ``origin="lower"``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit, prange

FLOW_PARAMETERS = ("x_c", "y_c", "A", "B", "f_a", "f_b", "phi_a", "phi_b")
CIRCLE_RADIUS = math.sqrt(0.5 / math.pi)  # half of the box is white
POINTS_AT_ONCE = 128  # points traced together: 1 kB of coordinates in single precision


@dataclass(frozen=True)
class Flow:
    """How long and how finely to stir; lengths in box sides, times as in eqs 4 and 5.

    The number of steps is the ninth parameter of the paper's simulator.
    """

    speed: float = 0.1  # U
    duration: float = 5.0
    steps: int = 100


@dataclass(frozen=True)
class Distributions:
    """Independent uniform distributions of the eight parameters (the paper gives no bounds).

    The centre lies in a square about the middle of the box; a circle of half the box's area
    fits in up to 0.1 from there.
    """

    centre: float = 0.08  # half side of the square
    amplitude: tuple[float, float] = (0.5, 1.5)  # A, B
    frequency: tuple[float, float] = (0.0, 1.0)  # f_a, f_b, rad per unit of time
    phase: tuple[float, float] = (0.0, 2 * math.pi)  # phi_a, phi_b, rad


def parameter_bounds(distributions: Distributions) -> np.ndarray:
    """Lower and upper bounds of the parameters, (2, 8), in the order of `PARAMETERS`.

    Raises
    ------
    ValueError
        If a circle could reach over the walls.
    """
    if not 0 <= distributions.centre <= 0.5 - CIRCLE_RADIUS:
        raise ValueError(f"centre {distributions.centre}; expected 0 to {0.5 - CIRCLE_RADIUS:.3f}")
    centre = (0.5 - distributions.centre, 0.5 + distributions.centre)
    pairs = (centre, distributions.amplitude, distributions.frequency, distributions.phase)
    return np.repeat(np.array(pairs, dtype=float), 2, axis=0).T


def sample_parameters(
    distributions: Distributions, count: int, seed: np.random.SeedSequence
) -> np.ndarray:
    """Draw parameters, (image, 8); the first ones do not depend on how many are drawn."""
    low, high = parameter_bounds(distributions)
    return low + (high - low) * np.random.default_rng(seed).random((count, len(FLOW_PARAMETERS)))


def stream_function(x, y, t, parameters: np.ndarray, speed: float):
    """Stream function U psi at points and a time (eq. 3), for one set of parameters, (8,)."""
    _, _, amp_a, amp_b, f_a, f_b, phi_a, phi_b = parameters
    a, b = amp_a * np.sin(f_a * t + phi_a), amp_b * np.cos(f_b * t + phi_b)
    wave = np.sin(2 * np.pi * x) + a * np.sin(3 * np.pi * x) + b * np.sin(4 * np.pi * x)
    return speed * np.sin(np.pi * y) * wave


def stir(
    parameters: np.ndarray, size: int = 128, flow: Flow | None = None, dtype=np.float32
) -> np.ndarray:
    """Make marble-cake images, in parallel over images.

    Parameters
    ----------
    parameters
        (image, 8), in the order of `PARAMETERS`.
    size
        Pixels along a side.
    flow
        Speed, duration and number of steps.
    dtype
        Of the traced coordinates; the default flips about one pixel in 10^5 against double.

    Returns
    -------
    numpy.ndarray
        (image, size, size) uint8, 1 (white) in the stirred circle, 0 (black) elsewhere.
    """
    flow = flow or Flow()
    parameters = np.atleast_2d(np.asarray(parameters, dtype=float))
    images = np.empty((len(parameters), size * size), dtype=np.uint8)
    centres = ((np.arange(size) + 0.5) / size).astype(dtype)
    rates = [_rates(row, flow.duration, 0.0, flow.steps, dtype) for row in parameters]
    step = _step(-flow.duration, flow, dtype)
    circles = np.column_stack([parameters[:, :2], np.full(len(rates), CIRCLE_RADIUS**2)])
    if len(rates):
        _images(np.stack(rates), circles.astype(dtype), centres, step, *_numbers(dtype), images)
    return images.reshape(-1, size, size)


def advect(
    points: np.ndarray, parameters: np.ndarray, start: float, end: float, flow: Flow
) -> np.ndarray:
    """Carry points with the flow from one time to another, in double precision.

    Parameters
    ----------
    points
        (point, 2): x and y in the box.
    parameters
        (8,); the circle's centre plays no part.
    start, end
        Times; backward if end < start.
    flow
        Speed; `flow.steps` steps are made from start to end.

    Returns
    -------
    numpy.ndarray
        (point, 2).
    """
    x, y = np.array(points, dtype=float).T.copy()
    rates = _rates(np.asarray(parameters, float), start, end, flow.steps, float)
    _trace(x, y, rates, _step(end - start, flow, float), *_numbers(float))
    return np.stack([x, y], axis=1)


def _step(interval: float, flow: Flow, dtype) -> float:
    """pi U dt: the time step with the constants of the velocity."""
    return dtype(math.pi * flow.speed * interval / flow.steps)


def _rates(parameters, start, end, steps, dtype) -> np.ndarray:
    """Evaluate a and b at whole and half steps, (2 steps + 1, 2)."""
    t = np.linspace(start, end, 2 * steps + 1)
    _, _, amp_a, amp_b, f_a, f_b, phi_a, phi_b = parameters
    both = [amp_a * np.sin(f_a * t + phi_a), amp_b * np.cos(f_b * t + phi_b)]
    return np.stack(both, axis=1).astype(dtype)


def _numbers(dtype) -> tuple[tuple, tuple]:
    """Constants of the compiled loops, in their precision: a double would widen the rest."""
    return tuple(dtype(value) for value in (0.5, 1, 2, 3, 4)), _polynomials(dtype)


def _polynomials(dtype) -> tuple:
    """Coefficients of cos(pi u)/(1 - 4 u^2) and sin(pi u)/u in u^2, constant first.

    From Chebyshev nodes for |u| <= 1/2; the errors are 3e-12 and 3e-11. The factors taken out
    make the sine and cosine of the walls exact: nothing flows through them.
    """
    square = 0.125 * (1 - np.cos(np.pi * (np.arange(60) + 0.5) / 60))
    cosine = np.cos(np.pi * np.sqrt(square)) / (1 - 4 * square)
    sine = np.pi * np.sinc(np.sqrt(square))
    fits = [np.polynomial.Chebyshev.fit(square, f, 5, domain=[0, 0.25]) for f in (cosine, sine)]
    coefficients = [fit.convert(kind=np.polynomial.Polynomial).coef for fit in fits]
    return tuple(dtype(c) for c in np.concatenate(coefficients))


@njit(inline="always")
def _sine_cosine(x, half, one, four, p):
    """Return sin(pi x) and cos(pi x) for x in [0, 1]."""
    u = x - half
    v = u * u
    cosine = ((((p[5] * v + p[4]) * v + p[3]) * v + p[2]) * v + p[1]) * v + p[0]
    sine = ((((p[11] * v + p[10]) * v + p[9]) * v + p[8]) * v + p[7]) * v + p[6]
    return (one - four * v) * cosine, -u * sine


@njit(inline="always")
def _velocity(x, y, a, b, n, p):
    """Velocity over pi U (eqs 1 to 3); n holds 0.5, 1, 2, 3, 4 in the precision of x."""
    s1, c1 = _sine_cosine(x, n[0], n[1], n[4], p)
    sin_y, cos_y = _sine_cosine(y, n[0], n[1], n[4], p)
    twice = n[2] * c1
    s2, c2 = twice * s1, twice * c1 - n[1]  # then sin(n+1) = 2 cos sin(n) - sin(n-1)
    s3, c3 = twice * s2 - s1, twice * c2 - c1
    s4, c4 = twice * s3 - s2, twice * c3 - c2
    v_x = cos_y * (s2 + a * s3 + b * s4)
    v_y = -sin_y * (n[2] * c2 + n[3] * a * c3 + n[4] * b * c4)
    return v_x, v_y


@njit(fastmath=True, cache=True, nogil=True)
def _trace(x, y, rates, step, n, p):
    """Carry points, (point,) and (point,), along in place by Runge-Kutta steps of order 4.

    Time runs outermost over a block, so that the inner loop is vectorised by the compiler.
    """
    half, third = n[0] * step, step / n[3]
    sixth = half / n[3]
    for first in range(0, x.size, POINTS_AT_ONCE):
        px, py = x[first : first + POINTS_AT_ONCE], y[first : first + POINTS_AT_ONCE]
        for k in range(0, rates.shape[0] - 1, 2):
            a0, b0, a1, b1 = rates[k, 0], rates[k, 1], rates[k + 1, 0], rates[k + 1, 1]
            a2, b2 = rates[k + 2, 0], rates[k + 2, 1]
            for i in range(px.size):
                x0, y0 = px[i], py[i]
                u1, v1 = _velocity(x0, y0, a0, b0, n, p)
                u2, v2 = _velocity(x0 + half * u1, y0 + half * v1, a1, b1, n, p)
                u3, v3 = _velocity(x0 + half * u2, y0 + half * v2, a1, b1, n, p)
                u4, v4 = _velocity(x0 + step * u3, y0 + step * v3, a2, b2, n, p)
                px[i] = x0 + sixth * (u1 + u4) + third * (u2 + u3)
                py[i] = y0 + sixth * (v1 + v4) + third * (v2 + v3)


@njit(fastmath=True, cache=True, parallel=True)
def _images(rates, circles, centres, step, n, p, images):
    """Trace the centres of all pixels back and colour them; images (image, size * size)."""
    size = centres.size
    for m in prange(images.shape[0]):
        x, y = np.empty_like(centres), np.empty_like(centres)
        for row in range(size):
            x[:] = centres
            y[:] = centres[row]
            _trace(x, y, rates[m], step, n, p)
            for i in range(size):
                dx, dy = x[i] - circles[m, 0], y[i] - circles[m, 1]
                images[m, row * size + i] = dx * dx + dy * dy < circles[m, 2]
