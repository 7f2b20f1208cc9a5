"""Amplitude and shift of the largest peak as functions of the position (section 2.1)."""

from latentearth import io, seeds
from latentearth.emulators import base, preprocessing, registry
from latentearth.emulators.events import Events
from latentearth.emulators.gaussian_processes import GaussianFit
from latentearth.emulators.peaks import GpyFit
from latentearth.operators.trace_files import read_traces
from support import job, provenance
from support.settings import take

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    record = read_traces(snakemake.input.traces)
    events = Events(record, p.train, p.validation)
    receiver = int(snakemake.wildcards.receiver)
    seed = seeds.stream(p.seed, "spurio_mancini2021", "peaks", receiver)
    models = registry.fit_peaks(
        events, take(GpyFit, s["gpy"]), take(GaussianFit, s["smooth"]), s["robust"], seed
    )
    card = provenance.attributes("Amplitude and shift", s, p.seed, p.scale)
    card |= {f"{kind}_cpu_seconds": seconds for kind, (_, seconds) in models.items()}
    truth = preprocessing.find_peaks(events.traces("validation"))
    for kind, (model, seconds) in models.items():
        error = model.predict(events.features("validation")).index - truth.index
        print(f"{kind}: {seconds:.1f} CPU-s, shift rms {error.std():.2f} samples (validation)")
    base.save_peaks(snakemake.output.peaks, {k: m for k, (m, _) in models.items()}, card)
    io.write_json(snakemake.output.card, card)
