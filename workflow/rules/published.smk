# The authors' files: fetched only when a rule asks for them, and verified.
rule fetch_published:
    "Copy or download one of the authors' files, and verify its checksum."
    input:
        sources=os.path.relpath(ROOT / "data" / "sources.csv"),
        code=library("common/fetch.py"),
    output:
        "data/published/{name}",
    log:
        "logs/published/{name}.log",
    benchmark:
        "benchmarks/published/{name}.tsv"
    wildcard_constraints:
        name=".+",
    conda:
        "../../envs/simulate.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        name="{name}",
    script:
        "../scripts/common/fetch.py"
