"""Records and picks of one event on another grid, with noise, as somebody would bring them."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.inversion import own_event, tensor_types
from latentearth.operators import eikonal, explosions
from latentearth.operators.elastic_solver import EXPLOSION
from support import job, mechanisms, provenance

EVENT = 1  # of those on the other grid
ORIGIN_S, BEFORE_S = 0.437, 1.5  # of the pulse on the records' clock, and when they begin before 0
SIZE = 3.0  # scalar moment, in moments of the simulation

with job.logged(snakemake.log[0], snakemake.threads):
    p, simulation = snakemake.params, snakemake.params.simulation
    given = [io.read_dataset(path) for path in snakemake.input.traces]
    traces = np.stack([one.traces.values[EVENT] for one in given])
    position, interval = given[0].position.values[EVENT], simulation["step"] * simulation["every"]
    rng = np.random.default_rng(seeds.stream(p.seed, "spurio_mancini2021", "example"))
    tensor = SIZE * tensor_types.random_tensors("double couple", 1, rng)[0]
    sigma = np.abs(np.einsum("rkt,k->rt", traces, EXPLOSION)).max() / p.settings["peak_to_noise"]
    # the pulse begins at the first sample of the simulation, the record earlier
    early = round((BEFORE_S + ORIGIN_S) / interval)
    padded = np.pad(traces, ((0, 0), (0, 0), (early, 0)))
    late = ORIGIN_S + BEFORE_S - early * interval
    clean = own_event.delayed(np.einsum("rkt,k->rt", padded, tensor), late, interval)
    records = clean + mechanisms.noise(clean.shape, sigma, rng)
    times = io.read_dataset(snakemake.input.times)
    axes = [times[name].values for name in "xyz"]
    tables = times.travel_time.values[p.receivers].astype(float)
    grid = np.array([a[0] for a in axes]), np.array([a[1] - a[0] for a in axes])
    travel = eikonal.interpolate_times(tables, *grid, position[None])[0]
    delay = explosions.delay(simulation["frequency"])
    onset = ORIGIN_S + delay - own_event.ONSET / simulation["frequency"]
    picks = onset + travel + rng.normal(0, p.pick_error, travel.size)
    dataset = xr.Dataset(
        {
            "records": (("receiver", "time"), records, {"units": "Pa"}),
            "true_position": ("coordinate", position, {"units": "m"}),
            "true_tensor": ("number", tensor * simulation["moment"], {"units": "N m"}),
            "true_time": ((), ORIGIN_S + delay, {"units": "s"}),
        },
        {
            "receiver": p.receivers,
            "time": ("time", np.arange(records.shape[1]) * interval - BEFORE_S, {"units": "s"}),
        },
    )
    attributes = provenance.attributes("Records of an example", p.settings, p.seed, p.scale)
    io.write_dataset(snakemake.output.records, dataset, attributes)
    rows = [
        {"receiver": r, "time_s": round(float(t), 4)}
        for r, t in zip(p.receivers, picks, strict=True)
    ]
    io.write_table(snakemake.output.picks, rows, attributes)
