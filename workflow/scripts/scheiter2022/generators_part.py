"""The chains of an ensemble that generators may learn: the last ones are held out."""

from latentearth.ensembles import stored
from latentearth.ensembles.fidelity import held_out_chains
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    lat, lon, chain = stored.read_index(snakemake.input.ensemble)
    learnt = ~held_out_chains(chain, p.held_out)
    number = learnt.cumsum() - 1

    def blocks():
        """Blocks of the samples that are learnt."""
        start = 0
        for block in stored.read_blocks(snakemake.input.ensemble):
            rows = slice(start, start + len(block))
            yield block[learnt[rows]], chain[rows][learnt[rows]], number[rows][learnt[rows]]
            start = rows.stop

    attributes = provenance.attributes("Chains to learn", {}, p.seed, p.scale)
    written = stored.write_ensemble(snakemake.output[0], blocks(), lat, lon, attributes)
    print(f"{written} of {len(chain)} samples are learnt, the others held out")
