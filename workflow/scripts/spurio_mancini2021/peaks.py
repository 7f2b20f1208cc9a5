"""Amplitude and shift of the largest peak as functions of the position (section 2.1)."""

from functools import partial

import numpy as np

from latentearth import io, seeds
from latentearth.emulators import base, preprocessing, registry
from latentearth.emulators.events import Events
from latentearth.emulators.gaussian_processes import GaussianFit
from latentearth.emulators.peaks import PeakFits
from latentearth.operators.trace_files import read_traces
from support import job, provenance
from support.direct_waves import direct_wave
from support.settings import take

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    record = read_traces(snakemake.input.traces)
    events = Events(record, p.train, p.validation)
    receiver = int(snakemake.wildcards.receiver)
    stream = partial(seeds.stream, p.seed, "spurio_mancini2021", "peaks", receiver)
    interval, known = record.sample_interval_s, None
    if snakemake.input.model:
        model, times = (
            io.read_dataset(path) for path in (snakemake.input.model, snakemake.input.times)
        )
        known = direct_wave(
            model, times.travel_time[receiver].values, record, p.spacing, p.vs_floor
        )
    ratios, smooth = (take(GaussianFit, s[kind]) for kind in ("ratios", "smooth"))
    fits = PeakFits(ratios, smooth, s["jump"] / interval, s["robust"])
    reference = registry.choose_reference(events, stream("reference"))
    found = [
        registry.fit_peaks(events, fits, reference, stream(number), direct_wave=known)
        for number in range(p.fits)
    ]
    card = provenance.attributes("Amplitude and shift", s, p.seed, p.scale)
    card |= {f"{k}_cpu_seconds": float(np.mean([f[k][1] for f in found])) for k in found[0]}
    used = [len(fit["smooth"][0].processes.x) for fit in found]
    card |= {"medium_known": known is not None, "picks": p.train, "picks_used": used}
    truth = preprocessing.find_peaks(events.traces("validation"))
    for kind, (model, _) in (pair for fit in found for pair in fit.items()):
        error = model.predict(events.features("validation")).index - truth.index
        print(f"{kind}: shift rms {error.std():.2f} samples (validation)")
    print(f"smooth: {used} of {p.train} picks are used")
    models = [{kind: model for kind, (model, _) in fit.items()} for fit in found]
    base.save_peaks(snakemake.output.peaks, models, card)
    io.write_json(snakemake.output.card, card)
