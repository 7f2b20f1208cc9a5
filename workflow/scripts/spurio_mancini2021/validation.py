"""The simulation's grid against a finer one, and peaks against first arrivals, at full size."""

import numpy as np

from latentearth import io, seeds
from latentearth.operators import eikonal, trace_files, wave_checks
from support import job, provenance
from support.simulation import simulation

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, v = snakemake.params, snakemake.params.simulation, snakemake.params.settings
    model, times = io.read_dataset(snakemake.input.model), io.read_dataset(snakemake.input.times)
    low = np.array([times[name].values[0] for name in "xyz"])
    spacing = np.array([np.diff(times[name].values[:2])[0] for name in "xyz"])
    found = {"receivers": {}}
    for number, path in zip(p.receivers, snakemake.input.traces, strict=True):
        record = trace_files.read_traces(path)
        if np.isnan(record.delay):
            continue  # given traces: nobody says when their pulse begins
        table = times.travel_time.values[number : number + 1].astype(float)
        arrivals = eikonal.interpolate_times(table, low, spacing, record.positions)[:, 0]
        deep = record.positions[:, 2] < record.receiver[2] - 100.0
        found["receivers"][number] = {
            "all": wave_checks.arrival_times(
                record.traces, arrivals, record.sample_interval_s, record.delay
            ),
            "below_100_m": wave_checks.arrival_times(
                record.traces[deep], arrivals[deep], record.sample_interval_s, record.delay
            ),
        }
    receiver = io.read_dataset(snakemake.input.sources).receiver.values[0]
    coarse, fine, positions = wave_checks.refinement(
        model,
        s["spacing"],
        receiver,
        seeds.stream(p.seed, "spurio_mancini2021", "validation"),
        factor=v["refinement"],
        half_width=v["half_width"],
        depth=v["depth"],
        count=v["sources"],
        samples=v["samples"],
        vs_floor=s["vs_floor"],
        **simulation(s),
    )
    interval = s["step"] * s["every"]
    # events keep a distance from the sea bed: nearer to it the grids put the interface elsewhere
    deep = positions[:, 2] <= receiver[2] - p.clearance
    for name, part in (("finer_grid", deep), ("finer_grid_near_sea_bed", ~deep)):
        pair = coarse["explosion"][part], fine["explosion"][part]
        found[name] = wave_checks.agreement(*pair, interval)
    found["finer_grid"]["mechanisms_l2"] = {
        name: wave_checks.relative_l2(coarse[name][deep], fine[name][deep]) for name in fine
    }
    print(found)
    title = "Checks of the simulated traces"
    io.write_json(snakemake.output[0], found | provenance.attributes(title, v, p.seed, p.scale))
