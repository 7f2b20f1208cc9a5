"""Figures of the inversions: what they show, from small made-up results."""

import numpy as np
import pytest
import xarray as xr

from latentearth.inversion import three_minima
from support.figures import lopez_alvis2021_inversion as figures

TRUTHS, STARTS, STEPS = ["mc1", "mc2"], 3, 12


def runs(seed=0, starts=STARTS):
    rng = np.random.default_rng(seed)
    shape = len(TRUTHS), starts
    paths = 0.2 + rng.random((*shape, STEPS))
    both = ("truth", "start")
    return xr.Dataset(
        {
            "misfit": (both, paths.min(-1)),
            "error": (both, rng.random(shape)),
            "code": ((*both, "latent"), rng.standard_normal((*shape, 20))),
            "model": ((*both, "z", "x"), rng.random((*shape, 129, 65))),
            "misfit_path": ((*both, "step"), paths),
            "norm_path": ((*both, "step"), 4 + paths),
            "error_path": ((*both, "step"), paths),
        },
        {"truth": TRUTHS},
    )


def panels(figure, kind):
    """Axes that hold an image, or lines."""
    held = {"images": lambda a: a.images, "lines": lambda a: a.lines}[kind]
    return [ax for ax in figure.axes if held(ax)]


def test_accepted_and_rejected_are_chosen_by_the_threshold():
    one = runs().isel(truth=0)
    one["misfit"] = ("start", [0.9, 0.3, 0.5])
    assert figures._choose(one, 0.6) == (2, 0)  # of two accepted, the upper middle one
    assert figures._choose(one, 0.1) == (None, 2)
    assert figures._choose(one, 2.0)[1] is None


def test_all_cases_shows_only_what_there_is():
    one = runs().isel(truth=1)
    one["misfit"] = ("start", [0.2, 0.3, 0.4])
    cases = {"VSbrd": one, "SAnnn": one}
    figure = figures.all_cases(np.zeros((129, 65)), "mc2", cases, 0.5, 0.2)
    # the truth once, and an accepted model of each case; no rejected one
    assert len(panels(figure, "images")) == 3
    figure.draw_without_rendering()


@pytest.mark.parametrize("starts", [1, 3])
def test_all_truths(starts):
    clean, noisy = runs(0, starts), runs(1, starts)
    models = np.zeros((2, 129, 65))
    figure = figures.all_truths(models, TRUTHS, clean, noisy, np.array([-1.0, 9.0]), 0.25, 5.0)
    assert len(panels(figure, "images")) == 6
    titles = [ax.get_title() for ax in panels(figure, "images")]
    assert sum("rejected" in title for title in titles) == 2  # of the first truth both
    figure.draw_without_rendering()


def test_poster_and_new_truths_and_own_data():
    vae, sgan = (runs(s).rename(truth="noise").assign_coords(noise=[0.25, 0.5]) for s in (2, 3))
    for found in (vae, sgan):
        found["wrmse"] = found.misfit / found.noise
    times = np.linspace(80, 120, 25), np.linspace(79, 118, 25)
    models = np.zeros((129, 65)), np.ones((129, 65))
    figure = figures.poster(models[0], {"VAE": vae, "SGAN": sgan}, times, models)
    assert len(panels(figure, "images")) == 10  # three rows of three models, and the differences
    found = runs()
    found["threshold"] = ("truth", [0.3, 0.4])
    found["encoded_error"] = ("truth", [0.1, 0.2])
    found["true_model"] = (("truth", "z", "x"), np.zeros((2, 129, 65)))
    assert len(panels(figures.new_truths(found, (1, 2, 0.01, 0.99)), "images")) == 4
    found["observed"], found["simulated"] = (("datum", row) for row in times)
    seen = np.ones((129, 65), bool)
    found["crossed"] = ("z", "x"), seen
    found["chi_square"] = found.misfit * 0 + 15.0
    found.attrs |= {"cell": 0.2, "fit": "data not explained: do not believe the model"}
    figure = figures.own_data(found)
    (model,) = panels(figure, "images")
    assert "15" in model.get_title() and "do not believe" in model.get_title()
    assert model.images[0].get_extent() == [0, 13, 25.8, 0]


def test_three_minima_figure():
    path = np.random.default_rng(0).standard_normal((20, 2))
    found = three_minima.minima()
    toy = xr.Dataset(
        {
            "path": (("step", "axis"), path),
            "misfit": ("step", three_minima.objective(path)),
            "minimum": (("number", "axis"), found),
            "depth": ("number", three_minima.objective(found)),
        }
    )
    figure = figures.three_minima_descent(toy)
    assert [ax.get_ylabel() for ax in figure.axes[-2:]] == ["misfit", "$\\|z\\|$"]
