"""Convergence of the principal chains and what they found: Figures A1 to A5 (apps C and D)."""

from latentearth import io, seeds
from latentearth import samples as all_samples
from latentearth.diagnostics import convergence
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_convergence as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p, chains = snakemake.params, io.read_dataset(snakemake.input.chains)
    samples, note = all_samples.from_dataset(chains), words.chains(chains, p.weights)
    thinning = int(samples.about["thinning"])
    lags = max(2, min(p.lags // thinning, samples.position.shape[1] // 4))
    found = convergence.describe_chains(samples, lags)
    attributes = provenance.attributes("Convergence", {"lags": p.lags}, p.seed, p.scale)
    io.write_dataset(snakemake.output.numbers, found, attributes)
    seed = seeds.stream(p.seed, "santos2024", "figA3")
    curves = found.autocorrelation.values, found.mean_autocorrelation.values
    made = {
        "figA1": figures.log_posterior(samples.log_density, note),
        "figA2": figures.thirds(found.third_mean.values, found.latent_std.values, note),
        "figA3": figures.autocorrelation(*curves, thinning, seed, note),
        "figA4": figures.marginals(samples.flat, note),
        "figA5": figures.covariance(found.covariance.values, note),
    }
    for name, figure in made.items():
        title = f"Figure {name[3:]}, Santos et al. (2024)"
        style.save(
            figure, snakemake.output[name], provenance.attributes(title, {}, p.seed, p.scale)
        )
    print(found[["third_gap", "autocorrelation_time", "r_hat", "bimodality", "level_gap"]])
