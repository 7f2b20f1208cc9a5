"""Chains on the way into the thinning: our own, damaged ones, and a user's."""

import netCDF4
import numpy as np
import pytest

from latentearth.ensembles import chains, given, stored, thinning
from latentearth.io import InputError
from support import chains as support_chains

RNG = np.random.default_rng(8)
LAT, LON = np.array([0.0, 40.0, -70.0]), np.array([10.0, 200.0, 300.0])


@pytest.fixture
def chain_file(tmp_path):
    n_cells = np.array([4, 3, 6, 5, 4])
    total = n_cells.sum()
    lat, lon = RNG.uniform(-90, 90, total), RNG.uniform(0, 360, total)
    noise = np.ones(5)
    chain = chains.chain_dataset(n_cells, lat, lon, RNG.uniform(6.8, 7.6, total), noise, noise)
    path = tmp_path / "chain.nc"
    chains.write_chain(path, chain, {})
    return path


def thinned(opened):
    return np.concatenate([b for b, _, _ in thinning.thinned_blocks(opened, LAT, LON, 1, 2)])


def test_a_users_chain_is_read_as_ours_is(chain_file):
    ours = thinned(support_chains.own_chains([chain_file, chain_file]))
    theirs = thinned(chains.foreign_chains([chain_file, chain_file]))
    assert ours.shape == (4, 3)
    np.testing.assert_array_equal(ours, theirs)  # the same cells, the same search


def test_a_damaged_chain_is_set_aside_and_only_it(chain_file, tmp_path):
    whole = tmp_path / "whole.nc"
    whole.write_bytes(chain_file.read_bytes())
    chain_file.write_bytes(chain_file.read_bytes()[:-300])
    with pytest.raises(InputError, match="only this chain is sampled anew"):
        thinned(support_chains.own_chains([whole, chain_file]))
    assert whole.exists() and not chain_file.exists()
    assert chain_file.with_name("chain.nc.damaged").exists()


def test_two_jobs_that_meet_a_damaged_chain_say_the_same(chain_file):
    chain_file.write_bytes(chain_file.read_bytes()[:-200])
    messages = []
    for _ in range(2):  # the second job comes when the first has renamed the file
        with pytest.raises(InputError, match="only this chain is sampled anew") as found:
            list(support_chains.own_chains([chain_file]))
        messages.append(str(found.value).partition("damage")[0])
    assert messages[0] == messages[1] and str(chain_file) in messages[0]


def test_two_jobs_that_read_a_damaged_chain_at_once_say_the_same(chain_file, monkeypatch):
    chain_file.write_bytes(chain_file.read_bytes()[:-200])
    read = support_chains.read_chain

    def read_while_another_job_renames(path):
        try:
            return read(path)
        finally:
            path.rename(f"{path}.damaged")

    monkeypatch.setattr(support_chains, "read_chain", read_while_another_job_renames)
    with pytest.raises(InputError, match="only this chain is sampled anew"):
        list(support_chains.own_chains([chain_file]))


def test_a_chain_that_was_never_there_is_called_missing(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.nc") as found:
        list(support_chains.own_chains([tmp_path / "nothing.nc"]))
    assert "sampled anew" not in str(found.value)


def test_a_users_damaged_chain_stays_where_it_is(chain_file):
    chain_file.write_bytes(chain_file.read_bytes()[:200])
    with pytest.raises(InputError, match=r"chain\.nc"):
        thinned(chains.foreign_chains([chain_file]))
    assert chain_file.exists()


def foreign(path, lat, vs=None, attributes=()):
    """A chain without units, as R's ncdf4 writes it: every variable has a fill value."""
    n_cells, total = np.full(10, 5, "i4"), 50
    vs = RNG.uniform(6.8, 7.6, total) if vs is None else vs
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("model", 10)
        file.createDimension("cell", total)
        file.createVariable("n_cells", "i4", ("model",), fill_value=-1)[:] = n_cells
        for name, values in (("lat", lat), ("lon", RNG.uniform(0, 6, total)), ("vs", vs)):
            variable = file.createVariable(name, "f8", ("cell",), fill_value=1e30)
            variable[:] = values
            variable.setncatts(dict(attributes).get(name, {}))
    return path


def test_fill_values_do_not_change_whole_numbers(tmp_path):
    path = foreign(tmp_path / "own.nc", RNG.uniform(-90, 90, 50))
    assert thinned(chains.foreign_chains([path])).shape == (5, 3)
    record = chains.foreign_record(path)
    assert record.n_cells.values.tolist() == [5] * 10 and np.isnan(record.misfit).all()


def test_units_of_cells_are_converted_or_asked_for(tmp_path):
    lat, vs = RNG.uniform(-90, 90, 50), RNG.uniform(6.8, 7.6, 50)
    radian = {"units": "radian"}
    with pytest.raises(InputError, match=r"units of 'lat' and 'lon': .*radians\?"):
        thinned(chains.foreign_chains([foreign(tmp_path / "a.nc", np.radians(lat))]))
    units = {"lat": radian, "lon": radian, "vs": {"units": "m/s"}}
    path = foreign(tmp_path / "b.nc", np.radians(lat), vs * 1000, units)
    with netCDF4.Dataset(path) as file:
        lon = np.degrees(file["lon"][:])
    opened = chains.foreign_chains([path])  # closes its file when nobody needs it any more
    found = next(opened)
    for name, wanted in (("lat", lat), ("lon", lon), ("vs", vs)):
        np.testing.assert_allclose(getattr(found, name)[:], wanted, rtol=1e-12)
    with pytest.raises(InputError, match="units of 'vs': found 's'"):
        thinned(
            chains.foreign_chains([foreign(tmp_path / "c.nc", lat, None, {"vs": {"units": "s"}})])
        )


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (lambda f: f.renameVariable("vs", "velocity"), "variable 'vs'"),
        (lambda f: f["vs"].__setitem__(0, 7200.0), "2 to 15"),
        (lambda f: f["lat"].__setitem__(0, np.nan), "'lat'"),
        (lambda f: f["n_cells"].__setitem__(0, 9), "sum of n_cells"),
    ],
)
def test_a_users_bad_chain_gets_clear_words(chain_file, fault, words):
    with netCDF4.Dataset(chain_file, "a") as file:
        fault(file)
    with pytest.raises(InputError, match=words):
        np.concatenate(
            [
                b
                for b, _, _ in thinning.thinned_blocks(
                    chains.foreign_chains([chain_file]), LAT, LON, 0, 1
                )
            ]
        )


def test_scattered_points_of_an_ensemble(tmp_path):
    values = RNG.normal(7, 0.1, (3000, 40)).astype(np.float32)
    chain, model = np.repeat([0, 1, 2], 1000), np.tile(np.arange(1000), 3)
    lat, lon = np.linspace(-80, 80, 40), np.linspace(0, 350, 40)
    path, points = tmp_path / "ensemble.nc", np.array([31, 4, 4, 17])
    stored.write_ensemble(path, [(values, chain, model)], lat, lon, {})
    np.testing.assert_array_equal(stored.read_points(path, points), values[:, points])
    blocks = list(given.read_given_points(path, lat[points], lon[points]))
    np.testing.assert_array_equal(np.concatenate([b[0] for b in blocks]), values[:, points])
    np.testing.assert_array_equal(np.concatenate([b[1] for b in blocks]), chain)
    np.testing.assert_array_equal(np.concatenate([b[2] for b in blocks]), model)
