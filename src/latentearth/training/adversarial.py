"""One adversarial training loop, for one network pair or for many at once.

The loop knows the original GAN (Goodfellow et al. 2014; Scheiter et al. 2022, eqs A1 and A2)
and the WGAN, with clipped weights (Arjovsky et al. 2017) or with a gradient penalty
(Gulrajani et al. 2017; Santos et al. 2024, eq. A1).
Losses are means over a batch and sums over networks: the networks of a stack share no
parameter, so each receives the gradient of its own loss alone.

With products in bfloat16, where the hardware makes them, torch chooses which operations are
rounded, as convolutional networks with batch normalisation need it. Networks of small matrices
(those with ``works_on_copies``) work with rounded copies of their weights and with rounded samples
instead, which halves the time of their products. Weights, mean squares and losses stay float32.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from latentearth import checkpoints
from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.kernels.precision import Products, autocast, rounds
from latentearth.training import optimizers
from latentearth.training.averaging import follow
from latentearth.training.course import Course
from latentearth.training.histories import History
from latentearth.training.penalty import critic_slopes, real_slopes


@dataclass(frozen=True)
class AdversarialTraining:
    """What an adversarial training depends on (Tables A2 to A4 give the papers' values)."""

    steps: int
    batch: int
    learning_rate: float
    latent: int = 100
    loss: str = "gan"  # gan, wgan or wgan-gp
    optimizer: str = "adam"  # adam or rmsprop
    betas: tuple[float, float] = (0.5, 0.999)
    critic_steps: int = 1
    critic_rate: float = 1.0  # learning rate of the critic, in units of the generator's
    clip: float = 0.01  # wgan only
    smoothing: float = 0.0  # noise added to the real batch, redrawn at every discriminator step
    checkpoint_every: int = 1000
    record_every: int = 100
    products: Products = "float32"
    average: float = 0.0  # decay per step of a running mean of the generator's weights; 0: none
    penalty: float = 10.0  # weight of the gradient penalty; wgan-gp only
    penalised: int | None = None  # samples of a batch that it looks at; all by default
    real_penalty: float = 0.0  # weight of the penalty on slopes at real samples; 0: none
    real_penalty_every: int = 1  # critic's steps from one to the next
    moments: float = 0.0  # weight of what the generator lowers beside its loss; 0: nothing


class Batches(checkpoints.Stateful, Protocol):
    """A source of real samples without end."""

    def draw(self) -> Tensor:
        """The next batch, (net, batch, ...)."""


def _critic_loss(kind: str, real: Tensor, fake: Tensor) -> Tensor:
    """Loss of the discriminator or critic, (net,). real, fake: its outputs (net, batch, 1)."""
    if kind == "gan":  # eq. A1, with log(1 - sigmoid(x)) = logsigmoid(-x)
        return -(logsigmoid(real) + logsigmoid(-fake)).mean((1, 2))
    return (fake - real).mean((1, 2))


def _generator_loss(kind: str, fake: Tensor) -> Tensor:
    """Loss of the generator, (net,): eq. A2, or minus the critic's mean."""
    return -(logsigmoid(fake) if kind == "gan" else fake).mean((1, 2))


def _optimizer(
    settings: AdversarialTraining, network: nn.Module, worker: nn.Module, clip: float, rate: float
):
    """The optimiser by its name, of the parameters of `network` that `worker` computes with."""
    parameters, working = list(network.parameters()), list(worker.parameters())
    if settings.optimizer == "adam":  # fused, because it passes over memory once
        first, second = settings.betas
        adam = torch.optim.Adam(parameters, rate, (first, second), fused=True)
        return optimizers.Torch(adam, parameters, working, clip)
    if parameters[0].device.type == "cpu":
        return optimizers.RMSprop(parameters, working, rate, clip)
    rmsprop = torch.optim.RMSprop(parameters, rate, foreach=True)
    return optimizers.Torch(rmsprop, parameters, working, clip)


def train_adversarial(
    generator: nn.Module,
    critic: nn.Module,
    batches: Batches,
    streams: NoiseStreams,
    settings: AdversarialTraining,
    *,
    checkpoint: str | os.PathLike | None = None,
    label: str = "training",
    on_record: Callable[[int], None] | None = None,
    averaged: nn.Module | None = None,
    beside: Callable[[Tensor], Tensor] | None = None,
) -> History:
    """Train generator and critic against each other, in place.

    Parameters
    ----------
    generator
        Maps (noise (net, batch, latent), streams) to samples (net, batch, ...).
    critic
        Maps samples to one number each, (net, batch, 1); for the GAN the logit of the
        probability that a sample is real.
    batches
        Source of real samples.
    streams
        Random numbers of the networks.
    settings
        See :class:`Settings`.
    checkpoint
        File to which the whole state goes every `checkpoint_every` steps, and from which an
        interrupted run of the same settings continues, to the same weights bit for bit on
        the CPU. It is left for the caller to remove.
    label
        What the progress calls this training.
    on_record
        Called with the step at every record, for example a
        :class:`~latentearth.training.validation.Validation`. What has a ``state_dict`` is part
        of the checkpoints.
    averaged
        A copy of the generator whose parameters become the running mean of the generator's,
        with a decay of ``settings.average`` (less in the first steps). It smooths the swinging
        of a generator about what it learns; the training itself does not notice.
    beside
        Of generated samples (net, batch, ...): a number that the generator is to lower beside its
        loss, with the weight ``settings.moments``, for example a
        :class:`~latentearth.training.moments.MomentDistance`. It is not in the loss recorded.

    Raises
    ------
    FloatingPointError
        If a loss or a weight is no longer a finite number; the last checkpoint is from before.
    """
    workers = generator, critic
    if _on_copies(generator, streams.device, settings):
        workers = copy.deepcopy(generator).bfloat16(), copy.deepcopy(critic).bfloat16()
    clips = optimizers.UNCLIPPED, settings.clip if settings.loss == "wgan" else optimizers.UNCLIPPED
    rates = settings.learning_rate, settings.learning_rate * settings.critic_rate
    steppers = [
        _optimizer(settings, net, worker, clip, rate)
        for net, worker, clip, rate in zip((generator, critic), workers, clips, rates, strict=True)
    ]
    parts: dict[str, checkpoints.Stateful] = {
        "generator": generator,
        "critic": critic,
        "generator_optimizer": steppers[0],
        "critic_optimizer": steppers[1],
        "batches": batches,
        "streams": streams,
    }
    if averaged is not None:
        parts["averaged"] = averaged
    if on_record is not None and hasattr(on_record, "state_dict"):
        parts["on_record"] = cast(checkpoints.Stateful, on_record)
    begun = [part for part in parts.values() if part not in steppers]
    course = Course(
        label,
        settings.steps,
        parts,
        checkpoints.identity(asdict(settings), *begun),
        losses=("critic", "generator"),
        checkpoint=checkpoint,
    )
    for step in course.steps():
        losses = torch.stack(
            _step(*workers, steppers, batches, streams, settings, step, beside=beside)
        )
        course.add(losses)
        if averaged is not None:
            follow(averaged, generator, settings.average, step)
        if step % settings.record_every == 0 or step == settings.steps:
            course.record(step)
            if on_record:
                on_record(step)
        saving = step % settings.checkpoint_every == 0 and checkpoint is not None
        if saving or step == settings.steps:
            course.refuse_spoilt(step, losses, {"generator": generator, "critic": critic})
        if saving:
            course.save(step)
    return course.history()


def _on_copies(generator: nn.Module, device: torch.device, settings: AdversarialTraining) -> bool:
    """Whether networks compute with rounded copies of their weights."""
    return getattr(generator, "works_on_copies", False) and rounds(device, settings.products)


def _step(
    generator, critic, steppers, batches, streams, settings, step, *, beside=None
) -> tuple[Tensor, Tensor]:
    """One update of the generator after `critic_steps` of the critic; losses (net,)."""
    on_copies = _on_copies(generator, streams.device, settings)  # the weights say how it is done
    rounded = autocast(streams.device, "float32" if on_copies else settings.products)
    for _ in range(settings.critic_steps):
        real = batches.draw()
        if settings.smoothing > 0:
            real = real + settings.smoothing * batches.used * streams.normal(*real.shape[1:])
        with rounded:
            fake = generator(streams.normal(settings.batch, settings.latent), streams)
        excess = 0.0
        if settings.loss == "wgan-gp":
            share = torch.special.ndtr(streams.normal(settings.batch, 1)[..., 0])  # uniform
            with rounded:
                of_real, of_fake, lengths = critic_slopes(
                    critic, real, fake, share, settings.penalised
                )
            excess = settings.penalty * ((lengths.float() - 1) ** 2).mean(1)
        else:
            with rounded:
                of_real, of_fake = _judge(critic, real.to(fake.dtype), fake.detach())
        if settings.real_penalty > 0 and step % settings.real_penalty_every == 0:
            slopes = real_slopes(critic, real, settings.penalised)
            excess = excess + settings.real_penalty * slopes.mean(1)
        critic_loss = _critic_loss(settings.loss, of_real.float(), of_fake.float()) + excess
        steppers[1].zero_grad()
        critic_loss.sum().backward()
        steppers[1].step()
    # the generator answers the updated critic with the samples that it has just made
    with rounded:
        answer = critic(fake)
    generator_loss = _generator_loss(settings.loss, answer.float())
    wanted = generator_loss.sum()
    if beside is not None:
        wanted = wanted + settings.moments * beside(fake)
    (slope,) = torch.autograd.grad(wanted, fake)
    steppers[0].zero_grad()
    fake.backward(slope)
    steppers[0].step()
    return critic_loss.detach(), generator_loss.detach()


def _judge(critic: nn.Module, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """Outputs of the critic for real and fake samples.

    One pass over both costs less than two, but where a batch is normalised by its own
    statistics it must hold one kind alone (Radford et al. 2015).
    """
    if getattr(critic, "normalises_batches", False):
        return critic(real), critic(fake)
    out = critic(torch.cat([real, fake], 1))
    return out[:, : real.shape[1]], out[:, real.shape[1] :]
