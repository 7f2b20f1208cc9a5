"""What is observed of the event: noisy traces and picked arrival times (Figure 9)."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.operators import trace_files, wave_checks
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    records = [trace_files.read_traces(path) for path in snakemake.input.traces]
    trace_files.check_alike(records, snakemake.input.traces)
    clean = np.array([record.observed for record in records])
    sigma = float(clean[0].max() / s["peak_to_noise"])
    stream = seeds.stream(p.seed, "spurio_mancini2021", "observation")
    noisy = clean + np.random.default_rng(stream).normal(0.0, sigma, clean.shape)
    # a delay that nobody states is the same for all receivers, and EDT asks for differences only
    delays = np.nan_to_num([record.delay for record in records])
    picks = wave_checks.peak_times(noisy, records[0].sample_interval_s) - delays
    dims, units = ("receiver", "time"), {"units": records[0].units}
    model = io.read_dataset(snakemake.input.model)
    receivers = np.array([record.receiver for record in records])
    low = [float(model[name].min()) for name in "xyz"]
    high = [float(model.x.max()), float(model.y.max()), float(receivers[:, 2].min())]
    dataset = xr.Dataset(
        {
            "observed": (dims, noisy, units),
            "clean": (dims, clean, units),
            "pick": ("receiver", picks, {"units": "s"}),
            "position": (("receiver", "coordinate"), receivers, {"units": "m"}),
            "event": ("coordinate", records[0].observed_position, {"units": "m"}),
            "bounds": (("coordinate", "end"), np.column_stack([low, high]), {"units": "m"}),
        },
        {
            "time": (
                "time",
                np.arange(clean.shape[1]) * records[0].sample_interval_s,
                {"units": "s"},
            )
        },
        {"sigma": sigma},
    )
    title = "Noisy traces of the event to be located"
    attributes = provenance.attributes(title, s, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], dataset, dataset.attrs | attributes)
