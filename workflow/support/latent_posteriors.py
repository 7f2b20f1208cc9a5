"""Posteriors in a latent space as results: mean models, spreads, and how they stand to truths."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
import xarray as xr

from latentearth.earth import channels, crops
from latentearth.generators import gaussian
from latentearth.generators.gaussian import Gaussian
from latentearth.generators.mapped import Mapped
from latentearth.inversion.crosshole_survey import times
from latentearth.inversion.facies_reliability import Reliability, facies_levels, learn_reliability
from latentearth.inversion.latent_posterior import (
    DataError,
    NormalPosterior,
    Remainder,
    gauss_newton,
    learn_error,
    learn_remainder,
    learn_vectors,
)
from latentearth.networks.generators import TrainedGenerator
from latentearth.networks.vae import Encoder
from latentearth.operators.straight_rays import StraightRays

DRAWS = 480  # of facies, for a truth
CODES = 40  # drawn for a truth
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

    def remainder(
        self, operator: StraightRays, velocities: tuple[float, float], noise: float
    ) -> Remainder:
        """What times with independent noise, ns, tell of cells that the VAE cannot make."""
        cells = (self.models - self.decoded).reshape(len(self.models), -1)
        recorded = [times(operator, each, velocities) for each in (self.models, self.decoded)]
        return learn_remainder(cells, recorded[0] - recorded[1], noise)

    def averaged(self) -> Recoded:
        """The same crops beside one model, their mean: nothing is left of the VAE."""
        mean = np.broadcast_to(self.models.mean(0), self.models.shape)
        return Recoded(self.models, mean, self.codes[:, :0])

    def prior(self) -> Gaussian:
        """The law of codes by their mean and covariance.

        They are wider than the standard normal density that the VAE's objective pulls them to.
        """
        return gaussian.fit(self.codes)


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
    """Posteriors of latent vectors, of which the law of the codes makes codes.

    Normal ones, around what Gauss and Newton's method finds.

    Attributes
    ----------
    vae, prior
        The generator, and the law of its codes.
    operator, velocities
        Of the data; m/ns.
    error
        Of the times.
    begin
        Latent vectors (truth, latent) of times (truth, datum), ns, where the search begins.
    """

    vae: TrainedGenerator
    prior: Gaussian | Mapped
    operator: StraightRays
    velocities: tuple[float, float]
    error: DataError
    begin: Callable[[np.ndarray], np.ndarray]

    def __call__(self, observed: np.ndarray) -> tuple[list[NormalPosterior], float]:
        """Posteriors for each row of times (truth, datum), and CPU seconds of one."""
        clock = time.process_time()

        def recorded(z: np.ndarray) -> np.ndarray:
            return times(self.operator, self.decode(z), self.velocities)

        starts = self.begin(observed)
        pairs = zip(observed, starts, strict=True)
        found = [gauss_newton(recorded, row, self.error, start) for row, start in pairs]
        return found, (time.process_time() - clock) / len(observed)

    def generate(self, codes: np.ndarray) -> np.ndarray:
        """Models (code, row, column) of codes (code, latent)."""
        with torch.no_grad():
            return self.vae(torch.from_numpy(codes).float()).numpy()

    def decode(self, latent: np.ndarray) -> np.ndarray:
        """Models (sample, row, column) of latent vectors (sample, latent)."""
        return self.generate(self.prior.to_samples(latent))

    def likeliest(self, found: Sequence[NormalPosterior]) -> np.ndarray:
        """Models (truth, row, column) of the likeliest vectors."""
        return self.decode(np.stack([each.mode for each in found]))

    def by(self, law: Mapped) -> LatentInversion:
        """The same by another law of codes, whose search begins at the codes where this one ends.

        Where that law is curved a search from further away ends in other minima.
        """

        def begin(observed: np.ndarray) -> np.ndarray:
            modes = np.stack([each.mode for each in self(observed)[0]])
            return law.to_latent(self.prior.to_samples(modes))

        return replace(self, prior=law, begin=begin)

    def means(self, found: Sequence[NormalPosterior], rng: np.random.Generator) -> np.ndarray:
        """Mean models (truth, row, column) of draws."""
        return np.stack([self.decode(each.draw(CODES, rng)).mean(0) for each in found])


def learn_inversion(
    vae: TrainedGenerator,
    recoded: Recoded,
    operator: StraightRays,
    velocities: tuple[float, float],
    noise: float,
    rng: np.random.Generator,
) -> LatentInversion:
    """The inversion of times with independent noise, ns, by crops encoded and decoded."""
    recorded, made = (times(operator, m, velocities) for m in (recoded.models, recoded.decoded))
    prior, error = recoded.prior(), learn_error(recorded - made, noise)
    noisy = recorded + noise * rng.standard_normal(recorded.shape)
    begin = learn_vectors(noisy, prior.to_latent(recoded.codes))
    return LatentInversion(vae, prior, operator, velocities, error, begin)


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
class Refinement:
    """Models, and what the misfits of their times add to cells.

    Attributes
    ----------
    operator, velocities
        Of the data; m/ns.
    remainder
        What misfits tell of cells.
    """

    operator: StraightRays
    velocities: tuple[float, float]
    remainder: Remainder

    def __call__(self, made: np.ndarray, observed: np.ndarray) -> np.ndarray:
        """From models (truth, row, column) and times observed (truth, datum)."""
        misfits = observed - times(self.operator, made, self.velocities)
        return made + self.remainder(misfits).reshape(made.shape)


@dataclass(frozen=True)
class Prediction:
    """Probabilities of channels, given models that are only nearly right, and times observed."""

    refine: Refinement
    reliability: Reliability

    def __call__(self, made: np.ndarray, observed: np.ndarray) -> np.ndarray:
        """Probabilities (truth, row, column) from models and times (truth, datum)."""
        return self.reliability(made, self.refine(made, observed))


def learn_prediction(
    refine: Refinement, made: np.ndarray, truths: np.ndarray, observed: np.ndarray
) -> Prediction:
    """A prediction from models, their truths (truth, row, column), and times (truth, datum)."""
    lengths = refine.operator.lengths.sum(0).reshape(truths.shape[1:])
    return Prediction(refine, learn_reliability(made, refine(made, observed), truths, lengths))


@dataclass(frozen=True)
class Predictions:
    """What is said of truths by samples of codes, by what those cannot make, and without a VAE.

    Attributes
    ----------
    invert
        From times to codes.
    average
        A model that is the same for all truths, (1, row, column).
    laws
        By name: from the VAE's models, and from the average.
    """

    invert: LatentInversion
    average: np.ndarray
    laws: dict[str, Prediction]

    def __call__(
        self, truths: np.ndarray, observed: np.ndarray, shown: int, rng: np.random.Generator
    ) -> xr.Dataset:
        """Descriptions (prediction, truth) of truths (truth, row, column), times (truth, datum)."""
        found, seconds = self.invert(observed)
        parts = {
            "codes": [
                described(self.invert.decode(each.draw(CODES, rng)), truth, shown, rng)
                for each, truth in zip(found, truths, strict=True)
            ]
        }
        made = _made(self.invert, self.average, found)
        chances = {name: self.laws[name](models, observed) for name, models in made.items()}
        parts |= {name: [] for name in chances}
        for number, truth in enumerate(truths):
            field = facies_levels(DRAWS, truth.shape, rng)
            for name, chance in chances.items():
                facies = (field < chance[number]).astype(np.float32)
                parts[name].append(described(facies, truth, shown, rng))
        dimension = xr.Variable("prediction", list(parts))
        all_parts = xr.concat([xr.concat(each, "truth") for each in parts.values()], dimension)
        return all_parts.assign(cpu_s=((), seconds, {"units": "s"}))


def _made(
    invert: LatentInversion, average: np.ndarray, found: Sequence[NormalPosterior]
) -> dict[str, np.ndarray]:
    """Models (truth, row, column) by name, of which the laws speak."""
    likeliest = invert.likeliest(found)
    return {"residuals": likeliest, "covariance": np.broadcast_to(average, likeliest.shape)}


def learn_predictions(
    recoded: Recoded, invert: LatentInversion, further: np.ndarray, observed: np.ndarray
) -> Predictions:
    """Predictions from crops encoded, and from further crops (crop, row, column) inverted."""
    where, average = (invert.operator, invert.velocities), recoded.averaged()
    known = {"residuals": recoded, "covariance": average}
    laws = {}
    for name, made in _made(invert, average.decoded[:1], invert(observed)[0]).items():
        refine = Refinement(*where, known[name].remainder(*where, invert.error.noise))
        laws[name] = learn_prediction(refine, made, further, observed)
    return Predictions(invert, average.decoded[:1], laws)
