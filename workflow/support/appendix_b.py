"""Appendix B of Scheiter et al. (2022) as an experiment: GANs, WGANs and nulls by dimension."""

from __future__ import annotations

import numpy as np
import xarray as xr

from latentearth import seeds
from latentearth.ensembles.two_phase import TwoPhase
from latentearth.generators import gaussian, mapped
from latentearth.training.gan_course import follow_gans
from support.settings import gan_settings, take

TRAININGS = {"GAN": {"loss": "gan"}, "WGAN": {"loss": "wgan", "optimizer": "rmsprop"}}
NULLS = ("two numbers per coordinate", "Gaussian", "Gaussian copula", "exact samples")
EDGES = np.linspace(-2.5, 2.5, 51)


def trainings(section: dict, seed: int) -> xr.Dataset:
    """Scores of networks at every look, and of nulls, against the exact distribution.

    Parameters
    ----------
    section
        The config's ``scheiter2022.appendix_b``.
    seed
        The config's.

    Returns
    -------
    xarray.Dataset
        Scores of :meth:`latentearth.ensembles.two_phase.TwoPhase.scores` as (kind, step, network)
        and, with ``null_`` before their names, (null, network); ``share``, histograms of all
        coordinates together, (source, network, bin); ``dimension`` of each network.
    """
    profile = take(TwoPhase, section)
    networks = [(d, n) for d in section["dimensions"] for n in range(section["networks"])]
    stream = [seeds.stream(seed, "scheiter2022", "appendix b", f"{d}/{n}") for d, n in networks]
    parts = [each.spawn(4) for each in stream]
    ensembles = [
        profile.draw(section["samples"], d, p[0]) for (d, _), p in zip(networks, parts, strict=True)
    ]
    found, shares = {}, {}
    for number, kind in enumerate(TRAININGS):
        every = section["gan"]["steps"] // section["looks"]
        own = section["gan"] | TRAININGS[kind] | {"clip": section["clip"], "record_every": every}
        steps, found[kind], last = follow_gans(
            ensembles,
            *gan_settings(own),
            [p[1 + number] for p in parts],
            profile.scores,
            draws=section["draws"],
            label=f"training {len(networks)} {kind}s",
        )
        shares[kind] = [_share(each) for each in last]
    drawn = [
        _nulls(profile, ensemble, section["draws"], p[3])
        for ensemble, p in zip(ensembles, parts, strict=True)
    ]
    nulls = {name: [profile.scores(each[name]) for each in drawn] for name in NULLS}
    shares |= {name: [_share(each[name]) for each in drawn] for name in NULLS}
    data: dict[str, tuple] = {
        score: (("kind", "step", "network"), np.stack([found[kind][score] for kind in TRAININGS]))
        for score in found["GAN"]
    }
    for score in found["GAN"]:
        values = [[each[score] for each in nulls[name]] for name in NULLS]
        data[f"null_{score}"] = (("null", "network"), np.array(values))
    data["share"] = (("source", "network", "bin"), np.stack([*shares.values()]))
    coordinates = {
        "kind": list(TRAININGS),
        "null": list(NULLS),
        "source": list(shares),
        "step": steps,
        "dimension": ("network", [dimension for dimension, _ in networks]),
        "edge": EDGES,
    }
    return xr.Dataset({name: (*each, {"units": "1"}) for name, each in data.items()}, coordinates)


def _nulls(profile: TwoPhase, ensemble: np.ndarray, draws: int, seed) -> dict[str, np.ndarray]:
    """Samples of what learns the same ensemble without a network, and of the distribution."""
    fits = (gaussian.fit_independent(ensemble), gaussian.fit(ensemble), mapped.fit_copula(ensemble))
    drawn = [model.draw(draws, seed) for model in fits]
    exact = profile.draw(draws, ensemble.shape[1], seed)
    return dict(zip(NULLS, [*drawn, exact], strict=True))


def _share(samples: np.ndarray) -> np.ndarray:
    """Histogram of all coordinates together; values beyond the ends count, but in no bin."""
    return np.histogram(samples, EDGES)[0] / samples.size
