"""Files of seismology to inputs of the workflow (needs obspy), and a posterior to QuakeML.

Sources, and traces of every channel, for the microseismic location::

    python data/convert_seismic.py in --anchor 58.1 2.3 -3100 --stations stations.xml \\
        --events events.xml --waveforms day1.mseed day2.mseed --channel '?DH' --length 2 --to own

where the anchor is latitude and longitude of x = y = 0 and the elevation of the model's base (m).
It writes own/sources.nc and own/traces_0.nc, ..., and prints lines for the config. The way back::

    python data/convert_seismic.py out --anchor 58.1 2.3 -3100 \\
        --posterior results/spurio_mancini2021/posteriors/arrivals_edt.nc --to event.xml
"""

import argparse
from pathlib import Path

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.readers import local_frame, quakeml, seismic_files


def bring_in(options: argparse.Namespace, frame: local_frame.LocalFrame) -> None:
    """Write sources and traces as data/README.md describes them."""
    events = seismic_files.read_events(options.events, frame)
    stations = seismic_files.read_stations(options.stations, frame, options.channel)
    folder = Path(options.to)
    columns = {
        name: ("source", events.positions[:, k], {"units": "m"}) for k, name in enumerate("xyz")
    }
    about = {"title": "Sources of a catalogue", "origin_times": " ".join(map(str, events.times))}
    io.write_dataset(folder / "sources.nc", xr.Dataset(columns), about)
    print("spurio_mancini2021:\n  receivers:")
    for station in stations:
        x, y, z = station.position
        print(f"    - [{x:.1f}, {y:.1f}]  # {station.name}; the file puts it at z = {z:.1f} m")
    print(f"  sources: {{file: {folder / 'sources.nc'}}}\n  traces:\n    files:")
    for number, station in enumerate(stations):
        traces, step = seismic_files.read_waveforms(
            options.waveforms, station, events.times, options.length
        )
        time = np.arange(traces.shape[1]) * step
        dataset = xr.Dataset(
            {"traces": (("source", "time"), traces, {"units": station.units})},
            {"time": ("time", time, {"units": "s"})},
        )
        path = folder / f"traces_{number}.nc"
        io.write_dataset(path, dataset, {"title": f"Traces of {station.name}"})
        print(f"      {number}: {path}")


def bring_out(options: argparse.Namespace, frame: local_frame.LocalFrame) -> None:
    """Write the mean and the covariance of a posterior."""
    found = io.read_dataset(options.posterior)
    positions = found.position.values.reshape(-1, 3)
    weights = found.weight.values.ravel()
    method = Path(options.posterior).stem
    quakeml.write_quakeml(options.to, positions, weights, frame, method=method)
    print(options.to)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    ways = parser.add_subparsers(dest="way", required=True)
    for name in ("in", "out"):
        way = ways.add_parser(name)
        way.add_argument("--anchor", nargs=3, type=float, required=True)
        way.add_argument("--to", required=True)
        if name == "out":
            way.add_argument("--posterior", required=True)
            continue
        for key in ("--stations", "--events"):
            way.add_argument(key, required=True)
        way.add_argument("--waveforms", nargs="+", required=True)
        way.add_argument("--channel", default="*")
        way.add_argument("--length", type=float, required=True, help="of the records, s")
    options = parser.parse_args(arguments)
    frame = local_frame.LocalFrame(*options.anchor)
    try:
        (bring_in if options.way == "in" else bring_out)(options, frame)
    except io.InputError as error:
        raise SystemExit(f"{error}")


if __name__ == "__main__":
    main()
