"""Case 17: a clone made with `core.autocrlf` keeps the line ends that shells need."""

import subprocess

from runs import ROOT


def test_17_scripts_keep_their_line_ends_in_every_clone():
    files = ["activate", "Snakefile", "tests/lint", "workflow/rules/common.smk", "config.yaml"]
    command = ["git", "check-attr", "eol", "--", *files]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert found.splitlines() == [f"{name}: eol: lf" for name in files]
