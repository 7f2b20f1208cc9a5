"""Figure 9 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_inversion

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    chains = io.read_dataset(snakemake.input.chains)
    samples = chains.position.values
    figure = santos2024_inversion.corner(
        samples.reshape(-1, samples.shape[-1]), words.chains(chains, p.weights)
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 9, Santos et al. (2024)", {}, p.seed, p.scale),
    )
