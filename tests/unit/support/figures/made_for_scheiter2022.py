"""Small made-up results for every figure function of scheiter2022."""

import numpy as np
import pandas as pd
import xarray as xr

from support import appendix_b
from support.figures import (
    own_ensemble,
    scheiter2022,
    scheiter2022_appendix_b,
    scheiter2022_cmb,
    scheiter2022_generators,
)

RNG = np.random.default_rng(5)
AUSTRALIA = {name: RNG.normal(size=529) for name in scheiter2022_cmb.REGIONAL}
GLOBE = {name: RNG.normal(size=(72, 144)) for name in scheiter2022_cmb.GLOBAL}
MATRIX = np.eye(529)
TRAINING = {
    "step": np.arange(3),
    "discriminator_loss": RNG.random((3, 2)),
    "generator_loss": RNG.random((3, 2)),
    "validation_step": np.arange(2),
    "validation_emd": RNG.random((2, 2)),
    "best_step": np.ones(2),
}
PAIR = RNG.normal(size=(50, 2))
GENERATORS = scheiter2022_generators
MOMENTS = {name: RNG.normal(size=529) for name in ("sample", *scheiter2022_cmb.REGIONAL)}
WATCHED = appendix_b.trainings(
    {"dimensions": [2, 3], "networks": 1, "samples": 60, "kept": 0.8, "width": 0.3, "clip": 0.1}
    | {"looks": 2, "draws": 100}
    | {"gan": {"learning_rate": 1e-3, "latent": 4, "hidden": [4], "steps": 4, "batch": 20}},
    1,
)
OWN = {"one_sample": (3.0, "km/s"), "mean": (3.0, "km/s"), "std": (0.1, "km/s")}
OWN_ENSEMBLE = xr.Dataset(
    {
        **{
            k: (("generator", "point"), np.full((2, 4), v), {"units": u})
            for k, (v, u) in OWN.items()
        },
        "share": (("generator", "looked_at", "bin"), np.full((2, 3, 5), 0.2)),
        "edges": (("looked_at", "edge"), np.tile(np.arange(6.0), (3, 1))),
        "position": (("point", "axis"), RNG.random((4, 2)), {"kind": "plane", "units": "m"}),
    },
    {"generator": ["held out", "Gaussian"], "index": ("point", np.arange(4))},
    {"variable": "vs", "units": "km/s", "low": 2.0, "high": 4.0},
)
OWN_ENSEMBLE.position.attrs["names"] = "x, y"
OWN_SCORES = [
    {"generator": "Gaussian", "score": score, "value": 0.5, "floor": 0.4}
    for score in own_ensemble.SCORES
]
FITTED = pd.DataFrame(
    {
        "data": ["australia", "globe"],
        "score": "emd",
        "kind": ["null", "beyond"],
        "generator": ["Gaussian copula", "cell copying"],
        "cpu_s": 1.0,
        "numbers_stored": 10,
        "value": 0.02,
        "floor": 0.01,
    }
)
MADE = [
    (scheiter2022_appendix_b.appendix_b, WATCHED),
    (own_ensemble.page, OWN_ENSEMBLE, OWN_SCORES),
    (GENERATORS.regional_generators, {"held-out chains": MOMENTS, "cell copying": MOMENTS}),
    (
        GENERATORS.seams,
        {"held-out chains": RNG.random((2, 4))},
        np.arange(5.0),
        ("within", "across"),
    ),
    (GENERATORS.cost, FITTED),
    (
        GENERATORS.stopping,
        xr.Dataset(
            {
                name: ("percent", RNG.random(3), {"tolerance": 0.5})
                for name in (*GENERATORS.HALVES, "r_hat")
            },
            {"percent": [10, 50, 100]},
        ),
    ),
    (GENERATORS.rings, {"exact": RNG.normal(size=(2, 9, 2)), "GAN": RNG.normal(size=(2, 9, 2))}),
    (scheiter2022.gaussian, RNG.normal(size=30), -0.1, 1.0, RNG.normal(size=90)),
    (scheiter2022.rings, [PAIR] * 4, [PAIR] * 4),
    (
        scheiter2022.integrals,
        (3.5, 10.5, 24.5),
        np.arange(1, 4),
        (200, 600),
        np.ones((2, 2, 3)),
        np.ones((2, 3)),
        np.ones(3),
        1000,
        (np.ones((2, 1, 3)), [200]),
    ),
    (
        scheiter2022.hyperspheres,
        (2, 3),
        [PAIR] * 2,
        [PAIR] * 2,
        [np.tile(PAIR, (100, 1))] * 2,
        (50, 50),
        0.15,
    ),
    (scheiter2022_cmb.regional_moments, {"McMC": AUSTRALIA}),
    (
        scheiter2022_cmb.regional_marginals,
        RNG.random(529),
        RNG.random(529),
        RNG.dirichlet(np.ones(48), (2, 529)),
        np.linspace(6.6, 7.8, 49),
    ),
    (scheiter2022_cmb.covariances, np.stack([MATRIX, MATRIX]), [(-11.4, 117.4)] * 4),
    (
        scheiter2022_cmb.limited_samples,
        {"first 40%": RNG.random(529), "first 50%": RNG.random(529)},
        {"40% (GAN)": MATRIX, "100% (McMC)": MATRIX},
    ),
    (
        scheiter2022_cmb.convergence,
        np.array([50, 100]),
        {name: RNG.random((2, 529)) for name in ("GAN", "part")},
        {name: RNG.random(529) for name in ("halves", "independent")},
        {100: RNG.random(529)},
    ),
    (scheiter2022_cmb.global_maps, {"McMC": GLOBE}),
    (scheiter2022_cmb.compared_maps, {"McMC": GLOBE, "our WGAN": GLOBE}),
    (scheiter2022_cmb.losses, {"WGAN": TRAINING}),
]
