"""Join the verdicts on all papers into one table and one text."""

from latentearth import io
from support import job, provenance
from support.ledger.text import COLUMNS, report

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    papers = [io.read_json(path) for path in snakemake.input.verdicts]
    attributes = provenance.attributes("Claim ledger", {}, p.seed, p.scale)
    attributes["results"] = {paper["title"]: paper["origin"] for paper in papers}
    rows = [{name: row[name] for name in COLUMNS} for paper in papers for row in paper["rows"]]
    io.write_table(snakemake.output.table, rows, attributes)
    io.write_text(snakemake.output.text, report(papers))
