"""Cases from public bug reports of the field, and others of their kind: right, or one message.

Numbers and titles are those of docs/decisions/foreign_files.md. A case gives what was read, which
is compared with what it should be, or the words of the message. Cases of the workflow (14 to 21,
23, 24, 28, 31) are tests in `tests/workflow`.
"""

import fcntl

import numpy as np
import pytest
import torch
import xarray as xr

from latentearth.earth import channels, crosshole, marine, sphere
from latentearth.ensembles import chains, given
from latentearth.images import files as images
from latentearth.io import DamagedFile, InputError
from latentearth.networks import generators
from latentearth.operators import explosions, given_traces

RNG = np.random.default_rng(15)
TOP = 3000.0  # m, of the model that depths are counted from
SOURCES = RNG.uniform([100, 100, 300], [900, 900, 1100], (20, 3))


def messages(cases):
    """Cases as parameters, each with a title of its own."""
    return [pytest.param(*case[1:], id=case[0]) for case in cases]


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


# Tables: surveys and traveltimes.
HEADER = "source_x_m,source_z_m,receiver_x_m,receiver_z_m\n"
PAIRS = [(0.01, a, 6.49, b) for a in (1.0, 5.0) for b in (1.5, 9.0)]
ROWS = HEADER + "".join(",".join(map(str, pair)) + "\n" for pair in PAIRS)
GIMLI = "4 # sensors\n#x z\n0 -1\n0 -5\n6.5 -1.5\n6.5 -9\n4\n#s g t\n"


@pytest.mark.parametrize(
    ("text", "words"),
    messages(
        [
            ("05 decimal commas", HEADER + "0,01,1,0,6,49,1,5\n", r"line 2.*decimal commas\?"),
            ("05 one row of them", ROWS + "0,01,1,0,6,49,1,5\n", "line 6"),
            ("05 with semicolons", ROWS.replace(",", ";").replace(".", ","), None),
            ("05 with tabs", ROWS.replace(",", "\t").replace(".", ","), None),
            ("05 in quotes", HEADER + '"0,01","1,0","6,49","1,5"\n', "a number"),
            ("05 repeated names", ROWS.replace("receiver_x", "source_x"), "once|among them"),
            ("05 a short row", ROWS + "0.01,1.0,6.49\n", "line 6"),
            ("05 thousands", ROWS.replace("9.0", "1_000"), "a number"),
            ("07 mark and CRLF", "\ufeff" + ROWS.replace("\n", "\r\n"), None),
            ("07 old line ends", ROWS.replace("\n", "\r"), None),
            ("07 semicolons", ROWS.replace(",", ";"), None),
            ("07 sep line", "sep=,\n" + ROWS, "line 2"),
            ("07 blank lines", ROWS.replace("6.49,9.0", "6.49,x") + "\n", "line 3, receiver_z_m"),
            ("07 empty columns of Excel", ROWS.replace("\n", ",,\n"), None),
            ("07 empty rows of Excel", ROWS + ",,,\n,,,\n", None),
            ("04b metres", ROWS.replace("6.49", "20"), "outside the domain"),
            ("04b feet", ROWS.replace("_m", "_ft"), None),
            ("04 heights", ROWS.replace(",9.0", ",-9.0"), "outside the domain"),
            ("04 one point", HEADER + "1,1,1,1\n", "one point"),
        ]
    ),
)
def test_surveys(tmp_path, text, words):
    (tmp_path / "s.csv").write_bytes(text.encode())
    if words:
        with pytest.raises(InputError, match=words):
            crosshole.read_survey(tmp_path / "s.csv", 6.5, 12.9)
        return
    found = np.hstack(crosshole.read_survey(tmp_path / "s.csv", 6.5, 12.9))
    np.testing.assert_allclose(found, np.array(PAIRS) * (0.3048 if "_ft" in text else 1))


TIMES = np.hypot(6.48, np.subtract(*np.array(PAIRS)[:, [1, 3]].T)) / 0.07  # ns


def column(values, name="traveltime_ns"):
    return f"{name}\n" + "".join(f"{value:.12g}\n" for value in values)


@pytest.mark.parametrize(
    ("text", "words"),
    messages(
        [
            ("04 ns", column(TIMES), None),
            ("04 us", column(TIMES / 1e3, "traveltime_us"), None),
            ("04 s, said so", column(TIMES / 1e9, "traveltime [s]"), None),
            ("04c s as ns", column(TIMES / 1e9), "radar waves"),
            ("04 ps as ns", column(TIMES * 1e3), "radar waves"),
            ("04 samples", column(TIMES, "traveltime_samples"), "traveltime_ns"),
            ("04 negative", column(-TIMES), "radar waves"),
            ("04 one too many", column([*TIMES, 90]), "4, one for each pair"),
            ("05 commas", "traveltime_ns\n90,5\n", r"line 2: found 2 fields"),
            (
                "04a gimli",
                GIMLI + "".join(f"{k // 2 + 1} {k % 2 + 3} {t}e-9\n" for k, t in enumerate(TIMES)),
                None,
            ),
            (
                "04a gimli in ms",
                (
                    GIMLI.replace(" t\n", " t/ms\n")
                    + "".join(f"{k // 2 + 1} {k % 2 + 3} {t}e-6\n" for k, t in enumerate(TIMES))
                ),
                None,
            ),
            (
                "04a gimli in ns",
                (GIMLI + "".join(f"{k // 2 + 1} {k % 2 + 3} {t}\n" for k, t in enumerate(TIMES))),
                "radar waves",
            ),
        ]
    ),
)
def test_traveltimes(tmp_path, text, words):
    (tmp_path / "t.csv").write_text(text)
    pairs = np.array(PAIRS)
    if text.startswith("4 "):  # its own antennas, a little elsewhere
        pairs[:, [0, 2]] = 0.0, 6.5
    ends = pairs[:, :2], pairs[:, 2:]
    if words:
        with pytest.raises(InputError, match=words):
            crosshole.read_traveltimes(tmp_path / "t.csv", *ends)
        return
    np.testing.assert_allclose(crosshole.read_traveltimes(tmp_path / "t.csv", *ends).times, TIMES)


# Training images: orders and directions.
ROW, COLUMN = np.mgrid[:30, :20]
FACIES = (np.abs((ROW + 3 * np.sin(COLUMN / 4)) % 12 - 6) < 2).astype("u1")  # rows downward
SGEMS = "20 30 1\n1\nfacies\n" + "\n".join("01"[v] for v in FACIES[::-1].ravel())


@pytest.mark.parametrize(
    ("data", "words"),
    messages(
        [
            ("08a sgems", SGEMS, "format: found text; expected a grey PNG, or a netCDF file"),
            ("08b x, y upward", (("x", "y"), FACIES[::-1].T, np.arange(30)), None),
            ("08b x, y downward", (("x", "y"), FACIES.T, np.arange(30)[::-1]), None),
            ("08c y, x", (("y", "x"), FACIES[::-1], np.arange(30)), None),
            ("08d column, row", (("column", "row"), FACIES.T, np.arange(30)), None),
            ("08 three dimensions", (("z", "y", "x"), FACIES[None], None), "dimensions of 'fac"),
            ("08 other names", (("a", "b"), FACIES, None), "dimensions of 'facies'"),
            ("08 in floats", (("row", "column"), FACIES.astype(float), None), None),
            ("08 three facies", (("row", "column"), FACIES + ROW % 2, None), "0 and 1 only"),
            ("08 1 and 2", (("row", "column"), FACIES + 1, None), "0 and 1 only"),
        ]
    ),
)
def test_training_images(tmp_path, data, words):
    path = tmp_path / "image.nc"
    if isinstance(data, str):
        path.write_text(data)
    else:
        dims, values, axis = data
        name = next((name for name in dims if name in ("y", "row")), "row")
        coords = {} if axis is None else {name: axis}
        xr.Dataset({"facies": (dims, values)}, coords).to_netcdf(path)
    if words:
        with pytest.raises(InputError, match=words):
            channels.read_image(path, (20, 10))
        return
    np.testing.assert_array_equal(channels.read_image(path, (20, 10)), FACIES)


# Ensembles and chains: fill values, packing, labels, weights.
POINTS = sphere.spiral(200)
VELOCITIES = RNG.uniform(6.8, 7.6, (10, 200)).round(4)
SCALED = {"dtype": "i2", "scale_factor": 1e-4, "add_offset": 7.0, "_FillValue": -32768}


def ensemble(dims=("sample", "point"), factor=1.0, units="km/s", chain=None, **more):
    order = [("sample", "point").index(name) for name in dims]
    data = {
        "vs": (dims, (VELOCITIES * factor).transpose(order), {"units": units}),
        "lat": ("point", POINTS[0], {"units": "degrees_north"}),
        "lon": ("point", POINTS[1], {"units": "degrees_east"}),
        "chain": ("sample", np.repeat([0, 1], 5) if chain is None else chain),
    }
    return xr.Dataset(data | more)


def radians():
    turned = {
        name: ("point", np.radians(values), {"units": "radian"})
        for name, values in zip(("lat", "lon"), POINTS, strict=True)
    }
    return ensemble(**turned)


UNEQUAL = np.linspace(0.1, 1, 10)


@pytest.mark.parametrize(
    ("data", "form", "words"),
    messages(
        [
            ("25 packed", ensemble(), {"encoding": {"vs": SCALED}}, None),
            ("25 in a group", ensemble(), {"group": "posterior"}, None),
            ("25 classic", ensemble(), {"format": "NETCDF3_CLASSIC"}, None),
            ("25 64 bit", ensemble(), {"format": "NETCDF3_64BIT"}, None),
            ("25 unlimited", ensemble(), {"unlimited_dims": ["sample"]}, None),
            ("25 big-endian", ensemble(), {"encoding": {"vs": {"dtype": ">f8"}}}, None),
            ("25 compressed", ensemble(), {"encoding": {"vs": {"zlib": True}}}, None),
            ("25 words", ensemble(chain=["run_a"] * 5 + ["run_b"] * 5), {}, None),
            (
                "25 letters",
                ensemble(chain=["run_a"] * 5 + ["run_b"] * 5),
                {"format": "NETCDF3_CLASSIC"},
                None,
            ),
            ("25 turned", ensemble(("point", "sample")), {}, None),
            ("01 m/s", ensemble(factor=1e3, units="m s-1"), {}, None),
            ("01 radians", radians(), {}, None),
            ("01 m/s as km/s", ensemble(factor=1e3), {}, "1 to 20 km/s"),
            ("01 slowness", ensemble(factor=0.02, units="s/km"), {}, "units of 'vs'"),
            (
                "10 missing labels",
                ensemble(chain=np.repeat([0, -1], 5)),
                {"encoding": {"chain": {"dtype": "i4", "_FillValue": -1}}},
                "5 missing",
            ),
            ("30 weights", ensemble(weights=("sample", UNEQUAL)), {}, "weights that differ"),
            ("30 dynesty", ensemble(logwt=("sample", np.log(UNEQUAL))), {}, "weights that differ"),
            ("30 nautilus", ensemble(log_w=("sample", -UNEQUAL)), {}, "weights that differ"),
            ("30 NaN", ensemble(weight=("sample", UNEQUAL * np.nan)), {}, "weights that differ"),
            ("30 equal", ensemble(weights=("sample", np.full(10, 0.1))), {}, None),
        ]
    ),
)
def test_ensembles(tmp_path, data, form, words):
    data.to_netcdf(tmp_path / "e.nc", **form)

    def read():
        blocks = list(given.read_given_points(tmp_path / "e.nc", *POINTS))
        return [np.concatenate(part) for part in zip(*blocks, strict=True)]

    if words:
        with pytest.raises(InputError, match=words):
            read()
        return
    values, chain, _ = read()
    np.testing.assert_allclose(values, VELOCITIES, rtol=2e-7)  # single precision
    np.testing.assert_array_equal(chain, np.repeat([0, 1], 5))


@pytest.mark.parametrize("dtype", ["i4", "i8", "f8", "i2"])
def test_10_whole_numbers_with_a_fill_value(tmp_path, dtype):
    cells = np.arange(3, 8)
    total = cells.sum()
    lat, lon = np.full(total, 10.0), np.linspace(-170, 170, total)
    data = {"n_cells": ("model", cells), "lat": ("cell", lat), "lon": ("cell", lon)}
    data["vs"] = "cell", np.full(total, 7.2), {"units": "km/s"}
    filled = {key: {"_FillValue": 1e30} for key in ("lat", "lon", "vs")}
    filled["n_cells"] = {"dtype": dtype, "_FillValue": -1}
    xr.Dataset(data).to_netcdf(tmp_path / "c.nc", encoding=filled)
    for found in chains.foreign_chains([tmp_path / "c.nc"]):
        np.testing.assert_array_equal(found.n_cells, cells)
        np.testing.assert_array_equal(found.lon[:], lon)
    np.testing.assert_array_equal(chains.foreign_record(tmp_path / "c.nc").n_cells, cells)


def test_22_a_file_that_is_open_elsewhere(tmp_path):
    ensemble().to_netcdf(tmp_path / "e.nc")
    with open(tmp_path / "e.nc", "r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # as HDF5 does while it writes
        with pytest.raises(InputError, match="another program has open for writing"):
            list(given.read_given_points(tmp_path / "e.nc", *POINTS))


# Prior images: orders, directions, weights.
PICTURES = (np.arange(8)[:, None] > RNG.integers(2, 7, (6, 1, 1))) * np.ones(8, "u1")


@pytest.mark.parametrize(
    ("data", "words"),
    messages(
        [
            ("08 image, y, x", {"image": (("image", "y", "x"), PICTURES)}, None),
            ("08 x, y, sample", {"image": (("x", "y", "sample"), PICTURES.T)}, None),
            (
                "02 y falls",
                {"image": (("image", "y", "x"), PICTURES[:, ::-1]), "y": np.arange(8)[::-1]},
                None,
            ),
            (
                "02 y is depth",
                {"image": (("image", "y", "x"), PICTURES[:, ::-1]), "y": ("y", np.arange(8), DOWN)},
                None,
            ),
            ("01 0 to 255", {"image": (("image", "y", "x"), PICTURES * 255)}, "0 to 1"),
            (
                "30 weights",
                {"image": (("image", "y", "x"), PICTURES), "weights": ("image", UNEQUAL[:6])},
                "weights that differ",
            ),
        ]
    ),
)
def test_prior_images(tmp_path, data, words):
    xr.Dataset(data).to_netcdf(tmp_path / "p.nc")
    if words:
        with pytest.raises(InputError, match=words):
            images.read_own(tmp_path / "p.nc", 6)
        return
    np.testing.assert_array_equal(images.read_own(tmp_path / "p.nc", 6), PICTURES)


class Command:
    """What runs when a pickle of it is opened as usual."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("modern", [True, False])
def test_26_a_torch_file_as_start_is_refused_and_not_executed(tmp_path, suffix, modern):
    path = tmp_path / f"vae{suffix}"
    weights = {"encoder.0.weight": torch.zeros(4, 4), "more": Command(tmp_path / "executed")}
    torch.save(weights, path, _use_new_zipfile_serialization=modern)
    with pytest.raises((InputError, DamagedFile), match=r"expected a safetensors file"):
        generators.load_vae(path, 20)
    assert not (tmp_path / "executed").exists()
