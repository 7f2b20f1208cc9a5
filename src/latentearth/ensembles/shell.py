r"""The noisy shell of Scheiter et al. 2022, sections 3.1 to 3.3, and its exact properties.

The density of a point of d Cartesian coordinates is
:math:`p(x) \propto \exp(-(|x| - R)^2 / (2 w^2))` with R = 0.7 and w = 0.1: a ring for d = 2, a
hypersphere with a fuzzy surface beyond. The radius therefore has the density
:math:`r^{d - 1} \exp(-(r - R)^2 / (2 w^2))`, which moves outwards as d grows. Lengths have no unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numba import float64, njit
from numpy.polynomial import Chebyshev
from scipy.special import erf, gammaln

SHELL_RADIUS = 0.7
SHELL_WIDTH = 0.1
SHELL = (SHELL_RADIUS, SHELL_WIDTH)


@njit(float64(float64[::1], float64[::1]), cache=True, nogil=True)
def log_density(x: np.ndarray, parameters: np.ndarray) -> float:
    """Logarithm of the density at one point (coordinate,), up to a constant.

    `parameters` is ``[radius, width]``; :data:`PARAMETERS` holds the paper's.
    """
    squares = 0.0
    for j in range(x.size):
        squares += x[j] * x[j]
    distance = (math.sqrt(squares) - parameters[0]) / parameters[1]
    return -0.5 * distance * distance


class Radius:
    """Exact distribution of the radius in d dimensions.

    The density is integrated on panels by Gauss-Legendre quadrature; between the panels' ends
    the distribution function is a cubic through values and slopes, good to 1e-10.

    Parameters
    ----------
    dimension
        Number of Cartesian coordinates, 1 or more.
    radius, width
        R and w of the density.
    """

    def __init__(self, dimension: int, radius: float = SHELL_RADIUS, width: float = SHELL_WIDTH):
        if dimension < 1 or width <= 0 or radius < 0:
            raise ValueError(f"no shell has dimension {dimension}, radius {radius}, width {width}")
        self.dimension, self.radius, self.width = dimension, radius, width
        self.mode = 0.5 * (radius + math.sqrt(radius**2 + 4 * (dimension - 1) * width**2))
        # The logarithm of the density is at least as curved as a Gaussian of the same width,
        # so that 12 widths from the mode it is below exp(-72) of its maximum.
        low, high = max(0.0, self.mode - 12 * width), self.mode + 12 * width
        self._edges = np.linspace(low, high, 2001)
        nodes, weights = np.polynomial.legendre.leggauss(8)
        half = 0.5 * (self._edges[1] - self._edges[0])
        self._nodes = (0.5 * (self._edges[:-1] + self._edges[1:])[:, None] + half * nodes).ravel()
        self._weights = np.tile(half * weights, self._edges.size - 1)
        mass = self._weights * self._relative(self._nodes)
        self._scale = mass.sum()  # the integral, relative to the density at the mode
        self._weights = mass / self._scale
        self._cumulative = np.append(0.0, self._weights.reshape(-1, 8).sum(axis=1).cumsum())

    def _log_weight(self, r: np.ndarray | np.float64) -> np.ndarray | np.float64:
        with np.errstate(divide="ignore"):
            power = (self.dimension - 1) * np.log(r) if self.dimension > 1 else 0.0
        return power - 0.5 * ((r - self.radius) / self.width) ** 2

    def _relative(self, r: np.ndarray) -> np.ndarray:
        return np.exp(self._log_weight(r) - self._log_weight(np.float64(self.mode)))

    @property
    def log_integral(self) -> float:
        """Logarithm of the integral of r^(d - 1) exp(-(r - R)^2 / (2 w^2)) over r > 0."""
        return math.log(self._scale) + float(self._log_weight(np.float64(self.mode)))

    def moment(self, order: int) -> float:
        """Mean of r^order."""
        return float(self._weights @ self._nodes**order)

    @property
    def mean(self) -> float:
        """Mean radius."""
        return self.moment(1)

    @property
    def std(self) -> float:
        """Standard deviation of the radius."""
        return math.sqrt(float(self._weights @ (self._nodes - self.mean) ** 2))

    def pdf(self, r: np.ndarray) -> np.ndarray:
        """Density of the radius, any shape; zero for r < 0."""
        r = np.asarray(r, dtype=np.float64)
        return np.where(r >= 0, self._relative(np.maximum(r, 0.0)) / self._scale, 0.0)

    def cdf(self, r: np.ndarray) -> np.ndarray:
        """Probability of a radius below r, any shape."""
        r = np.clip(np.asarray(r, dtype=np.float64), self._edges[0], self._edges[-1])
        panel = np.clip(np.searchsorted(self._edges, r, "right") - 1, 0, self._edges.size - 2)
        return self._cubic(panel, r)

    def _cubic(self, panel: np.ndarray, r: np.ndarray) -> np.ndarray:
        """Hermite's cubic of the distribution function on given panels."""
        width = self._edges[1] - self._edges[0]
        t = (r - self._edges[panel]) / width
        slopes = self.pdf(self._edges) * width
        start, rise = self._cumulative[panel], np.diff(self._cumulative)[panel]
        m0, m1 = slopes[panel], slopes[panel + 1]
        return start + t * (m0 + t * (3 * rise - 2 * m0 - m1 + t * (m0 + m1 - 2 * rise)))

    def quantile(self, probability: np.ndarray) -> np.ndarray:
        """Radius below which a given probability lies, any shape (inverse of :meth:`cdf`)."""
        p = np.asarray(probability, dtype=np.float64)
        panel = np.clip(np.searchsorted(self._cumulative, p, "right") - 1, 0, self._edges.size - 2)
        low, high = self._edges[panel], self._edges[panel + 1]
        r = 0.5 * (low + high)
        for _ in range(4):  # Newton's steps, held to the panel
            slope = np.maximum(self.pdf(r), np.finfo(float).tiny)
            r = np.clip(r - (self._cubic(panel, r) - p) / slope, low, high)
        return r

    def sample(self, generator: np.random.Generator, count: int) -> np.ndarray:
        """Independent samples of the shell, (count, coordinate): radius times direction."""
        directions = generator.standard_normal((count, self.dimension))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        return directions * self.quantile(generator.random(count))[:, None]


def slice_probability(
    dimension: int,
    half_width: float,
    radius: float = SHELL_RADIUS,
    width: float = SHELL_WIDTH,
    nodes: int = 64,
) -> float:
    """Probability that all coordinates beyond the second are within +-half_width (Fig. 4).

    With y the coordinates beyond the second, the integral over the first two is a function of
    |y| alone, known in closed form. The integral over the box then takes one coordinate at a
    time: the mean of g(sqrt(t^2 + y^2)) over y is again a function of t alone, held by its
    values on Chebyshev points. The relative error is below 1e-9 for the paper's shell.

    Parameters
    ----------
    dimension
        Number of Cartesian coordinates, 2 or more.
    half_width
        Half of the box's width in each coordinate beyond the second.
    radius, width
        R and w of the density.
    nodes
        Chebyshev points and quadrature points.
    """
    beyond = dimension - 2
    if beyond < 0 or half_width <= 0:
        raise ValueError(f"no slice for dimension {dimension} and half-width {half_width}")
    if beyond == 0:
        return 1.0
    points = np.cos(np.pi * (np.arange(nodes) + 0.5) / nodes)  # of Chebyshev, on [-1, 1]
    y, weights = np.polynomial.legendre.leggauss(nodes)
    y, weights = 0.5 * half_width * (y + 1), 0.5 * weights

    def plane(t: np.ndarray) -> np.ndarray:
        """Integral of r exp(-(r - R)^2 / (2 w^2)) over r > t: the first two coordinates."""
        z = (t - radius) / (math.sqrt(2) * width)
        root = math.sqrt(0.5 * math.pi) * radius * width
        return width**2 * np.exp(-(z**2)) + root * (1 - erf(z))

    function: Callable[[np.ndarray], np.ndarray] | Chebyshev = plane
    for left in range(beyond - 1, 0, -1):  # coordinates that are still to come
        reach = half_width * math.sqrt(left)  # the largest t they can make
        t = 0.5 * reach * (points + 1)
        means = function(np.hypot(t[:, None], y)) @ weights
        function = Chebyshev.fit(t, means, nodes - 1, [0, reach])
    mean = function(y) @ weights
    surface = math.log(2) + 0.5 * dimension * math.log(math.pi) - gammaln(0.5 * dimension)
    total = surface + Radius(dimension, radius, width).log_integral
    box = math.log(2 * math.pi) + beyond * math.log(2 * half_width)
    return float(mean * math.exp(box - total))
