"""The generator that all that follows uses: the shipped one, verified, or the one trained here."""

import numpy as np

from latentearth import io
from latentearth.networks import layers, weights
from latentearth.networks.kernels.rectified_norm import SLOPE
from latentearth.networks.weights import verify
from latentearth.networks.wgan_gp import Critic, load_image_generator
from support import job

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    shipped = p.weights == "shipped"
    given = p if shipped else snakemake.input
    card = io.read_json(given.generator_card)
    if shipped:
        verify(given.generator, given.generator_card, card, {"stirring": p.stirring})
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
