"""Learn the law of the curves and centres behind the prior images."""

import time

from latentearth import io, seeds
from latentearth.earth.stirred_circle import amplitude_curves
from latentearth.earth.stirring import Flow
from latentearth.generators import base, curve_flow
from latentearth.generators.flow_matching import FlowTraining
from support import job, provenance
from support.settings import take

KNOWS = "the stream function but for a(t) and b(t), pace, duration and the circle's radius"
SEES = "a(t), b(t) and the centre behind each image while training, never an image"

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, stirring = snakemake.params, snakemake.params.settings, snakemake.params.stirring
    parameters, start = (
        io.read_dataset(snakemake.input.prior).parameters.values,
        time.process_time(),
    )
    flow = Flow(stirring["speed"], stirring["duration"], s["steps"])
    generator = curve_flow.fit(
        amplitude_curves(parameters, flow, s["steps"]),
        parameters[:, :2],
        seeds.stream(p.seed, "santos2024", "curve_flow"),
        take(FlowTraining, s["law"]),
        flow=flow,
        side=stirring["size"],
        edge=s["edge"],
        components=s["components"],
    )
    card = provenance.attributes("Curve flow of the prior images", s, p.seed, p.scale) | {
        "stirring": stirring,
        "knows": KNOWS,
        "sees": SEES,
        "images": len(parameters),
        "training_cpu_seconds": time.process_time() - start,
        "device": job.hardware("cpu"),
    }
    base.save(snakemake.output.weights, generator, snakemake.output.card, card)
    print(f"{generator.numbers} numbers, {card['training_cpu_seconds']:.0f} CPU-s")
