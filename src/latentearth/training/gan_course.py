"""How GANs come along: scores of their samples at regular steps of one training."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.mlp_gan import StackSampler
from latentearth.training.adversarial import AdversarialTraining, train_adversarial
from latentearth.training.batches import EnsembleBatches
from latentearth.training.ensemble_gans import Architecture, pair


def follow_gans(
    ensembles: Sequence[np.ndarray],
    architecture: Architecture,
    settings: AdversarialTraining,
    seeds: Sequence[np.random.SeedSequence],
    score: Callable[[np.ndarray], dict[str, float]],
    *,
    draws: int,
    label: str = "training GANs",
) -> tuple[np.ndarray, dict[str, np.ndarray], list[np.ndarray]]:
    """Train a stack of GANs and score each as it stands, at every record of the losses.

    Parameters
    ----------
    ensembles, architecture, settings, seeds, label
        As for :func:`latentearth.training.ensemble_gans.train_gans`.
    score
        Scores of samples (sample, coordinate) by name.
    draws
        Samples of each network that are scored at a time; the same noise every time.

    Returns
    -------
    steps, scores, samples
        (record,); by name (record, network); the last samples of each network.
    """
    parts = [seed.spawn(4) for seed in seeds]
    widths = [ensemble.shape[1] for ensemble in ensembles]
    generator, critic = pair(widths, architecture, [p[0] for p in parts])
    steps: list[int] = []
    found: list[list[dict[str, float]]] = []
    last: list[np.ndarray] = []

    def look(step: int) -> None:
        noise = [np.random.SeedSequence(p[3].entropy, spawn_key=p[3].spawn_key) for p in parts]
        drawn = StackSampler(generator, noise, 1).draw(draws).numpy()
        last[:] = [drawn[net, :, :width] for net, width in enumerate(widths)]
        steps.append(step)
        found.append([score(each) for each in last])

    look(0)
    train_adversarial(
        generator,
        critic,
        EnsembleBatches(ensembles, settings.batch, [p[1] for p in parts]),
        NoiseStreams([p[2] for p in parts]),
        settings,
        label=label,
        on_record=look,
    )
    scores = {name: np.array([[s[name] for s in row] for row in found]) for name in found[0][0]}
    return np.array(steps), scores, last
