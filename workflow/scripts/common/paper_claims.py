"""Measure what one paper states and claims, and write the verdicts and its page of the report."""

from pathlib import Path

from latentearth import io
from support import job
from support.ledger.forms import read_ledger
from support.ledger.origins import in_words
from support.ledger.page import page
from support.ledger.reference import compare
from support.ledger.text import compared_with_study, record, totals
from support.ledger.verdicts import Results, judge

with job.logged(snakemake.log[0], snakemake.threads):
    p, paper = snakemake.params, snakemake.wildcards.paper
    folder, reference = Path("results", paper), Path(p.reference)
    results = Results(folder, p.scale, reference)
    rows = [record(paper, each) for each in judge(read_ledger(paper), results, p.lacking)]
    found = {
        "paper": paper,
        "title": p.title,
        "origin": in_words(results.origins.values()),
        "rows": rows,
        "study": compared_with_study(compare(reference, folder)),
    }
    io.write_json(snakemake.output.verdicts, found)
    io.write_text(snakemake.output.page, page(found))
    print(totals(rows))
