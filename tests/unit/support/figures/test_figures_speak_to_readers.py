"""No figure shows a key of config or files: every figure function, on small made-up results."""

import importlib
import inspect
import itertools
import pkgutil
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.text import Text

from latentearth import samples
from support import appendix_b, figures
from support.figures import (
    lopez_alvis2021,
    lopez_alvis2021_beyond,
    lopez_alvis2021_inversion,
    own_ensemble,
    santos2024,
    santos2024_calibration,
    santos2024_convergence,
    santos2024_inversion,
    santos2024_likelihoods,
    santos2024_recovery,
    scheiter2022,
    scheiter2022_appendix_b,
    scheiter2022_cmb,
    scheiter2022_generators,
    spurio_mancini2021,
    spurio_mancini2021_emulators,
    spurio_mancini2021_locate,
    spurio_mancini2021_mechanisms,
    spurio_mancini2021_methods,
)
from support.labels import ARRIVALS, EMULATORS, LABELS, LIKELIHOODS, SAMPLERS
from support.published_values import read_table

RNG = np.random.default_rng(5)
IMAGE, STACK = RNG.random((8, 8)), RNG.random((10, 8, 8))
MODEL, MODELS = RNG.random((129, 65)), RNG.random((2, 129, 65))
AUSTRALIA = {name: RNG.normal(size=529) for name in scheiter2022_cmb.REGIONAL}
GLOBE = {name: RNG.normal(size=(72, 144)) for name in scheiter2022_cmb.GLOBAL}
MATRIX = np.eye(529)
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


def positions(width=10.0):
    """A posterior of a position about the middle of the box."""
    points = RNG.normal(500.0, width, (400, 3))
    return samples.unordered(points, np.zeros(400), np.full(400, 1 / 400), evaluations=1, cpu_s=1.0)


def survey():
    """A marine model, and an event seen by two receivers."""
    axes = {name: np.linspace(0, 1000, 4) for name in "xyz"}
    model = {name: (("x", "y", "z"), 1000 + RNG.random((4, 4, 4))) for name in ("rho", "vp", "vs")}
    event = {
        "observed": (("receiver", "time"), RNG.normal(size=(2, 20))),
        "clean": (("receiver", "time"), RNG.normal(size=(2, 20))),
        "position": (("receiver", "coordinate"), np.full((2, 3), 500.0)),
        "event": ("coordinate", np.full(3, 500.0)),
        "bounds": (("coordinate", "end"), BOUNDS),
    }
    observation = xr.Dataset(event, {"time": np.linspace(0, 1, 20)}, {"sigma": 1.0})
    return xr.Dataset(model, axes), observation


BOUNDS = np.array([[0.0, 1000.0]] * 3)
OTHERS = {key: positions() for key in [*ARRIVALS, "solver", "direct_smooth, modes"]}
REFERENCE = Path(__file__).parents[4] / "data" / "reference"
STUDY = read_table(REFERENCE / "spurio_mancini2021" / "calibration.csv")
CALIBRATED = xr.Dataset(
    {
        "level": (("likelihood", "event"), RNG.random((3, 5))),
        "error": (("likelihood", "event", "coordinate"), RNG.random((3, 5, 3))),
        "deviation": (("likelihood", "event", "coordinate"), RNG.random((3, 5, 3))),
    },
    {"likelihood": list(LIKELIHOODS)},
)
KINDS = [*EMULATORS, "mean"]
ACCURACIES = {
    f"r2d_{peak}{end}": RNG.random(len(KINDS))
    for peak in ("gpy", "smooth", "true")
    for end in ("", "_std")
}
ACCURACIES |= {name: RNG.random(len(KINDS)) for name in ("r2d", "published_r2d")}
ACCURACIES |= {"kind": KINDS, "emulator": [EMULATORS.get(kind, "mean trace") for kind in KINDS]}
SHIFTS = xr.Dataset(
    {"shift_error": (("model", "event"), RNG.normal(size=(2, 20)))}, {"model": ["gpy", "smooth"]}
)
GAINS = {"ess_median_per_cpu_min": 5.0, "squared_distance": 2.0}
GAINS |= {"gain_median": 1.0, "gain_distance": 1.0}
SPACE = {"image": STACK[:3], "distance": RNG.random((4, 5))}
TRAINING = {
    "step": np.arange(3),
    "discriminator_loss": RNG.random((3, 2)),
    "generator_loss": RNG.random((3, 2)),
    "validation_step": np.arange(2),
    "validation_emd": RNG.random((2, 2)),
    "best_step": np.ones(2),
}
TOY = xr.Dataset(
    {
        "path": (("step", "two"), RNG.normal(size=(9, 2))),
        "misfit": ("step", -RNG.random(9)),
        "minimum": (("minima", "two"), np.ones((3, 2))),
        "depth": ("minima", -np.ones(3)),
    }
)
PAIR = RNG.normal(size=(50, 2))
ROW = {
    "waves": 5.0,
    "observed": IMAGE,
    "samples": RNG.normal(size=(90, 5)),
    "mean": IMAGE,
    "deviation": IMAGE,
}
SCORES = {kind: {"precision": 0.5, "recall": 0.4} for kind in ("training", "generated")}
LOSSES = {"step": [1, 2], "critic": [2.0, 1.0], "generator": [1.0, 2.0]}

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


CAKES = ["cake", "cake"], ["independent", "correlated"]
STATED = xr.Dataset(
    {
        "pixels": (("run", "number", "bin"), np.full((2, 3, 10), 50.0)),
        "held": (("run", "level", "coefficient"), RNG.random((2, 3, 6))),
        "component_ranks": (("run", "component"), RNG.random((2, 4))),
    },
    {"truth": ("run", CAKES[0]), "errors": ("run", CAKES[1])},
)
STATED_ROWS = [
    {"prior": "wgan_gp", "truth": truth, "errors": errors, "cases": 3.0}
    | {"pixels_right": 0.7, "pixels_stated": 0.8}
    for truth, errors in zip(*CAKES, strict=True)
]
L, N, C, S = lopez_alvis2021_inversion, santos2024_inversion, santos2024_convergence, santos2024
SPURIO, ACCURATE = spurio_mancini2021, spurio_mancini2021_emulators
TENSORS = RNG.normal(size=(4, 20, 6))
MECHANISMS = (
    {
        "kind": ["explosion", "double couple", "CLVD", "any"],
        "angle_deg": [1.0, 2.0, 3.0, 4.0],
        "error_m": [5.0, 6.0, 7.0, 8.0],
        "error_as_explosion_m": [5.0, 160.0, 170.0, 180.0],
    },
    xr.Dataset(
        {
            "true_tensor": (("event", "number"), TENSORS[:, 0]),
            "tensor": (("event", "draw", "number"), TENSORS),
        }
    ),
)
GENERATORS = scheiter2022_generators
MOMENTS = {name: RNG.normal(size=529) for name in ("sample", *scheiter2022_cmb.REGIONAL)}
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
EVENT = xr.Dataset(
    {
        "position": (("draw", "coordinate"), RNG.normal(size=(9, 3))),
        "event_time": ("draw", RNG.normal(size=9)),
        "tensor": (("draw", "number"), RNG.normal(size=(9, 6))),
        "observed": (("receiver", "time"), RNG.normal(size=(2, 20))),
        "predicted": (("receiver", "time"), RNG.normal(size=(2, 20))),
        "noise": ("receiver", np.ones(2)),
        "true_position": ("coordinate", np.zeros(3)),
        "true_tensor": ("number", RNG.normal(size=6)),
        "true_time": ((), 0.0),
    },
    {"time": np.linspace(0, 1, 20)},
)
LOCATED = xr.Dataset(
    {
        "error": (("likelihood", "event", "coordinate"), np.ones((1, 4, 3))),
        "truth": (("event", "coordinate"), np.ones((4, 3))),
        "deviation": (("likelihood", "event", "coordinate"), np.ones((1, 4, 3))),
        "level": (("likelihood", "event"), RNG.random((1, 4))),
        "tarp": (("likelihood", "event"), RNG.random((1, 4))),
        "quantile": (("likelihood", "event", "coordinate"), RNG.random((1, 4, 3))),
    },
    attrs={"sea_bed": 100.0},
)
FOURS = xr.Dataset(
    {name: (("set", "coordinate"), RNG.uniform(20, 90, (9, 3))) for name in ("known", "unknown")}
    | {name: (name, [20.0, 20.0, 15.0]) for name in ("published", "event")}
    | {name: (("receiver", "coordinate"), RNG.random((4, 3))) for name in ("nearest", "ours")}
    | {"bounds": (("coordinate", "end"), [[0.0, 1000.0]] * 3)}
)
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
    (santos2024_likelihoods.likelihoods, DOWNSCALED, LAW_ROWS, "4 targets"),
    (scheiter2022_appendix_b.appendix_b, WATCHED),
    (own_ensemble.page, OWN_ENSEMBLE, OWN_SCORES),
    (spurio_mancini2021_methods.coverage_by_method, {"store": LOCATED, "mean": LOCATED}),
    (spurio_mancini2021_methods.edt_receivers, FOURS),
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
    (spurio_mancini2021_mechanisms.mechanisms, *MECHANISMS),
    (spurio_mancini2021_locate.event_page, EVENT, (-1.5, 0.1)),
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
    (lopez_alvis2021_beyond.posterior, networks().model, *posteriors()),
    (lopez_alvis2021_beyond.methods, networks().model, {"VAE": runs().isel(start=0)}),
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
    (santos2024_calibration.calibration, {"wgan_gp": STATED, "stirring": STATED}, STATED_ROWS, ""),
    (SPURIO.model_sections, survey()[0], np.full((2, 3), 500.0), np.full(3, 500.0)),
    (SPURIO.observation, survey()[1]),
    (SPURIO.corner, {**OTHERS, "d18": positions(0.1)}, np.full(3, 500.0), BOUNDS),
    (SPURIO.calibration, {"direct": CALIBRATED, "direct_smooth": CALIBRATED}, STUDY),
    (ACCURATE.preprocessing, 0.01, RNG.random((2, 9)), RNG.random((2, 9)), (1.0, 3)),
    (
        ACCURATE.reconstructions,
        0.01,
        np.ones((3, 3)),
        RNG.normal(size=(3, 9)),
        {EMULATORS[kind]: RNG.normal(size=(3, 9)) for kind in ("d18", "direct")},
    ),
    (ACCURATE.accuracy, ACCURACIES, SHIFTS),
]


def texts(figure):
    """All that can be read in a figure, mathematics aside."""
    figure.draw_without_rendering()  # ticks have no text before
    shown = [text for text in figure.findobj(Text) if text.get_visible()]
    return [re.sub(r"\$[^$]*\$", "", text.get_text()) for text in shown]


# Keys that are English words too: raw where they stand alone.
ENGLISH = {"direct", "grid", "importance", "mean", "modes", "noise", "origin", "solver", "variance"}


def raw(text):
    """Words of a text that are keys, or look like one."""
    keys = {key for key, said in LABELS.items() if key != said}
    words = [
        word for word in re.split(r"[\s,;:()]+", text) if word in keys - ENGLISH or "_" in word
    ]
    return words + [part for part in text.split(", ") if part in ENGLISH]


def test_what_is_raw():
    assert raw("NN direct (A), noise only") == []
    assert raw("direct, noise") == ["direct", "noise"]
    assert raw("pcn d18, r2d_true") == ["pcn", "d18", "r2d_true"]


def test_every_figure_is_among_them():
    modules = [
        importlib.import_module(f"{figures.__name__}.{found.name}")
        for found in pkgutil.iter_modules(figures.__path__)
    ]
    made = {
        value
        for module in modules
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
        if not name.startswith("_") and value.__annotations__.get("return") == Figure.__name__
    }
    assert made == {function for function, *_ in MADE}


@pytest.mark.parametrize("case", MADE, ids=lambda case: case[0].__qualname__)
def test_no_figure_shows_a_key(case):
    function, *given = case
    found = [word for text in texts(function(*given)) for word in raw(text)]
    assert found == []
