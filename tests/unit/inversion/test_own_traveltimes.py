"""A user's traveltimes as data: domains, errors as weights, and cells that nothing sees."""

import numpy as np
import pytest
import torch
import xarray as xr

from latentearth.inversion import crosshole_survey, own_traveltimes
from latentearth.io import InputError
from latentearth.operators.straight_rays import Grid, StraightRays

HEAD = "source_x_m,source_z_m,receiver_x_m,receiver_z_m"
BUILT_IN = np.array([[0.0, 1.0], [0.0, 2.0]]), np.array([[6.5, 1.0], [6.5, 3.0]])
VELOCITIES = (0.08, 0.06)


def read(tmp_path, text, survey=None, cell=0.1, origin=(0.0, 0.0)):
    (tmp_path / "times.csv").write_text(text)
    if survey:
        (tmp_path / "survey.csv").write_text(survey)
    return own_traveltimes.read_own_traveltimes(
        tmp_path / "times.csv",
        tmp_path / "survey.csv" if survey else None,
        BUILT_IN,
        Grid(spacing=cell),
        origin,
    )


def test_without_antennas_they_belong_to_the_built_in_survey(tmp_path):
    found = read(tmp_path, "traveltime_ns\n90\n95\n")
    np.testing.assert_array_equal(found.sources, BUILT_IN[0])
    assert found.weights.tolist() == [1, 1] and np.isnan(found.error)


def test_a_file_with_antennas_is_its_own_survey_in_its_own_domain(tmp_path):
    text = HEAD + ",traveltime_ns\n100,5,120,25,400\n100,25,120,5,\n"
    with pytest.raises(InputError, match="outside the domain"):
        read(tmp_path, text)
    found = read(tmp_path, text, cell=0.4, origin=(98.0, 0.0))
    np.testing.assert_array_equal(found.sources, [[2, 5]])
    np.testing.assert_array_equal(found.receivers, [[22, 25]])
    assert found.picks.missing == 1


def test_errors_are_weights_of_mean_square_one(tmp_path):
    found = read(tmp_path, "traveltime_ns,error_ns\n90,1\n95,2\n")
    assert np.mean(found.weights**2) == pytest.approx(1)
    # chi2/N by its definition, and from a weighted misfit
    residual = np.array([1.5, -4.0])
    direct = np.mean((residual / [1, 2]) ** 2)
    misfit = np.sqrt(np.mean((found.weights * residual) ** 2))
    assert (misfit / found.error) ** 2 == pytest.approx(direct)
    operator = own_traveltimes.weighted(lambda s: s, found.weights)
    np.testing.assert_allclose(operator(torch.ones(1, 2))[0], found.weights, rtol=1e-6)  # float32


def test_cells_that_no_ray_crosses_are_found():
    grid = Grid(nz=4, nx=5, spacing=1.0)
    rays = StraightRays(grid, np.array([[0.0, 1.5]]), np.array([[5.0, 1.5]]))
    seen = own_traveltimes.crossed_cells(rays, np.zeros((4, 5)), VELOCITIES)
    np.testing.assert_array_equal(seen, np.arange(4)[:, None] * np.ones(5) == 1)
    times = crosshole_survey.times(rays, np.zeros((1, 4, 5)), VELOCITIES)
    assert times[0, 0] == pytest.approx(5 / 0.08)


@pytest.mark.parametrize(
    ("chi_square", "words"),
    [(np.nan, "unknown"), (15.0, "do not believe"), (1.0, "within"), (0.1, "noise")],
)
def test_a_fit_is_told_in_words(chi_square, words):
    assert words in own_traveltimes.fit_in_words(chi_square)


def test_the_best_of_several_starts_is_compared_with_the_picks(tmp_path):
    own = read(tmp_path, "traveltime_ns,error_ns\n90,2\n95,2\n")
    grid = Grid(nz=4, nx=5, spacing=1.0)
    ends = np.array([[0.0, 1.5], [0.0, 2.5]])
    rays = StraightRays(grid, ends, ends + np.array([5.0, 0.0]))
    models = np.stack([np.ones((4, 5)), np.zeros((4, 5))])[None]  # (truth, start, z, x)
    found = xr.Dataset(
        {
            "model": (("truth", "start", "z", "x"), models),
            "misfit": (("truth", "start"), [[8.0, 2.0]]),
        }
    )
    found = own_traveltimes.compare_with_picks(found, rays, own, VELOCITIES, None)
    np.testing.assert_allclose(found.chi_square, [[16.0, 1.0]])
    assert found.simulated.values == pytest.approx(5 / 0.08)  # of the second start
    assert found.crossed.sum() == 10 and found.attrs["fit"] == "fits within the errors"
