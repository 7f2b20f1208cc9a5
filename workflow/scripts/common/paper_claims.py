"""Measure the published claims of one paper, for its gallery in the report."""

from latentearth import claims, io, job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, paper = snakemake.params, snakemake.wildcards.paper
    ledgers = {path: claims.read_ledger(path) for path in snakemake.input.ledgers}
    findings = claims.judge_all(ledgers, p.scale, p.settings)
    attributes = provenance.attributes(f"Claims of {paper}", p.settings, p.seed, p.scale)
    made_by = f"Scale {p.scale}, seed {p.seed}, commit {attributes['git_commit']}."
    io.write_json(snakemake.output.verdicts, claims.by_place(findings))
    io.write_text(snakemake.output.page, claims.page(findings, p.title, made_by))
    print(claims.totals([{"verdict": finding.verdict} for finding in findings]))
