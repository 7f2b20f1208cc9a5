"""What a GAN adds to the comparison of ensembles: EMD by part of the chains (section 4.3)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022_cmb

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    r = io.read_dataset(snakemake.input.sweep)
    dots = {
        percent: io.read_dataset(path).emd.values
        for percent, path in zip(p.percent, snakemake.input.statistics, strict=True)
    }
    figure = scheiter2022_cmb.convergence(
        r.percent.values,
        {"WGAN trained on the part": r.emd_gan.values, "the part itself": r.emd_ensemble.values},
        {
            "floor: halves of the chains": r.floor_chains.values,
            "floor: independent samples": r.floor_independent.values,
        },
        dots,
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Convergence, section 4.3", {}, p.seed, p.scale),
    )
