"""Figure 8: three test traces by the D18 emulator, the least and the most accurate of ours."""

import numpy as np

from latentearth import seeds
from latentearth.emulators import base
from latentearth.emulators.events import Events
from latentearth.emulators.labels import LABELS
from latentearth.figures import style
from latentearth.operators.trace_files import read_traces
from support import job, provenance
from support.figures import spurio_mancini2021_emulators as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    events = Events(read_traces(given.traces), p.train, p.validation)
    seed = seeds.stream(p.seed, "spurio_mancini2021", "fig08")
    positions, truth = events.positions("test"), events.traces("test")
    chosen = np.random.default_rng(seed).choice(len(truth), 3, replace=False)
    predicted = {
        LABELS[kind]: base.load(path).predict(positions[chosen])
        for kind, path in zip(p.kinds, given.emulators, strict=True)
    }
    style.save(
        figures.reconstructions(
            events.record.sample_interval_s, positions[chosen], truth[chosen], predicted
        ),
        snakemake.output[0],
        provenance.attributes("Figure 8, Spurio Mancini et al. (2021)", {}, p.seed, p.scale),
    )
