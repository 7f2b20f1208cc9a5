"""Marine models: the synthetic recipe, models from outside, other grids."""

import numpy as np
import pytest
import xarray as xr

from latentearth.earth import marine
from latentearth.io import InputError
from latentearth.seeds import stream


@pytest.fixture(scope="module")
def model():
    return marine.synthetic(stream(1), shape=(21, 21, 151))


def test_the_recipe(model):
    rock, z = (model.vs > 0).values, model.z.values
    assert (rock == (z < 2430.0)).all()  # a flat sea bed
    assert (model.vp.values[~rock] == 1490.0).all()
    vp = model.vp.values[rock]
    # at most 3400 m/s, 12 per cent up, and 2 per cent (5 standard deviations) within a layer
    assert vp.min() > 1750 * 0.88 * 0.9
    assert vp.max() < 3400 * 1.12 * 1.1
    assert model.vs.values[rock].min() >= 600.0
    assert (model.vp / model.vs.where(model.vs > 0)).min() > 1.4
    # velocity rises with depth, layer by layer on either side of the trend
    profile = model.vp.values[10, 10]
    assert profile[z < 600].mean() > profile[(z > 1700) & (z < 2400)].mean() + 500


def test_layers_dip_and_undulate_below_a_flat_sea_bed(model):
    # the sharpest change down a column is a layer's boundary; along x its height varies
    deep = model.vp.values[:, 10, 30:80]
    heights = np.abs(np.diff(deep, axis=1)).argmax(axis=1)
    assert np.ptp(heights) >= 1
    across = model.vp.values[..., 60]
    assert across.std() > 0.005 * across.mean()


def test_the_recipe_follows_its_seed(model):
    again = marine.synthetic(stream(1), shape=(21, 21, 151))
    xr.testing.assert_identical(model, again)
    assert not model.equals(marine.synthetic(stream(2), shape=(21, 21, 151)))


def test_own_model_in_other_units(model, tmp_path):
    other = model.transpose("z", "x", "y").copy()
    for name in ("vp", "vs"):
        other[name] = (other[name] / 1000).assign_attrs(units="km s-1")
    other["rho"] = (other.rho / 1000).assign_attrs(units="g cm-3")
    other.to_netcdf(tmp_path / "m.nc")
    found = marine.read_model(tmp_path / "m.nc")
    for name in marine.FIELDS:
        # through float32 twice
        np.testing.assert_allclose(found[name], model[name], rtol=1e-6)


def test_directions_of_axes_are_those_that_the_file_states(model, tmp_path):
    down = model.assign_coords(z=("z", 3000.0 - model.z.values, {"units": "m", "positive": "down"}))
    kilometres = down.assign_coords(z=("z", down.z.values / 1000, {"units": "km"}))
    forms = {
        "falling": model.isel(z=slice(None, None, -1), x=slice(None, None, -1)),
        "down": down,
        "down, rising": down.isel(z=slice(None, None, -1)),
        "depth": kilometres.rename(z="depth"),
    }
    for name, form in forms.items():
        form.to_netcdf(tmp_path / "m.nc")
        found = marine.read_model(tmp_path / "m.nc")
        for field in marine.FIELDS:
            np.testing.assert_array_equal(found[field], model[field], err_msg=name)
        # kilometres in double precision
        np.testing.assert_allclose(found.z, model.z, atol=1e-9)
        assert found.attrs.get("depth_of_top") == (None if name == "falling" else 0.0)


def upside_down(model):
    """Depth from the top, and nothing that says so."""
    return model.isel(z=slice(None, None, -1)).assign_coords(z=model.z)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.drop_vars("vs"), "variable 'vs'"),
        (lambda m: m.assign(vp=m.vp.assign_attrs(units="mph")), "units of 'vp': found 'mph'"),
        (lambda m: m.assign(vp=(m.vp / 1000).assign_attrs(units="m s-1")), "variable 'vp'"),
        (lambda m: m.assign(rho=m.rho.where(m.z > 100).assign_attrs(units="kg m-3")), "NaN"),
        (lambda m: m.assign(vs=(m.vs * 2.5).assign_attrs(units="m s-1")), "Vp < Vs at"),
        (lambda m: m.assign_coords(z=m.z.drop_attrs()), "units of 'z': found none"),
        (lambda m: m.rename(x="longitude", y="latitude", z="depth"), "variable 'x'"),
        (lambda m: m.assign(vs=(m.vs * (m.z > 500)).assign_attrs(units="m s-1")), "where Vs is 0"),
        (upside_down, "axis z: found water"),
        (lambda m: m.isel(x=[0, 1, 2, 3, 4, 5, 6, 9]), "axis x"),
        (lambda m: m.isel(y=slice(3)), "axis y: found 3 nodes"),
    ],
)
def test_models_that_cannot_be(model, tmp_path, change, message):
    change(model).to_netcdf(tmp_path / "m.nc")
    with pytest.raises(InputError, match=message):
        marine.read_model(tmp_path / "m.nc")


def test_published_model_in_kilometres_per_second(tmp_path):
    shape = (81, 81, 301)
    fields = np.stack([np.full(shape, 2.1), np.full(shape, 2.5), np.full(shape, 1.2)], axis=-1)
    np.save(tmp_path / "m.npy", fields)
    found = marine.read_model(tmp_path / "m.npy")
    assert float(found.vp.max()) == pytest.approx(2500.0)
    assert float(found.z.max()) == 3000.0
    np.save(tmp_path / "n.npy", fields[:10])
    with pytest.raises(InputError, match="shape"):
        marine.read_model(tmp_path / "n.npy")


def test_first_water(model):
    assert marine.first_water(model, 500.0, 500.0) == 2440.0  # steps of 20 m here
    with pytest.raises(InputError, match="no water on top"):
        marine.first_water(model.isel(z=slice(100)), 500.0, 500.0)


def test_positions_in_the_water_are_refused(model):
    rock = np.array([[500.0, 500.0, 100.0], [500.0, 500.0, 2420.0]])
    marine.check_in_rock(model, rock, "own.nc", "source")
    rock[1, 2] = 2500.0
    with pytest.raises(InputError, match=r"own.nc: source 1: found .* water \(1 of 2 such\)"):
        marine.check_in_rock(model, rock, "own.nc", "source")


def test_resampling_keeps_water_apart(model):
    axes = marine.grid(model, (50.0, 25.0, 15.0))
    assert [axis.size for axis in axes] == [21, 41, 201]
    found = marine.resample(model, axes, 700.0)
    fluid = found.vs.values == 0
    assert set(np.unique(found.vp.values[fluid])) == {1490.0}  # no mixture with rock
    assert found.vs.values[~fluid].min() == 700.0
    assert 0 < found.attrs["raised"] < 0.5
    # on the model's own nodes nothing changes
    same = marine.resample(model, [model[n].values for n in "xyz"], 0.0)
    for name in marine.FIELDS:
        np.testing.assert_allclose(same[name], model[name], rtol=1e-6)


def test_rounded_steps_end_within_the_model(model):
    for step in (16.6666667, 50.0 / 3.0, 33.3333333):
        axes = marine.grid(model, (step, step, 10.0))
        assert axes[0].size == 1 + round(float(model.x.max()) / step)
        assert axes[0][-1] <= model.x.values[-1]
        assert np.isfinite(marine.resample(model, axes, 600.0).rho.values).all()


def test_travel_times_are_those_of_the_model_on_any_grid(model):
    # straight down through every layer, by the trapezoidal rule of slowness on either grid
    times = []
    for step in (20.0, 10.0, 4.0):
        axes = marine.grid(model, (50.0, 50.0, step))
        slowness = 1.0 / marine.resample(model, axes, 600.0).vp.values[..., axes[2] <= 2400.0]
        times.append(np.trapezoid(slowness, dx=step, axis=2))
    # of interpolated velocities they would be 6e-4 shorter on the finest grid
    np.testing.assert_allclose(times[2], times[1], rtol=2e-5)
