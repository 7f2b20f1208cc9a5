"""Posteriors in a latent space as results: mean models, spreads, and how they stand to truths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr

from latentearth.earth import crops
from latentearth.inversion.crosshole_survey import times
from latentearth.inversion.latent_posterior import (
    DataError,
    ModelError,
    learn_error,
    learn_model_error,
    traveltime_posterior,
)
from latentearth.networks.generators import TrainedGenerator
from latentearth.networks.kernels.precision import Products
from latentearth.networks.vae import Encoder
from latentearth.operators.straight_rays import StraightRays
from latentearth.samplers.annealing import Annealing, anneal_all
from latentearth.samplers.latent_kernels import Move
from latentearth.samples import Samples

DRAWS = 2000  # of what codes cannot make, for a truth
PLACES = ["quantile", "bias", "spread"]  # of truths among samples, by block
BLOCKS = 4, 2  # of a model, down and across: what ranks and coverage are told of


@dataclass(frozen=True)
class Recoded:
    """Crops of the part of an image that networks learn from, and the VAE's own of them.

    Attributes
    ----------
    models, decoded
        (crop, row, column).
    """

    models: np.ndarray
    decoded: np.ndarray

    def error(
        self, operator: StraightRays, velocities: tuple[float, float], noise: float
    ) -> DataError:
        """What encoding and decoding does to times, and independent noise, ns."""
        return learn_error(self._times(operator, velocities), noise)

    def model_error(
        self, operator: StraightRays, velocities: tuple[float, float], noise: float
    ) -> ModelError:
        """What it does to the shares of channels in blocks, given the times."""
        blocks = block_means(self.models) - block_means(self.decoded)
        return learn_model_error(blocks, self._times(operator, velocities), noise)

    def averaged(self) -> Recoded:
        """The same crops beside one model, their mean: nothing is left of the VAE."""
        return Recoded(self.models, np.broadcast_to(self.models.mean(0), self.models.shape))

    def _times(self, operator: StraightRays, velocities: tuple[float, float]) -> np.ndarray:
        """Times (crop, datum) of crops less those of the VAE's, ns."""
        recorded = [times(operator, each, velocities) for each in (self.models, self.decoded)]
        return recorded[0] - recorded[1]


def recode(
    image: xr.Dataset,
    vae: TrainedGenerator,
    encoder: Encoder,
    count: int,
    rng: np.random.Generator,
) -> Recoded:
    """Encode and decode `count` crops of a training image."""
    corners = zip(image.truth_row.values, image.truth_column.values, strict=True)
    allowed = crops.corners(image.facies.shape, corners, int(image.attrs["held_out_rows"]))
    models = crops.cut(image.facies.values, rng.choice(allowed, count)).astype(np.float32)
    with torch.no_grad():
        parts = torch.from_numpy(models).split(100)
        return Recoded(models, torch.cat([vae(encoder(part)[0]) for part in parts]).numpy())


@dataclass(frozen=True)
class LatentInversion:
    """Posteriors of codes by annealing, as a section of the config says."""

    vae: TrainedGenerator
    operator: StraightRays
    velocities: tuple[float, float]
    products: Products
    section: dict

    def __call__(
        self, observed: np.ndarray, error: DataError, seed: np.random.SeedSequence
    ) -> list[Samples]:
        """Samples for each row of times (truth, datum)."""
        steps = self.section["leapfrog"]
        move = Move("hamiltonian", True, leapfrog=steps, acceptance=0.7, first_step_size=0.2)
        targets = [
            traveltime_posterior(
                lambda z: self.vae(z, self.products),
                self.operator,
                self.velocities,
                row,
                error,
                latent=self.vae.latent,
            )
            for row in observed
        ]
        size = self.section["particles"], self.section["moves"], self.section["kept"]
        sampler = Annealing(*size, move=move)
        return anneal_all(sampler, targets, seed)

    def models(self, drawn: list[Samples]) -> np.ndarray:
        """Models (truth, sample, row, column) of samples."""
        codes = torch.from_numpy(np.stack([samples.flat for samples in drawn])).float()
        with torch.no_grad():
            return np.stack([self.vae(each).numpy() for each in codes])

    def means(self, drawn: list[Samples]) -> np.ndarray:
        """Mean models (truth, row, column) of samples."""
        return self.models(drawn).mean(1)


def block_means(models: np.ndarray) -> np.ndarray:
    """Share of channels in blocks of models (..., row, column) to (..., block)."""
    parts = [
        part
        for band in np.array_split(models, BLOCKS[0], axis=-2)
        for part in np.array_split(band, BLOCKS[1], axis=-1)
    ]
    return np.stack([part.mean((-2, -1)) for part in parts], axis=-1)


def among(inside: np.ndarray, true: np.ndarray) -> dict[str, tuple]:
    """Where true shares of channels (block,) lie among samples (sample, block)."""
    units = {"units": "1"}
    return {
        "quantile": ("block", (inside < true).mean(0), units),
        "bias": ("block", inside.mean(0) - true, units),
        "spread": ("block", inside.std(0), units),
    }


def predicted(
    models: Sequence[np.ndarray],
    truths: np.ndarray,
    observed: np.ndarray,
    recorded: Sequence[np.ndarray],
    *,
    error: ModelError,
    rng: np.random.Generator,
) -> xr.Dataset:
    """Where truths lie among samples to each of which is added what they cannot make.

    Parameters
    ----------
    models, recorded
        Of each truth, models (sample, row, column) and their times (sample, datum).
    truths, observed
        (truth, row, column), and times (truth, datum).
    error
        Of the shares of channels in blocks, given the times.
    rng
        Of the errors drawn.
    """
    parts = []
    for each, truth, times_seen, times_made in zip(models, truths, observed, recorded, strict=True):
        added = error.draw(times_seen - times_made, max(1, DRAWS // len(each)), rng)
        inside = (block_means(each)[:, None] + added).reshape(-1, added.shape[-1])
        parts.append(xr.Dataset(among(inside.clip(0, 1), block_means(truth))))
    return xr.concat(parts, xr.Variable("truth", range(len(truths))))


def described(
    generator: TrainedGenerator, samples: Samples, truth: np.ndarray, shown: int
) -> xr.Dataset:
    """Moments of the models behind samples, some of them, and the truth's place among them.

    ``quantile`` of a block: part of the samples that hold less of channels there than the truth.
    """
    codes = torch.from_numpy(samples.flat).float()
    with torch.no_grad():
        models = torch.cat([generator(part) for part in codes.split(64)]).numpy()
    inside, true = block_means(models), block_means(truth)
    mean = models.mean(0)
    image, units = ("z", "x"), {"units": "1"}
    chosen = np.linspace(0, len(models) - 1, shown).astype(int)
    return xr.Dataset(
        {
            "mean": (image, mean, units),
            "deviation": (image, models.std(0), units),
            "sample_model": (("sample", *image), models[chosen], units),
            "error": ((), float(np.sqrt(((mean - truth) ** 2).mean())), units),
            **among(inside, true),
            "independent": ((), samples.independent, units),
            "cpu_s": ((), samples.cpu_s, {"units": "s"}),
        }
    )


def posteriors(
    generator: TrainedGenerator,
    drawn: Sequence[Samples],
    truths: np.ndarray,
    names: Sequence,
    shown: int,
) -> xr.Dataset:
    """The same of several truths (truth, row, column)."""
    parts = [
        described(generator, samples, truth, shown)
        for samples, truth in zip(drawn, truths, strict=True)
    ]
    return xr.concat(parts, xr.Variable("truth", list(names)))
