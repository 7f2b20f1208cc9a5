"""Measure every published claim in our results, and write the ledger."""

from latentearth import claims, io, job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    ledgers = {path: claims.read_ledger(path) for path in snakemake.input.ledgers}
    findings = claims.judge_all(ledgers, p.scale, p.settings)
    attributes = provenance.attributes("Claim ledger", p.settings, p.seed, p.scale)
    io.write_table(snakemake.output.table, claims.table(findings), attributes)
    made_by = f"Scale {p.scale}, seed {p.seed}, commit {attributes['git_commit']}."
    io.write_text(snakemake.output.text, claims.report(findings, made_by))
    for verdict in claims.VERDICTS:
        print(f"{verdict}: {sum(f.verdict == verdict for f in findings)}")
