"""The generator that all that follows uses: the shipped one, verified, or the one trained here."""

import numpy as np

from latentearth import io
from latentearth.networks import layers, weights
from latentearth.networks.kernels.rectified_norm import SLOPE
from latentearth.networks.wgan_gp import Critic, load_image_generator
from support import job, shipped

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    given = p if p.weights == "shipped" else snakemake.input
    if p.weights == "shipped":
        shipped.verified(p.generator, p.generator_card, {"stirring": p.stirring})
    card = io.read_json(given.generator_card)
    generator = load_image_generator(given.generator, given.generator_card)
    card |= {"weights": p.weights, "dtype": "float32", "critic_slope": SLOPE}
    critic = Critic(np.random.SeedSequence(0), generator.side, generator.width)
    card["critic_layers"] = [  # without weights, which no rule keeps
        {k: layer[k] for k in ("in", "out", "kernel", "stride", "padding")}
        for layer in layers.convolutions(critic)
    ]
    card.pop("sha256", None)  # of the file as shipped
    weights.save(snakemake.output.weights, {"generator": generator}, snakemake.output.card, card)
    print(f"{p.weights}: {card['title']}, {card['steps']} steps, {card['device']}")
