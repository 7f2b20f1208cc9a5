"""Conditional WGAN with gradient penalty (Gulrajani et al. 2017; equation 11).

Equation 11 is printed with logarithms, which belong to the original GAN; the critic of a
Wasserstein GAN has none, nor had the authors'. The penalty's gradient is by the traces alone.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from latentearth import checkpoints
from latentearth.progress import progress
from latentearth.training.averaging import follow
from latentearth.training.histories import History
from latentearth.training.regression import (
    Best,
    draws,
    mean_squared_error,
    since,
    take_network,
)


@dataclass(frozen=True)
class ConditionalTraining:
    """What a training depends on.

    Attributes
    ----------
    steps
        Of the generator.
    critic_steps
        Before each step of the generator.
    batch, learning_rate, betas
        Of Adam, for both networks.
    final_rate
        Share of the learning rate left at the last step, falling linearly.
    penalty
        Its coefficient, lambda.
    latent
        Latent variables, uniform in (-1, 1).
    average
        Decay per step of a running mean of the generator's weights, which is what is validated
        and kept; it smooths the swinging of a generator about what it learns. 0: none.
    validate_every, patience
        Steps of the generator between two looks at the validation set, and without a better
        one, after which a network stops.
    checkpoint_every
        Steps of the generator.
    """

    steps: int
    critic_steps: int
    batch: int
    learning_rate: float
    betas: tuple[float, float]
    final_rate: float
    penalty: float
    latent: int
    average: float
    validate_every: int
    patience: int
    checkpoint_every: int


def penalty(critic: nn.Module, real: Tensor, fake: Tensor, condition: Tensor, share: Tensor):
    """Mean square of (norm of the critic's gradient - 1) between real and fake, (net,).

    Parameters
    ----------
    critic
        Maps traces and conditions to (net, batch, 1).
    real, fake
        (net, batch, sample).
    condition
        (net, batch, 4).
    share
        Place between the two, (net, batch, 1).
    """
    between = (real + share * (fake - real)).requires_grad_()
    judged = critic(between, condition)
    (slope,) = torch.autograd.grad(judged.sum(), between, create_graph=True)
    return ((slope.norm(dim=2) - 1) ** 2).mean(1)


def _uniform(rngs: Sequence[np.random.Generator], shape: tuple, low: float, device) -> Tensor:
    drawn = np.stack([rng.random(shape, np.float32) for rng in rngs])
    return torch.from_numpy(low + (1 - low) * drawn).to(device)


def _rows(rngs: Sequence[np.random.Generator], count: int, batch: int, device) -> Tensor:
    drawn = np.stack([rng.integers(0, count, batch) for rng in rngs])
    return torch.from_numpy(drawn).to(device)


def train_conditional(
    generator: nn.Module,
    critic: nn.Module,
    data: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    settings: ConditionalTraining,
    seeds: Sequence[np.random.SeedSequence],
    checkpoint: str | os.PathLike | None = None,
    label: str = "training WGAN-GP",
    device: torch.device | str = "cpu",
    score: Callable[[Callable[[Tensor], Tensor], Tensor, Tensor], Tensor] | None = None,
) -> History:
    """Train a stack of generators and critics in place; generators end with their best weights.

    Parameters
    ----------
    generator
        Maps latent vectors and conditions, (net, batch, .), to traces (net, batch, sample).
    critic
        Maps traces and conditions to (net, batch, 1).
    data, validation
        Conditions (n, 4) and traces (n, sample).
    settings
        See :class:`Settings`.
    seeds, checkpoint, label, device
        As of :func:`latentearth.training.regression.train_regression`.
    score
        Of a generator on the validation set, (net,), smaller is better; by default the mean
        squared error with the latent vector at its mean, zero.

    Raises
    ------
    FloatingPointError
        If a loss or a weight is no longer a finite number; the last checkpoint is from before.
    """
    generator.to(device)
    critic.to(device)
    nets, s = len(seeds), settings
    condition, traces, seen, truth = (
        torch.from_numpy(np.ascontiguousarray(part, np.float32)).to(device)[None]
        for part in (*data, *validation)
    )
    seen, truth = seen.expand(nets, -1, -1), truth.expand(nets, -1, -1)
    mean = torch.zeros(nets, seen.shape[1], s.latent, device=device)

    kept = copy.deepcopy(generator)  # the running mean

    def predict(x: Tensor) -> Tensor:
        return kept(mean, x)

    adams = [
        torch.optim.Adam(net.parameters(), s.learning_rate, (s.betas[0], s.betas[1]), fused=True)
        for net in (generator, critic)
    ]
    best, records, before = Best(kept, nets, s.patience), [], [0.0, 0.0]
    parts: dict[str, checkpoints.Stateful] = {"generator": generator, "critic": critic}
    parts |= {"kept": kept, "best": best}
    parts |= {"generator_adam": adams[0], "critic_adam": adams[1]}
    done = 0
    about = checkpoints.identity(
        asdict(settings), generator, critic, condition, traces, seen, truth, seeds
    )
    found = checkpoints.load(checkpoint, about) if checkpoint else None
    if found:
        for name, part in parts.items():
            part.load_state_dict(found[name])
        records, before = [tuple(map(np.array, r)) for r in found["records"]], found["seconds"]
        done = found["step"]
        print(f"{label}: continuing from step {done} of {s.steps}")
    start = time.perf_counter(), time.process_time()
    for step in progress(range(done + 1, s.steps + 1), label):
        if best.stopped.all():
            break
        left = 1 - (step - 1) / s.steps
        for adam in adams:
            adam.param_groups[0]["lr"] = s.learning_rate * (s.final_rate * (1 - left) + left)
        rngs = [draws(seed, step) for seed in seeds]
        for _ in range(s.critic_steps):
            rows = _rows(rngs, traces.shape[1], s.batch, device)
            real, c = take_network(traces, rows), take_network(condition, rows)
            with torch.no_grad():
                fake = generator(_uniform(rngs, (s.batch, s.latent), -1.0, device), c)
            share = _uniform(rngs, (s.batch, 1), 0.0, device)
            judged = critic(torch.cat([fake, real], 1), torch.cat([c, c], 1))
            distance = (judged[:, s.batch :] - judged[:, : s.batch]).mean((1, 2))
            losses = s.penalty * penalty(critic, real, fake, c, share) - distance
            adams[1].zero_grad()
            losses.sum().backward()
            adams[1].step()
        c = take_network(condition, _rows(rngs, traces.shape[1], s.batch, device))
        fake = generator(_uniform(rngs, (s.batch, s.latent), -1.0, device), c)
        adams[0].zero_grad()
        (-critic(fake, c)).mean((1, 2)).sum().backward()
        adams[0].step()
        follow(kept, generator, s.average, step)
        if step % s.validate_every == 0 or step == s.steps:
            with torch.no_grad():
                if score is None:
                    losses = mean_squared_error(predict, seen, truth, mean)
                else:
                    losses = score(predict, seen, truth)
            record = distance.detach().double().cpu().numpy(), losses.double().cpu().numpy()
            if not np.isfinite(record).all():
                raise FloatingPointError(
                    f"{label}: at step {step} distances are {record[0]} and validation losses "
                    f"{record[1]}; the last checkpoint is kept"
                )
            records.append(record)
            best.look(step, record[1])
        if checkpoint and step % s.checkpoint_every == 0:
            last = {"distance": distance.tolist()}
            both = {"generator": generator, "critic": critic}
            checkpoints.refuse_spoilt(label, f"at step {step}", last, both)
            state: dict[str, Any] = {name: part.state_dict() for name, part in parts.items()}
            state["records"] = [[part.tolist() for part in r] for r in records]
            state["seconds"] = since(start, before)
            checkpoints.save(checkpoint, state | {"step": step}, about)
    best.restore()
    generator.load_state_dict(kept.state_dict())
    generator.cpu()
    critic.cpu()
    distances, scores = (np.array(column) for column in zip(*records, strict=True))
    looks = s.validate_every * (1 + np.arange(len(records)))
    losses_of = {"training": distances, "validation": scores}
    seconds, cpu_seconds = since(start, before)
    return History(looks, losses_of, seconds, cpu_seconds, best.when)
