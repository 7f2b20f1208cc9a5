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
    before, autoencoder, seconds = io.read_json(given.peaks_card), None, 0.0
    if given.autoencoder:
        autoencoder, seconds = emulators.load_autoencoder(
            *given.autoencoder, emulators.autoencoder_settings(s)
        )
    paths = [Path(path) for path in snakemake.output.emulators]
    names = "spurio_mancini2021", "emulator", kind, receiver
    models = [base.load_peaks(given.peaks, number) for number in range(len(paths))]
    streams = [seeds.stream(p.seed, *names, number) for number in range(len(paths))]
    card = provenance.attributes(LABELS[kind], emulators.own_section(kind, s), p.seed, p.scale)
    known = {} if kind == "d18" else {k: before[f"{k}_cpu_seconds"] for k in models[0]}
    card |= {"peaks_cpu_seconds": known, "hardware": job.hardware()}
    # traces aligned with modelled peaks are others for each fit of these: trained one by one
    every = list(range(len(paths)))
    for part in [[number] for number in every] if kind == "direct_smooth" else [every]:
        start = time.process_time()
        chains, history = registry.fit(
            emulators.emulator_settings(kind, s),
            registry.make_training_data(kind, events, models[part[0]]),
            [streams[number] for number in part],
            checkpoint=paths[part[0]].with_suffix(".checkpoint"),
            device=str(device(p.device)),
            autoencoder=autoencoder,
        )
        # of the whole stack, with what it took up from a checkpoint; seeds share it evenly
        own = history.cpu_seconds if history else time.process_time() - start
        card |= {
            "cpu_seconds": own / len(part) + seconds / len(paths),
            "epochs": len(history.steps) if history else 0,
            "best_epoch": history.kept.tolist() if history else [],
        }
        for number, chain in zip(part, chains, strict=True):
            model = None if kind == "d18" else models[number][s["peaks"]["kind"]]
            emulator = registry.assemble(kind, events, chain, model)
            base.save(paths[number], emulator, card | {"number": number})
    registry.report(emulator, events, "validation")
    for path in paths:
        job.remove_checkpoints(path.with_suffix(".checkpoint"), given)
