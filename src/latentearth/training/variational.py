"""Training of a variational autoencoder on crops of a training image (sec. 2.3, 3.1).

The loss per sample is the squared error of its reconstruction (eq. 17 with M = 1), summed over
the cells, plus ``beta / (100 d)`` times the divergence of its code from the prior (eq. 18 without
its sign: the paper's eq. 19 adds a term that has to be subtracted). That weight is how the
authors' code understands beta = 1000: it adds 1000 times the divergence averaged over the 100
samples of a batch and the d = 20 latent dimensions to an error that is summed over the batch; per
sample that is 0.5 per nat. Here the weight does not change with the size of a batch.

The code that is decoded is h + u sqrt(alpha) e with e ~ N(0, I) (eq. 14): alpha is the variance
of the noise, as in the text. (Where the authors' notebooks set an alpha, it multiplies the
standard deviation, and so is the root of ours; for alpha = 1 there is no difference.)
"""

from __future__ import annotations

import copy
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from latentearth import checkpoints
from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.kernels.precision import Products, autocast
from latentearth.networks.vae import VAE_SHAPE, Decoder, Encoder
from latentearth.training.averaging import follow
from latentearth.training.course import Course
from latentearth.training.histories import History
from latentearth.training.muon import Muon

REFERENCE_BATCH = 100  # the authors' batch, by which their beta is defined


@dataclass(frozen=True)
class VariationalTraining:
    """What the training of a VAE depends on (the paper's values as defaults)."""

    steps: int = 100_000
    batch: int = 100
    latent: int = 20
    width: int = 32  # channels next to the image
    alpha: float = 1.0  # variance of the noise on the code
    beta: float = 1000.0  # weight of the divergence, in the authors' unit
    learning_rate: float = 1e-3  # the largest one
    warm_up: int = 0  # steps over which the rate rises to that
    cool_down: int = 0  # steps at the end over which it falls
    optimizer: Literal["adam", "muon"] = "adam"
    average: float = 0.0  # decay per step of a running mean of the weights; 0: none
    products: Products = "float32"
    record_every: int = 100
    checkpoint_every: int = 500


class CropBatches:
    """Batches of crops at random positions, without end.

    Parameters
    ----------
    image
        Training image, (row, column), 0 and 1.
    positions
        Allowed positions, from :func:`latentearth.earth.crops.corners`.
    batch
        Crops per batch.
    seed
        Of the choice.
    device
        Where the crops are wanted.
    """

    def __init__(
        self,
        image: np.ndarray,
        positions: np.ndarray,
        batch: int,
        seed: np.random.SeedSequence,
        device: torch.device | str = "cpu",
        shape: tuple[int, int] = VAE_SHAPE,
    ):
        self.positions, self.batch, self.shape = positions, batch, shape
        self.rng = np.random.Generator(np.random.PCG64(seed))
        self.cells = torch.from_numpy(np.ascontiguousarray(image).ravel()).to(device)
        row, column = np.indices(shape)
        inside = (row * image.shape[1] + column).ravel()
        self.inside = torch.from_numpy(inside).to(device)

    def draw(self) -> Tensor:
        """A batch, (batch, row, column) float32."""
        chosen = self.positions[self.rng.integers(len(self.positions), size=self.batch)]
        first = torch.from_numpy(chosen.astype(np.int64)).to(self.cells.device)
        crops = self.cells[first[:, None] + self.inside]
        return crops.view(-1, *self.shape).float()

    def state_dict(self) -> dict:
        """What decides the batches to come."""
        return {"rng": self.rng.bit_generator.state}

    def load_state_dict(self, state: dict) -> None:
        """Take up where :meth:`state_dict` was called."""
        self.rng.bit_generator.state = state["rng"]


class LearningCurve:
    """Scores of a VAE before, during and after its training.

    Parameters
    ----------
    score
        From encoder and decoder, on the CPU, to numbers by name.
    every
        Steps from one score to the next; 0: only before and after.

    Attributes
    ----------
    rows
        Of each score ``step``, ``cpu_s`` of the training so far without the scoring, and the
        numbers.
    """

    def __init__(self, score: Callable[[Encoder, Decoder], dict[str, float]], every: int = 0):
        self.score, self.every, self.scoring = score, every, 0.0
        self.rows: list[dict[str, float]] = []

    def due(self, step: int, last: int) -> bool:
        """Whether a score belongs to a step, of so many."""
        return step in (0, last) or bool(self.every and step % self.every == 0)

    def add(self, step: int, cpu_s: float, networks: nn.ModuleDict) -> None:
        """Score networks (encoder, decoder) after a step and so many CPU-seconds in all."""
        begun, own = time.process_time(), copy.deepcopy(networks).cpu()
        row = {"step": step, "cpu_s": cpu_s - self.scoring}
        pair: Any = own["encoder"], own["decoder"]
        self.rows.append(row | self.score(*pair))
        self.scoring += time.process_time() - begun

    def state_dict(self) -> dict:
        """What is known so far."""
        return {"rows": self.rows, "scoring": self.scoring}

    def load_state_dict(self, state: dict) -> None:
        """Go on from there."""
        self.rows, self.scoring = list(state["rows"]), state["scoring"]


def warm_up_rate(step: int, settings: VariationalTraining) -> float:
    """Learning rate of a step (from 1): up in a line, constant, and down in a line at the end."""
    rise = step / (settings.warm_up + 1)
    fall = (settings.steps - step + 1) / (settings.cool_down + 1)
    return settings.learning_rate * min(1.0, rise, fall)


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence of codes from N(0, I), eq. 18, in nats: (batch, latent)."""
    return 0.5 * (log_variance.exp() + mean.square() - 1 - log_variance)


def train_variational(
    batches: CropBatches,
    settings: VariationalTraining,
    seed: np.random.SeedSequence,
    device: torch.device | str = "cpu",
    checkpoint: str | os.PathLike | None = None,
    label: str = "training VAE",
    initial: tuple[Encoder, Decoder] | None = None,
    *,
    curve: LearningCurve | None = None,
) -> tuple[Encoder, Decoder, History]:
    """Train a VAE.

    Parameters
    ----------
    batches
        Source of training models.
    settings
        See :class:`Settings`. With products in bfloat16, where the hardware makes them, weights,
        codes and losses stay float32.
    seed
        Of the first weights and of the noise.
    device
        Where to train.
    checkpoint
        File to which the whole state goes every `checkpoint_every` steps, and from which an
        interrupted run of the same settings continues, to the same weights bit for bit on the
        CPU. It is left for the caller to remove.
    label
        What the progress calls this training.
    initial
        Networks from whose weights to start, in place of random ones: those of another training
        image with similar patterns save most of the steps.
    curve
        Takes scores of the networks, of their running means if there are any.

    Returns
    -------
    encoder, decoder, history
        On the CPU; the running means of the weights if ``settings.average`` is above 0.

    Raises
    ------
    FloatingPointError
        If the loss or a weight is no longer a finite number; the last checkpoint is from before.
    """
    fresh = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key).spawn(3)
    encoder = Encoder(fresh[0], settings.latent, settings.width).to(device)
    decoder = Decoder(fresh[1], settings.latent, settings.width).to(device)
    networks = torch.nn.ModuleDict({"encoder": encoder, "decoder": decoder})
    for network, other in zip((encoder, decoder), initial or (), strict=False):
        network.load_state_dict(other.state_dict())
    averaged = copy.deepcopy(networks) if settings.average > 0 else None
    streams = NoiseStreams(fresh[2:], device)
    optimizer = _optimizer(networks, settings)
    parts: dict[str, checkpoints.Stateful] = {"networks": networks, "optimizer": optimizer}
    parts |= {"batches": batches, "streams": streams}
    if averaged is not None:
        parts["averaged"] = averaged
    if curve is not None:
        parts["curve"] = curve
    best = networks if averaged is None else averaged
    course = Course(
        label,
        settings.steps,
        parts,
        checkpoints.identity(asdict(settings), networks, batches, streams),
        losses=("error", "divergence"),
        checkpoint=checkpoint,
    )
    if curve is not None and not course.done:
        curve.add(0, course.took()[1], best)
    for step in course.steps():
        for group in optimizer.param_groups:
            group["lr"] = warm_up_rate(step, settings)
        losses = _step(encoder, decoder, optimizer, batches.draw(), streams, settings)
        course.add(losses)
        if averaged is not None:
            follow(averaged, networks, settings.average, step)
        if step % settings.record_every == 0 or step == settings.steps:
            course.record(step)
        if curve is not None and curve.due(step, settings.steps):
            curve.add(step, course.took()[1], best)
        saving = step % settings.checkpoint_every == 0
        if saving or step == settings.steps:
            course.refuse_spoilt(step, losses, {"encoder": encoder, "decoder": decoder})
        if saving:
            course.save(step)
    if best is not networks:
        networks.load_state_dict(best.state_dict())
    return encoder.cpu(), decoder.cpu(), course.history()


def _optimizer(networks: nn.Module, settings: VariationalTraining) -> torch.optim.Adam | Muon:
    if settings.optimizer == "muon":
        return Muon(networks.parameters(), settings.learning_rate, settings.products)
    return torch.optim.Adam(networks.parameters(), settings.learning_rate, fused=True)


def _step(encoder, decoder, optimizer, models, streams, settings) -> Tensor:
    """One update; squared error and divergence, means per sample, (2,)."""
    rounded = autocast(streams.device, settings.products)
    noise = streams.normal(len(models), settings.latent)[0]
    with rounded:
        mean, log_variance = encoder(models)
    mean, log_variance = mean.float(), log_variance.float()
    codes = mean + (0.5 * log_variance).exp() * (math.sqrt(settings.alpha) * noise)
    with rounded:
        logits = decoder.logits(codes)
    error = (torch.sigmoid(logits.float()) - models).square().sum() / len(models)
    nats = divergence(mean, log_variance).sum() / len(models)
    optimizer.zero_grad()
    (error + settings.beta / (REFERENCE_BATCH * settings.latent) * nats).backward()
    optimizer.step()
    return torch.stack([error.detach(), nats.detach()])
