"""Generators of a shell against its exact distribution: radius, and mass near the plane."""

import numpy as np

from latentearth import io, seeds
from latentearth.ensembles.shell import Radius
from latentearth.networks.mlp_gan import StackSampler
from latentearth.training.ensemble_gans import load_ensemble_generator
from support import generators, job, provenance
from support.settings import gan_settings

BLOCK = 100_000  # samples drawn at once

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    dimension, rows = int(snakemake.wildcards.dimension), []
    samples = io.read_dataset(snakemake.input.ensemble).x.values.reshape(-1, dimension)
    shell = Radius(dimension, p.shell["radius"], p.shell["width"])
    count = -(-s["shell_draws"] // BLOCK)
    seed = seeds.stream(p.seed, "scheiter2022", "generators", "shell", dimension)
    fit, draw, exact, gan = seed.spawn(4)

    def judge(name, kind, blocks, floor, cpu_s, numbers):
        """Rows on what a generator draws."""
        found = generators.shell_scores(blocks, shell, s["shell_slice"])
        print(name, f"{cpu_s:.1f} s", found, flush=True)
        rows.extend(
            generators.table_rows(
                f"shell, {dimension}-D", name, kind, found, floor, cpu_s=cpu_s, numbers=numbers
            )
        )
        return found

    rng = np.random.default_rng(exact)
    exact_blocks = (shell.sample(rng, BLOCK) for _ in range(count))
    floor = generators.shell_scores(exact_blocks, shell, s["shell_slice"])
    for name, kind, model, cpu in generators.of_coordinates(
        samples, s, fit, width=s["shell_kernel"], flow="shell_flow", radial=True
    ):
        blocks = (model.draw(BLOCK, child) for child in draw.spawn(count))
        judge(name, kind, blocks, floor, cpu, model.numbers)
    card = io.read_json(snakemake.input.card)
    network = card["dimensions"].index(dimension)
    architecture, _ = gan_settings(p.gan)
    sampler = StackSampler(
        load_ensemble_generator(
            snakemake.input.weights, card["dimensions"], architecture, [network]
        ),
        [gan],
    )
    blocks = (sampler.draw(BLOCK)[0].numpy() for _ in range(count))
    share = card["training_seconds"] / len(card["dimensions"])
    judge("GAN", "network", blocks, floor, share, card["generator_parameters"][network])
    attributes = provenance.attributes(f"Generators, {dimension}-D shell", s, p.seed, p.scale)
    io.write_table(snakemake.output.scores, rows, attributes)
