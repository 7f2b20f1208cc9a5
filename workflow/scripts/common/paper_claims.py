"""Measure the published claims of one paper, for its gallery in the report."""

from latentearth import io
from support import claims_yaml, job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, paper = snakemake.params, snakemake.wildcards.paper
    ledgers = {path: claims_yaml.read_ledger(path) for path in snakemake.params.ledgers}
    findings = claims_yaml.judge_all(ledgers, p.scale, p.settings)
    attributes = provenance.attributes(f"Claims of {paper}", p.settings, p.seed, p.scale)
    made_by = f"Scale {p.scale}, seed {p.seed}, commit {attributes['git_commit']}."
    io.write_json(snakemake.output.verdicts, claims_yaml.by_place(findings))
    io.write_text(snakemake.output.page, claims_yaml.page(findings, p.title, made_by))
    print(claims_yaml.totals([{"verdict": finding.verdict} for finding in findings]))
