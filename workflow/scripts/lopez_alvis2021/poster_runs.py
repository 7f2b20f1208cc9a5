"""Inversions of one truth at two noise levels with one generator (poster)."""

import numpy as np

from latentearth import io
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.inversion.latent_descent import Descent
from latentearth.networks import generators, weights
from support import job, provenance, published_files
from support.devices import device

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    device, kind = device(p.device), snakemake.wildcards.network
    s = p.settings
    generator = generators.load(given.weights, given.card, device)
    truth = io.read_dataset(given.truths).model.sel(truth=s["truth"]).values
    data = io.read_dataset(given.data).sel(truth=s["truth"])
    levels = np.array(s["noise"])
    times = data.times.sel(operator="straight").values + levels[:, None] * data.noise.values
    starts = crosshole.starting_points(kind, generator.latent, s["starts"][kind], p.seed)
    if given.starts:
        starts = published_files.starts(given.starts, generator.latent, s["starts"][kind])
    case = {key: value for key, value in p.case.items() if key != "network"}
    found = crosshole.invert_truths(
        generator,
        crosshole_survey.straight(p.survey, given.survey or None, device),
        tuple(p.velocities),
        times,
        starts,
        Descent(**case, iterations=s["iterations"][kind]),
        [f"poster {level}" for level in s["noise"]],
        p.seed,
        models=np.stack([truth] * len(levels)),
        products=p.products,
        group=p.group,
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=p.checkpoint_every,
        identity=weights.checksum(given.weights),
        device=device,
        label=f"poster, {kind}",
    )
    found = found.rename(truth="noise").assign_coords(noise=("noise", levels, {"units": "ns"}))
    found["wrmse"] = (found.misfit.dims, (found.misfit / found.noise).values, {"units": "1"})
    attributes = provenance.attributes(f"Poster, {kind}", {"poster": s}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes)
    crosshole.remove_checkpoints(checkpoint)
