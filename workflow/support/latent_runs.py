"""Chains in a latent space for one or several targets, and where they begin."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import chi2

from latentearth import samples
from latentearth.samplers.annealing import Annealing, anneal_all
from latentearth.samplers.latent_chains import LatentChains, some_particles
from latentearth.samplers.latent_kernels import METHODS
from latentearth.samplers.latent_modes import LatentModes
from latentearth.samplers.targets import Posterior
from latentearth.samplers.tries import best_of_tries
from latentearth.samples import Samples

BY_CHANCE = 1e-4  # that the truth fits worse, by errors alone


def beginning(settings: dict[str, Any], count: int, device: str) -> Callable[..., Samples] | None:
    """The sampler that says where chains begin; None: in draws of the prior.

    A search for modes is made again, with other draws, until errors of `count` data explain the
    misfit.
    """
    if modes := settings.get("modes"):
        search = LatentModes(modes["draws"], modes["starts"], device=device)
        least = -0.5 * float(chi2.isf(BY_CHANCE, count))

        def tried(target, start, seed, checkpoint):
            how = {"least": least, "tries": modes["tries"], "checkpoint": checkpoint}
            return best_of_tries(search, target, start, seed, **how)

        return tried
    return Annealing(settings["particles"], device=device) if settings["particles"] else None


def sample_targets(
    settings: dict[str, Any],
    targets: Sequence[Posterior],
    together: Posterior,
    seed: np.random.SeedSequence,
    checkpoint: Path,
    *,
    count: int,
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
    count
        Of the data of a target.
    device
        Where targets compute.
    """
    per_target = settings["chains"]
    first = beginning(settings, count, device)
    found = anneal_all(first, targets, seed, checkpoint) if first else []
    starts: list[Any] = [some_particles(one, per_target) for one in found]
    plan = {key: settings[key] for key in ("burn_in", "samples", "thinning", "block")}
    sampler = LatentChains(
        METHODS[settings["method"]], **plan, chains=per_target * len(targets), device=device
    )
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
