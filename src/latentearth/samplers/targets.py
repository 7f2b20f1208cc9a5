"""What is sampled: a likelihood and a prior.

Every sampler is a frozen dataclass of its settings that is called,

    sampler(target, start, seed, checkpoint=None) -> Samples

where `start` is where chains begin, (chain, coordinate), or samples to begin from, or None for
draws of the prior; and `checkpoint` a file for the state between two blocks of work, left for the
caller to remove, by those whose runs are long. A run that was interrupted gives the numbers of one
that was not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Array = Any  # numpy.ndarray or torch.Tensor, as the target's own functions want it


class Prior(Protocol):
    """A probability density of positions, (point, coordinate)."""

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """(count, coordinate) draws."""

    def log_density(self, x: Array) -> Array:
        """Logarithm of the density up to a constant, (..., coordinate) to (...)."""

    @property
    def log_normalizer(self) -> float:
        """That constant: logarithm of the integral of exp(log_density)."""


class Chart(Protocol):
    """Coordinates in which a posterior is nearly normal: as many as positions have."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Positions, (point, coordinate), to the chart's coordinates."""

    def back(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """To positions, and log |dx / dy|, (point,), -inf where no position is."""


class Target(Protocol):
    """A density to be sampled: likelihood times prior."""

    @property
    def prior(self) -> Prior:
        """The prior."""

    @property
    def identity(self) -> str:
        """What the likelihood depends on; a checkpoint of another is not taken up."""

    def log_likelihood(self, x: Array) -> Array:
        """Logarithm of the likelihood up to a constant, (point, coordinate) to (point,)."""


@dataclass(frozen=True)
class Posterior:
    """A likelihood given by functions, times a prior.

    Attributes
    ----------
    log_likelihood
        (point, coordinate) to (point,), of numpy arrays or of tensors as the sampler asks for.
    prior
        The prior.
    gradient
        The same with its slope, (point,) and (point, coordinate), for the moves that need it.
    identity
        As of :class:`Target`.
    screen
        A cheaper log likelihood, wrong by something: samplers that know of it ask it first, which
        proposals are worth the true one. What is sampled does not depend on it.
    chart
        Coordinates for what fits densities to samples; the positions themselves by default.
    residuals
        (point, coordinate) to (point, datum), half of whose squares the log likelihood is less.
    """

    log_likelihood: Callable[[Array], Array]
    prior: Prior
    gradient: Callable[[Array], tuple[Array, Array]] | None = None
    identity: str = ""
    screen: Callable[[Array], Array] | None = None
    chart: Chart | None = None
    residuals: Callable[[Array], Array] | None = None

    def with_gradient(self, x: Array) -> tuple[Array, Array]:
        """The log likelihood and its slope, of a target that has one."""
        if self.gradient is None:
            raise TypeError("the move needs a target with a gradient")
        return self.gradient(x)


@dataclass(frozen=True)
class Normal:
    """Independent standard normal coordinates, as of a latent space."""

    size: int

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """(count, size)."""
        return rng.standard_normal((count, self.size))

    def log_density(self, x: Array) -> Array:
        """Up to a constant, (..., size) to (...)."""
        return -0.5 * (x * x).sum(-1)

    @property
    def log_normalizer(self) -> float:
        """Logarithm of the integral of exp(log_density)."""
        return 0.5 * self.size * math.log(2 * math.pi)


@dataclass(frozen=True)
class Box:
    """A uniform density between bounds, (coordinate, 2).

    Attributes
    ----------
    bounds
        Lower and upper.
    periodic
        Coordinates whose two bounds are one point, such as angles: they never leave the box.

    Raises
    ------
    ValueError
        If a lower bound is not below the upper one.
    """

    bounds: np.ndarray
    periodic: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        bounds = np.asarray(self.bounds, dtype=float)
        if (bounds[:, 0] >= bounds[:, 1]).any():
            raise ValueError(f"bounds: the lower first, got {bounds.tolist()}")
        object.__setattr__(self, "bounds", bounds)

    @property
    def width(self) -> np.ndarray:
        """(coordinate,)."""
        return np.ptp(self.bounds, axis=1)

    @property
    def period(self) -> np.ndarray:
        """(coordinate,): widths of those that are periodic, infinity for the others."""
        return np.where(np.isin(np.arange(len(self.bounds)), self.periodic), self.width, np.inf)

    def inside(self, x: np.ndarray) -> np.ndarray:
        """Whether points are in the box, (point, coordinate) to (point,)."""
        within = (x >= self.bounds[:, 0]) & (x <= self.bounds[:, 1])
        return np.all(within | np.isfinite(self.period), axis=-1)

    def wrapped(self, x: np.ndarray) -> np.ndarray:
        """The same points, (..., coordinate), with periodic coordinates between their bounds."""
        found = np.array(x, dtype=float)
        for k in self.periodic:
            low, high = self.bounds[k]
            found[..., k] = low + np.mod(found[..., k] - low, high - low)
        return found

    def from_cube(self, cube: np.ndarray) -> np.ndarray:
        """Points of the unit cube, stretched to the box; (..., coordinate)."""
        return self.bounds[:, 0] + cube * self.width

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """(count, coordinate)."""
        return rng.uniform(self.bounds[:, 0], self.bounds[:, 1], (count, len(self.bounds)))

    def log_density(self, x: np.ndarray) -> np.ndarray:
        """0 inside and -inf outside, (..., coordinate) to (...)."""
        return np.where(self.inside(x), 0.0, -np.inf)

    @property
    def log_normalizer(self) -> float:
        """Logarithm of the box's volume."""
        return float(np.log(self.width).sum())


def box_of(target: Target) -> Box:
    """The prior of a target that has to be uniform in a box."""
    if not isinstance(target.prior, Box):
        raise TypeError(f"this sampler takes the prior of a Box, not {target.prior!r}")
    return target.prior
