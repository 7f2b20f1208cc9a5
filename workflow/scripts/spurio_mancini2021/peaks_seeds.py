"""R2D with amplitude and arrival fitted from several seeds, the medium known or not."""

from latentearth import io, seeds
from latentearth.operators.greens_functions import read_greens_functions
from latentearth.progress import progress
from support import job, provenance, seeds_of_peaks
from support.direct_waves import direct_wave

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, given = snakemake.params, snakemake.params.settings, snakemake.input
    own, name = s["peaks_seeds"], ("spurio_mancini2021", "peaks seeds")
    drawn = seeds_of_peaks.draw(
        read_greens_functions(given.greens), p.split, own, seeds.stream(p.seed, *name, "events")
    )
    record = drawn.events.record
    model, times = io.read_dataset(given.model), io.read_dataset(given.times)
    known = direct_wave(model, times.travel_time[0].values, record, p.spacing, p.vs_floor)
    rows = []
    for number in progress(range(own["seeds"]), "seeds"):
        streams = [
            seeds.stream(p.seed, *name, number, part) for part in ("reference", "fit", "network")
        ]
        for columns, emulator in seeds_of_peaks.fitted(drawn.events, known, s, streams):
            stream = seeds.stream(p.seed, *name, "bootstrap")
            for row in seeds_of_peaks.rows(emulator, drawn, stream):
                rows.append({"seed": number, **columns, **row})
    title = "R2D with amplitude and arrival fitted from several seeds"
    attributes = provenance.attributes(title, own, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, attributes | {"hardware": job.hardware()})
    for row in rows:
        print({k: row[k] for k in ("medium", "kind", "seed", "events", "r2d", "r2d_true")})
