"""Sample the authors' generators: a stand-in for their ensemble, which is not public."""

import itertools

import numpy as np

from latentearth import seeds
from latentearth.earth import sphere
from latentearth.ensembles.stored import write_ensemble
from latentearth.networks.published_wgan import stack_generators
from latentearth.training.patch_wgans import draw_velocities
from latentearth.unpickle import load_module_arrays
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    generators = stack_generators([load_module_arrays(path) for path in snakemake.input.generators])
    lat, lon = sphere.spiral(p.points)
    patches = sphere.regions(lat, lon, p.patches)
    seeds = [seeds.stream(p.seed, "scheiter2022", "cmb", "published", n) for n in range(p.patches)]
    drawn = draw_velocities(generators, patches, p.draws, seeds)
    first = itertools.count()
    # one chain without an order: the samples are independent
    blocks = (
        (values, np.zeros(len(values), int), np.fromiter(itertools.islice(first, len(values)), int))
        for values in drawn
    )
    attributes = provenance.attributes("Samples of the published WGANs", {}, p.seed, p.scale)
    written = write_ensemble(snakemake.output[0], blocks, lat, lon, attributes)
    print(f"{written} samples of {len(patches)} generators")
