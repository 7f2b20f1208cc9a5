"""The workflow's rules, as Snakemake understands them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def rules(tmp_path_factory):
    """Every rule as a dictionary (see describe_rules.py), paths of inputs made absolute."""
    folder = tmp_path_factory.mktemp("rules")
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("describe_rules.py"), ROOT / "Snakefile", folder],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout)
    for rule in found:
        rule["input"] = [(folder / file).resolve() for file in rule["input"]]
    return found
