"""Run many chains in a latent space as one batch: burn-in, samples, checkpoints, cost.

Random numbers of chain k in block b come from a stream of their own, so that a run taken up at a
block's start goes on as if it had never stopped, and chains of one seed see the same numbers
whatever the method.
"""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import torch

from latentearth import checkpoints
from latentearth.progress import progress
from latentearth.samplers import latent_kernels as kernels
from latentearth.samplers import latent_tuning as tuning_
from latentearth.samplers.latent_kernels import LatentState, Method, Noise, Target
from latentearth.samplers.latent_tuning import Tuning


@dataclass(frozen=True)
class Plan:
    """How long to run.

    Attributes
    ----------
    burn_in, samples
        Steps that are thrown away, and samples kept per chain.
    thinning
        Steps from one kept sample to the next.
    block
        Steps between checkpoints.
    """

    burn_in: int
    samples: int
    thinning: int = 1
    block: int = 250

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.burn_in + self.samples * self.thinning


@dataclass(frozen=True)
class Chains:
    """What a run gives.

    Attributes
    ----------
    position
        Samples, (chain, sample, latent) float32.
    log_likelihood
        (chain, sample).
    acceptance
        Share of proposals accepted after burn-in, (chain,).
    step
        Size of steps after burn-in.
    root
        Shape L of steps after burn-in, (latent, latent).
    evaluations
        Of the target per chain after burn-in, each with its gradient if the method needs it.
    cpu_s
        CPU time after burn-in, all chains.
    burn_in_cpu_s
        CPU time of burn-in.
    """

    position: np.ndarray
    log_likelihood: np.ndarray
    acceptance: np.ndarray
    step: float
    root: np.ndarray
    evaluations: int
    cpu_s: float
    burn_in_cpu_s: float

    @property
    def log_posterior(self) -> np.ndarray:
        """Logarithm of the posterior density up to a constant (eq. 16), (chain, sample)."""
        prior = -0.5 * np.square(self.position, dtype=np.float64).sum(axis=-1)
        return self.log_likelihood + prior


def variables(found: Chains, plan: Plan) -> dict[str, tuple]:
    """Chains as variables of a dataset: dimensions, values and attributes by name."""
    one, cpu, pair = {"units": "1"}, {"units": "s"}, ("chain", "sample")
    return {
        "position": ((*pair, "latent"), found.position, one | {"thinning": plan.thinning}),
        "log_likelihood": (pair, found.log_likelihood, one),
        "log_posterior": (pair, found.log_posterior, one),
        "acceptance": ("chain", found.acceptance, one),
        "step": ((), found.step, one),
        "evaluations": ((), found.evaluations, one),
        "cpu_time": ((), found.cpu_s, cpu),
        "burn_in_cpu_time": ((), found.burn_in_cpu_s, cpu),
    }


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


def prior_starts(seed: np.random.SeedSequence, chains: int, latent: int) -> torch.Tensor:
    """Dispersed places to start from: draws of the prior, (chain, latent)."""
    key = (*seed.spawn_key, 0)
    random = np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=key))
    return torch.from_numpy(random.standard_normal((chains, latent)))


def run(
    target: Target,
    method: Method,
    plan: Plan,
    start: torch.Tensor,
    seed: np.random.SeedSequence,
    checkpoint: str | os.PathLike | None = None,
    about: dict | None = None,
) -> Chains:
    """Run chains, or take them up where a checkpoint left them.

    Parameters
    ----------
    target, method, plan
        What to sample, how, and how long.
    start
        (chain, latent); its device is that of the run.
    seed
        Of all random numbers.
    checkpoint
        A file for the state between blocks, left for the caller to remove.
    about
        What the target depends on; a checkpoint of another is not taken up.

    Returns
    -------
    Chains
        The same whether the run was stopped or not (but for times).
    """
    chains, latent = start.shape
    settings = {
        **(about or {}), "method": asdict(method), "plan": asdict(plan),
        "seed": [seed.entropy, seed.spawn_key], "start": float(start.double().norm()),
    }  # fmt: skip
    saved = checkpoints.load(checkpoint, settings) if checkpoint else None
    work = _resumed(saved, start.device) if saved else _fresh(target, method, plan, start)
    if saved:
        print(f"{chains} chains: continuing from step {work.block * plan.block}")
    blocks = range(work.block, -(-plan.steps // plan.block))
    for block in progress(blocks, f"{chains} chains, blocks of {plan.block} steps"):
        steps = min(plan.block, plan.steps - block * plan.block)
        noise = block_noise(seed, chains, latent, block, steps)
        work = _advance(target, method, plan, work, noise)
        if checkpoint:
            checkpoints.save(checkpoint, _packed(work), settings)
    return _finished(work, plan, method)


@dataclass
class _Progress:
    """All that a run is between two blocks."""

    block: int
    state: LatentState
    tuning: Tuning
    position: torch.Tensor  # (chain, sample, latent) float32
    phi: torch.Tensor  # (chain, sample)
    accepted: torch.Tensor  # (chain,)
    cpu_s: list[float]  # burn-in, afterwards


def _fresh(target: Target, method: Method, plan: Plan, start: torch.Tensor) -> _Progress:
    """The beginning of a run."""
    chains, latent = start.shape
    start = start.double()
    return _Progress(
        0,
        kernels.begin_chains(target, method, start),
        tuning_.begin_tuning(method.first_step, start),
        torch.zeros(chains, plan.samples, latent),
        torch.zeros(chains, plan.samples, dtype=torch.float64),
        torch.zeros(chains, dtype=torch.float64),
        [0.0, 0.0],
    )


def _advance(
    target: Target, method: Method, plan: Plan, progress: _Progress, noise: tuple
) -> _Progress:
    """Run one block, whose random numbers are given."""
    device = progress.state.position.device
    normal, uniform = (torch.from_numpy(numbers).to(device) for numbers in noise)
    state, tuning, ends = progress.state, progress.tuning, tuning_.ends(plan.burn_in)
    clock = time.process_time()
    for n in range(len(normal)):
        done = progress.block * plan.block + n  # steps before this one
        burning = done < plan.burn_in
        step = tuning.step if burning else float(np.exp(tuning.mean_log_step))
        state, probability, accepted = kernels.take_step(
            target, method, state, Noise(normal[n], uniform[n]), step, tuning.root
        )
        if burning:
            tuning = _tuned(method, tuning, state, probability, done + 1, ends)
            if done + 1 == plan.burn_in:
                progress.cpu_s[0] += time.process_time() - clock
                clock = time.process_time()
            continue
        progress.accepted += accepted.double().cpu()
        kept, rest = divmod(done + 1 - plan.burn_in, plan.thinning)
        if rest == 0:
            progress.position[:, kept - 1] = state.position.float().cpu()
            progress.phi[:, kept - 1] = state.phi.cpu()
    progress.cpu_s[0 if done < plan.burn_in else 1] += time.process_time() - clock
    return replace(progress, block=progress.block + 1, state=state, tuning=tuning)


def _tuned(method, tuning, state, probability, done, ends) -> Tuning:
    """Learn from a step of burn-in; `done` steps are over."""
    largest = 1.0 if method.move == "pcn" else 10.0
    tuning = tuning_.learn_step(tuning, probability, method.acceptance, largest)
    if method.preconditioned:
        tuning = tuning_.gather(tuning, state.position)
        if done == ends[0]:
            tuning = tuning_.reset_sums(tuning)
        elif done in ends:
            tuning = tuning_.learn_shape(tuning)
    return tuning


def _packed(progress: _Progress) -> dict:
    """A run as tensors and plain values."""
    packed = {field.name: getattr(progress, field.name) for field in fields(progress)}
    for name in ("state", "tuning"):
        part = packed[name]
        packed[name] = {field.name: getattr(part, field.name) for field in fields(part)}
    return packed


def _resumed(saved: dict, device) -> _Progress:
    """Undo `_packed`."""
    there: dict[str, dict[str, Any]] = {
        name: {
            k: v.to(device) if isinstance(v, torch.Tensor) else v for k, v in saved[name].items()
        }
        for name in ("state", "tuning")
    }
    parts = {"state": LatentState(**there["state"]), "tuning": Tuning(**there["tuning"])}
    return _Progress(**saved | parts)


def _finished(progress: _Progress, plan: Plan, method: Method) -> Chains:
    """The result of a run that is over."""
    steps = plan.samples * plan.thinning
    return Chains(
        progress.position.numpy(),
        progress.phi.numpy(),
        (progress.accepted / max(steps, 1)).numpy(),
        float(np.exp(progress.tuning.mean_log_step)),
        progress.tuning.root.cpu().numpy(),
        steps * method.leapfrog if method.uses_gradient else steps,
        progress.cpu_s[1],
        progress.cpu_s[0],
    )
