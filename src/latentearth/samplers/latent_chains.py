"""Run many chains in a latent space as one batch: burn-in, samples, checkpoints, cost.

Random numbers of chain k in block b come from a stream of their own, so that a run taken up at a
block's start goes on as if it had never stopped, and chains of one seed see the same numbers
whatever the method.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentearth import checkpoints
from latentearth.progress import progress
from latentearth.samplers import latent_kernels as kernels
from latentearth.samplers import latent_tuning as tuning_
from latentearth.samplers.latent_kernels import LatentState, Move, Noise
from latentearth.samplers.latent_tuning import Tuning
from latentearth.samplers.targets import Normal, Posterior, Prior
from latentearth.samples import Samples, even_weights


def some_particles(particles: Samples, count: int) -> np.ndarray:
    """Particles for chains to begin in, (count, latent).

    Neighbours have common ancestors: equal distances serve all alike, and with fewer particles
    than `count`, several chains begin in one.
    """
    chosen = torch.linspace(0, len(particles.flat) - 1, count).round().long()
    return particles.flat[chosen.numpy()]


def first_positions(
    prior: Prior, start: np.ndarray | Samples | None, count: int, seed: np.random.SeedSequence
) -> torch.Tensor:
    """Where chains begin, (chain, latent): as given, in particles, or dispersed as the prior."""
    if not isinstance(prior, Normal):
        raise TypeError(f"chains in a latent space take a Normal prior, not {prior!r}")
    if isinstance(start, Samples):
        start = some_particles(start, count)
    if start is None:
        key = (*seed.spawn_key, 0)
        random = np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=key))
        start = prior.draw(count, random)
    return torch.as_tensor(start, dtype=torch.float64)


def block_noise(
    seed: np.random.SeedSequence, chains: int, latent: int, block: int, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Random numbers of a block: normal (step, chain, latent), uniform (step, chain, 2)."""
    normal, uniform = np.empty((steps, chains, latent)), np.empty((steps, chains, 2))
    for chain in range(chains):
        key = (*seed.spawn_key, chain, block)
        random = np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=key))
        normal[:, chain] = random.standard_normal((steps, latent))
        uniform[:, chain] = random.random((steps, 2))
    return normal, uniform


@dataclass
class _Progress:
    """All that a run is between two blocks."""

    block: int
    state: LatentState
    tuning: Tuning
    position: torch.Tensor  # (chain, sample, latent) float32
    log_likelihood: torch.Tensor  # (chain, sample)
    accepted: torch.Tensor  # (chain,)
    cpu_s: list[float]  # burn-in, afterwards


def _packed(progress: _Progress) -> dict:
    """A run as tensors and plain values."""
    packed = {field.name: getattr(progress, field.name) for field in fields(progress)}
    for name in ("state", "tuning"):
        part = packed[name]
        packed[name] = {field.name: getattr(part, field.name) for field in fields(part)}
    return packed


@dataclass(frozen=True)
class LatentChains:
    """Settings of chains in a latent space, whose prior is a standard normal density.

    Attributes
    ----------
    move
        How chains move.
    burn_in, samples
        Steps that are thrown away, and samples kept per chain.
    thinning
        Steps from one kept sample to the next.
    block
        Steps between checkpoints.
    chains
        How many, if their first positions are not given.
    device
        Where the target computes.
    """

    move: Move
    burn_in: int
    samples: int
    thinning: int = 1
    block: int = 250
    chains: int = 4
    device: torch.device | str = "cpu"

    @property
    def steps(self) -> int:
        """Steps of a chain in all."""
        return self.burn_in + self.samples * self.thinning

    def __call__(
        self,
        target: Posterior,
        start: np.ndarray | Samples | None,
        seed: np.random.SeedSequence,
        checkpoint: Path | None = None,
    ) -> Samples:
        """Run chains, or take them up where a checkpoint left them.

        Parameters
        ----------
        target
            What to sample; it takes and gives tensors.
        start
            (chain, latent); or particles to begin in; or None for draws of the prior.
        seed
            Of all random numbers.
        checkpoint
            A file for the state between blocks, left for the caller to remove.

        Returns
        -------
        Samples
            The same whether the run was stopped or not (but for times); positions in float32.
            `about`: the move, the size of its steps, and the thinning.
        """
        first = first_positions(target.prior, start, self.chains, seed)
        chains, latent = first.shape
        settings = {
            **{k: v for k, v in asdict(self).items() if k not in ("chains", "device")},
            "seed": [seed.entropy, seed.spawn_key],
            "start": float(first.norm()),
            "identity": target.identity,
            "what": "latent chains, log_likelihood",
        }
        saved = checkpoints.load(checkpoint, settings) if checkpoint else None
        work = self._resumed(saved) if saved else self._fresh(target, first.to(self.device))
        if saved:
            print(f"{chains} chains: continuing from step {work.block * self.block}")
        blocks = range(work.block, -(-self.steps // self.block))
        for block in progress(blocks, f"{chains} chains, blocks of {self.block} steps"):
            steps = min(self.block, self.steps - block * self.block)
            work = self._advance(target, work, block_noise(seed, chains, latent, block, steps))
            if checkpoint:
                checkpoints.save(checkpoint, _packed(work), settings)
        before = start.setup_cpu_s + start.cpu_s if isinstance(start, Samples) else 0.0
        return self._finished(target.prior, work, before)

    def _fresh(self, target: Posterior, start: torch.Tensor) -> _Progress:
        """The beginning of a run."""
        chains, latent = start.shape
        return _Progress(
            0,
            kernels.begin_chains(target, self.move, start),
            tuning_.begin_tuning(self.move.first_step_size, start),
            torch.zeros(chains, self.samples, latent),
            torch.zeros(chains, self.samples, dtype=torch.float64),
            torch.zeros(chains, dtype=torch.float64),
            [0.0, 0.0],
        )

    def _advance(self, target: Posterior, progress: _Progress, noise: tuple) -> _Progress:
        """Run one block, whose random numbers are given."""
        device = progress.state.position.device
        normal, uniform = (torch.from_numpy(numbers).to(device) for numbers in noise)
        state, tuning, ends = progress.state, progress.tuning, tuning_.ends(self.burn_in)
        clock = time.process_time()
        for n in range(len(normal)):
            done = progress.block * self.block + n  # steps before this one
            burning = done < self.burn_in
            size = tuning.step_size if burning else float(np.exp(tuning.mean_log_step_size))
            state, probability, accepted = kernels.take_step(
                target,
                self.move,
                state,
                Noise(normal[n], uniform[n]),
                step_size=size,
                root=tuning.root,
            )
            if burning:
                tuning = self._tuned(tuning, state, probability, done + 1, ends)
                if done + 1 == self.burn_in:
                    progress.cpu_s[0] += time.process_time() - clock
                    clock = time.process_time()
                continue
            progress.accepted += accepted.double().cpu()
            kept, rest = divmod(done + 1 - self.burn_in, self.thinning)
            if rest == 0:
                progress.position[:, kept - 1] = state.position.float().cpu()
                progress.log_likelihood[:, kept - 1] = state.log_likelihood.cpu()
        progress.cpu_s[0 if done < self.burn_in else 1] += time.process_time() - clock
        return replace(progress, block=progress.block + 1, state=state, tuning=tuning)

    def _tuned(self, tuning, state, probability, done, ends) -> Tuning:
        """Learn from a step of burn-in; `done` steps are over."""
        largest = 1.0 if self.move.proposal == "pcn" else 10.0
        tuning = tuning_.learn_step(tuning, probability, self.move.acceptance, largest)
        if self.move.preconditioned:
            tuning = tuning_.gather(tuning, state.position)
            if done == ends[0]:
                tuning = tuning_.reset_sums(tuning)
            elif done in ends:
                tuning = tuning_.learn_shape(tuning)
        return tuning

    def _resumed(self, saved: dict) -> _Progress:
        """Undo `_packed`."""
        there: dict[str, dict[str, Any]] = {
            part: {
                name: value.to(self.device) if isinstance(value, torch.Tensor) else value
                for name, value in saved[part].items()
            }
            for part in ("state", "tuning")
        }
        parts = {"state": LatentState(**there["state"]), "tuning": Tuning(**there["tuning"])}
        return _Progress(**saved | parts)

    def _finished(self, prior: Prior, progress: _Progress, before: float) -> Samples:
        """The result of a run that is over."""
        steps, position = self.samples * self.thinning, progress.position.numpy()
        log_likelihood = progress.log_likelihood.numpy()
        chains = len(position)
        return Samples(
            position,
            log_likelihood + prior.log_density(position.astype(np.float64)),
            log_likelihood,
            even_weights(chains, self.samples),
            (progress.accepted / max(steps, 1)).numpy(),
            chains * steps * self.move.evaluations,
            cpu_s=progress.cpu_s[1],
            setup_cpu_s=before + progress.cpu_s[0],
            about={
                "proposal": self.move.proposal,
                "gradient": int(self.move.uses_gradient),
                "step_size": float(np.exp(progress.tuning.mean_log_step_size)),
                "thinning": self.thinning,
            },
        )
