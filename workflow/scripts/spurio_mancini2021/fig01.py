"""Figure 1: a trace before and after the preprocessing."""

import numpy as np

from latentearth.emulators import base, preprocessing
from latentearth.emulators.events import Events
from latentearth.figures import style
from latentearth.operators.trace_files import read_traces
from support import job, provenance
from support.figures import spurio_mancini2021_emulators as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    events = Events(read_traces(snakemake.input.traces), p.train, p.validation)
    reference = base.load_peaks(snakemake.input.peaks)["ratios"].reference
    traces = events.traces("train")
    peaks = preprocessing.find_peaks(traces)
    # the reference itself, and a trace with a peak half as high again
    which = int(
        np.argmin(np.abs(peaks.amplitude / reference[0] - 1) + (peaks.index != reference[1]))
    )
    other = int(np.argmin(np.abs(peaks.amplitude / reference[0] - 1.5)))
    aligned = preprocessing.align(traces, peaks, reference)
    style.save(
        figures.preprocessing(
            events.record.sample_interval_s,
            traces[[which, other]],
            aligned[[which, other]],
            reference,
        ),
        snakemake.output[0],
        provenance.attributes("Figure 1, Spurio Mancini et al. (2021)", {}, p.seed, p.scale),
    )
