"""Chains in a latent space for one or several targets, and where they begin."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from latentearth import samples
from latentearth.samplers.annealing import Annealing, anneal_all
from latentearth.samplers.latent_chains import LatentChains, some_particles
from latentearth.samplers.latent_kernels import METHODS
from latentearth.samplers.latent_modes import LatentModes
from latentearth.samplers.targets import Posterior
from latentearth.samples import Samples


def sample_targets(
    settings: dict[str, Any],
    targets: Sequence[Posterior],
    together: Posterior,
    seed: np.random.SeedSequence,
    checkpoint: Path,
    *,
    device: str = "cpu",
) -> tuple[Samples, np.ndarray]:
    """Samples of several targets, and their log evidences, (target,).

    Parameters
    ----------
    settings
        A plan of chains.
    targets
        One after the other.
    together
        The same as one, with `chains` chains for each.
    seed, checkpoint
        As of samplers; files named after `checkpoint` are left for the caller to remove.
    device
        Where targets compute.
    """
    per_target, modes = settings["chains"], settings.get("modes")
    first = (
        LatentModes(**modes, device=device)
        if modes
        else Annealing(settings["particles"], device=device)
    )
    begun = modes or settings["particles"]
    found = anneal_all(first, targets, seed, checkpoint) if begun else []
    starts: list[Any] = [some_particles(one, per_target) for one in found]
    plan = {key: settings[key] for key in ("burn_in", "samples", "thinning", "block")}
    count = per_target * len(targets)
    sampler = LatentChains(METHODS[settings["method"]], **plan, chains=count, device=device)
    if per_target > 1 < len(targets):  # the chains of a target learn the shape of its posterior
        alone = replace(sampler, chains=per_target)
        each = zip(targets, starts or [None] * len(targets), seed.spawn(len(targets)), strict=True)
        chains = samples.joined(
            [alone(*run, Path(f"{checkpoint}.chains_{k}")) for k, run in enumerate(each)]
        )
    else:
        chains = sampler(together, np.concatenate(starts) if starts else None, seed, checkpoint)
    before = sum(one.cpu_s for one in found)
    print(
        f"first positions {before:.0f} CPU-s; acceptance {chains.acceptance.mean():.2f}, "
        f"{chains.cpu_s:.0f} CPU-s"
    )
    evidence = np.array([one.log_evidence for one in found] or np.full(len(targets), np.nan))
    return replace(chains, setup_cpu_s=before + chains.setup_cpu_s), evidence
