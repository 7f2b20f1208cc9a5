"""Images along lines in latent and in physical space (section 6.2, Figure 16)."""

import numpy as np
import torch

from latentearth import io, seeds
from latentearth.earth.stirring import Distributions, Flow, sample_parameters, stir
from latentearth.images.continuity import compare_lines, physical_spread
from latentearth.networks.wgan_gp import load_image_generator
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, stirring = snakemake.params, snakemake.params.settings, snakemake.params.stirring
    generator = load_image_generator(snakemake.input.weights, snakemake.input.card)
    flow = Flow(stirring["speed"], stirring["duration"], stirring["steps"])
    laws = Distributions(*(stirring[k] for k in ("centre", "amplitude", "frequency", "phase")))

    def generate(z):
        """Images of latent vectors (point, latent)."""
        with torch.no_grad():
            return generator(torch.from_numpy(z.astype(np.float32))).numpy()

    def simulate(parameters):
        """Images of the simulator's parameters (point, 8)."""
        return stir(parameters, generator.side, flow)

    seeds = seeds.stream(p.seed, "santos2024", "continuity").spawn(3)
    count, rng = s["lines"], np.random.default_rng(seeds[0])
    spaces = {
        "latent": (generate, rng.normal(size=(count, generator.latent)), 1.0),
        "physical": (simulate, sample_parameters(laws, count, seeds[1]), physical_spread(laws)),
    }
    result = compare_lines(spaces, s["points"], s["images"], seeds[2])
    attributes = provenance.attributes("Figure 16", s | stirring, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], result, attributes)
    print(result[["basin_width", "minima"]].mean("line"))
