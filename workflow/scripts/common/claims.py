"""Measure every published claim in our results, and write the ledger."""

from latentearth import io
from support import claims_yaml, job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    ledgers = {path: claims_yaml.read_ledger(path) for path in snakemake.params.ledgers}
    findings = claims_yaml.judge_all(ledgers, p.scale, p.settings)
    attributes = provenance.attributes("Claim ledger", p.settings, p.seed, p.scale)
    io.write_table(snakemake.output.table, claims_yaml.table(findings), attributes)
    made_by = f"Scale {p.scale}, seed {p.seed}, commit {attributes['git_commit']}."
    io.write_text(snakemake.output.text, claims_yaml.report(findings, made_by))
    for verdict in claims_yaml.VERDICTS:
        print(f"{verdict}: {sum(f.verdict == verdict for f in findings)}")
