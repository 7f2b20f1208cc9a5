"""Voronoi models against brute force."""

import numpy as np
import pytest

from latentearth.earth import sphere
from latentearth.ensembles.voronoi import VoronoiModels, evaluate


def random_models(seed, counts):
    rng = np.random.default_rng(seed)
    n_cells = np.asarray(counts)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, n_cells.sum())))
    return VoronoiModels(
        n_cells, lat, rng.uniform(-180, 180, lat.size), rng.normal(7.2, 0.2, lat.size)
    )


def brute_force(models, lat, lon):
    points, found = sphere.unit_vectors(lat, lon), []
    starts = np.cumsum(models.n_cells) - models.n_cells
    for start, count in zip(starts, models.n_cells, strict=True):
        cells = slice(start, start + count)
        nuclei = sphere.unit_vectors(models.lat[cells], models.lon[cells])
        found.append(models.vs[cells][(points @ nuclei.T).argmax(axis=1)])
    return np.array(found, dtype=np.float32)


@pytest.mark.parametrize("n_points", [1, 127, 128, 1000])
def test_equals_brute_force(n_points):
    # Few and many cells: with few, the search must go on to the last cell. Equality is exact,
    # because both choose the largest of the same float64 products (random points have no ties).
    models = random_models(1, [1, 2, 3, 17, 300, 600])
    rng = np.random.default_rng(2)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, n_points))), rng.uniform(0, 360, n_points)
    values = evaluate(models, lat, lon)
    assert values.dtype == np.float32 and values.shape == (6, n_points)
    np.testing.assert_array_equal(values, brute_force(models, lat, lon))


def test_clustered_nuclei_and_a_regional_grid():
    # All nuclei in one corner of the sphere, all points in another: the bound is of no help.
    models = random_models(3, [50, 80])
    models = models._replace(lat=60 + models.lat / 5, lon=models.lon / 20)
    lat, lon = sphere.grid_points(*sphere.regional_grid())
    np.testing.assert_array_equal(evaluate(models, lat, lon), brute_force(models, lat, lon))


def test_single_precision_chains_are_evaluated_in_double():
    models = random_models(6, [400, 500])
    single = VoronoiModels(models.n_cells, *(array.astype(np.float32) for array in models[1:]))
    double = VoronoiModels(models.n_cells, *(array.astype(np.float64) for array in single[1:]))
    lat, lon = sphere.spiral(2000)
    np.testing.assert_array_equal(evaluate(single, lat, lon), evaluate(double, lat, lon))


def test_points_at_nuclei_poles_and_dateline():
    models = VoronoiModels(
        np.array([4]), np.array([90.0, -90, 0, 0]), np.array([0.0, 0, 179, -90]), np.arange(4.0)
    )
    lat, lon = np.array([90.0, -90, 0, 0, 0, 89]), np.array([50.0, 60, 179, 270, -178, 12])
    np.testing.assert_array_equal(evaluate(models, lat, lon)[0], [0, 1, 2, 3, 2, 0])


def test_counts_that_do_not_add_up():
    models = random_models(5, [3, 4])
    with pytest.raises(ValueError, match="counts 8 cells"):
        evaluate(models._replace(n_cells=np.array([4, 4])), np.zeros(2), np.zeros(2))
    with pytest.raises(ValueError, match="model 0 has 0 cells"):
        evaluate(models._replace(n_cells=np.array([0, 7])), np.zeros(2), np.zeros(2))
