"""How well networks know the patterns of a training image that they have not seen."""

from __future__ import annotations

import numpy as np
import torch
from scipy import ndimage

from latentearth.networks.generators import TrainedGenerator
from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.vae import Decoder, Encoder
from latentearth.training.variational import divergence

LAGS = (1, 4, 8, 16)  # cells, of two-point statistics: from an edge to the width of a channel


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


def _bodies(channels: np.ndarray) -> tuple[int, int]:
    """Connected channels of a model with more than 20 cells, and those that reach two sides."""
    labels, _ = ndimage.label(channels, np.ones((3, 3)))
    large = set(np.flatnonzero(np.bincount(labels.ravel()) > 20)) - {0}
    sides = [large.intersection(s) for s in (labels[0], labels[-1], labels[:, 0], labels[:, -1])]
    return len(large), sum(sum(body in side for side in sides) >= 2 for body in large)


def model_statistics(models: np.ndarray) -> dict[str, np.ndarray]:
    """What the channels of each model look like, one number a model.

    Parameters
    ----------
    models
        (model, row, column) in [0, 1].

    Returns
    -------
    dict
        ``proportion`` of channels; ``grey``: part of the cells between 0.1 and 0.9; of facies
        (above 0.5 or not) ``width``: mean length of the vertical lines of cells in channels, in
        cells; ``unlike_down_4`` and more: part of the pairs of cells, so many cells apart down or
        along, that are of two facies (twice the indicator variogram); ``bodies``: connected
        channels of more than 20 cells; ``crossing``: how many of those reach two sides of the
        model, which a channel must and a broken one does not.
    """
    channels = models > 0.5
    tops = np.diff(channels, axis=1, prepend=False) & channels
    found = {
        "proportion": models.mean((1, 2)),
        "grey": ((models > 0.1) & (models < 0.9)).mean((1, 2)),
        "width": channels.sum((1, 2)) / np.maximum(tops.sum((1, 2)), 1),
    }
    for way, turned in (("down", channels), ("along", channels.swapaxes(1, 2))):
        for lag in LAGS:
            pairs = turned[:, lag:] != turned[:, :-lag]
            found[f"unlike_{way}_{lag}"] = pairs.mean((1, 2))
    counts = np.array([_bodies(model) for model in channels]).reshape(-1, 2)
    return found | {"bodies": counts[:, 0], "crossing": counts[:, 1]}


def pattern_statistics(models: np.ndarray) -> dict[str, float]:
    """Means over models of what :func:`model_statistics` finds.

    ``crossing`` is the part of all bodies that reach two sides, and pairs of cells are given as
    correlations of facies, ``correlation_down_4`` for example: 1 for like cells, 0 for chance.
    """
    found = model_statistics(models)
    share = float((models > 0.5).mean())
    chance = max(2 * share * (1 - share), 1e-12)
    means = {name: float(values.mean()) for name, values in found.items()}
    means["crossing"] = float(found["crossing"].sum() / max(found["bodies"].sum(), 1))
    return {
        name.replace("unlike", "correlation"): 1 - mean / chance if "unlike" in name else mean
        for name, mean in means.items()
    }


def deviation(models: np.ndarray, crops: np.ndarray) -> tuple[float, str]:
    """How far models are from crops of the training image, in standard deviations of single crops.

    Parameters
    ----------
    models, crops
        (model, row, column) in [0, 1].

    Returns
    -------
    deviation
        The greatest over the statistics of facies of :func:`model_statistics` of the difference
        of their means over the standard deviation of the crops'.
    which
        The statistic that has it.
    """
    ours, theirs = model_statistics(models), model_statistics(crops)
    apart = {
        name: abs(ours[name].mean() - theirs[name].mean()) / theirs[name].std()
        for name in theirs
        if name not in ("grey", "crossing")  # crops have neither grey cells nor broken channels
    }
    which = max(apart, key=lambda name: apart[name])
    return float(apart[which]), which


def compared(models: np.ndarray, crops: np.ndarray) -> dict:
    """Statistics of models, and what of them is furthest from crops of the training image."""
    apart, which = deviation(models, crops)
    return pattern_statistics(models) | {"deviation": apart, "deviates_in": which}


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
