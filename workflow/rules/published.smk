# The authors' files: fetched only when a rule asks for them, and verified.
rule fetch_published:
    "Copy or download one of the authors' files, and verify its checksum."
    output:
        "data/published/{name}",
    log:
        "logs/published/{name}.log",
    wildcard_constraints:
        name=".+",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000, 60),
    params:
        **of_project(sources=ROOT / "data" / "sources.csv"),
        name="{name}",
    script:
        "../scripts/common/fetch.py"
