"""Coverage of credible regions and errors of location (beyond the paper)."""

from pathlib import Path

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import spurio_mancini2021
from support.published_values import read_table

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = {
        name: io.read_dataset(path)
        for name, path in zip(p.names, snakemake.input.calibrations, strict=True)
    }
    title = "Calibration of the location, after Spurio Mancini et al. (2021)"
    style.save(
        spurio_mancini2021.calibration(found, read_table(Path(p.study))),
        snakemake.output[0],
        provenance.attributes(title, {}, p.seed, p.scale),
    )
