"""Snakemake with a little config, as most tests of the DAG start it."""

import subprocess
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SMOKE = ROOT / "workflow" / "scales" / "smoke.yaml"


def snakemake(folder, config, *arguments, scale=SMOKE, seconds=300):
    """Run it in a folder at a scale (None: laptop), with `config` (text) over that."""
    more = folder / "more.yaml"
    more.write_text(config)
    files = [file for file in (scale, more) if file]
    command = ["snakemake", "--quiet", "host", "--snakefile", ROOT / "Snakefile"]
    command += ["--directory", folder, "--cores", "1", "--configfile", *files, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds)


def planned(folder, config, *targets, scale=SMOKE):
    """What a run would do, as jobs by rule and as text; nothing is run."""
    run = snakemake(folder, config, "-n", "--", *targets, scale=scale)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    rows = (line.split() for line in run.stdout.splitlines())
    return Counter({r[0]: int(r[1]) for r in rows if len(r) == 2 and r[1].isdigit()}), run.stdout


def jobs(folder, config, *targets):
    """How often each rule would run."""
    return planned(folder, config, *targets)[0]
