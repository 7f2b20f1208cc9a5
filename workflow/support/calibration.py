"""Priors of images as they are inverted for held-out cakes: at which pixels, with which errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.diagnostics.coverage import LEVELS
from latentearth.earth.stirring import Distributions, Flow
from latentearth.images.pixels import thin
from latentearth.inversion.calibration import Components, ErrorLaw, KnownTruth, scores_of
from latentearth.inversion.curve_flow_prior import curve_flow_prior
from latentearth.inversion.downscaling import generate, homogenize, latent_posterior
from latentearth.inversion.error_covariance import fit_error_covariance
from latentearth.inversion.image_priors import ImagePrior, bank_of
from latentearth.inversion.stirring_parameters import stirring_prior
from latentearth.operators.homogenization import Homogenization
from latentearth.operators.homogenization_elastic import COEFFICIENTS
from latentearth.samplers.annealing import Annealing
from latentearth.samplers.pooled_draws import PooledDraws
from latentearth.samplers.targets import Normal, Posterior
from latentearth.samples import Samples
from support.homogenization import homogenization
from support.image_generators import curve_flow_generator, image_generator
from support.settings import take

LAWS = ("independent", "correlated")  # the paper's, and errors that hang together
ONE = {"units": "1"}
Invert = Callable[[np.ndarray, ErrorLaw, np.random.SeedSequence], Samples]


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
        An observed medium, (6, row, column), and its errors to a posterior.
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

    The flow's parameters and the curve flow go from a bank, on few pixels; the WGAN-GP
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
    sampler = take(PooledDraws, s["sampler"])
    draws = prior.positions.draw(s["bank"], np.random.default_rng(seed))
    media = homogenize(operator, prior.images(draws))

    def invert(observed: np.ndarray, law: ErrorLaw, seed: np.random.SeedSequence) -> Samples:
        def value(x: np.ndarray) -> np.ndarray:
            return law.log_likelihood(homogenize(operator, prior.images(x)), observed)

        known = bank_of(draws, law.log_likelihood(media, observed))
        return sampler(Posterior(value, prior.positions, chart=prior.chart), known, seed)

    return Inverted(prior, images, operator, invert)


def _of_network(params: Any, files: Any) -> Inverted:
    """The WGAN-GP's latent vectors."""
    generator, s = image_generator(*files.wgan_gp), params.settings
    operator = homogenization(generator.side, s["waves"], params)

    def images(z: np.ndarray) -> np.ndarray:
        return generate(generator, z)

    def invert(observed: np.ndarray, law: ErrorLaw, seed: np.random.SeedSequence) -> Samples:
        target = latent_posterior(
            generator,
            operator,
            observed,
            law.everything,
            generator.latent,
            products=params.products,
        )
        return Annealing(s["particles"])(target, None, seed)

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


def scored(
    inverted: Inverted, truth: KnownTruth, law: ErrorLaw, components: Components, seeding: tuple
) -> dict[str, np.ndarray]:
    """Invert a case, and score its posterior; with what the sampler tells.

    Parameters
    ----------
    inverted, truth, law, components
        As :func:`latentearth.inversion.calibration.scores_of` takes them.
    seeding
        A stream of random numbers, and how many draws are looked at, evenly along the population.
    """
    seed, count = seeding
    found = inverted.invert(truth.observed, law, seed)
    draws = thin(found.position, count)
    rng = np.random.default_rng(seed.spawn(1)[0])
    posterior = draws, inverted.images(draws), inverted.media(draws)
    fit = float(found.log_likelihood.mean())
    told = {
        "log_likelihood": fit,
        "nats": fit - found.log_evidence,
        "ancestors": float(found.independent),
        "cpu_s": found.cpu_s,
    }
    scores = scores_of(posterior, truth, law, components, rng)
    return scores | {name: np.asarray(value, dtype=float) for name, value in told.items()}


def calibration_dataset(rows: list[tuple[tuple, dict[str, np.ndarray]]]) -> xr.Dataset:
    """Scores of all cases, each with its truth, errors and number."""
    own = {
        "pixels": ("number", "bin"),
        "held": ("level", "coefficient"),
        "component_ranks": ("component",),
        "position_ranks": ("coordinate",),
    }
    heads = {
        name: ("run", list(values))
        for name, values in zip(
            ("truth", "errors", "case"), zip(*(head for head, _ in rows), strict=True), strict=True
        )
    }
    found = {
        name: (("run", *own.get(name, ())), np.stack([row[name] for _, row in rows]), ONE)
        for name in rows[0][1]
    }
    return xr.Dataset(found, {**heads, "coefficient": list(COEFFICIENTS), "level": list(LEVELS)})
