"""Inversions of one truth at two noise levels with one generator (poster)."""

import numpy as np

from latentearth import io
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.networks import generators, weights
from support import crosshole as runs
from support import job, provenance
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
    starts = runs.starting_points(generator, s["starts"][kind], p.seed, given.starts)
    names = [f"poster {level}" for level in s["noise"]]
    found = crosshole.invert_truths(
        generator,
        crosshole_survey.straight(runs.survey(p.survey, given.survey), device),
        tuple(p.velocities),
        times,
        starts,
        settings=runs.descent(p.case, s["iterations"][kind]),
        names=names,
        streams=runs.streams(p.seed, names, len(starts)),
        models=np.stack([truth] * len(levels)),
        products=p.products,
        group=p.group,
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=p.checkpoint_every,
        identity=weights.file_checksum(given.weights),
        device=device,
        label=f"poster, {kind}",
    )
    found = found.rename(truth="noise").assign_coords(noise=("noise", levels, {"units": "ns"}))
    found["wrmse"] = (found.misfit.dims, (found.misfit / found.noise).values, {"units": "1"})
    attributes = provenance.attributes(f"Poster, {kind}", {"poster": s}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes)
    job.remove_checkpoints(f"{checkpoint}.*", snakemake.input)
