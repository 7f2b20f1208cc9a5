"""Conditional WGAN with gradient penalty (Gulrajani et al. 2017; equation 11).

Equation 11 is printed with logarithms, which belong to the original GAN; the critic of a
Wasserstein GAN has none, nor had the authors'. The penalty's gradient is by the traces alone.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn

from latentearth import checkpoints
from latentearth.training.averaging import follow
from latentearth.training.course import Course
from latentearth.training.histories import History
from latentearth.training.regression import (
    Best,
    draws,
    mean_squared_error,
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
    *,
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
    s, nets = settings, len(seeds)
    condition, traces, seen, truth = (
        torch.from_numpy(np.ascontiguousarray(part, np.float32)).to(device)[None]
        for part in (*data, *validation)
    )
    seen, truth = seen.expand(nets, -1, -1), truth.expand(nets, -1, -1)
    mean = torch.zeros(nets, seen.shape[1], s.latent, device=device)
    kept = copy.deepcopy(generator)  # the running mean
    betas = s.betas[0], s.betas[1]
    pair = {"generator": generator, "critic": critic}
    adams = {
        f"{name}_adam": torch.optim.Adam(net.parameters(), s.learning_rate, betas, fused=True)
        for name, net in pair.items()
    }
    best = Best(kept, nets, s.patience)
    course = Course(
        label,
        s.steps,
        pair | adams | {"kept": kept, "best": best},
        checkpoints.identity(asdict(s), generator, critic, condition, traces, seen, truth, seeds),
        losses=("training", "validation"),
        checkpoint=checkpoint,
    )
    for step in course.steps():
        if best.stopped.all():
            break
        left = 1 - (step - 1) / s.steps
        for adam in adams.values():
            adam.param_groups[0]["lr"] = s.learning_rate * (s.final_rate * (1 - left) + left)
        rngs = [draws(seed, step) for seed in seeds]
        distance = _step(generator, critic, adams, (condition, traces), rngs, s)
        follow(kept, generator, s.average, step)
        if step % s.validate_every == 0 or step == s.steps:
            with torch.no_grad():
                losses = _validation(kept, mean, seen, truth, score)
            record = torch.stack([distance, losses]).double().cpu().numpy()
            best.look(step, course.record(step, record)[1])
        if step % s.checkpoint_every == 0:
            course.refuse_spoilt(step, distance[None], pair)
            course.save(step)
    best.restore()
    generator.load_state_dict(kept.state_dict())
    generator.cpu()
    critic.cpu()
    return course.history(best.when)


def _validation(kept, mean, seen, truth, score) -> Tensor:
    """Losses (net,) of the running means on the validation set."""

    def predict(x: Tensor) -> Tensor:
        return kept(mean, x)

    if score is None:
        return mean_squared_error(predict, seen, truth, mean)
    return score(predict, seen, truth)


def _step(generator, critic, adams, data, rngs, settings) -> Tensor:
    """Updates of the critic, and one of the generator; the critic's last distance (net,)."""
    (condition, traces), s = data, settings
    device, count = traces.device, traces.shape[1]
    for _ in range(s.critic_steps):
        rows = _rows(rngs, count, s.batch, device)
        real, c = take_network(traces, rows), take_network(condition, rows)
        with torch.no_grad():
            fake = generator(_uniform(rngs, (s.batch, s.latent), -1.0, device), c)
        share = _uniform(rngs, (s.batch, 1), 0.0, device)
        judged = critic(torch.cat([fake, real], 1), torch.cat([c, c], 1))
        distance = (judged[:, s.batch :] - judged[:, : s.batch]).mean((1, 2))
        losses = s.penalty * penalty(critic, real, fake, c, share) - distance
        adams["critic_adam"].zero_grad()
        losses.sum().backward()
        adams["critic_adam"].step()
    c = take_network(condition, _rows(rngs, count, s.batch, device))
    fake = generator(_uniform(rngs, (s.batch, s.latent), -1.0, device), c)
    adams["generator_adam"].zero_grad()
    (-critic(fake, c)).mean((1, 2)).sum().backward()
    adams["generator_adam"].step()
    return distance.detach()
