"""Traveltimes along shortest paths, and their derivative: the lengths of the rays.

The nonlinear operator of Lopez-Alvis et al. (2021), equations 4, 28 and 29. By Fermat's principle
the derivative of a traveltime by the slowness of a cell is the length of the ray in the cell.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy.sparse
import torch

from latentearth.operators import path_kernel as kernel
from latentearth.operators.straight_rays import Grid

# Numbers of rays to their lengths (ray, cell), m.
Tracer = Callable[[np.ndarray], scipy.sparse.csr_array]
# Slownesses of models (model, cell) in ns/m to times (pair,) in ns, and what traces rays, of each.
Engine = Callable[[np.ndarray], list[tuple[np.ndarray, Tracer]]]
TOGETHER = 4  # models that an engine works on at once: 14 MB each


def check_antennas(grid: Grid, sources: np.ndarray, receivers: np.ndarray) -> None:
    """Raise ValueError unless every pair (pair, 2: x and z in m) is finite and inside the grid."""
    for name, ends in (("source", sources), ("receiver", receivers)):
        if ends.ndim != 2 or ends.shape[1] != 2 or len(ends) != len(sources):
            raise ValueError(f"{name}s of shape {ends.shape} for {len(sources)} pairs")
        slack = 1e-9 * max(grid.width, grid.depth)
        inside = (ends >= -slack) & (ends <= np.array([grid.width, grid.depth]) + slack)
        if not inside.all():
            first = int(np.flatnonzero(~inside.all(1))[0])
            x, z = ends[first]
            raise ValueError(
                f"{name} of pair {first} at x = {x:g} m, z = {z:g} m is outside the grid of "
                f"{grid.width:g} m x {grid.depth:g} m"
            )


def sweeping(grid: Grid, sources: np.ndarray, receivers: np.ndarray, secondary: int) -> Engine:
    """Our own engine: all sources of several models at once by sweeps (``path_kernel``)."""
    offsets, distances = kernel.perimeter(secondary)
    unique, lane = np.unique(sources[:, ::-1] / grid.spacing, axis=0, return_inverse=True)
    lane, count = lane.reshape(-1), len(unique)
    ends = receivers[:, ::-1] / grid.spacing
    shape = grid.nx * (secondary + 1) + 1, grid.nz * (secondary + 1) + 1
    longest = 4 * (grid.nx + grid.nz)

    def run(slowness: np.ndarray) -> list[tuple[np.ndarray, Tracer]]:
        used = len(slowness) * count
        lanes = -(-used // kernel.LANES) * kernel.LANES
        field = np.ones((grid.nz, grid.nx, lanes), np.float32)
        field[..., :used] = np.repeat(slowness.T.reshape(grid.nz, grid.nx, -1), count, axis=2)
        times = np.full((*shape, lanes), kernel.UNREACHED, np.float32)
        awake = np.zeros(field.shape[:2], np.uint8)
        all_sources = np.tile(unique, (len(slowness), 1))
        kernel.seed_lattice(times, field, grid.spacing, offsets, awake, all_sources)
        kernel.sweep(times, field, grid.spacing, offsets, distances, awake)
        state = times, field, grid.spacing, offsets, all_sources

        def tracer(first: int) -> Tracer:
            def trace(rays: np.ndarray) -> scipy.sparse.csr_array:
                found = kernel.trace_all(*state, first + lane[rays], ends[rays], longest)
                return scipy.sparse.csr_array(found, (len(rays), grid.cells))

            return trace

        return [
            (kernel.arrivals(*state, first + lane, ends), tracer(first))
            for first in range(0, used, count)
        ]

    return run


def ttcrpy(grid: Grid, sources: np.ndarray, receivers: np.ndarray, secondary: int) -> Engine:
    """The engine of the method's authors (Giroux and Larouche, 2013), as a reference."""
    from ttcrpy.rgrid import Grid2d

    lines = (np.arange(count + 1) * grid.spacing for count in (grid.nx, grid.nz))
    tracer = Grid2d(*lines, cell_slowness=True, method="SPM", nsnx=secondary, nsnz=secondary)

    def one(slowness: np.ndarray) -> tuple[np.ndarray, Tracer]:
        # ttcrpy's cells run down the columns, ours along the rows
        columns = np.asarray(slowness, float).reshape(grid.nz, grid.nx).T.ravel()
        times, lengths = tracer.raytrace(sources, receivers, slowness=columns, compute_L=True)
        lengths = scipy.sparse.coo_array(lengths)
        column, row = np.divmod(lengths.col, grid.nz)
        ours = scipy.sparse.coo_array(
            (lengths.data, (lengths.row, row * grid.nx + column)), lengths.shape
        )
        return times, ours.tocsr().__getitem__

    return lambda slowness: [one(model) for model in slowness]


ENGINES = {"sweeping": sweeping, "ttcrpy": ttcrpy}


class ShortestPath:
    """Traveltimes along shortest paths, batched over models, as a function that torch derives.

    Parameters
    ----------
    grid
        The cells.
    sources, receivers
        Ends of the rays (pair, 2): x and z in m.
    secondary
        Nodes added on each side of a cell; the paper has 3.
    engine
        ``sweeping`` or ``ttcrpy``; both give the same times.
    threads
        Models that are worked on side by side.

    Raises
    ------
    ValueError
        If an antenna lies outside the grid, the numbers differ, or the engine is unknown.
    """

    def __init__(
        self,
        grid: Grid,
        sources: np.ndarray,
        receivers: np.ndarray,
        secondary: int = 3,
        engine: str = "sweeping",
        threads: int = 1,
    ):
        sources, receivers = (np.asarray(ends, float) for ends in (sources, receivers))
        check_antennas(grid, sources, receivers)
        if engine not in ENGINES:
            raise ValueError(f"engine {engine!r}; known: {', '.join(ENGINES)}")
        if secondary < 0:
            raise ValueError(f"{secondary} secondary nodes")
        self.grid = grid
        # an engine of ttcrpy keeps one model at a time, so that each thread needs its own
        self._engines = [
            ENGINES[engine](grid, sources, receivers, secondary) for _ in range(threads)
        ]

    def solve(self, slowness: np.ndarray) -> list[tuple[np.ndarray, Tracer]]:
        """Times (pair,) of each model (model, cell), and what traces its rays."""
        if not (np.isfinite(slowness) & (slowness > 0)).all():
            raise ValueError("slownesses that are not positive and finite")
        count = len(self._engines)

        def part(first: int) -> list[tuple[np.ndarray, Tracer]]:
            models = slowness[first::count]
            blocks = (models[k : k + TOGETHER] for k in range(0, len(models), TOGETHER))
            return [each for block in blocks for each in self._engines[first](block)]

        if count == 1 or len(slowness) == 1:
            return [each for first in range(count) for each in part(first)]
        with ThreadPoolExecutor(count) as pool:
            parts = list(pool.map(part, range(count)))
        return [parts[model % count][model // count] for model in range(len(slowness))]

    def rays(self, slowness: np.ndarray) -> list[tuple[np.ndarray, scipy.sparse.csr_array]]:
        """Times (pair,) in ns and ray lengths (pair, cell) in m of each model (model, cell).

        The times are sums along the rays in float64.
        """
        lengths = [trace(np.arange(len(times))) for times, trace in self.solve(slowness)]
        return [(rays @ model, rays) for model, rays in zip(slowness, lengths, strict=True)]

    def __call__(self, slowness: torch.Tensor) -> torch.Tensor:
        """Traveltimes (model, pair) in ns of slownesses (model, cell) in ns/m."""
        return _Times.apply(slowness, self)


class _Times(torch.autograd.Function):
    """Traveltimes; the derivative is the sum of ray lengths, weighted by the gradient.

    Only rays of data that have a gradient are traced, those of a batch.
    """

    @staticmethod
    def forward(ctx, slowness, operator):
        models = slowness.detach().cpu().double().numpy()
        if slowness.dtype == torch.float64:
            found = operator.rays(models)
            ctx.tracers = [lengths.__getitem__ for _, lengths in found]
        else:
            found = operator.solve(models)
            ctx.tracers = [trace for _, trace in found]
        return torch.from_numpy(np.stack([times for times, _ in found])).to(slowness)

    @staticmethod
    def backward(ctx, gradient):
        weights = gradient.detach().cpu().double().numpy()
        back = []
        for row, trace in zip(weights, ctx.tracers, strict=True):
            rays = np.flatnonzero(row)
            back.append(row[rays] @ trace(rays))
        return torch.from_numpy(np.stack(back)).to(gradient), None
