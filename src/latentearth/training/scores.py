"""How well networks know the patterns of a training image that they have not seen."""

from __future__ import annotations

import numpy as np
import torch
from scipy import ndimage

from latentearth.networks.generators import TrainedGenerator
from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.vae import Decoder, Encoder
from latentearth.training.variational import divergence


@torch.no_grad()
def score_vae(
    encoder: Encoder,
    decoder: Decoder | TrainedGenerator,
    models: np.ndarray,
    seed: np.random.SeedSequence,
    alpha: float = 1.0,
    block: int = 100,
) -> dict[str, float]:
    """Reconstruction error and divergence of a VAE on given models.

    Parameters
    ----------
    encoder, decoder
        Of the VAE, on the CPU.
    models
        (model, 129, 65), 0 and 1.
    seed
        Of the noise on the codes.
    alpha
        Variance of that noise.
    block
        Models at once.

    Returns
    -------
    dict
        ``error``: squared error per model with noise on the code, as the loss has it;
        ``error_of_mean``: with the mean code (encode-decode); ``model_rmse``: root of that per
        cell; ``divergence``: nats per latent dimension; ``active``: dimensions with more than
        0.1 nats.
    """
    streams = NoiseStreams([seed])
    sums, nats = np.zeros(2), np.zeros(())
    for start in range(0, len(models), block):
        target = torch.from_numpy(models[start : start + block].astype(np.float32))
        mean, log_variance = (part.float() for part in encoder(target))
        noise = streams.normal(*mean.shape)[0]
        noisy = mean + (0.5 * log_variance).exp() * (alpha**0.5 * noise)
        for which, codes in enumerate((noisy, mean)):
            sums[which] += (decoder(codes) - target).square().sum().item()
        nats = nats + divergence(mean, log_variance).sum(0).numpy()
    error, of_mean = sums / len(models)
    per_dimension = nats / len(models)
    return {
        "error": float(error),
        "error_of_mean": float(of_mean),
        "model_rmse": float(np.sqrt(of_mean / models[0].size)),
        "divergence": float(per_dimension.mean()),
        "active": int((per_dimension > 0.1).sum()),
    }


def pattern_statistics(models: np.ndarray) -> dict[str, float]:
    """Means over models of what channels look like.

    Parameters
    ----------
    models
        (model, row, column) in [0, 1].

    Returns
    -------
    dict
        ``proportion`` of channels; ``grey``: part of the cells between 0.1 and 0.9;
        ``bodies``: connected channels of more than 20 cells; ``crossing``: part of those bodies
        that reach two sides of the model, which a channel must and a broken one does not.
    """
    channels = models > 0.5
    bodies = crossing = 0
    for model in channels:
        labels, count = ndimage.label(model, np.ones((3, 3)))
        sizes = np.bincount(labels.ravel())[1:]
        sides = [set(side) - {0} for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1])]
        for body in range(1, count + 1):
            if sizes[body - 1] > 20:
                bodies += 1
                crossing += sum(body in side for side in sides) >= 2
    return {
        "proportion": float(models.mean()),
        "grey": float(((models > 0.1) & (models < 0.9)).mean()),
        "bodies": bodies / len(models),
        "crossing": crossing / max(bodies, 1),
    }


def straight_path(first: np.ndarray, last: np.ndarray, count: int) -> np.ndarray:
    """Latent vectors at equal distances on the line between two, (count, latent)."""
    part = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    return (1 - part) * first + part * last


@torch.no_grad()
def along(generator: TrainedGenerator, codes: np.ndarray) -> np.ndarray:
    """Models of a path of latent vectors (point, latent): (point, 129, 65)."""
    return generator(torch.from_numpy(codes)).numpy()


def speeds(models: np.ndarray) -> np.ndarray:
    """How fast models change along a path, over its mean speed.

    Parameters
    ----------
    models
        At equal distances along the path, (point, row, column).

    Returns
    -------
    numpy.ndarray
        Root-mean-square change from each point to the next over the mean of all, (point - 1,):
        1 everywhere on an even path, large where the generator jumps.
    """
    change = np.sqrt(np.square(np.diff(models, axis=0)).mean((1, 2)))
    return change / change.mean()
