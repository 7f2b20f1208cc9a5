"""Public bug reports and others of their kind: traces, sources and models, right or one message.

Numbers and titles are those of docs/decisions/foreign_files.md.
"""

import numpy as np
import pytest
import xarray as xr
from foreign_cases import messages

from latentearth.earth import marine
from latentearth.io import InputError
from latentearth.operators import explosions, given_traces

RNG = np.random.default_rng(15)
TOP = 3000.0  # m, of the model that depths are counted from
SOURCES = RNG.uniform([100, 100, 300], [900, 900, 1100], (20, 3))

# Traces: time axes and units.
TRACES = RNG.uniform(0.1, 1.0, (20, 50)).astype("f4")
DAY = np.datetime64("2024-01-01", "ns")
STEPS = np.arange(50)


def times(values, attrs=None, name="time", size=50):
    data = xr.Dataset({"traces": (("source", "time"), TRACES[:, :size], {"units": "Pa"})})
    return data.assign_coords({name: (name, values, attrs or {})})


@pytest.mark.parametrize(
    ("data", "words"),
    messages(
        [
            ("01 ms", times(STEPS * 4, {"units": "ms"}), None),
            ("01 milliseconds", times(STEPS * 4.0, {"units": "milliseconds"}), None),
            ("01 msec", times(STEPS * 4.0, {"units": "msec"}), None),
            ("01 microseconds", times(STEPS * 4000, {"units": "microseconds"}), None),
            ("01 unit for units", times(STEPS * 4, {"unit": "ms"}), None),
            ("01 minutes", times(STEPS * 4e-3 / 60, {"units": "min"}), None),
            ("01 samples", times(STEPS, {"units": "samples"}), "found 'samples'; expected s"),
            ("01 no unit", times(STEPS * 4), "units of 'time': found none"),
            ("01 metres", times(STEPS * 4, {"units": "m"}), "found 'm'"),
            ("27 dates", times(DAY + STEPS * np.timedelta64(4, "ms")), None),
            ("27 durations", times((STEPS * 4).astype("m8[ms]").astype("m8[ns]")), None),
            ("27 words", times((DAY + STEPS * 10**6).astype(str)), "numbers with a unit"),
            ("27 gaps", times(DAY + STEPS**2 * np.timedelta64(4, "ms")), "evenly spaced"),
            ("27 fewer times", times(STEPS[:40] * 4, {"units": "ms"}, "t"), "40 times for 50"),
        ]
    ),
)
def test_traces(tmp_path, data, words):
    data.to_netcdf(tmp_path / "t.nc")
    if words:
        with pytest.raises(InputError, match=rf"t\.nc: .*{words}"):
            given_traces.read_given_traces(tmp_path / "t.nc", 20)
        return
    found = given_traces.read_given_traces(tmp_path / "t.nc", 20)
    assert found.sample_interval_s == pytest.approx(0.004, rel=1e-9)
    np.testing.assert_array_equal(found.traces, TRACES)


# Sources: depth and height.
def sources(name="z", units="m", factor=1.0, depth=False, **attrs):
    columns = SOURCES * [1, 1, -1] + [0, 0, TOP] if depth else SOURCES
    data = {key: ("event", columns[:, k], {"units": "m"}) for k, key in enumerate("xy")}
    data[name] = "event", columns[:, 2] * factor, attrs | ({"units": units} if units else {})
    return xr.Dataset(data)


DOWN = {"positive": "down"}
LONG = {"long_name": "Depth below the sea level"}


@pytest.mark.parametrize(
    ("data", "words"),
    messages(
        [
            ("02 height", sources(), None),
            ("02 positive down", sources(depth=True, positive="down"), None),
            ("02 km down", sources("z", "km", 1e-3, depth=True, positive="DOWN"), None),
            ("02 standard name", sources(depth=True, standard_name="depth"), None),
            ("02 long name", sources(depth=True, **LONG), None),
            ("02 depth", sources("depth", depth=True), None),
            ("02 Depth in feet", sources("Depth", "ft", 1 / 0.3048, depth=True), None),
            ("02 elevation", sources("elevation"), None),
            ("02 negative depth", sources("depth", factor=1.0, positive="up"), None),
            ("02 both", sources("depth", long_name="height of source"), "direction of 'depth'"),
            ("02 wrong word", sources(positive="below"), "found below; expected up or down"),
            ("02 no unit", sources(units=None), "units of 'z': found none"),
            ("02 degrees", sources(units="degrees"), "found 'degrees'"),
        ]
    ),
)
def test_sources(tmp_path, data, words):
    data.to_netcdf(tmp_path / "s.nc")
    if words:
        with pytest.raises(InputError, match=words):
            given_traces.read_positions(tmp_path / "s.nc", TOP)
        return
    # feet and kilometres are rounded once
    found = given_traces.read_positions(tmp_path / "s.nc", TOP)
    np.testing.assert_allclose(found, SOURCES, rtol=1e-12)


# Models: depth in km, names of axes.
X, Z = np.linspace(0, 1, 11), np.linspace(0, 3, 31)
LAYER = np.broadcast_to(np.digitize(Z, [0.55, 1.6]), (11, 11, 31))  # by depth: water, two rocks
FIELDS = {"rho": (1.0, 2.1, 2.4), "vp": (1.5, 2.3, 3.0), "vs": (0.0, 1.0, 1.6)}


def model(names=("x", "y", "z"), order=(0, 1, 2), upward=False, cut=0, units="km", **attrs):
    layer = LAYER[..., cut:]
    axes = dict(zip(names, (X, X, Z[cut:]), strict=True))
    data = xr.Dataset(
        {
            key: (names, np.array(values)[layer], {"units": "g/cm3" if key == "rho" else "km/s"})
            for key, values in FIELDS.items()
        },
        {
            name: (name, axis, {"units": units} | (attrs if name == names[2] else {}))
            for name, axis in axes.items()
        },
    )
    if upward:
        data = data.assign_coords({names[2]: (names[2], Z[-1] - Z[cut:], {"units": units})})
    return data.transpose(*(names[k] for k in order))


@pytest.mark.parametrize(
    ("data", "words"),
    messages(
        [
            ("03a geographic", model(("longitude", "latitude", "depth"), **DOWN), "variable 'x'"),
            ("03a in degrees", model(units="degrees", **DOWN), "units of 'x': found 'degrees'"),
            ("03b positive down", model(**DOWN), None),
            ("03b z first", model(order=(2, 1, 0), **DOWN), None),
            ("03b depth", model(("x", "y", "depth")), None),
            ("03b easting", model(("easting", "northing", "depth")), None),
            ("03b falling height", model(upward=True), None),
            ("03c says nothing", model(), "water at its beginning"),
            ("03 water left out, downward", model(cut=6, **DOWN), "rock alone"),
        ]
    ),
)
def test_models(tmp_path, data, words):
    data.to_netcdf(tmp_path / "m.nc")
    if words == "rock alone":  # receivers need to know where they stand
        found = marine.read_model(tmp_path / "m.nc")
        with pytest.raises(InputError, match="no water on top"):
            marine.first_water(found, 500.0, 500.0)
    elif words:
        with pytest.raises(InputError, match=words):
            marine.read_model(tmp_path / "m.nc")
    else:
        found = marine.read_model(tmp_path / "m.nc")
        assert marine.first_water(found, 500.0, 500.0) == pytest.approx(2500)  # m
        np.testing.assert_allclose(found.vp[0, 0, [0, -1]], [3000, 1500])


@pytest.mark.parametrize(
    ("place", "words"),
    messages(
        [
            ("29 in the water", [500.0, 500.0, 2700.0], "in the water"),
            ("29 above the model", [500.0, 500.0, 3200.0], "outside the model"),
            ("29 beside the model", [1500.0, 500.0, 1000.0], "outside the model"),
            ("29 in rock", [500.0, 500.0, 1000.0], None),
        ]
    ),
)
def test_places_in_the_medium(tmp_path, place, words):
    model(**DOWN).to_netcdf(tmp_path / "m.nc")
    found, places = marine.read_model(tmp_path / "m.nc"), np.array([place])
    axes = [found[name].values for name in "xyz"]

    def check():
        explosions.to_nodes(places, axes, "config: event")
        marine.check_in_rock(found, places, "config", "event")

    if words is None:
        return check()
    with pytest.raises(InputError, match=words):
        check()


def test_28_fewer_events_than_the_split_wants():
    with pytest.raises(InputError, match="149, 0 repeated; expected more than 200 for training"):
        explosions.take_sources(
            RNG.uniform(0, 1, (150, 3)), np.zeros(3), {"training": 200, "validation": 100}, "s.nc"
        )
