"""Recovery of targets by several priors, and by what needs no sampler."""

import numpy as np

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_recovery
from support.published_values import read_table

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    data, nulls = (io.read_dataset(snakemake.input[name]) for name in ("observed", "nulls"))
    count = len(snakemake.input.runs) // len(p.priors)
    means = {}
    for k, prior in enumerate(p.priors):
        found = map(io.read_dataset, snakemake.input.runs[k * count : (k + 1) * count])
        means[prior] = np.stack([one["mean"].values[0] for one in found])
    of_gan = np.full((count, *data.image.shape[1:]), np.nan)
    for file in snakemake.input.solutions:
        found = io.read_dataset(file)
        for target in found.target.values[found.target.values < count]:
            of_gan[target] = found["mean"].sel(target=target)
    means["wgan_gp"] = of_gan
    for null in nulls.prior.values.tolist()[::-1]:
        means[null] = nulls["mean"].sel(prior=null).values[:count]
    rows = read_table(snakemake.input.table).where(wavelength=round(1 / float(data.waves), 4))
    rows = [row for row in rows if row["target"] < count]  # those that all priors have inverted
    note = f"{words.GENERATOR[p.weights]}; the flow's parameters know the simulator"
    figure = santos2024_recovery.recovery(data.image.values[:count], means, rows, note)
    about = provenance.attributes("Recovery, Santos et al. (2024)", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], about)
