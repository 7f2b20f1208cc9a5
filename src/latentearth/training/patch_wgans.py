"""Wasserstein GANs that learn the ensemble of the core-mantle boundary patch by patch.

Scheiter et al. (2022), section 4.4 and Table A4: 16 patches of about 500 points, one WGAN each.
A stack of one patch (a job of its own on a cluster) and a stack of all (one machine) draw the
same random numbers for a patch, and differ by rounding alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from latentearth.networks.mlp_gan import MLP, StackSampler
from latentearth.training.adversarial import AdversarialTraining
from latentearth.training.ensemble_gans import Architecture, train_gans
from latentearth.training.histories import History
from latentearth.training.validation import Watch, held_out_rows

# km/s; the authors' networks make Vs - 7.0 km/s, without any other scaling. The clipped biases of a
# critic bend its response near zero only, so that it sees the spread of what lies about zero best.
REFERENCE_VS = 7.0
TABLE_A4 = Architecture(latent=100, hidden=(200, 200, 200), slope=0.1, drop=0.4)

FIVE_HUNDRED_STEPS = Watch(every=500)


def train_patches(
    ensembles: Sequence[np.ndarray],
    architecture: Architecture,
    settings: AdversarialTraining,
    seeds: Sequence[np.random.SeedSequence],
    watch: Watch = FIVE_HUNDRED_STEPS,
    *,
    reference: float = REFERENCE_VS,
    device: torch.device | str = "cpu",
    checkpoint: str | os.PathLike | None = None,
    label: str = "training WGANs",
) -> tuple[MLP, MLP, History]:
    """Train one WGAN per patch, all as one stack.

    Parameters
    ----------
    ensembles
        Velocities of each patch in km/s, arrays (sample, point).
    architecture, settings
        Table A4 is ``TABLE_A4`` and ``Settings(loss="wgan", optimizer="rmsprop",
        learning_rate=1e-4, clip=0.01, batch=100, ...)``.
    seeds
        One seed sequence per patch: its first weights, batches, noise, and validation.
    watch
        Samples held out, evenly spread over each ensemble, and the weights to end with; its
        ``every`` is a multiple of ``settings.record_every``.
    reference
        The networks learn Vs minus this, km/s.
    device, checkpoint, label
        See :func:`latentearth.training.ensemble_gans.train_gans`.

    Returns
    -------
    generator, critic, history
        The generators make Vs - reference; ``history.validation`` holds the distances (km/s).

    Raises
    ------
    ValueError
        If too few samples are left for a batch.
    """
    real, held_out = [], []
    for velocities in ensembles:
        rows = held_out_rows(len(velocities), watch.samples)
        held_out.append(velocities[rows] - np.float32(reference))
        real.append(np.delete(velocities, rows, 0))
        real[-1] -= np.float32(reference)
    return train_gans(
        real,
        architecture,
        settings,
        seeds,
        device,
        checkpoint=checkpoint,
        label=label,
        held_out=held_out if watch.samples else None,
        watch=watch,
    )


def draw_velocities(
    generator: MLP,
    patches: Sequence[np.ndarray],
    count: int,
    seeds: Sequence[np.random.SeedSequence],
    device: torch.device | str = "cpu",
    copies: int = 1,
    block: int = 500,
    reference: float = REFERENCE_VS,
) -> Iterator[np.ndarray]:
    """Draw samples of all patches side by side, block by block.

    Samples of different patches are independent, as in the paper: a row is no model of the whole
    boundary, but any statistics of one point, or within one patch, may be taken.

    Parameters
    ----------
    generator
        Stack of generators, one per patch, of Vs - reference.
    patches
        Indices of the points of each patch, as from :func:`latentearth.earth.sphere.regions`;
        together 0 to point - 1.
    count
        Number of samples.
    seeds
        One seed sequence per patch.
    device, copies, block
        See :class:`latentearth.networks.mlp_gan.StackSampler`.
    reference
        What is added to their samples, km/s.

    Yields
    ------
    numpy.ndarray
        Velocities in km/s, float32, (at most copies * block, point).
    """
    sampler, drawn = StackSampler(generator, seeds, copies, block, device), 0
    while drawn < count:
        stack = sampler.draw_block()[:, : count - drawn].cpu().numpy()
        values = np.empty((stack.shape[1], sum(map(len, patches))), np.float32)
        for patch, points in zip(stack, patches, strict=True):
            values[:, points] = patch[:, : len(points)] + np.float32(reference)
        drawn += len(values)
        yield values
