"""Burn-in, thinning, and ensembles on disk."""

import tracemalloc

import netCDF4
import numpy as np
import pytest

from latentearth.earth import sphere
from latentearth.ensembles import stored, thinning
from latentearth.ensembles.voronoi import VoronoiModels, evaluate
from latentearth.io import InputError

THIN = {"burn_in": 10, "thin": 3}
WHOLE = {"burn_in": 0, "thin": 1, "attributes": {}}


class Lazy:
    """Stands for a netCDF variable: counts what is read, refuses anything but slices."""

    def __init__(self, values):
        self.values, self.read = values, 0

    def __len__(self):
        return len(self.values)

    def __getitem__(self, cells):
        assert isinstance(cells, slice)
        self.read += len(self.values[cells])
        return self.values[cells]


def chain(seed, n_models=50):
    rng = np.random.default_rng(seed)
    n_cells = rng.integers(5, 30, n_models)
    total = n_cells.sum()
    return VoronoiModels(
        n_cells, rng.uniform(-90, 90, total), rng.uniform(0, 360, total), rng.uniform(6, 8, total)
    )


@pytest.fixture
def points():
    return sphere.spiral(60)


@pytest.fixture
def ensemble(tmp_path, points):
    path = tmp_path / "ensemble.nc"
    chains = [chain(1), chain(2, 40), chain(3)]
    n = thinning.thin_ensemble(path, iter(chains), *points, **THIN, attributes={"seed": 1}, block=6)
    assert n == 14 + 10 + 14
    return path, chains


def test_thinned_ensemble_is_the_chosen_models(ensemble, points):
    path, chains = ensemble
    whole = np.concatenate([evaluate(models, *points)[10::3] for models in chains])
    # The same code on the same models, through lossless compression: equal to the last bit.
    np.testing.assert_array_equal(np.concatenate(list(stored.read_blocks(path, 7))), whole)
    np.testing.assert_array_equal(stored.read_points(path, slice(5, 9)), whole[:, 5:9])
    lat, lon, number = stored.read_index(path)
    np.testing.assert_array_equal(lat, points[0])
    np.testing.assert_array_equal(lon, points[1])
    np.testing.assert_array_equal(number, np.repeat([0, 1, 2], [14, 10, 14]))
    with netCDF4.Dataset(path) as file:
        np.testing.assert_array_equal(file["model"][:14], np.arange(10, 50, 3))
        assert file["vs"].dtype == np.float32 and file["vs"].units == "km s-1" and file.seed == 1


@pytest.mark.parametrize("keep", [np.arange(4, 50), np.arange(0, 50, 11), np.array([49])])
def test_take_reads_little_and_the_right_cells(keep):
    models = chain(4)
    lazy = VoronoiModels(models.n_cells, *(Lazy(array) for array in models[1:]))
    taken = thinning.take_models(lazy, keep)
    offsets = np.concatenate([[0], np.cumsum(models.n_cells)])
    for name in ("lat", "lon", "vs"):
        array = getattr(models, name)
        wanted = np.concatenate([array[offsets[i] : offsets[i + 1]] for i in keep])
        np.testing.assert_array_equal(getattr(taken, name), wanted)
    assert lazy.vs.read <= 4 * taken.n_cells.sum()


def test_chains_are_opened_one_at_a_time(points):
    opened = []

    def chains():
        for number in range(3):
            opened.append(number)
            yield chain(number)

    blocks = thinning.thinned_blocks(chains(), *points, burn_in=0, thin=1, block=25)
    next(blocks), next(blocks)
    assert opened == [0]
    next(blocks)
    assert opened == [0, 1]


def test_memory_does_not_grow_with_the_ensemble(tmp_path):
    lat, lon = sphere.spiral(2000)

    def peak(n_models):
        models = chain(1, n_models)
        lazy = VoronoiModels(models.n_cells, *(Lazy(array) for array in models[1:]))
        tracemalloc.start()
        path = tmp_path / f"{n_models}.nc"
        thinning.thin_ensemble(path, [lazy, lazy], lat, lon, **WHOLE, block=16)
        for block in stored.read_blocks(path, 16):
            assert block.shape == (16, 2000)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    thinning.thin_ensemble(tmp_path / "first.nc", [chain(1)], lat, lon, **WHOLE)  # compiles
    few, many = peak(64), peak(1024)
    # A block of 16 models is 128 kB and some of them are held at a time; all that may grow is a
    # few numbers to a model, 100 bytes, against 8000 of its values: 16 MB if they were all held.
    # (What the netCDF library caches is not counted; it has a fixed size.)
    assert many - few < 2 * 960 * 100
    assert few < 2_000_000


def test_first_part_of_each_chain():
    chosen = thinning.first_part(np.array([0, 0, 0, 0, 0, 7, 7, 7, 7]), 0.5)
    np.testing.assert_array_equal(chosen, [1, 1, 0, 0, 0, 1, 1, 0, 0])  # round(2.5) is 2
    assert thinning.first_part(np.arange(3), 1.0).all()
    with pytest.raises(ValueError, match="fraction"):
        thinning.first_part(np.zeros(3), 0.0)


def spoil_counts(models):
    return models._replace(vs=models.vs[:-1])


def spoil_latitude(models):
    return models._replace(lat=models.lat + 100)


def spoil_velocity(models):
    return models._replace(vs=np.full_like(models.vs, np.nan))


def spoil_length(models):
    return VoronoiModels(models.n_cells[:5], *(a[: models.n_cells[:5].sum()] for a in models[1:]))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_counts, "chain 1: length of 'vs'"),
        (spoil_latitude, "chain 1: 'lat' of a cell"),
        (spoil_velocity, "chain 1: 'vs' of a cell: found nan"),
        (spoil_length, "none of 5 models is left after a burn-in of 10"),
    ],
)
def test_bad_chains_are_named_and_leave_no_file(tmp_path, points, spoil, message):
    path = tmp_path / "ensemble.nc"
    with pytest.raises(InputError, match=message):
        thinning.thin_ensemble(path, [chain(1), spoil(chain(2))], *points, **THIN, attributes={})
    assert list(tmp_path.iterdir()) == []


def test_no_chain_at_all(tmp_path, points):
    with pytest.raises(InputError, match="at least one chain"):
        thinning.thin_ensemble(tmp_path / "ensemble.nc", [], *points, **WHOLE)


def test_missing_and_broken_files(tmp_path):
    with pytest.raises(InputError, match="found nothing"):
        next(stored.read_blocks(tmp_path / "none.nc"))
    (tmp_path / "broken.nc").write_bytes(b"CDF?")
    with pytest.raises(InputError, match="unreadable"):
        next(stored.read_blocks(tmp_path / "broken.nc"))
