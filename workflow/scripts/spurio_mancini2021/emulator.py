"""Fit one kind of emulator for one receiver, once per seed (section 2.2)."""

import time
from pathlib import Path

from latentearth import io, seeds
from latentearth.emulators import base, registry
from latentearth.emulators.events import Events
from latentearth.emulators.labels import LABELS
from latentearth.operators.trace_files import read_traces
from support import emulators, job, provenance
from support.devices import device

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, given = snakemake.params, snakemake.params.settings, snakemake.input
    kind, receiver = snakemake.wildcards.kind, int(snakemake.wildcards.receiver)
    events = Events(read_traces(given.traces), p.train, p.validation)
    models, before = base.load_peaks(given.peaks), io.read_json(given.peaks_card)
    autoencoder, seconds = None, 0.0
    if given.autoencoder:
        autoencoder, seconds = emulators.load_autoencoder(
            *given.autoencoder, emulators.autoencoder_settings(s)
        )
    paths = [Path(path) for path in snakemake.output.emulators]
    names = "spurio_mancini2021", "emulator", kind, receiver
    seeds = [seeds.stream(p.seed, *names, n) for n in range(len(paths))]
    start, checkpoint = time.process_time(), paths[0].with_suffix(".checkpoint")
    chains, history = registry.fit(
        emulators.emulator_settings(kind, s),
        registry.make_training_data(kind, events, models),
        seeds,
        checkpoint=checkpoint,
        device=str(device(p.device)),
        autoencoder=autoencoder,
    )
    # of the whole stack, with what it took up from a checkpoint; seeds share it evenly
    own = history.cpu_seconds if history else time.process_time() - start
    model = None if kind == "d18" else models[s["peaks"]["kind"]]
    card = provenance.attributes(LABELS[kind], emulators.own_section(kind, s), p.seed, p.scale)
    card |= {
        "cpu_seconds": (own + seconds) / len(paths),
        "peaks_cpu_seconds": {k: before[f"{k}_cpu_seconds"] for k in models} if model else {},
        "hardware": job.hardware(),
        "epochs": len(history.steps) if history else 0,
        "best_epoch": history.kept.tolist() if history else [],
    }
    for number, (path, chain) in enumerate(zip(paths, chains, strict=True)):
        emulator = registry.assemble(kind, events, chain, model)
        base.save(path, emulator, card | {"number": number})
    registry.report(emulator, events, "validation")
    checkpoint.unlink(missing_ok=True)
