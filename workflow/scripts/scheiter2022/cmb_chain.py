"""Sample one trans-dimensional chain over Voronoi cells; an interrupted one goes on."""

from pathlib import Path

from latentearth import io, seeds
from latentearth.earth.cmb import PathData
from latentearth.samplers.cell_posterior import CellMoves, CellPosterior, CellPrior
from latentearth.samplers.chain_files import sample_to_files
from latentearth.samplers.transdimensional import Transdimensional
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, s = snakemake.params, snakemake.params.settings
    chain, found = int(snakemake.wildcards.chain), io.read_dataset(snakemake.input.data)
    data = PathData(
        found.place.values,
        found.datum.values,
        found.weight.values,
        found.differential_time.values,
        float(found.attrs["vs_reference"]),
    )
    prior = CellPrior(**{name: tuple(bounds) for name, bounds in p.prior.items()})
    sampler = Transdimensional(
        s["proposals"] // s["every"],
        s["every"],
        CellMoves(near=s["near"]),
        start_cells=s["start_cells"],
        threads=threads,
    )
    # Not an output: Snakemake would remove it before the rule runs again.
    checkpoint = Path(snakemake.output[0]).with_suffix(".checkpoint.nc")
    actions = sample_to_files(
        sampler,
        CellPosterior(data, prior),
        [seeds.stream(p.seed, "scheiter2022", "cmb", "chain", chain)],
        [snakemake.output[0]],
        [checkpoint],
        checkpoint_every=s["checkpoint_every"],
        attributes=provenance.attributes(f"Raw chain {chain}", s | p.prior, p.seed, p.scale),
    )
    print(f"chain {chain}: {actions[0]}")
    job.remove_checkpoints(checkpoint, snakemake.input)
