"""The poster's histograms of WRMSE, and straight against bent rays."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_inversion as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    name = p.settings["truth"]
    times = io.read_dataset(given.data).times.sel(truth=name)
    bent = [io.read_dataset(path) for path in (given.straight, given.curved)]
    # the nonlinear inversions may be of fewer truths
    shown = name if name in bent[1].truth else str(bent[1].truth.values[0])
    figure = figures.poster(
        io.read_dataset(given.truths).model.sel(truth=name).values,
        {"VAE": io.read_dataset(given.vae), "SGAN": io.read_dataset(given.sgan)},
        tuple(times.sel(operator=kind).values for kind in ("straight", "curved")),
        tuple(found.model.sel(truth=shown).isel(start=0).values for found in bent),
    )
    attributes = provenance.attributes("Poster, WRMSE", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], attributes)
