"""Trans-dimensional Monte Carlo over spherical Voronoi cells: many chains, stopped and resumed.

The reversible-jump sampler (Green 1995; Bodin & Sambridge 2009) behind the ensembles of
Mousavi et al. (2021). Posterior of k cells with nuclei c, velocities v, and noise level sigma:

    p(k, c, v, sigma | d)  ~  sigma^-N exp(-sum r^2 / (2 sigma^2)) * p(k) p(c) p(v) p(sigma),

with p(k) uniform on its range, nuclei independent and uniform on the sphere, velocities
independent and uniform, and log sigma uniform. The acceptance of each kind of proposal stands
in `voronoi_kernel`, which does the work.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xarray as xr

from latentearth.earth.cmb import PathData
from latentearth.earth.sphere import latitude_longitude
from latentearth.ensembles.chains import chain_dataset, voronoi_models
from latentearth.ensembles.voronoi import evaluate
from latentearth.samplers import voronoi_cells
from latentearth.samplers import voronoi_kernel as kernel
from latentearth.samplers.cell_posterior import CellMoves, CellPosterior, CellPrior
from latentearth.samplers.random_numbers import stream_states
from latentearth.samplers.voronoi_cells import Paths, VoronoiState, Work
from latentearth.samplers.voronoi_kernel import VoronoiSettings
from latentearth.samples import Samples, even_weights

MOVES = ("birth", "death", "move", "value", "noise")


def kernel_paths(data: PathData) -> Paths:
    """Paths as the kernel wants them."""
    return Paths(
        np.ascontiguousarray(data.point, np.float64),
        np.ascontiguousarray(data.datum, np.int32),
        np.ascontiguousarray(data.weight, np.float64),
    )


def kernel_settings(prior: CellPrior, moves: CellMoves, use_data: bool = True) -> VoronoiSettings:
    """Prior and moves as the kernel wants them; without data it samples the prior."""
    birth, move, value, noise = moves.shares
    chances = np.cumsum([birth, birth, move, value, noise])
    first, second, third, fourth = (float(c) for c in chances[:4] / chances[-1])
    return VoronoiSettings(
        (int(prior.cells[0]), int(prior.cells[1])),
        (float(prior.vs[0]), float(prior.vs[1])),
        (float(prior.noise[0]), float(prior.noise[1])),
        (float(np.radians(moves.move)), float(moves.noise)),
        float(moves.far),
        (first, second, third, fourth),
        bool(use_data),
        (float(moves.near), float(np.cos(np.radians(moves.cap)))),
    )


def initial_state(
    data: PathData, prior: CellPrior, seed: np.random.SeedSequence, start_cells: int | None = None
) -> VoronoiState:
    """Draw the first model of a chain.

    Nuclei (and their number, if not given) come from the prior, velocities from the fifth of its
    range around the reference, and the noise level is what is left of the data. Velocities from
    the whole prior would leave residuals so large that the chain first loses most of its cells
    and then takes long to grow them again.

    Parameters
    ----------
    data, prior
        What is sampled.
    seed
        Of this chain; it gives the first model and then the chain's own stream.
    start_cells
        Number of cells to start with; drawn from the prior if not given.

    Returns
    -------
    VoronoiState
        With room for the prior's largest number of cells.
    """
    most, n_points = prior.cells[1], len(data.datum)
    if start_cells is not None and not prior.cells[0] <= start_cells <= most:
        raise ValueError(f"start_cells: within the prior {prior.cells}, got {start_cells}")
    rng = np.random.default_rng(seed)
    k = int(rng.integers(*prior.cells, endpoint=True)) if start_cells is None else start_cells
    nucleus = np.zeros((most, 3))
    drawn = rng.normal(size=(k, 3))
    nucleus[:k] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    vs = np.ones(most)
    centre = np.clip(data.vs_reference, *prior.vs)
    vs[:k] = centre + 0.2 * (rng.uniform(*prior.vs, size=k) - centre)
    head, after, before, owner = (
        np.full(n, -1, np.int32) for n in (most, n_points, n_points, n_points)
    )
    state = VoronoiState(
        nucleus,
        vs,
        np.ones(most),
        np.ones(most),
        head,
        after,
        before,
        owner,
        np.zeros(n_points),
        np.zeros(len(data.time)),
        np.zeros(2),
        np.array([k, 0]),
        np.zeros((len(MOVES), 2), np.int64),
        stream_states(seed, 1)[0],
    )
    voronoi_cells.build_cell_lists(kernel_paths(data), state, data.whole_time())
    state.fit[1] = np.clip(np.sqrt(state.fit[0] / len(data.time)), *prior.noise)
    return state


def workspace(state: VoronoiState) -> Work:
    """Arrays for one chain's proposals (see the kernel)."""
    most, n_points = len(state.vs), len(state.owner)
    points, cells = np.zeros(n_points, np.int32), np.zeros(most, np.int32)
    return Work(
        points,
        points.copy(),
        np.zeros(n_points),
        np.zeros(len(state.residual)),
        np.zeros(len(state.residual)),
        np.zeros(4),
        cells,
        np.zeros(most),
        np.zeros(most),
        cells.copy(),
        np.zeros(3),
        np.zeros(2, np.int64),
        np.array([0.0, 0.0, 1.0, kernel.SPHERE]),
    )


def copy_state(state: VoronoiState) -> VoronoiState:
    """Copy a state, so that a chain can go on from it twice."""
    return VoronoiState(*(array.copy() for array in state))


def sample_chain(
    data: PathData,
    state: VoronoiState,
    chosen: VoronoiSettings,
    n_models: int,
    thinning: int,
) -> xr.Dataset:
    """Go on with one chain; keep a model after every `thinning` proposals.

    Parameters
    ----------
    data
        The data.
    state
        Where the chain is; advanced in place.
    chosen
        From :func:`kernel_settings`.
    n_models, thinning
        Models to keep, and proposals from one to the next.

    Returns
    -------
    xarray.Dataset
        Ragged chain, see :mod:`latentearth.ensembles.chains`. Two calls for m and n models
        give bit by bit what one call for m + n gives.
    """
    paths, work = kernel_paths(data), workspace(state)
    pieces = []
    room = max(1, 200_000 // len(state.vs))  # models at a time: the largest would take 5 MB
    for start in range(0, n_models, room):
        n_cells = np.zeros(min(room, n_models - start), np.int64)
        cells = np.zeros((len(n_cells) * len(state.vs), 3))
        fit = np.zeros((len(n_cells), 2))
        used = kernel.record_cells(paths, state, work, chosen, thinning, n_cells, cells, fit)
        pieces.append((n_cells, cells[:used].astype(np.float32), fit))
    kept = [
        np.concatenate([piece[i] for piece in pieces]) if pieces else empty
        for i, empty in enumerate((np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros((0, 2))))
    ]
    return chain_dataset(kept[0], *kept[1].T, *kept[2].T)


@dataclass(frozen=True)
class Transdimensional:
    """Settings of independent chains over models of any number of cells.

    Attributes
    ----------
    models, thinning
        Models to keep per chain, and proposals from one to the next.
    burn_in
        Proposals before the first kept model.
    moves
        How proposals are made.
    chains
        How many, each with a stream of the seed.
    start_cells
        Number of cells of a first model; drawn from the prior if not given.
    places
        Unit vectors, (place, 3), where the velocity is looked at.
    use_data
        False leaves the likelihood out: the chains then sample the prior.
    threads
        Chains at a time (the kernel releases the interpreter's lock).
    """

    models: int
    thinning: int = 1
    burn_in: int = 0
    moves: CellMoves = field(default_factory=CellMoves)
    chains: int = 4
    start_cells: int | None = None
    places: np.ndarray = field(default_factory=lambda: np.empty((0, 3)))
    use_data: bool = True
    threads: int = 1

    def __call__(
        self,
        target: CellPosterior,
        start: None,
        seed: np.random.SeedSequence,
        checkpoint: Path | None = None,
    ) -> Samples:
        """Sample, and look at the numbers that models of any size share.

        Chains begin in the prior. Of long ones, whose models are the result, write files that
        can be resumed: :func:`latentearth.samplers.chain_files.sample_to_files`.

        Returns
        -------
        Samples
            Coordinates: number of cells, noise level (s), and velocity at the places (km/s).
        """
        children = [
            np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, k))
            for k in range(self.chains)
        ]
        chains, states, tallies, spent = self.ragged(target, children)
        misfit, noise, n_cells = (
            np.stack([chain[name].values for chain in chains]).astype(float)
            for name in ("misfit", "noise", "n_cells")
        )
        position = [n_cells[..., None], noise[..., None]]
        if len(self.places):
            where = latitude_longitude(self.places)
            position.append(np.stack([evaluate(voronoi_models(chain), *where) for chain in chains]))
        log_likelihood = target.log_likelihood(misfit, noise) * self.use_data
        made = np.stack(
            [state.tally - before for state, before in zip(states, tallies, strict=True)]
        )
        kinds = made.sum(axis=0)
        return Samples(
            np.concatenate(position, axis=2),
            log_likelihood + target.log_prior(n_cells, noise),
            log_likelihood,
            even_weights(*n_cells.shape),
            made[..., 1].sum(axis=1) / np.maximum(made[..., 0].sum(axis=1), 1),
            evaluations=n_cells.size * self.thinning,
            cpu_s=spent[1],
            setup_cpu_s=spent[0],
            about={
                f"acceptance_{name}": float(accepted / max(proposed, 1))
                for name, (proposed, accepted) in zip(MOVES, kinds, strict=True)
            },
            names=("cells", "noise", *(f"vs_{k}" for k in range(len(self.places)))),
        )

    def ragged(
        self,
        target: CellPosterior,
        seeds: Sequence[np.random.SeedSequence],
        states: Sequence[VoronoiState] | None = None,
    ) -> RaggedChains:
        """Run chains and keep whole models.

        Parameters
        ----------
        target
            What is sampled.
        seeds
            One per chain, for example ``stream(seed, "chain", i)``; a chain depends on its own
            only.
        states
            Where earlier runs stopped, to go on from there without burn-in; they are not changed.
        """
        data, chosen = target.data, kernel_settings(target.prior, self.moves, self.use_data)

        def run(i: int) -> tuple:
            clock = time.thread_time()
            if states is None:
                state = initial_state(data, target.prior, seeds[i], self.start_cells)
                work = workspace(state)
                kernel.advance_cells(kernel_paths(data), state, work, chosen, self.burn_in)
            else:
                state = copy_state(states[i])
            between, tally = time.thread_time(), state.tally.copy()
            chain = sample_chain(data, state, chosen, self.models, self.thinning)
            return chain, state, tally, (between - clock, time.thread_time() - between)

        with ThreadPoolExecutor(max(1, self.threads)) as pool:
            chains, ends, tallies, spent = zip(*pool.map(run, range(len(seeds))), strict=True)
        return RaggedChains(list(chains), list(ends), list(tallies), np.sum(spent, axis=0).tolist())


class RaggedChains(NamedTuple):
    """Chains of whole models.

    Attributes
    ----------
    chains
        See :mod:`latentearth.ensembles.chains`.
    states
        To go on from.
    tallies
        Proposals made and accepted before the first kept model, (kind, 2) each.
    cpu_s
        CPU time of burn-in, and afterwards.
    """

    chains: list[xr.Dataset]
    states: list[VoronoiState]
    tallies: list[np.ndarray]
    cpu_s: list[float]


def acceptance(state: VoronoiState) -> dict[str, float]:
    """Share of accepted proposals of each kind so far."""
    proposed = np.maximum(state.tally[:, 0], 1)
    return dict(zip(MOVES, (state.tally[:, 1] / proposed).tolist(), strict=True))
