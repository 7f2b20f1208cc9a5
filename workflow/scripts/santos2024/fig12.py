"""Figure 12 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_inversion

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    rows = []
    for chain_file, solution_file in zip(
        snakemake.input.chains, snakemake.input.solutions, strict=True
    ):
        chains, found = io.read_dataset(chain_file), io.read_dataset(solution_file).isel(target=0)
        samples = chains.position.values
        rows.append(
            {
                "waves": float(found.waves),
                "observed": found.observed.values[0],
                "samples": samples.reshape(-1, samples.shape[-1]),
                "mean": found["mean"].values,
                "deviation": found.deviation.values,
            }
        )
    rows.sort(key=lambda row: -row["waves"])
    note = words.solution(found, p.weights)
    figure = santos2024_inversion.cutoffs(rows, found.true_image.values, note)
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 12, Santos et al. (2024)", {}, p.seed, p.scale),
    )
