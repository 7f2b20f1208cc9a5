"""Small made-up results for every figure function of santos2024."""

import itertools

import numpy as np
import xarray as xr

from support.figures import (
    lopez_alvis2021_inversion,
    santos2024,
    santos2024_calibration,
    santos2024_convergence,
    santos2024_inversion,
    santos2024_likelihoods,
    santos2024_recovery,
)
from support.labels import SAMPLERS

RNG = np.random.default_rng(5)
IMAGE, STACK = RNG.random((8, 8)), RNG.random((10, 8, 8))
GAINS = {"ess_median_per_cpu_min": 5.0, "squared_distance": 2.0}
GAINS |= {"gain_median": 1.0, "gain_distance": 1.0}
SPACE = {"image": STACK[:3], "distance": RNG.random((4, 5))}
ROW = {
    "waves": 5.0,
    "observed": IMAGE,
    "samples": RNG.normal(size=(90, 5)),
    "mean": IMAGE,
    "deviation": IMAGE,
}
SCORES = {kind: {"precision": 0.5, "recall": 0.4} for kind in ("training", "generated")}
LOSSES = {"step": [1, 2], "critic": [2.0, 1.0], "generator": [1.0, 2.0]}
CAKES = ["cake", "cake"], ["independent", "correlated"], ["full", "powered"]
STATED = xr.Dataset(
    {
        "pixels": (("run", "number", "bin"), np.full((2, 3, 10), 50.0)),
        "held": (("run", "level", "coefficient"), RNG.random((2, 3, 6))),
        "component_ranks": (("run", "component"), RNG.random((2, 4))),
    },
    {"truth": ("run", CAKES[0]), "errors": ("run", CAKES[1]), "posterior": ("run", CAKES[2])},
)
STATED_ROWS = [
    {"prior": "wgan_gp", "truth": truth, "errors": errors, "posterior": posterior, "power": 0.2}
    | {"pixels_right": 0.7, "pixels_stated": 0.8}
    for truth, errors, posterior in zip(*CAKES, strict=True)
]
L, N, C, S = lopez_alvis2021_inversion, santos2024_inversion, santos2024_convergence, santos2024
LAWS = {"errors": ["independent", "correlated"], "data": ["anisotropic", "isotropic"]}
DOWNSCALED = xr.Dataset(
    {
        **{
            k: (("errors", "data", "y", "x"), RNG.random((2, 2, 8, 8)))
            for k in ("mean", "deviation")
        },
        "true_image": (("y", "x"), IMAGE),
        "generator": (("a", "b"), np.eye(6)),
        "waves": 2.0,
    },
    LAWS,
)
LAW_ROWS = [
    {"errors": errors, "data": data, "method": method, "nats": 3.0}
    | {"pixels_right": 0.8, "held_95": 0.9}
    for method, errors in itertools.product(("annealing", "linear"), LAWS["errors"])
    for data in LAWS["data"]
]
MADE = [
    (santos2024_likelihoods.likelihoods, DOWNSCALED, LAW_ROWS, "4 targets"),
    (S.stirring, STACK[:2], [RNG.random((5, 2))] * 2, np.arange(2), np.ones(2)),
    (S.images, STACK[:4], STACK[:4], "shipped generator"),
    (
        S.spectra,
        np.arange(1, 5),
        {k: RNG.random(4) for k in SCORES},
        {k: -1.0 for k in SCORES},
        "shipped generator",
    ),
    (S.continuity, {"latent": SPACE, "physical": SPACE}, np.arange(3), np.linspace(-1, 1, 5), ""),
    (S.quality, {k: RNG.random(9) for k in ("held_out", "generated")}, SCORES, LOSSES, ""),
    (N.forward, IMAGE, STACK[:6], STACK[:6], 5.0),
    (N.medium, IMAGE, IMAGE, 1 + STACK[:6], 5.0, ("target", "$C_{11}$")),
    (N.corner, RNG.normal(size=(90, 5)), ""),
    (N.examples, STACK, IMAGE, ""),
    (N.characteristic, dict(zip("abcd", STACK, strict=False)), IMAGE, ""),
    (N.cutoffs, [ROW, ROW], IMAGE, ""),
    (N.anisotropy, IMAGE, {"anisotropic": (IMAGE, IMAGE), "isotropic": (IMAGE, IMAGE)}, ""),
    (N.targets, STACK[:2], STACK[:2], STACK[:2], STACK[:2], np.ones(2), ""),
    (
        N.samplers,
        RNG.random((6, 4)),
        RNG.random((6, 4)),
        [{"method": method} | GAINS for method in [*SAMPLERS][:6]],
        "",
    ),
    (N.own, IMAGE, IMAGE, IMAGE, IMAGE, STACK[:4], ""),
    (
        santos2024_recovery.recovery,
        STACK[:2],
        {"stirring": STACK[:2], "wgan_gp": np.full((2, 8, 8), np.nan), "mean": STACK[:2]},
        [{"prior": name, "pixels_right": 0.9} for name in ("stirring", "wgan_gp", "mean")],
        "",
    ),
    (C.log_posterior, RNG.random((4, 9)), ""),
    (C.thirds, RNG.random((2, 5)), np.ones(5), ""),
    (C.autocorrelation, RNG.random((2, 5, 4)), RNG.random(4), 1, np.random.SeedSequence(1), ""),
    (C.marginals, RNG.normal(size=(50, 5)), ""),
    (C.covariance, np.eye(5), ""),
    (santos2024_calibration.calibration, {"wgan_gp": STATED, "stirring": STATED}, STATED_ROWS, ""),
]
