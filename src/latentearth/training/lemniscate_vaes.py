"""VAEs that learn an eight-shaped manifold, a network per pair of alpha and beta (Figs. 3, 4).

Here alpha multiplies the standard deviation of the code's noise, as in the authors' notebook;
the paper calls it a variance, which then is its square. The loss is the squared error averaged
over the two coordinates plus beta times the divergence averaged over the two latent dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from scipy.stats import multivariate_normal

from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.small_vae import SmallVaes
from latentearth.progress import progress
from latentearth.training.variational import divergence


def lemniscate(count: int, noise: float, rng: np.random.Generator) -> np.ndarray:
    """Draw points near a lemniscate, standardised and divided by three (Fig. 3a).

    Parameters
    ----------
    count
        How many.
    noise
        Standard deviation of what is added to each coordinate of 2 cos t / (1 + sin^2 t) and
        2 sin t cos t / (1 + sin^2 t), before scaling.
    rng
        Draws the angles t and the noise.

    Returns
    -------
    numpy.ndarray
        (count, 2) float32; mean 0 and standard deviation 1/3 in each coordinate.
    """
    angle = rng.uniform(0, 2 * np.pi, count)
    x = 2 * np.cos(angle) / (1 + np.sin(angle) ** 2)
    points = np.column_stack([x, x * np.sin(angle)]) + noise * rng.standard_normal((count, 2))
    scaled = (points - points.mean(0)) / (3 * points.std(0))
    return scaled.astype(np.float32)


def lemniscate_objective(
    points: np.ndarray, target: Sequence[float], variance: float
) -> np.ndarray:
    """Synthetic misfit of Fig. 3b: minus an isotropic normal density, with one minimum.

    Parameters
    ----------
    points
        (..., 2).
    target
        Its centre.
    variance
        Of each coordinate.
    """
    return -multivariate_normal(list(target), variance * np.eye(2)).pdf(points)


def train_lemniscate_vaes(
    points: np.ndarray,
    alphas: Sequence[float],
    betas: Sequence[float],
    steps: int,
    batch: int,
    learning_rate: float,
    seed: np.random.SeedSequence,
    label: str = "training small VAEs",
) -> tuple[SmallVaes, np.ndarray]:
    """Train a stack of VAEs on the same batches, with Adam.

    Parameters
    ----------
    points
        Training samples, (sample, 2) float32.
    alphas, betas
        One of each per network, (net,).
    steps, batch, learning_rate
        10 000, 1 and 1e-3 in the authors' notebook.
    seed
        Decides first weights, batches and noise.
    label
        What the progress calls it.

    Returns
    -------
    networks, losses
        Losses are means over the last tenth of the steps, (net, 2): squared error per coordinate,
        and divergence per latent dimension in nats.

    Raises
    ------
    FloatingPointError
        If the loss of a network was not a finite number at the end.
    """
    nets = len(alphas)
    parts = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key).spawn(2 * nets + 1)
    networks, streams = SmallVaes(parts[:nets]), NoiseStreams(parts[nets:-1])
    rng = np.random.default_rng(parts[-1])
    adam = torch.optim.Adam(networks.parameters(), learning_rate, fused=True)
    alpha, beta = (torch.tensor(v, dtype=torch.float32)[:, None, None] for v in (alphas, betas))
    samples = torch.from_numpy(points)
    late, sums = max(steps // 10, 1), torch.zeros(nets, 2)
    for step in progress(range(steps), label):
        chosen = samples[torch.from_numpy(rng.integers(len(points), size=batch))]
        target = chosen.expand(nets, batch, 2)
        mean, log_variance = networks.encode(target)
        noise = streams.normal(batch, 2)
        answer = networks.decode(mean + alpha * (0.5 * log_variance).exp() * noise)
        error = (answer - target).square()
        nats = divergence(mean, log_variance)
        adam.zero_grad()
        # a sum over networks: each receives the gradient of its own loss alone
        (error + beta * nats).mean((1, 2)).sum().backward()
        adam.step()
        if step >= steps - late:
            sums += torch.stack([error.mean((1, 2)), nats.mean((1, 2))], 1).detach() / late
    if not torch.isfinite(sums).all():
        worst = int(torch.isfinite(sums).all(1).int().argmin())
        found = sums[worst].tolist()
        raise FloatingPointError(
            f"{label}: at step {steps} squared error and divergence of network {worst} are {found}"
        )
    return networks, sums.numpy()
