# The claim ledger: every published number and checkable statement, beside ours.
from support import claims_yaml as ledger  # noqa: E402

LEDGERS = sorted((ROOT / "workflow" / "claims").glob("*.yaml"))
CLAIMS = [
    "results/claims.csv",
    "results/claims.md",
    *expand("results/{paper}/claims.html", paper=PAPERS),
]

try:
    ENTRIES_OF = {path: ledger.read_ledger(path).claims for path in LEDGERS}
    ENTRIES = [entry for entries in ENTRIES_OF.values() for entry in entries]
    CONDITIONS = ledger.look_up(ENTRIES, section(settings))
except ledger.LedgerError as error:
    raise WorkflowError(str(error))


LEDGERS_OF = {paper: [path for path in LEDGERS if path.stem.startswith(paper)] for paper in PAPERS}
MEASURED_IN = {
    paper: ledger.files([entry for path in paths for entry in ENTRIES_OF[path]], CONDITIONS)
    for paper, paths in LEDGERS_OF.items()
}


localrules:
    claims,


rule claims:
    "The ledger of claims, and a page for each paper."
    input:
        CLAIMS,


rule claims_ledger:
    "Measure every published claim in our results, and give a verdict on each."
    input:
        # only what this config makes: a claim on other sizes or dimensions says what it needs
        results=ledger.files(ENTRIES, CONDITIONS),
    output:
        table="results/claims.csv",
        text=report(
            "results/claims.md",
            caption="../report/claims.rst",
            category="Claim ledger",
        ),
    log:
        "logs/claims.log",
    benchmark:
        "benchmarks/claims.tsv"
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(settings=CONDITIONS),
        ledgers=aside([str(path) for path in LEDGERS]),
        contents=digests.contents(LEDGERS),
    script:
        "../scripts/common/claims.py"


rule claims_of_paper:
    "Measure the claims of one paper, for the captions and the tables of the report."
    input:
        results=lambda wildcards: MEASURED_IN[wildcards.paper],
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
    benchmark:
        "benchmarks/{paper}/claims.tsv"
    wildcard_constraints:
        paper="|".join(PAPERS),
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(settings=CONDITIONS, title=lambda wildcards: PAPERS[wildcards.paper]),
        ledgers=lambda wildcards: hidden([str(path) for path in LEDGERS_OF[wildcards.paper]]),
        contents=lambda wildcards: digests.contents(LEDGERS_OF[wildcards.paper]),
    script:
        "../scripts/common/paper_claims.py"
