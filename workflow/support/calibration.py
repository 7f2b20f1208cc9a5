"""Priors of images as they are inverted for held-out cakes: at which pixels, with which errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import xarray as xr

from latentearth import checkpoints, io
from latentearth.diagnostics.coverage import LEVELS
from latentearth.earth.stirring import Distributions, Flow
from latentearth.inversion.calibration import Components, ErrorLaw, KnownTruth, scores_of
from latentearth.inversion.curve_flow_prior import curve_flow_prior
from latentearth.inversion.downscaling import generate, homogenize, latent_posterior
from latentearth.inversion.error_covariance import fit_error_covariance
from latentearth.inversion.image_priors import ImagePrior, bank_of
from latentearth.inversion.pixel_honesty import honest_power, overconfidence
from latentearth.inversion.stirring_parameters import stirring_prior
from latentearth.operators.homogenization import Homogenization
from latentearth.operators.homogenization_elastic import COEFFICIENTS
from latentearth.samplers.annealing import Annealing
from latentearth.samplers.population_annealing import PopulationAnnealing
from latentearth.samplers.targets import Normal, Posterior
from latentearth.samplers.tempered_path import TemperedPath
from support.homogenization import homogenization
from support.image_generators import curve_flow_generator, image_generator
from support.settings import take

LAWS = ("independent", "correlated")  # the paper's, and errors that hang together
ONE = {"units": "1"}
LEAST_POWER, TRIED = 0.02, 9  # of the likelihood, and how many up to the largest
Invert = Callable[[np.ndarray, ErrorLaw, np.random.SeedSequence, float], TemperedPath]


@dataclass(frozen=True)
class Inverted:
    """A prior of images, inverted on a grid of its own.

    Attributes
    ----------
    prior
        Of positions, and their images while sampling.
    images
        Positions to the images that are judged.
    operator
        Of the images while sampling.
    invert
        An observed medium, (6, row, column), its errors, a seed, and how far to anneal (beta), to
        posteriors to all powers of the likelihood up to there.
    """

    prior: ImagePrior
    images: Callable[[np.ndarray], np.ndarray]
    operator: Homogenization
    invert: Invert

    def media(self, positions: np.ndarray) -> np.ndarray:
        """Media while sampling, (position, 6, row, column), GPa."""
        return homogenize(self.operator, self.prior.images(positions))


def inverted_prior(name: str, params: Any, files: Any, seed: np.random.SeedSequence) -> Inverted:
    """A prior by its name in the config, with its sampler.

    The flow's parameters and the curve flow are annealed from a bank, on few pixels; the WGAN-GP
    on its own ones and with gradients, as for the likelihoods' figure.

    Parameters
    ----------
    name
        As in the config.
    params, files
        Of the rule.
    seed
        Of the bank.
    """
    s = params.settings
    if name == "wgan_gp":
        return _of_network(params, files)
    few = s["coarse"]
    if name == "curve_flow":
        fine = curve_flow_generator(*files.curve_flow)
        prior = curve_flow_prior(fine.at(few["size"], fine.edge, few["every"]), name)
        images = curve_flow_prior(fine, name).images
    else:
        flow, law = take(Flow, params.stirring), take(Distributions, params.stirring)
        prior = stirring_prior(law, few["size"], replace(flow, steps=few["steps"]))
        images = stirring_prior(
            law, params.stirring["size"], replace(flow, steps=s["steps"])
        ).images
    operator = homogenization(few["size"], s["waves"], params)
    sampler = take(PopulationAnnealing, s["sampler"])
    draws = prior.positions.draw(s["bank"], np.random.default_rng(seed))
    media = homogenize(operator, prior.images(draws))

    def invert(
        observed: np.ndarray, law: ErrorLaw, seed: np.random.SeedSequence, until: float
    ) -> TemperedPath:
        def value(x: np.ndarray) -> np.ndarray:
            return law.log_likelihood(homogenize(operator, prior.images(x)), observed)

        known = bank_of(draws, law.log_likelihood(media, observed))
        path, target = TemperedPath(known), Posterior(value, prior.positions)
        replace(sampler, until=until)(target, known, seed, on_stage=path.add)
        return path

    return Inverted(prior, images, operator, invert)


def _of_network(params: Any, files: Any) -> Inverted:
    """The WGAN-GP's latent vectors."""
    generator, s = image_generator(*files.wgan_gp), params.settings
    operator = homogenization(generator.side, s["waves"], params)

    def images(z: np.ndarray) -> np.ndarray:
        return generate(generator, z)

    def invert(
        observed: np.ndarray, law: ErrorLaw, seed: np.random.SeedSequence, until: float
    ) -> TemperedPath:
        path = TemperedPath()
        target = latent_posterior(
            generator,
            operator,
            observed,
            law.everything,
            generator.latent,
            products=params.products,
        )
        Annealing(s["particles"], until=until)(target, None, seed, on_stage=path.add)
        return path

    return Inverted(ImagePrior(Normal(generator.latent), images), images, operator, invert)


def error_laws_of(residuals: np.ndarray, media: np.ndarray, sigma_o: np.ndarray) -> dict:
    """Laws of errors by name: of one covariance, with and without what is off its diagonal.

    Parameters
    ----------
    residuals
        What a prior and its images leave, (image, 6, row, column), GPa.
    media, sigma_o
        As :func:`latentearth.inversion.error_covariance.fit_error_covariance` asks for.
    """
    points, (law, _) = residuals.shape[-1], fit_error_covariance(residuals, media, sigma_o)
    together, noise = law.of_generator(points), law.matrix(points) - law.of_generator(points)
    alone = np.diag(np.diag(together))
    return {
        name: ErrorLaw(model, model + noise)
        for name, model in zip(LAWS, (alone, together), strict=True)
    }


def left_by(name: str, inverted: Inverted, files: Any, fine: Homogenization) -> np.ndarray:
    """What a prior and its images leave of media, (image, 6, row, column), GPa.

    Of the flow's parameters: what few pixels do to held-out images, whose parameters are known. Of
    the WGAN-GP: what its closest fits to held-out images leave. Of the curve flow: the sum of both.

    Parameters
    ----------
    name, inverted
        The prior.
    files
        Of the rule.
    fine
        The operator of the images as they are.
    """
    fits = io.read_dataset(files.fits)
    goals = fits.goal.values
    if name == "stirring":
        known = io.read_dataset(files.held_out)
        return homogenize(fine, goals) - inverted.media(known.parameters.values[: len(goals)])
    rest = homogenize(fine, goals) - homogenize(fine, fits.fit.sel(generator=name).values)
    if name == "curve_flow":
        draws = inverted.prior.positions.draw(len(goals), np.random.default_rng(0))
        rest += homogenize(fine, inverted.images(draws)) - inverted.media(draws)
    return rest


def cakes(
    held_out: xr.Dataset,
    fine: Homogenization,
    sigma_o: np.ndarray,
    rng: np.random.Generator,
    placed: bool,
) -> list[KnownTruth]:
    """Held-out images, observed.

    Parameters
    ----------
    held_out
        ``image`` and ``parameters``.
    fine
        The operator of the images.
    sigma_o
        Standard deviations of the observation's errors, (6,), GPa.
    rng
        Random numbers.
    placed
        Whether their flow's parameters are positions in the space of the prior.
    """
    images, positions = held_out.image.values, held_out.parameters.values
    media = homogenize(fine, images)
    observed = media + sigma_o[:, None, None] * rng.standard_normal(media.shape)
    where = positions if placed else [None] * len(images)
    return [KnownTruth(*each) for each in zip(images, media, observed, where, strict=True)]


def own_images(
    inverted: Inverted, law: ErrorLaw, count: int, rng: np.random.Generator
) -> list[KnownTruth]:
    """Images of a prior itself, observed with the errors that its likelihood assumes.

    Here all is as the posterior believes, so that what is not honest is the sampler.
    """
    positions = inverted.prior.positions.draw(count, rng)
    found = zip(inverted.images(positions), inverted.media(positions), positions, strict=True)
    truths = []
    for image, medium, position in found:
        model, noise = law.draw(medium.shape, rng)
        truths.append(KnownTruth(image, medium + model, medium + model + noise, position))
    return truths


def by_power(
    inverted: Inverted, truth: KnownTruth, law: ErrorLaw, seeding: tuple, most: float
) -> dict[str, np.ndarray]:
    """Powers of the likelihood, and how much ``more`` is stated than right to each, (power,).

    Judged on the images while sampling, which cost least.

    Parameters
    ----------
    inverted, truth, law
        A case that is not scored.
    seeding
        A stream of random numbers, and how many draws are looked at.
    most
        The largest power.
    """
    powers, (seed, count) = np.geomspace(LEAST_POWER, most, TRIED), seeding
    path, rng = inverted.invert(truth.observed, law, seed, most), np.random.default_rng(seed)
    found = []
    for power in powers:
        white = (inverted.prior.images(path.at(power, count, rng).flat) > 0.5).mean(0)
        block = truth.image.shape[-1] // white.shape[-1]
        blocks = truth.image.reshape(len(white), block, len(white), block)
        found.append(overconfidence(white, blocks.mean((1, 3))))
    return {"powers": powers, "more": np.array(found)}


class Kept:
    """What was found of each case, in a file, so that a run that was stopped goes on from there.

    Parameters
    ----------
    file
        A checkpoint.
    depends
        What it depends on: that of another is not taken up.
    """

    def __init__(self, file: Path, depends: dict):
        self.file, self.depends = file, depends
        self.done = checkpoints.load(file, depends) or {}

    def __call__(self, case: tuple, find: Callable[[], dict]) -> dict[str, np.ndarray]:
        """Of a case, found now if it is not kept."""
        key = " ".join(map(str, case))
        if key not in self.done:
            self.done[key] = {k: torch.from_numpy(np.asarray(v)) for k, v in find().items()}
            checkpoints.save(self.file, self.done, self.depends)
        return {k: v.numpy() for k, v in self.done[key].items()}


def learned_power(
    inverted: Inverted,
    truths: Mapping[tuple, KnownTruth],
    law: ErrorLaw,
    *,
    stream: Callable[..., np.random.SeedSequence],
    draws: int,
    most: float,
    kept: Kept,
) -> float:
    """The power of the likelihood with which cakes that are not scored are as sure as right.

    Parameters
    ----------
    inverted, law
        The prior and its errors.
    truths
        By case.
    stream
        Of a case: random numbers.
    draws
        Of a posterior, that are looked at.
    most
        The largest power that is tried.
    kept
        Where cases are kept.
    """
    found = []
    for case, truth in truths.items():
        given = inverted, truth, law, (stream(*case), draws), most
        found.append(kept(case, partial(by_power, *given)))
    power = honest_power(found[0]["powers"], np.stack([one["more"] for one in found]))
    print(f"{next(iter(truths))[1]} errors: to the power {power:.3f} as sure as right")
    return power


def scored(
    inverted: Inverted,
    truth: KnownTruth,
    law: ErrorLaw,
    components: Components,
    seeding: tuple,
    *,
    powers: Mapping[str, float],
) -> dict[str, np.ndarray]:
    """Invert a case, and score its posteriors to powers of the likelihood.

    Parameters
    ----------
    inverted, truth, law, components
        As :func:`latentearth.inversion.calibration.scores_of` takes them.
    seeding
        A stream of random numbers, and how many draws are looked at, evenly along the population.
    powers
        By the posterior's name.

    Returns
    -------
    dict
        Scores, and what the sampler tells, each (posterior, ...).
    """
    seed, count = seeding
    path = inverted.invert(truth.observed, law, seed, max(powers.values()))
    rng, scores = np.random.default_rng(seed.spawn(1)[0]), []
    for power in powers.values():
        found = path.at(power, count, rng)
        posterior = found.flat, inverted.images(found.flat), inverted.media(found.flat)
        fit = float(found.log_likelihood.mean())
        told = {
            "power": power,
            "log_likelihood": fit,
            "nats": power * fit - found.log_evidence,
            "ancestors": float(found.independent),
            "cpu_s": found.cpu_s,
        }
        scores.append(scores_of(posterior, truth, law, components, rng) | told)
    print(
        f"{path.populations[-1].independent:.0f} ancestors, {path.populations[-1].cpu_s:.1f} CPU-s"
    )
    return {what: np.stack([one[what] for one in scores]) for what in scores[0]}


def calibration_dataset(rows: list[tuple[tuple, dict[str, np.ndarray]]]) -> xr.Dataset:
    """Scores of all cases, each with its truth, errors, number and kind of posterior."""
    own = {
        "pixels": ("number", "bin"),
        "held": ("level", "coefficient"),
        "component_ranks": ("component",),
        "position_ranks": ("coordinate",),
    }
    names = ("truth", "errors", "case", "posterior")
    heads = {name: ("run", [head[n] for head, _ in rows]) for n, name in enumerate(names)}
    found = {
        name: (("run", *own.get(name, ())), np.stack([row[name] for _, row in rows]), ONE)
        for name in rows[0][1]
    }
    return xr.Dataset(found, {**heads, "coefficient": list(COEFFICIENTS), "level": list(LEVELS)})
