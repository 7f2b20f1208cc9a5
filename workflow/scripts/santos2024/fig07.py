"""Figure 7 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024

with job.logged(snakemake.log[0], snakemake.threads):
    p, r = snakemake.params, io.read_dataset(snakemake.input.assessment)
    spectra = {name: r.spectrum.sel(set=name).values for name in ("training", "generated")}
    slopes = {name: float(r.slope.sel(set=name)) for name in spectra}
    style.save(
        santos2024.spectra(r.wavenumber.values, spectra, slopes, words.GENERATOR[p.weights]),
        snakemake.output[0],
        provenance.attributes("Figure 7, Santos et al. (2024)", {}, p.seed, p.scale),
    )
