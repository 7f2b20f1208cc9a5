"""The generator that all that follows uses: the shipped one, verified, or the one trained here."""

from latentearth import io, job
from latentearth.networks import weights
from latentearth.networks.shipped import verify
from latentearth.networks.wgan_gp import load_generator

with job.logged(snakemake.log[0], snakemake.threads):
    p, inputs = snakemake.params, snakemake.input
    card = io.read_json(inputs.card)
    if p.weights == "shipped":
        verify(inputs.weights, inputs.card, card, {"stirring": p.stirring})
    generator = load_generator(inputs.weights, inputs.card)
    card |= {"weights": p.weights, "dtype": "float32"}
    card.pop("sha256", None)  # of the file as shipped
    weights.save(snakemake.output.weights, {"generator": generator}, snakemake.output.card, card)
    print(f"{p.weights}: {card['title']}, {card['steps']} steps, {card['device']}")
