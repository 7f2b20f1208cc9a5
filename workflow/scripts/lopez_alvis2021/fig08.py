"""Figure 8 of Lopez-Alvis et al. (2021)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_inversion as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    files = [io.read_dataset(path) for path in given.runs]
    name = "mc2" if all("mc2" in found.truth for found in files) else str(files[0].truth.values[0])
    cases = {case: found.sel(truth=name) for case, found in zip(p.cases, files, strict=True)}
    data = io.read_dataset(given.data).sel(truth=name)
    figure = figures.all_cases(
        io.read_dataset(given.truths).model.sel(truth=name).values,
        name,
        cases,
        float(data.threshold.sel(operator="straight")),
        float(data.encoded_error),
    )
    attributes = provenance.attributes("Figure 8, Lopez-Alvis et al. (2021)", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], attributes)
