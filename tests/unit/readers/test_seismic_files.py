"""Stations, events and records in the formats of seismology, written by ObsPy itself."""

import builtins
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from latentearth.io import InputError
from latentearth.operators import given_traces
from latentearth.readers import quakeml, seismic_files
from latentearth.readers.local_frame import LocalFrame

FRAME = LocalFrame(58.1, 2.3, -3100.0)
RNG = np.random.default_rng(4)
POSITIONS = RNG.uniform([100, 100, 200], [900, 900, 2200], (6, 3))
STATION = np.array([500.0, 500.0, 2430.0])
GAIN, RATE, LENGTH = 50.0, 250.0, 1.2
SCRIPT = Path(__file__).parents[3] / "data/convert_seismic.py"
needs_obspy = pytest.mark.skipif(
    importlib.util.find_spec("obspy") is None, reason="the extra is not installed"
)


ANCHOR = ["--anchor", *map(str, (FRAME.latitude, FRAME.longitude, FRAME.elevation))]


def command(arguments):
    """The script as from a command line."""
    spec = importlib.util.spec_from_file_location("convert_seismic", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(arguments)


def pulse(time, number):
    """What the receiver records of an event (Pa), at seconds after its origin time."""
    late = time - 0.15 - np.linalg.norm(POSITIONS[number] - STATION) / 2500
    return (1 - 2 * (np.pi * 8 * late) ** 2) * np.exp(-((np.pi * 8 * late) ** 2))


@pytest.fixture
def folder(tmp_path):
    """StationXML, QuakeML and MiniSEED of six events, none of which begins on a sample."""
    import obspy
    from obspy.core import event as forms
    from obspy.core import inventory as places

    begin = obspy.UTCDateTime(2024, 1, 1)
    latitude, longitude, elevation = FRAME.to_geographic(STATION)
    channel = places.Channel("CDH", "", latitude, longitude, elevation, 0.0, sample_rate=RATE)
    channel.response = places.Response(
        instrument_sensitivity=places.InstrumentSensitivity(GAIN, 10.0, "PA", "COUNTS")
    )
    site = {"latitude": latitude, "longitude": longitude, "elevation": elevation}
    station = places.Station("SEA1", channels=[channel], **site)
    inventory = places.Inventory([places.Network("XX", stations=[station])], source="test")
    inventory.write(str(tmp_path / "stations.xml"), format="STATIONXML")
    events, samples = [], []
    for number, place in enumerate(FRAME.to_geographic(POSITIONS)):
        time = begin + 10 * number + 0.0011 * number
        origin = forms.Origin(time=time, latitude=place[0], longitude=place[1], depth=-place[2])
        events.append(forms.Event(origins=[origin]))
        start = begin + 10 * number - 1
        at = np.arange(int(4 * RATE)) / RATE + (start - time)
        header = {"network": "XX", "station": "SEA1", "channel": "CDH", "starttime": start}
        samples.append(obspy.Trace(GAIN * pulse(at, number), header | {"sampling_rate": RATE}))
    forms.Catalog(events).write(str(tmp_path / "events.xml"), format="QUAKEML")
    obspy.Stream(samples).write(str(tmp_path / "day.mseed"), format="MSEED")
    return tmp_path


def read(folder):
    (station,) = seismic_files.read_stations(folder / "stations.xml", FRAME, "?DH")
    events = seismic_files.read_events(folder / "events.xml", FRAME)
    paths = [folder / "day.mseed"]
    return station, events, seismic_files.read_waveforms(paths, station, events.times, LENGTH)


@needs_obspy
def test_stations_events_and_records(folder):
    station, events, (traces, step) = read(folder)
    # the files hold degrees to 1e-15 relative or better, and depths to the last digit
    np.testing.assert_allclose(station.position, STATION, atol=1e-3)
    np.testing.assert_allclose(events.positions, POSITIONS, atol=1e-3)
    assert (station.name, station.units, step) == ("XX.SEA1..CDH", "Pa", 1 / RATE)
    time = np.arange(traces.shape[1]) * step
    assert time[-1] == pytest.approx(LENGTH)
    for number, trace in enumerate(traces):
        # cubic interpolation of a pulse of 8 Hz sampled at 250 Hz
        np.testing.assert_allclose(trace, pulse(time, number), atol=3e-4)


@needs_obspy
def test_a_real_station_record_and_catalogue():
    """An infrasound station on Hawaii and a catalogue from a web service, which ObsPy ships."""
    import obspy

    shipped = Path(obspy.__file__).parent
    record = str(shipped / "signal/tests/data/IM.I59H1..BDF_2020_10_31")
    frame = LocalFrame(19.59, -155.895, 0.0)
    (station,) = seismic_files.read_stations(f"{record}.xml", frame)
    assert (station.name, station.units, station.gain) == ("IM.I59H1..BDF", "Pa", 33778.28834)
    # degrees of the station: 19.591532, -155.8936; a degree is 110.7 km north, 104.9 km east there
    np.testing.assert_allclose(station.position, [147, 170, 1034], atol=1)
    whole = obspy.read(f"{record}.mseed")[0]
    begin = whole.stats.starttime
    traces, step = seismic_files.read_waveforms(
        [f"{record}.mseed"], station, [begin + 10, begin + 30], 15.0
    )
    assert traces.shape == (2, 301) and step == 0.05
    np.testing.assert_allclose(traces[1], whole.data[600:901] / station.gain, rtol=1e-6)
    events = seismic_files.read_events(shipped / "core/tests/data/neries_events.xml", frame)
    known = obspy.read_events()
    assert len(events.positions) == len(known) and list(events.times) == [
        event.origins[0].time for event in known
    ]


@needs_obspy
def test_gaps_and_missing_records_are_refused(folder):
    import obspy

    stream = obspy.read(str(folder / "day.mseed"))
    whole = stream.copy()
    stream[2].data = stream[2].data[:300]
    stream.write(str(folder / "day.mseed"), format="MSEED")
    with pytest.raises(InputError, match="at event 2: found a gap"):
        read(folder)
    whole[2].stats.station = "SEA2"
    whole.write(str(folder / "day.mseed"), format="MSEED")
    with pytest.raises(InputError, match="at event 2: found a gap"):
        read(folder)
    (folder / "day.mseed").write_bytes((folder / "events.xml").read_bytes())
    with pytest.raises(InputError, match="format: found QuakeML; expected a miniSEED"):
        read(folder)


@needs_obspy
def test_no_pickle_is_opened(folder):
    """ObsPy alone would read a pickle, and with it run what it holds."""
    import pickle

    import obspy

    (folder / "day.mseed").write_bytes(pickle.dumps(obspy.read()))
    with pytest.raises(InputError, match="format: found a Python pickle"):
        read(folder)


@needs_obspy
def test_the_command_makes_inputs_of_the_workflow(folder, capsys):
    files = ["--stations", str(folder / "stations.xml"), "--events", str(folder / "events.xml")]
    files += ["--waveforms", str(folder / "day.mseed"), "--channel", "?DH"]
    command(["in", *ANCHOR, *files, "--length", str(LENGTH), "--to", str(folder / "own")])
    assert "[500.0, 500.0]  # XX.SEA1..CDH" in capsys.readouterr().out
    found = given_traces.read_given_traces(folder / "own/traces_0.nc", len(POSITIONS))
    assert found.units == "Pa" and found.sample_interval_s == pytest.approx(1 / RATE)
    places = given_traces.read_positions(folder / "own/sources.nc", 3000.0)
    np.testing.assert_allclose(places, POSITIONS, atol=1e-3)


def sample(count=4000):
    """A posterior of one long axis, neither level nor upright."""
    axes = np.linalg.qr(RNG.normal(size=(3, 3)))[0] * [60.0, 25.0, 10.0]
    return POSITIONS[0] + RNG.normal(size=(count, 3)) @ axes.T


@needs_obspy
def test_an_event_with_its_covariance(tmp_path):
    import obspy

    path, (positions, weights) = tmp_path / "event.xml", (sample(), RNG.uniform(0, 1, 4000))
    posterior = {"position": (("chain", "sample", "coordinate"), positions[None])}
    posterior["weight"] = ("chain", "sample"), weights[None]
    xr.Dataset(posterior).to_netcdf(tmp_path / "edt.nc")
    command(["out", *ANCHOR, "--posterior", str(tmp_path / "edt.nc"), "--to", str(path)])
    (event,) = obspy.read_events(str(path))
    origin = event.preferred_origin()
    mean, covariance = (
        np.average(positions, axis=0, weights=weights),
        np.cov(positions, rowvar=False, aweights=weights),
    )
    back = FRAME.to_local(origin.latitude, origin.longitude, -origin.depth)
    np.testing.assert_allclose(back, mean, atol=1e-3)
    stated = [float(number) for number in origin.comments[0].text.split(":")[1].split()]
    np.testing.assert_allclose(stated, covariance[np.triu_indices(3)], rtol=1e-5)  # six digits
    assert origin.depth_errors.uncertainty == pytest.approx(np.sqrt(covariance[2, 2]), rel=1e-6)
    # a degree of latitude is 111 km, within 1 per cent
    north = origin.latitude_errors.uncertainty * 111e3
    assert north == pytest.approx(np.sqrt(covariance[1, 1]), rel=0.01)


def test_an_ellipsoid_is_its_covariance():
    """Axes put together again from angles, by the definition in the docstring."""
    for _ in range(20):
        covariance = np.cov(sample(50), rowvar=False)
        found = quakeml.ellipsoid(covariance)
        a, p, r = (
            np.radians(found[f"major_axis_{name}"]) for name in ("azimuth", "plunge", "rotation")
        )
        major = np.array([np.cos(p) * np.cos(a), np.cos(p) * np.sin(a), np.sin(p)])
        level = np.array([-np.sin(p) * np.cos(a), -np.sin(p) * np.sin(a), np.cos(p)])
        minor = np.cos(r) * level + np.sin(r) * np.cross(major, level)
        axes = np.stack([major, np.cross(minor, major), minor])
        lengths = [found[f"semi_{name}_axis_length"] for name in ("major", "intermediate", "minor")]
        ned = axes.T @ np.diag(np.square(lengths)) @ axes / 6.251388631170325  # chi2, 3, 90 %
        turn = np.array([[0, 1, 0], [1, 0, 0], [0, 0, -1]])
        np.testing.assert_allclose(turn @ ned @ turn, covariance, rtol=1e-8, atol=1e-8)


def test_without_obspy_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "obspy", raising=False)
    real = builtins.__import__

    def without(name, *arguments, **more):
        if name.split(".")[0] == "obspy":
            raise ImportError
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"no obspy; expected obspy.*latentearth\[seismology\]"):
        seismic_files.read_stations(tmp_path / "a.xml", FRAME)
