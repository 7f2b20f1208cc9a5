# The claim ledger: every published number and checkable statement, beside ours.
from latentearth import claims as ledger  # noqa: E402

LEDGERS = sorted((ROOT / "workflow" / "claims").glob("*.yaml"))
CLAIMS = ["results/claims.csv", "results/claims.md"]

try:
    ENTRIES = [entry for path in LEDGERS for entry in ledger.read_ledger(path).claims]
    CONDITIONS = ledger.look_up(ENTRIES, section(settings))
except ledger.LedgerError as error:
    raise WorkflowError(str(error))


localrules:
    claims,


rule claims:
    input:
        CLAIMS,


rule claims_ledger:
    "Measure every published claim in our results, and give a verdict on each."
    input:
        ledgers=[os.path.relpath(path) for path in LEDGERS],
        # only what this config makes: a claim on other sizes or dimensions says what it needs
        results=ledger.files(ENTRIES, CONDITIONS),
        code=library("common/claims.py"),
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
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        **common(settings=CONDITIONS),
    script:
        "../scripts/common/claims.py"
