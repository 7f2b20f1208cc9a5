"""Train the autoencoders of AE+NN and AE+GP, one per seed as a stack (section 2.2.4)."""

from pathlib import Path

from latentearth import seeds
from latentearth.emulators import autoencoder_emulator, base, registry
from latentearth.emulators.events import Events
from latentearth.networks import weights
from latentearth.operators.trace_files import read_traces
from support import emulators, job, provenance
from support.devices import device

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    events = Events(read_traces(snakemake.input.traces), p.train, p.validation)
    models = base.load_peaks(snakemake.input.peaks)
    receiver = int(snakemake.wildcards.receiver)
    names = "spurio_mancini2021", "autoencoder", receiver
    net, history = autoencoder_emulator.fit_autoencoder(
        registry.make_training_data("ae_nn", events, models),
        emulators.autoencoder_settings(s),
        [seeds.stream(p.seed, *names, n) for n in range(p.networks)],
        checkpoint=(checkpoint := Path(out.weights).with_suffix(".checkpoint")),
        device=str(device(p.device)),
    )
    card = provenance.attributes("Autoencoders", s["autoencoder"], p.seed, p.scale)
    card |= {
        "samples": events.record.traces.shape[1],
        "count": p.networks,
        "cpu_seconds": history.cpu_seconds,
        "best_epoch": history.kept,
    }
    weights.save(out.weights, {"autoencoder": net}, out.card, card)
    job.remove_checkpoints(checkpoint, snakemake.input)
