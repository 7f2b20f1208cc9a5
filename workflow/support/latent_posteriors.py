"""Posteriors in a latent space as results: mean models, spreads, and how they stand to truths."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
import xarray as xr

from latentearth.earth import channels, crops
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

DRAWS = 480  # of what codes cannot make, for a truth
LEVELS = np.sort(np.append(np.linspace(0.05, 0.95, 19).round(2), 0.68))  # of central intervals
BLOCKS = 4, 2  # of a model, down and across: what ranks and coverage are told of


@dataclass(frozen=True)
class Recoded:
    """Crops that are like the truths, their codes, and the VAE's own of them.

    Attributes
    ----------
    models, decoded
        (crop, row, column).
    codes
        (crop, latent).
    """

    models: np.ndarray
    decoded: np.ndarray
    codes: np.ndarray

    def error(
        self, operator: StraightRays, velocities: tuple[float, float], noise: float
    ) -> DataError:
        """What encoding and decoding does to times, and independent noise, ns."""
        return learn_error(self._times(operator, velocities), noise)

    def model_error(
        self, operator: StraightRays, velocities: tuple[float, float], noise: float
    ) -> tuple[ModelError, ModelError]:
        """What it does to the cells of models, given the times; from either half of the crops."""
        cells = (self.models - self.decoded).reshape(len(self.models), -1)
        return learn_model_error(cells, self._times(operator, velocities), noise)

    def averaged(self) -> Recoded:
        """The same crops beside one model, their mean: nothing is left of the VAE."""
        mean = np.broadcast_to(self.models.mean(0), self.models.shape)
        return Recoded(self.models, mean, self.codes[:, :0])

    def prior(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean of codes (latent,), and the Cholesky factor of their covariance.

        They are wider than the standard normal density that the VAE's objective pulls them to.
        """
        root = np.linalg.cholesky(np.cov(self.codes.T) + 1e-6 * np.eye(self.codes.shape[1]))
        return torch.from_numpy(self.codes.mean(0)).float(), torch.from_numpy(root).float()

    def _times(self, operator: StraightRays, velocities: tuple[float, float]) -> np.ndarray:
        """Times (crop, datum) of crops less those of the VAE's, ns."""
        recorded = [times(operator, each, velocities) for each in (self.models, self.decoded)]
        return recorded[0] - recorded[1]


def alike(image: xr.Dataset, count: int, rng: np.random.Generator) -> np.ndarray:
    """Crops (crop, row, column) that are like the truths, and that no truth overlaps.

    Of another image by the law of the training image, where that is our own: no network has seen
    them. Else of the part of the image that networks learn from, where the VAE errs less.
    """
    origin = json.loads(image.attrs["origin"])
    if origin["kind"] == "embedded":
        law = {each.name: origin[each.name] for each in fields(channels.Channels)}
        seed = np.random.SeedSequence(rng.integers(2**32, size=4).tolist())
        facies = channels.draw_image(channels.Channels(**law), seed)
        return crops.cut(facies, rng.choice(crops.corners(facies.shape), count))
    corners = zip(image.truth_row.values, image.truth_column.values, strict=True)
    allowed = crops.corners(image.facies.shape, corners, int(image.attrs["held_out_rows"]))
    return crops.cut(image.facies.values, rng.choice(allowed, count))


def recode(
    image: xr.Dataset,
    vae: TrainedGenerator,
    encoder: Encoder,
    count: int,
    rng: np.random.Generator,
) -> Recoded:
    """Encode and decode `count` crops that are like the truths."""
    models = alike(image, count, rng).astype(np.float32)
    with torch.no_grad():
        codes = torch.cat([encoder(part)[0] for part in torch.from_numpy(models).split(100)])
        decoded = torch.cat([vae(part) for part in codes.split(100)])
    return Recoded(models, decoded.numpy(), codes.numpy())


@dataclass(frozen=True)
class LatentInversion:
    """Posteriors of codes by annealing, as a section of the config says.

    Sampled are the codes less the mean of their `prior`, by the Cholesky factor of its covariance.
    """

    vae: TrainedGenerator
    prior: tuple[torch.Tensor, torch.Tensor]
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
                lambda z: self.decode(z, self.products),
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

    def decode(self, sampled: torch.Tensor, products: Products = "float32") -> torch.Tensor:
        """Models (sample, row, column) of sampled numbers (sample, latent)."""
        mean, root = self.prior
        return self.vae(mean + sampled @ root.T, products)

    def models(self, drawn: list[Samples]) -> np.ndarray:
        """Models (truth, sample, row, column) of samples."""
        codes = torch.from_numpy(np.stack([samples.flat for samples in drawn])).float()
        with torch.no_grad():
            return np.stack([self.decode(each).numpy() for each in codes])

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


def ranks(draws: np.ndarray, true: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Part of draws (draw, ...) below the true numbers (...), of which it has the shape.

    Where some are the same, as the shares of a block that has no channel, a random part of these
    counts as below: ranks are then uniform if truth and draws have one law.
    """
    less, same = (draws < true).mean(0), (draws == true).mean(0)
    return less + rng.random(true.shape) * same


def among(draws: np.ndarray, truth: np.ndarray, rng: np.random.Generator) -> dict[str, tuple]:
    """Where a truth (row, column) lies among draws (draw, row, column).

    ``quantile``: part of the draws with a smaller share of channels in a block. ``cells_inside``:
    part of the cells that lie in the central interval of their draws, by level.
    """
    units = {"units": "1"}
    inside, true = block_means(draws).clip(0, 1), block_means(truth)
    depth = np.abs(2 * ranks(draws, truth, rng) - 1).ravel()
    return {
        "quantile": ("block", ranks(inside, true, rng), units),
        "bias": ("block", inside.mean(0) - true, units),
        "spread": ("block", inside.std(0), units),
        "cells_inside": ("level", (depth[:, None] <= LEVELS).mean(0), units),
    }


def completed(
    models: np.ndarray,
    misfits: np.ndarray,
    errors: Sequence[ModelError],
    rng: np.random.Generator,
) -> np.ndarray:
    """Draws (draw, row, column): samples, and what they cannot make.

    Parameters
    ----------
    models, misfits
        Samples (sample, row, column), and observed less their times (sample, datum), ns.
    errors
        Of the cells of models, given the times; each makes as many draws.
    rng
        Of the errors drawn.
    """
    count, cells = max(1, DRAWS // len(models) // len(errors)), models.reshape(len(models), 1, -1)
    made = [cells + error.draw(misfits, count, rng) for error in errors]
    return np.concatenate(made, 1).reshape(-1, *models.shape[1:])


def described(
    draws: np.ndarray, truth: np.ndarray, shown: int, rng: np.random.Generator
) -> xr.Dataset:
    """Moments of draws (draw, row, column), some of them, and the truth's place among them."""
    mean, image, units = draws.mean(0).clip(0, 1), ("z", "x"), {"units": "1"}
    chosen = np.linspace(0, len(draws) - 1, shown).astype(int)
    return xr.Dataset(
        {
            "mean": (image, mean, units),
            "deviation": (image, draws.std(0), units),
            "sample_model": (("sample", *image), draws[chosen].clip(0, 1), units),
            "error": ((), float(np.sqrt(((mean - truth) ** 2).mean())), units),
            **among(draws, truth, rng),
        },
        {"level": LEVELS},
    )


@dataclass(frozen=True)
class Predictions:
    """What is said of truths by samples of codes, by what those cannot make, and without a VAE.

    Attributes
    ----------
    recoded
        What the errors are learned of.
    operator, velocities, noise
        Of the data; m/ns, ns.
    """

    recoded: Recoded
    operator: StraightRays
    velocities: tuple[float, float]
    noise: float

    def __call__(
        self,
        models: np.ndarray,
        truths: np.ndarray,
        observed: np.ndarray,
        shown: int,
        rng: np.random.Generator,
    ) -> xr.Dataset:
        """Descriptions (prediction, truth) from samples (truth, sample, row, column)."""
        where = self.operator, self.velocities, self.noise
        average = self.recoded.averaged()
        alone = average.decoded[:1]
        laws = {
            "residuals": self.recoded.model_error(*where),
            "covariance": average.model_error(*where),
        }
        parts: dict[str, list[xr.Dataset]] = {name: [] for name in ("codes", *laws)}
        for each, truth, row in zip(models, truths, observed, strict=True):
            parts["codes"].append(described(each, truth, shown, rng))
            for name, law in laws.items():
                made = alone if name == "covariance" else each
                misfits = row - times(self.operator, made, self.velocities)
                parts[name].append(described(completed(made, misfits, law, rng), truth, shown, rng))
        dimension = xr.Variable("prediction", list(parts))
        return xr.concat([xr.concat(p, "truth") for p in parts.values()], dimension)


def costs(drawn: Sequence[Samples]) -> dict[str, tuple]:
    """Ancestors that are left of each truth's particles, and its CPU seconds."""
    return {
        "independent": ("truth", [each.independent for each in drawn], {"units": "1"}),
        "cpu_s": ("truth", [each.cpu_s for each in drawn], {"units": "s"}),
    }
