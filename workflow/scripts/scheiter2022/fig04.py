"""Figure 4 of Scheiter et al. (2022)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    slices = [io.read_dataset(path) for path in snakemake.input.slices]
    figure = scheiter2022.hyperspheres(
        [s.attrs["dimension"] for s in slices],
        [s.ensemble.values for s in slices],
        [s.ensemble_slice.values for s in slices],
        [s.gan_slice.values for s in slices],
        [int(s.ensemble_size) for s in slices],
        slices[0].attrs["half_width"],
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 4, Scheiter et al. (2022)", {}, p.seed, p.scale),
    )
