"""Small made-up results for every figure function of lopez_alvis2021."""

import numpy as np
import xarray as xr

from support.figures import (
    lopez_alvis2021,
    lopez_alvis2021_beyond,
    lopez_alvis2021_inversion,
    santos2024,
    santos2024_convergence,
    santos2024_inversion,
)

RNG = np.random.default_rng(5)
MODEL, MODELS = RNG.random((129, 65)), RNG.random((2, 129, 65))
COORDINATES = {"truth": ["mc1", "mv2"]}
NUMBERS = "misfit", "error", "wrmse", "chi_square"


def runs(dimension="truth", **coordinates):
    """Results of an inversion of two truths from three starts."""
    both, shape = (dimension, "start"), (2, 3)
    data = {name: (both, RNG.random(shape)) for name in NUMBERS}
    for name in ("misfit_path", "norm_path", "error_path"):
        data[name] = (*both, "step"), RNG.random((*shape, 5))
    data["model"] = (*both, "z", "x"), RNG.random((*shape, 129, 65))
    data["code"] = (*both, "latent"), RNG.random((*shape, 4))
    for name in ("threshold", "encoded_error"):
        data[name] = dimension, RNG.random(2)
    data["true_model"] = (dimension, "z", "x"), MODELS
    data["crossed"] = ("z", "x"), MODEL > 0.5
    for name in ("observed", "simulated"):
        data[name] = "datum", RNG.random(9)
    about = {"fit": "weighted", "cell": 0.1}
    return xr.Dataset(data, coordinates or COORDINATES, about)


def eight():
    """Results on the eight-shaped manifold: one network."""
    line, pairs = np.linspace(-2, 2, 81), RNG.normal(size=(30, 2))
    per_net = {name: (("net", "n", "two"), pairs[None]) for name in ("code", "reconstructed")}
    data = {
        "alpha": ("net", [0.1]),
        "beta": ("net", [0.01]),
        **per_net,
        "point": (("n", "two"), pairs),
        "drawn": (("n", "two"), pairs),
        "misfit": (("z2", "z1"), RNG.random((81, 81))),
        "mapped_misfit": (("net", "z2", "z1"), RNG.random((1, 81, 81))),
        "mapped": (("net", "z2", "z1", "two"), RNG.random((1, 81, 81, 2))),
        "generated": (("net", "n", "two"), pairs[None]),
    }
    return xr.Dataset(data, {"z1": line, "z2": line})


def networks():
    """Samples, paths and encoded truths of VAE and SGAN."""
    data = {kind: (("sample", "z", "x"), MODELS) for kind in ("vae", "sgan")}
    for kind in ("vae", "sgan"):
        data[f"{kind}_frame"] = ("frame", "z", "x"), MODELS
        data[f"{kind}_speed"] = ("path", "step"), RNG.random((3, 6))
    data["model"] = data["encoded"] = ("truth", "z", "x"), MODELS
    about = {"vae_title": "VAE, shipped weights", "sgan_title": "SGAN, trained here"}
    about["title_of_network"] = "VAE"
    return xr.Dataset(data, COORDINATES | {"step": np.linspace(0, 1, 6)}, about)


TOY = xr.Dataset(
    {
        "path": (("step", "two"), RNG.normal(size=(9, 2))),
        "misfit": ("step", -RNG.random(9)),
        "minimum": (("minima", "two"), np.ones((3, 2))),
        "depth": ("minima", -np.ones(3)),
    }
)
DATA_ROWS = [
    {"method": method, "data": data, "noise_ns": noise, "correlated": bad, "deepest_m": deepest}
    | {"model_rmse": 0.2, "chosen_antennas": float(data == 144)}
    for method in ("VAE", "total variation", "smoothing")
    for data, noise, bad, deepest in (
        (625, 0.25, 0, 12.5),
        (625, 1.0, 1, 12.5),
        (49, 0.25, 0, 6.5),
        (144, 0.25, 0, 12.5),
    )
]
TRADED = [
    {"method": method, "alpha": alpha, "beta": 100.0, "numbers": 20}
    | {"encode_decode_rmse_ns": 1.0, "inversion_rmse_ns": 1.2}
    | {"encode_decode_model_rmse": 0.2, "inversion_model_rmse": 0.3}
    for method, alpha in (("VAE", 1.0), ("VAE", 0.1), ("principal components", ""))
]

PRIORS = [
    {"prior": name, "crossing": 0.9, "grey": 0.1, "deviation": 0.5}
    for name in lopez_alvis2021_beyond.PRIORS
]


def posteriors():
    """Posteriors of two truths, and ranks of three new ones."""
    kinds = {"prediction": list(lopez_alvis2021_beyond.PREDICTIONS)}
    image, all_kinds = ("truth", "z", "x"), np.stack([MODELS] * 3)
    found = {name: (("prediction", *image), all_kinds) for name in ("mean", "deviation")}
    found["sample_model"] = (
        ("prediction", "truth", "sample", "z", "x"),
        np.stack([all_kinds] * 2, 2),
    )
    found["error"] = ("prediction", "truth"), RNG.random((3, 2))
    ranks = {
        "quantile": (("prediction", "truth", "block"), RNG.random((3, 3, 8))),
        "cells_inside": (("prediction", "truth", "level"), RNG.random((3, 3, 2))),
    }
    events = xr.Dataset(ranks, {**kinds, "level": [0.5, 0.95]})
    return xr.Dataset(found, {**COORDINATES, **kinds}), events


L, N, C, S = lopez_alvis2021_inversion, santos2024_inversion, santos2024_convergence, santos2024
MADE = [
    (lopez_alvis2021.manifold, eight()),
    (lopez_alvis2021.mapped_latent_spaces, eight()),
    (
        lopez_alvis2021.training_and_samples,
        MODEL,
        [(0, 0)] * 3,
        RNG.random((3, 129, 65)),
        networks(),
    ),
    (lopez_alvis2021.truths_and_encoded, networks()),
    (lopez_alvis2021.jumps, networks()),
    (L.three_minima_descent, TOY),
    (L.all_cases, MODEL, "mc2", {"VSbrd": runs().isel(truth=0)}, 0.5, 0.5),
    (L.all_truths, MODELS, COORDINATES["truth"], runs(), runs(), np.ones(2), 0.25, 5.0),
    (
        L.poster,
        MODEL,
        {kind: runs("noise", noise=[0.25, 0.5]) for kind in ("VAE", "SGAN")},
        (np.arange(9.0), np.arange(9.0)),
        (MODEL, MODEL),
    ),
    (L.new_truths, runs(), (1, 2, 0.1, 0.9)),
    (L.own_data, runs()),
    (lopez_alvis2021_beyond.data, DATA_ROWS, []),
    (lopez_alvis2021_beyond.trade_off, TRADED),
    (
        lopez_alvis2021_beyond.priors,
        xr.DataArray(
            RNG.random((5, 2, 129, 65)),
            {"prior": list(lopez_alvis2021_beyond.PRIORS)},
            ("prior", "sample", "z", "x"),
        ),
        PRIORS,
    ),
    (lopez_alvis2021_beyond.posterior, networks().model, *posteriors()),
    (lopez_alvis2021_beyond.methods, networks().model, {"VAE": runs().isel(start=0)}),
]
