# The claim ledger: what every paper states and claims, beside ours.
from support.ledger.forms import read_ledger, sources
from support.ledger.reference import kept_tables

CLAIMS = [
    "results/claims.csv",
    "results/claims.md",
    *expand("results/{paper}/claims.html", paper=PAPERS),
]

try:
    LEDGERS = {paper: read_ledger(paper) for paper in PAPERS}
except ValueError as error:
    raise WorkflowError(str(error))


CLAIMS_SAY = {paper: digests.contents(sources(paper)) for paper in PAPERS}


localrules:
    claims,


rule claims:
    "The ledger of claims, and a page for each paper."
    input:
        CLAIMS,


rule claims_of_paper:
    "Measure what a paper states and claims, and give a verdict on each."
    input:
        # only what this config makes: an entry on other results says what it needs
        results=lambda wildcards: LEDGERS[wildcards.paper].results(settings),
    output:
        verdicts="results/{paper}/claims.json",
        page=report(
            "results/{paper}/claims.html",
            caption="../report/paper_claims.rst",
            category=lambda wildcards: PAPERS[wildcards.paper],
            labels={"figure": "Claims of the paper"},
        ),
    log:
        "logs/{paper}/claims.log",
    wildcard_constraints:
        paper="|".join(PAPERS),
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(
            title=lambda wildcards: PAPERS[wildcards.paper],
            lacking=lambda wildcards: LEDGERS[wildcards.paper].lacking(settings),
            contents=lambda wildcards: CLAIMS_SAY[wildcards.paper],
            reference=lambda wildcards: hidden(
                str(kept_tables(wildcards.paper, published=settings.data.published))
            ),
        ),
    script:
        "../scripts/common/paper_claims.py"


rule claims_ledger:
    "Join the verdicts on all papers into one table and one text."
    input:
        verdicts=expand("results/{paper}/claims.json", paper=PAPERS),
    output:
        table="results/claims.csv",
        text=report(
            "results/claims.md",
            caption="../report/claims.rst",
            category="Claim ledger",
        ),
    log:
        "logs/claims.log",
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(),
    script:
        "../scripts/common/claims.py"
